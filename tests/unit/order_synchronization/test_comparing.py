"""Both Orders APIs side by side: equal where they say the same, and every field that differs is named."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.amazon import orders_v0, orders_v2026
from dockseal.amazon.piece import Piece
from dockseal.domain.identifiers import AmazonOrderId
from dockseal.domain.order import AmazonOrder, AmazonPackage, AmazonStatus, FulfilledBy, OrderLine
from dockseal.order_synchronization.comparing import (
    COMPARED,
    ITEM_FIELDS,
    LEFT_OUT,
    LONGEST,
    ONLY_V2026_PROGRAMS,
    compare,
)

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
LINE = OrderLine(order_item_id="00012345", sku="MUG-1", title="Mug", ordered=2, shipped=1)
ORDER = AmazonOrder(
    amazon_order_id=AmazonOrderId("113-0000000-0000001"),
    marketplace_id="ATVPDKIKX0DER",
    status=AmazonStatus.UNSHIPPED,
    fulfilled_by=FulfilledBy.MERCHANT,
    purchased_at=NOW,
    updated_at=NOW,
    ship_by=NOW + timedelta(days=1),
    deliver_by=NOW + timedelta(days=4),
    programs=frozenset({"PRIME"}),
    lines=(LINE,),
)
V0 = {
    "AmazonOrderId": "113-0000000-0000001",
    "MarketplaceId": "ATVPDKIKX0DER",
    "OrderStatus": "Unshipped",
    "FulfillmentChannel": "MFN",
    "PurchaseDate": "2026-11-02T08:00:00Z",
    "LastUpdateDate": "2026-11-02T08:00:00Z",
    "LatestShipDate": "2026-11-04T07:59:59Z",
    "IsPrime": True,
    "IsBusinessOrder": "true",
    "ReplacedOrderId": "113-0000000-0000009",
}
V0_ITEMS = [{"OrderItemId": "00012345", "SellerSKU": "MUG-1", "Title": "Mug", "QuantityOrdered": 2}]
V2026 = {
    "orderId": "113-0000000-0000001",
    "createdTime": "2026-11-02T08:00:00.250Z",
    "lastUpdatedTime": "2026-11-02T08:07:00.125Z",
    "salesChannel": {"channelName": "AMAZON", "marketplaceId": "ATVPDKIKX0DER"},
    "programs": ["AMAZON_BUSINESS", "PRIME", "AMAZON_BAZAAR"],
    "associatedOrders": [{"orderId": "113-0000000-0000009", "associationType": "REPLACEMENT_ORIGINAL_ID"}],
    "fulfillment": {
        "fulfillmentStatus": "UNSHIPPED",
        "fulfilledBy": "MERCHANT",
        "shipByWindow": {"latestDateTime": "2026-11-04T07:59:59.999Z"},
    },
    "orderItems": [
        {
            "orderItemId": "00012345",
            "quantityOrdered": 2,
            "product": {"sellerSku": "MUG-1", "title": "Mug"},
            "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": 2},
        }
    ],
    "packages": [],
}


def read_v0(**changes: Any) -> AmazonOrder:
    order = orders_v0.order_from(V0 | changes)
    return orders_v0.with_items(order, [Piece(whose="an order", values=item) for item in V0_ITEMS])


def read_v2026(status: str = "UNSHIPPED") -> AmazonOrder:
    fulfillment = {**V2026["fulfillment"], "fulfillmentStatus": status}  # type: ignore[dict-item]  JSON of the sample
    return orders_v2026.order_from(V2026 | {"fulfillment": fulfillment})


def test_every_field_of_an_order_is_compared_or_left_out_with_a_reason() -> None:
    names = {field.name for field in fields(AmazonOrder)}
    assert COMPARED | LEFT_OUT.keys() == names
    assert not COMPARED & LEFT_OUT.keys()
    assert {*ITEM_FIELDS, "order_item_id"} == {field.name for field in fields(OrderLine)}
    assert all(LEFT_OUT.values())
    assert all(ONLY_V2026_PROGRAMS.values())


def test_the_same_order_in_the_words_of_both_versions_is_the_same() -> None:
    assert compare(read_v0(), read_v2026()) == ()


@pytest.mark.parametrize(
    ("v0", "v2026"),
    [
        ("Canceled", "CANCELLED"),
        ("InvoiceUnconfirmed", "SHIPPED"),
        ("InvoiceUnconfirmed", "INVOICE_UNCONFIRMED"),
        ("PartiallyShipped", "PARTIALLY_SHIPPED"),
        ("PendingAvailability", "PENDING_AVAILABILITY"),
        ("Pending", "PENDING"),
        ("Shipped", "SHIPPED"),
        ("Unfulfillable", "UNFULFILLABLE"),
    ],
)
def test_each_status_has_its_counterpart(v0: str, v2026: str) -> None:
    assert compare(read_v0(OrderStatus=v0), read_v2026(v2026)) == ()


def test_a_status_of_one_version_that_nobody_knows_is_told_in_its_own_word() -> None:
    (found,) = compare(read_v0(OrderStatus="Teleported"), read_v2026())
    assert (found.field, found.v0, found.v2026) == ("status", "unknown: Teleported", "UNSHIPPED")


CHANGES: dict[str, Callable[[AmazonOrder], AmazonOrder]] = {
    "marketplace_id": lambda order: replace(order, marketplace_id="A1PA6795UKMFR9"),
    "status": lambda order: replace(order, status=AmazonStatus.SHIPPED),
    "fulfilled_by": lambda order: replace(order, fulfilled_by=FulfilledBy.UNKNOWN),
    "purchased_at": lambda order: replace(order, purchased_at=None),
    "ship_by": lambda order: replace(order, ship_by=NOW),
    "deliver_by": lambda order: replace(order, deliver_by=None),
    "programs": lambda order: replace(order, programs=frozenset()),
    "has_gift_message": lambda order: replace(order, has_gift_message=True),
    "replaces": lambda order: replace(order, replaces="113-0000000-0000009"),
    "items": lambda order: replace(order, lines=(*order.lines, replace(LINE, order_item_id="2"))),
    "item 00012345 sku": lambda order: replace(order, lines=(replace(LINE, sku="TEA-9"),)),
    "item 00012345 title": lambda order: replace(order, lines=(replace(LINE, title="Tea"),)),
    "item 00012345 ordered": lambda order: replace(order, lines=(replace(LINE, ordered=3),)),
    "item 00012345 shipped": lambda order: replace(order, lines=(replace(LINE, shipped=2),)),
    "item 00012345 buyer_wants_cancel": lambda order: replace(
        order, lines=(replace(LINE, buyer_wants_cancel=True),)
    ),
}
SAME: dict[str, Callable[[AmazonOrder], AmazonOrder]] = {
    "the instant of its update": lambda order: replace(order, updated_at=NOW + timedelta(hours=1)),
    "its packages": lambda order: replace(order, packages=(AmazonPackage(reference_id="1"),)),
    "the words of its status": lambda order: replace(order, status_text="Unshipped"),
    "a program only one version has": lambda order: replace(order, programs=order.programs | {"AMAZON_HAUL"}),
    "an item cancelled to nothing": lambda order: replace(
        order, lines=(*order.lines, replace(LINE, order_item_id="3", ordered=0))
    ),
    "milliseconds": lambda order: replace(order, purchased_at=NOW + timedelta(milliseconds=250)),
}


@given(st.sets(st.sampled_from(sorted(CHANGES))), st.sets(st.sampled_from(sorted(SAME))))
def test_exactly_what_differs_is_found(changed: set[str], same: set[str]) -> None:
    other = ORDER
    item_changes = {name for name in changed if name.startswith("item ")}
    changed -= set(sorted(item_changes)[1:])  # each replaces the whole line
    if item_changes and "items" in changed:
        changed.discard("items")
    for name in sorted(changed):
        other = CHANGES[name](other)
    for name in sorted(same):
        other = SAME[name](other) if name != "an item cancelled to nothing" or not item_changes else other
    if "purchased_at" in changed:
        other = replace(other, purchased_at=None)
    assert {found.field for found in compare(ORDER, other)} == changed
    assert {(each.field, each.v2026, each.v0) for each in compare(other, ORDER)} == {
        (each.field, each.v0, each.v2026) for each in compare(ORDER, other)
    }


@given(st.text(max_size=5000))
def test_what_is_kept_of_a_difference_fits_the_table(title: str) -> None:
    other = replace(ORDER, lines=(replace(LINE, title=title),))
    for found in compare(ORDER, other):
        assert max(len(found.v0), len(found.v2026)) <= LONGEST
        assert len(found.field) <= 64
