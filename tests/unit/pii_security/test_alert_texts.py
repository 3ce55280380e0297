"""What alerts may carry of a text: nothing that a log may not."""

from dockseal.bootstrap.alerts import cleaned
from dockseal.domain.recipient import Field, Recipient
from dockseal.pii_security.in_use import InUse


def test_a_text_that_repeats_a_buyers_data_is_left_out_as_a_whole() -> None:
    in_use = InUse()
    held = in_use.note(Recipient({Field.NAME: "Testperson Alphabeta", Field.CITY: "Sampletonville"}))
    assert "Sampletonville" not in cleaned("The carrier knows no Sampletonville: look.", in_use)
    assert cleaned("The carrier knows no such town: look.", in_use) == "The carrier knows no such town: look."
    del held
    assert "Sampletonville" in cleaned("Sampletonville", in_use), "nobody holds it any more"


def test_a_secret_in_a_text_is_blanked_out() -> None:
    assert "abcdef" not in cleaned("Amazon refused Atzr|abcdef: look.", InUse())
