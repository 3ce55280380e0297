"""Addresses, names and gifts as buyers write them: the good ones arrive, the bad ones are held, none spoils
another."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from day import WAREHOUSE, Day, MakeDay
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.domain.recipient import Field
from dockseal.warehouses import registry
from dockseal.warehouses.limits import Charset, Limits
from dockseal.warehouses.port import AdapterParts, HandOver, Receipt
from spapi_simulator import Line, Recipient

PERSON: Mapping[str, str] = {
    "name": "Testperson Quillfeather",
    "address_line_1": "12 Sample Row",
    "city": "Exampleton",
    "state": "NV",
    "postal_code": "89999",
    "country_code": "US",
}
GOOD: Mapping[str, Mapping[str, str]] = {
    "a line of 35 letters": {"address_line_1": "Building 12, Long Sample Estate, C4"},
    "three long lines": dict.fromkeys(
        ("address_line_1", "address_line_2", "address_line_3"), "Invented Street of Many Words 1234567890"
    ),
    "four-byte letters": {"name": "Testperson 𝒬uill 🪶", "company": "𠮷野 Sample"},
    "right to left": {"name": "בודק לדוגמה", "address_line_1": "شارع المثال ١٢\u200f"},
    "a phone with its extension": {"phone": "+1 555-010-0199 ext. 12345"},
    "Great Britain": {"country_code": "GB", "state": "", "postal_code": "SW1A 1AA"},
    "the army post office": {"city": "APO", "state": "AE", "postal_code": "09012"},
    "Puerto Rico as a state": {"state": "PR", "postal_code": "00901"},
    "Puerto Rico as a country": {"country_code": "PR", "state": "", "postal_code": "00901"},
    "no state": {"state": ""},
    "a company only": {"name": "", "company": "Sample Mugs"},
    "a formula for a name": {"name": "=cmd|' /C calc'!A0"},
    "marks of many languages": {"name": 'O\'Sample; "Ñandú" <b> & Söhne \\ %s {0}'},
    "no city where there is none": {"country_code": "SG", "city": "", "state": "", "postal_code": "546080"},
}
BAD: Mapping[str, tuple[Mapping[str, str], str, str]] = {
    "an empty country": ({"country_code": ""}, "address_incomplete", "no country "),
    "no such country": ({"country_code": "XX"}, "address_impossible", "no such country "),
    "nobody's name": ({"name": ""}, "address_incomplete", "no name "),
    "no street": ({"address_line_1": ""}, "address_incomplete", "no address_line_1 "),
    "no city": ({"city": ""}, "address_incomplete", "no city "),
    "no postal code": ({"postal_code": ""}, "address_incomplete", "no postal_code "),
    "another country's code": ({"postal_code": "SW1A 1AA"}, "address_impossible", "no such postal_code "),
}
NAMES = {"state": "region", "country_code": "country"}


class Narrow:
    """A warehouse's old system: Western letters, two lines of 35, no line breaks."""

    limits = Limits(
        lengths={
            Field.NAME: 35,
            Field.COMPANY: 35,
            Field.ADDRESS_LINE_1: 35,
            Field.ADDRESS_LINE_2: 35,
            Field.REGION: 2,
            Field.PHONE: 20,
        },
        address_lines=2,
        spill=(Field.COMPANY,),
        charset=Charset.LATIN_1,
        line_breaks=False,
    )
    taken: dict[str, dict[str, str]] = {}  # noqa: RUF012 - shared by all, as its warehouse is

    def __init__(self, parts: AdapterParts) -> None:
        self._warehouse = parts.warehouse.id

    def submit(self, hand_over: HandOver) -> Receipt:
        self.taken[hand_over.amazon_order_id] = hand_over.recipient.disclose()
        return Receipt()


@pytest.fixture(params=list(OrdersApi), ids=[api.value for api in OrdersApi])
def day(request: pytest.FixtureRequest, make_day: MakeDay) -> Day:
    """A day with each Orders API, and a webhook warehouse."""
    return make_day(api=request.param)


@pytest.fixture
def narrow_day(make_day: MakeDay, monkeypatch: pytest.MonkeyPatch) -> Iterator[Day]:
    """A day whose warehouse has the old system."""
    known = registry.entry_points

    class Point:
        name = "narrow"

        def load(self) -> type[Narrow]:
            return Narrow

    def points(**wanted: str) -> Any:
        return [Point()] if wanted.get("name") == Point.name else known(**wanted)

    monkeypatch.setattr(registry, "entry_points", points)
    yield make_day(adapter="narrow")
    Narrow.taken.clear()


