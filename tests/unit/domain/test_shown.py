"""How far a package is, in plain English, and which numbers are one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.order import AmazonPackage
from dockseal.domain.shown import at_an_end, failed, in_words, same_number


@pytest.mark.parametrize(
    ("status", "detail", "words", "end", "bad"),
    [
        ("IN_TRANSIT", "", "on its way", False, False),
        ("IN_TRANSIT", "RETURNING_TO_SELLER", "on its way back", True, True),
        ("DELIVERED", "", "delivered", True, False),
        ("UNDELIVERABLE", "", "could not be delivered", True, True),
        ("CANCELLED", "", "its shipment was cancelled", True, True),
        ("SOMETHING_NEW", "", "something new", False, False),
        ("", "", "", False, False),
    ],
)
def test_amazons_words_are_plain_english_and_tell_the_end(
    *, status: str, detail: str, words: str, end: bool, bad: bool
) -> None:
    package = AmazonPackage(reference_id="1", status=status, detail=detail)
    assert (in_words(package), at_an_end(package), failed(package)) == (words, end, bad)


@given(st.text(alphabet="AB12 -", max_size=12), st.text(alphabet=" -", max_size=3))
def test_spaces_hyphens_and_case_make_no_other_number(number: str, noise: str) -> None:
    bare = number.replace(" ", "").replace("-", "")
    assert same_number(noise.join(number.lower()), bare) == bool(bare)
