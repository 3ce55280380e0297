from dataclasses import replace

import pytest

from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import AmazonOrderId, SellerId, WarehouseId, new_order_ref
from dockseal.domain.order import (
    AmazonOrder,
    AmazonStatus,
    FulfilledBy,
    Hold,
    Order,
    OrdersApi,
    OrderState,
)
from dockseal.domain.seller import RECIPIENT_V0, RECIPIENT_V2026, Region, Seller
from dockseal.monitoring_audit.addresses import Reading, addresses
from dockseal.storage.store import Storage

ACME = Seller(
    id=SellerId("acme-us"),
    region=Region.NA,
    marketplaces=("ATVPDKIKX0DER",),
    selling_partner_id="A0000000000001",
    warehouse=WarehouseId("reno"),
)
V0, V2026 = OrdersApi.V0, OrdersApi.V2026
BOTH = {"orders-v0", "orders-v2026"}


def held(storage: Storage, clock: ManualClock, n: int) -> None:
    amazon = AmazonOrder(
        amazon_order_id=AmazonOrderId(f"113-0000000-000000{n}"),
        marketplace_id="ATVPDKIKX0DER",
        status=AmazonStatus.UNSHIPPED,
        status_text="UNSHIPPED",
        fulfilled_by=FulfilledBy.MERCHANT,
        purchased_at=clock.now(),
        updated_at=clock.now(),
        ship_by=None,
        deliver_by=None,
        lines=(),
    )
    storage.orders.insert(
        Order(
            ref=new_order_ref(),
            seller=ACME.id,
            state=OrderState.HELD,
            amazon=amazon,
            hold=Hold(code="address_role_missing", sentence="Amazon does not let us read addresses."),
            read_at=clock.now(),
            accepted_at=clock.now(),
        )
    )


@pytest.mark.parametrize(
    ("api", "may_read", "reading", "words"),
    [
        (V2026, {*BOTH, RECIPIENT_V0, RECIPIENT_V2026}, Reading.READABLE, "an order came with its address"),
        (V2026, {*BOTH, RECIPIENT_V0}, Reading.UNKNOWN, "the first order will tell: the role is there"),
        (V2026, BOTH, Reading.MISSING, "until then its orders are held"),
        (V2026, {"orders-v2026"}, Reading.UNKNOWN, "the first order will tell; there is nothing to do"),
        (V2026, set(), Reading.UNKNOWN, "the first order will tell; there is nothing to do"),
        (V0, {*BOTH, RECIPIENT_V0}, Reading.READABLE, "restricted data tokens"),
        (V0, {*BOTH, RECIPIENT_V2026}, Reading.MISSING, "Direct-to-Consumer Shipping (Restricted)"),
        (V0, set(), Reading.UNKNOWN, "the first order will tell"),
    ],
)
def test_what_was_tried_and_noted_says_whether_addresses_can_be_read(
    storage: Storage, api: OrdersApi, may_read: set[str], reading: Reading, words: str
) -> None:
    found = addresses(storage, replace(ACME, orders_api=api, may_read=frozenset(may_read)))
    assert found.reading is reading
    assert words in found.sentence


def test_orders_that_are_held_for_it_say_that_the_role_is_missing(
    storage: Storage, clock: ManualClock
) -> None:
    tried = replace(ACME, may_read=frozenset({*BOTH, RECIPIENT_V0}))
    held(storage, clock, 1)
    assert addresses(storage, tried).reading is Reading.MISSING
    assert "until then one order is held" in addresses(storage, tried).sentence
    held(storage, clock, 2)
    assert "until then 2 orders are held" in addresses(storage, tried).sentence
    noted = replace(tried, may_read=tried.may_read | {RECIPIENT_V2026})
    assert addresses(storage, noted).reading is Reading.READABLE
