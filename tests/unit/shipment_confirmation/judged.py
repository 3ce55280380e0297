"""Orders and packages to judge."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId, WarehouseId
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Order, OrderLine, OrderState
from dockseal.domain.shipment import Content, Package, PackageState
from dockseal.shipment_confirmation.facts import Facts
from dockseal.shipment_confirmation.judging import Sendable, judge

NOW = datetime(2026, 11, 3, 18, 0, tzinfo=UTC)
BOUGHT = NOW - timedelta(days=1)
US, DE, JP = "ATVPDKIKX0DER", "A1PA6795UKMFR9", "A1VC38T7YXB528"
UPS = "1Z999AA10123456784"
"""UPS's own example of a number."""


def order(*lines: OrderLine, **facts: Any) -> Order:
    """An order of two mugs, bought yesterday."""
    amazon = AmazonOrder(
        amazon_order_id=AmazonOrderId("113-0000000-0000001"),
        marketplace_id=US,
        status=AmazonStatus.UNSHIPPED,
        fulfilled_by=FulfilledBy.MERCHANT,
        purchased_at=BOUGHT,
        updated_at=BOUGHT,
        lines=lines or (OrderLine(order_item_id="i1", sku="MUG-1", ordered=2),),
    )
    return Order(
        ref=OrderRef("ref"),
        seller=SellerId("acme-us"),
        state=OrderState.SHIPPED,
        amazon=replace(amazon, **facts),
        read_at=BOUGHT,
        accepted_at=BOUGHT,
    )


def package(**changes: Any) -> Package:
    """A parcel with both mugs, by UPS."""
    kept = Package(
        order=OrderRef("ref"),
        reference_id=1,
        carrier="UPS",
        service="Ground",
        tracking_number=UPS,
        shipped_at=NOW,
        contents=(Content(order_item_id="i1", quantity=2),),
        state=PackageState.REPORTED,
        report_id="r1",
        warehouse=WarehouseId("reno"),
    )
    return replace(kept, **changes)


def facts(**changes: Any) -> Facts:
    """What is known beside them: nothing."""
    return replace(Facts(now=NOW, taught={}), **changes)


def sent(of: Order, what: Package, known: Facts | None = None) -> Sendable:
    """What Amazon is told; fails where it is held."""
    judged = judge(of, what, known or facts())
    assert isinstance(judged, Sendable), judged
    return judged


def code(of: Order, what: Package, known: Facts | None = None) -> str:
    """Why it is held; fails where it is not."""
    judged = judge(of, what, known or facts())
    assert not isinstance(judged, Sendable), judged
    assert judged.sentence.endswith(".")
    return judged.code