def place(day: Day, changes: Mapping[str, str], **more: Any) -> str:
    """Places an order of one odd buyer."""
    recipient = Recipient(**{**PERSON, **changes})
    return day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")], recipient=recipient, **more)


def expected(changes: Mapping[str, str]) -> dict[str, str]:
    """What a warehouse is to be told of this buyer."""
    return {NAMES.get(name, name): text for name, text in {**PERSON, **changes}.items() if text}


def held(day: Day, order_id: str) -> tuple[str, str]:
    """Code and sentence of an order's hold."""
    order = day.order(order_id)
    assert order.state is OrderState.HELD
    assert order.hold is not None
    return order.hold.code, order.hold.sentence


def test_odd_addresses_arrive_letter_by_letter_and_impossible_ones_are_held(day: Day) -> None:
    good = {place(day, changes): changes for changes in GOOD.values()}
    bad = {place(day, changes): (code, says) for changes, code, says in BAD.values()}
    british = place(day, GOOD["Great Britain"] | {"country_code": "UK"})
    day.run(minutes=5)
    for order_id, changes in good.items():
        assert day.warehouse.order(order_id)["ship_to"] == expected(changes)
    assert day.warehouse.order(british)["ship_to"]["country"] == "GB"
    for order_id, (code, says) in bad.items():
        found, sentence = held(day, order_id)
        assert found == code
        assert says in sentence
        assert order_id in sentence
        assert not any(text in sentence for text in PERSON.values() if len(text) > 2)
    assert len(day.warehouse.taken) == len(good) + 1


@pytest.mark.parametrize("day", [OrdersApi.V2026], indirect=True)
def test_an_order_goes_out_by_itself_once_its_buyer_mended_the_address(day: Day) -> None:
    order_id = place(day, {"postal_code": "SW1A 1AA"})
    day.run(minutes=3)
    assert held(day, order_id)[0] == "address_impossible"
    day.amazon.change_address(order_id, postal_code="89999")
    day.amazon.change_delivery_tip(order_id)
    day.run(minutes=20)
    assert day.warehouse.order(order_id)["ship_to"]["postal_code"] == "89999"


def test_a_gift_text_with_lines_and_emoji_arrives_as_it_was_written(day: Day) -> None:
    text = 'Happy day 🎁,\n\n=SUM(A1)\n\tsays "Aunt" Placeholder'
    order_id = place(day, {}, gift_message=text)
    day.run(minutes=3)
    assert day.warehouse.order(order_id)["gift_message"] == text


def test_999_lines_arrive_and_a_line_of_none_does_not(day: Day) -> None:
    lines = [Line(sku=f"SKU-{n}") for n in range(999)]
    crowd = day.amazon.place_order(day.account, lines=lines)
    two = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1", quantity=3), Line(sku="TEA-9")])
    item = day.amazon.order(two).items[0].order_item_id
    day.amazon.cancel_item(two, item, 3)
    day.run(minutes=5)
    assert len(day.warehouse.order(crowd)["lines"]) == 999
    assert [line["sku"] for line in day.warehouse.order(two)["lines"]] == ["TEA-9"]


def test_an_old_system_gets_what_it_can_take_and_the_rest_is_held(narrow_day: Day) -> None:
    day = narrow_day
    reflowed = place(
        day,
        {
            "company": "The Invented Company of Sample Mugs & Söhne",
            "address_line_1": "Building 12 of the Estate",
            "state": "Nevada",
            "phone": "+1 555-010-0199 ext. 12345",
        },
        gift_message="Happy day,\nsays “Aunt” Placeholder…",
    )
    too_long = place(day, GOOD["three long lines"])
    foreign = [place(day, GOOD["four-byte letters"]), place(day, GOOD["right to left"])]
    emoji = place(day, {}, gift_message="Happy day 🎁")
    plain = place(day, {})
    day.run(minutes=5)

    assert Narrow.taken[reflowed] == expected({}) | {
        "company": "The Invented Company of Sample Mugs",
        "address_line_1": "& Söhne",
        "address_line_2": "Building 12 of the Estate",
        "region": "NV",
        "phone": "+15550100199x12345",
        "gift_message": 'Happy day, says "Aunt" Placeholder...',
    }
    assert Narrow.taken[plain] == expected({})
    assert set(Narrow.taken) == {reflowed, plain}
    for order_id, says in (
        (too_long, "its address does not fit into 2 lines of 35, 35 characters"),
        (foreign[0], "Western European letters"),
        (foreign[1], "Western European letters"),
        (emoji, "the gift message has characters"),
    ):
        code, sentence = held(day, order_id)
        assert code == "does_not_fit"
        assert says in sentence
        assert f"warehouse {WAREHOUSE}" in sentence
        assert "?" not in sentence
