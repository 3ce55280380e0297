import pytest

from dockseal.domain.clue import ClueKind
from dockseal.domain.fields import Field
from dockseal.domain.identifiers import SellerId
from dockseal.errors import BadInput
from dockseal.pii_security.blind_words import asked_for, email, phone, words_of
from unit.pii_security.safe import SELLER, someone

ONE = "+12065550100"


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("+1 206-555-0100", "US"),
        ("+1 206-555-0100", "DE"),
        ("+1 206-555-0100", ""),
        ("(206) 555-0100", "US"),
        ("206.555.0100", "us"),
        ("1-206-555-0100", "CA"),
        ("001 206 555 0100", "DE"),
    ],
)
def test_a_number_written_another_way_is_the_same_number(text: str, country: str) -> None:
    assert phone(text, country) == ONE


@pytest.mark.parametrize("text", ["206-555-0101", "+44 206 555 0100", "206-555-0100 ext. 7", "", "none"])
def test_another_number_is_another_one_and_no_number_is_none(text: str) -> None:
    assert phone(text, "US") != ONE
    assert bool(phone(text, "US")) == any(each.isdigit() for each in text)


def test_an_extension_tells_buyers_apart_who_share_a_number() -> None:
    first, second = (phone(f"+1 206-555-0100 ext. {each}", "US") for each in ("39265", "39266"))
    assert first == phone("206-555-0100 x39265", "US") == f"{ONE};ext=39265"
    assert first != second


def test_digits_that_no_plan_knows_are_kept_by_their_country() -> None:
    assert phone("1", "US") == "US/1"
    assert phone("1", "DE") != phone("1", "US")


@pytest.mark.parametrize("text", ["AbC12@Marketplace.Example", " abc12@marketplace.example\n"])
def test_capitals_and_spaces_around_it_make_no_other_address(text: str) -> None:
    assert email(text) == "abc12@marketplace.example"


def test_the_words_of_two_sellers_or_kinds_have_nothing_in_common() -> None:
    buyer = someone(phone="+1 206-555-0100", buyer_email="+12065550100")
    first, second = words_of(SELLER, buyer), words_of(SellerId("other-us"), buyer)
    assert set(first) == {ClueKind.EMAIL, ClueKind.PHONE}
    assert len({*first.values(), *second.values()}) == 4
    assert words_of(SELLER, buyer) == first


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("abc@marketplace.example\n", ClueKind.EMAIL),
        (" +1 (206) 555-0100", ClueKind.PHONE),
        ("+1 206-555-0100 ext. 39265", ClueKind.PHONE),
    ],
)
def test_what_is_asked_for_finds_what_was_sealed(text: str, kind: ClueKind) -> None:
    number = "206-555-0100 x39265" if "39265" in text else "206-555-0100"
    kept = words_of(SELLER, someone(phone=number, buyer_email="Abc@marketplace.example"))
    assert words_of(SELLER, asked_for(text)) == {kind: kept[kind]}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "206-555-0100",
        "+",
        "+1",
        "Testperson Alpha",
        "a@b c@d",
        "+12065550100\n+12065550101",
        "+999 12345",
    ],
)
def test_what_is_neither_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        asked_for(text)
    assert len(text) < 4 or text.strip() not in str(refused.value)


def test_nothing_but_a_closed_list_can_be_found_by() -> None:
    """Names, streets and postal codes are few enough to be guessed, and are no way to find anybody."""
    everything = someone(**{field.value: "+1 206-555-0100" for field in Field})
    assert set(words_of(SELLER, everything)) == {ClueKind.PHONE, ClueKind.EMAIL}
    assert set(ClueKind) == {ClueKind.PHONE, ClueKind.EMAIL, ClueKind.ORDER}
