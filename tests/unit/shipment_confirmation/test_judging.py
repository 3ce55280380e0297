"""What Amazon is told of a package, and what holds it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.amazon.confirm_shipment import body_of
from dockseal.domain.marketplaces import local
from dockseal.domain.order import AmazonStatus, OrderLine
from dockseal.domain.shipment import Content
from dockseal.shipment_confirmation.judging import is_cancelled
from unit.shipment_confirmation.judged import BOUGHT, DE, JP, NOW, UPS, US, code, facts, order, package, sent

CODES = ("AZ:EXAMPLE00000000000000000A1", "AZ:EXAMPLE00000000000000000A2")
CODED = OrderLine(order_item_id="i1", sku="MUG-1", ordered=2, transparency=True)


def test_an_ordinary_package_is_told_as_it_is() -> None:
    assert body_of(sent(order(), package()).request) == {
        "marketplaceId": US,
        "packageDetail": {
            "packageReferenceId": "1",
            "carrierCode": "UPS",
            "shippingMethod": "Ground",
            "trackingNumber": UPS,
            "shipDate": "2026-11-03T18:00:00.000Z",
            "orderItems": [{"orderItemId": "i1", "quantity": 2}],
        },
    }


def test_a_package_of_cancelled_lines_alone_is_cancelled() -> None:
    gone, kept = (OrderLine(order_item_id=f"i{n}", sku="MUG-1", ordered=n) for n in range(2))
    first = package(contents=(Content(order_item_id="i0", quantity=1),))
    assert is_cancelled(order(gone, kept), first)
    assert is_cancelled(order(kept), first)
    assert is_cancelled(order(status=AmazonStatus.CANCELLED), package())
    both = (*first.contents, Content(order_item_id="i1", quantity=1))
    assert not is_cancelled(order(gone, kept), replace(first, contents=both))
    assert not is_cancelled(order(), package())


def test_amazon_is_told_where_it_was_shipped_from() -> None:
    body = body_of(sent(order(), package(), facts(supply_source="supply-1")).request)
    assert body["packageDetail"]["shipFromSupplySourceId"] == "supply-1"  # type: ignore[index]  # an object


@pytest.mark.parametrize(("where", "told"), [(JP, "DirectPayment"), (US, None), (DE, None)])
def test_only_japan_is_told_that_the_carrier_collects_the_money(where: str, told: str | None) -> None:
    paid = order(marketplace_id=where, cash_on_delivery=True)
    assert body_of(sent(paid, package(carrier="UPS")).request).get("codCollectionMethod") == told
    assert "codCollectionMethod" not in body_of(
        sent(order(marketplace_id=where), package(carrier="UPS")).request
    )


@given(st.timedeltas(min_value=timedelta(days=-800), max_value=timedelta(minutes=5)))
def test_a_ship_date_is_never_before_the_order_nor_to_come(apart: timedelta) -> None:
    shipped_at = NOW + apart
    if shipped_at >= BOUGHT or local(shipped_at, US).date() == local(BOUGHT, US).date():
        told = sent(order(), package(shipped_at=shipped_at)).request.ship_date
        assert BOUGHT <= told <= NOW
        assert told == shipped_at or not BOUGHT <= shipped_at <= NOW
    else:
        assert code(order(), package(shipped_at=shipped_at)) == "ship_date_wrong"


def test_a_date_of_another_year_is_held() -> None:
    last_year = package(shipped_at=NOW - timedelta(days=365))
    assert code(order(), last_year) == "ship_date_wrong"


def test_units_under_transparency_are_told_with_their_codes() -> None:
    coded = package(contents=(Content(order_item_id="i1", quantity=2, transparency_codes=CODES),))
    body = body_of(sent(order(CODED), coded).request)
    assert body["packageDetail"]["orderItems"] == [  # type: ignore[index]  # an object
        {"orderItemId": "i1", "quantity": 2, "transparencyCodes": list(CODES)}
    ]


@pytest.mark.parametrize(
    "codes", [(), CODES[:1], (CODES[0], CODES[0]), (CODES[0], "short"), (*CODES, "SERIAL0001")]
)
def test_without_a_code_for_each_unit_it_is_held(codes: tuple[str, ...]) -> None:
    coded = package(contents=(Content(order_item_id="i1", quantity=2, transparency_codes=codes),))
    assert code(order(CODED), coded) == "transparency_codes"


@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        ([("i1", 3)], "too_many"),
        ([("i2", 1)], "line_unknown"),
        ([("i1", 1), ("i2", 1)], "line_unknown"),
    ],
)
def test_what_amazon_has_not_ordered_is_held(contents: list[tuple[str, int]], expected: str) -> None:
    held = package(contents=tuple(Content(order_item_id=item, quantity=units) for item, units in contents))
    assert code(order(), held) == expected


def test_part_of_a_line_is_told() -> None:
    part = package(contents=(Content(order_item_id="i1", quantity=1),))
    assert sent(order(), part).request.contents == part.contents
