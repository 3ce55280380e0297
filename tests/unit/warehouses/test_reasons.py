import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.recipient import Field, Recipient
from dockseal.warehouses.reasons import LONGEST, safe_reason

PERSON = Recipient(
    {
        Field.NAME: "Testperson Alpha",
        Field.ADDRESS_LINE_1: "1 Sample Street",
        Field.CITY: "Exampleton",
        Field.REGION: "Nevada",
        Field.POSTAL_CODE: "89999-1234",
        Field.COUNTRY: "US",
        Field.PHONE: "+1 555 0100",
        Field.GIFT_MESSAGE: "You are the best of all",
        Field.DELIVERY_INSTRUCTIONS: "Ring",
    }
)
LEFT_OUT = "its reason was left out: it repeats the buyer's data"


def test_a_short_plain_reason_is_kept() -> None:
    assert safe_reason(" SKU MUG-BLUE is\n not stocked here ", PERSON) == "SKU MUG-BLUE is not stocked here"


def test_a_warehouse_may_name_the_country_and_the_state() -> None:
    assert safe_reason("we do not ship to Nevada, US", PERSON) == "we do not ship to Nevada, US"


@pytest.mark.parametrize(
    "text",
    [
        "cannot deliver to TESTPERSON",
        "unknown street: 1 sample street",
        "no route to exampleton.",
        "bad postal code 89999",
        "phone 1 555 0100 is invalid",
        "gift text 'you are the best of all' is too long",
        "we never ring",
    ],
)
def test_a_reason_that_repeats_the_buyers_data_is_left_out(text: str) -> None:
    assert safe_reason(text, PERSON) == LEFT_OUT


def test_everyday_words_of_a_gift_message_do_not_hide_a_reason() -> None:
    assert safe_reason("you are out of the best mugs", PERSON) == "you are out of the best mugs"


@pytest.mark.parametrize("text", [None, 7, "", "  ", {"why": "x"}, ["x"]])
def test_no_reason_is_said_to_be_none(text: object) -> None:
    assert safe_reason(text, PERSON) == "it gave no reason"


@pytest.mark.parametrize("text", ["x" * (LONGEST + 1), "bell \x07", "\u202ereversed"])
def test_a_long_or_unprintable_reason_is_left_out(text: str) -> None:
    assert safe_reason(text, PERSON) == "its reason was left out: it is no short plain text"


@given(
    before=st.text(max_size=40),
    after=st.text(max_size=40),
    field=st.sampled_from([Field.NAME, Field.ADDRESS_LINE_1, Field.CITY, Field.POSTAL_CODE, Field.PHONE]),
)
def test_a_value_of_the_buyer_never_passes_whatever_stands_around_it(
    before: str, after: str, field: Field
) -> None:
    value = PERSON.disclose()[field.value]
    assert value not in safe_reason(f"{before} {value} {after}", PERSON)
