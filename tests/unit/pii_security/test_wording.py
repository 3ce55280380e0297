"""What people write about a case is handed to others: it must not hold personal data."""

import pytest

from dockseal.errors import BadInput
from dockseal.pii_security.incidents.wording import checked_text


@pytest.mark.parametrize(
    "text",
    [
        "The picker copied alpha@example.com by hand.",
        "It began with order 113-0000000-0000001 at noon.",
        "They rang +1 555 0100 123 before.",
        "They rang (030) 901820-11 before.",
        "Call 5550100123.",
        "Call ５５５０１００１２３.",
        "Call ٥٥٥٠١٠٠١٢٣.",
        "Call 555\u200b010\u200b0123.",
        "The picker copied alpha＠example.com by hand.",
    ],
)
def test_what_looks_like_personal_data_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(BadInput, match=r"what looks like an? ") as refused:
        checked_text(text)
    assert not any(word in str(refused.value) for word in text.split() if any(map(str.isdigit, word)))


@pytest.mark.parametrize(
    "text",
    [
        "At 2026-11-02 09:10 the key of warehouse reno was used from elsewhere.",
        "Rows 4211 to 4390 of the trail; reference k5um2w9gpb7pjd6pqgyf-1; version 1.4.2.",
        "It came from 192.0.2.7, and 60 orders were opened within 20 minutes.",
    ],
)
def test_what_an_investigation_needs_to_say_is_taken(text: str) -> None:
    assert checked_text(f"  {text}\n") == text


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 1801])
def test_nothing_and_too_much_are_refused(text: str) -> None:
    with pytest.raises(BadInput):
        checked_text(text)
