from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dockseal.domain.ending import Ending, Event, events_of, left_by
from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId
from dockseal.domain.order import AmazonOrder, AmazonPackage, AmazonStatus, FulfilledBy, Order, OrderState

AT = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
LATER = AT + timedelta(hours=3)
S = AmazonStatus
ORDER = Order(
    ref=OrderRef("abcdefghjk"),
    seller=SellerId("acme-us"),
    state=OrderState.RELEASED,
    amazon=AmazonOrder(
        amazon_order_id=AmazonOrderId("113-0000000-0000001"),
        status=S.UNSHIPPED,
        fulfilled_by=FulfilledBy.MERCHANT,
        updated_at=AT,
    ),
    read_at=LATER,
    accepted_at=AT,
)


def shown(status: AmazonStatus, *packages: str) -> Order:
    """The order, as Amazon shows it with parcels of these statuses."""
    parcels = tuple(AmazonPackage(reference_id=str(n), status=each) for n, each in enumerate(packages, 1))
    return replace(ORDER, amazon=replace(ORDER.amazon, status=status, packages=parcels))


@pytest.mark.parametrize(
    ("order", "ended"),
    [
        (ORDER, set()),
        (shown(S.PARTIALLY_SHIPPED, "DELIVERED"), set()),
        (shown(S.SHIPPED), {Ending.SHIPPED}),
        (shown(S.SHIPPED, "DELIVERED", "IN_TRANSIT"), {Ending.SHIPPED}),
        (shown(S.SHIPPED, "DELIVERED", "DELIVERED"), {Ending.SHIPPED, Ending.DELIVERED}),
        (shown(S.UNKNOWN, "DELIVERED"), {Ending.DELIVERED}),
    ],
)
def test_only_the_whole_of_an_order_ends_it(order: Order, ended: set[Ending]) -> None:
    assert {event.what for event in events_of(order)} == ended
    assert left_by(order) == (AT if ended else None)


def test_what_the_warehouse_said_counts_where_it_is_earlier_and_a_cancellation_is_no_leaving() -> None:
    earlier = AT - timedelta(days=2)
    assert left_by(replace(shown(S.SHIPPED), shipped_at=earlier)) == earlier
    assert left_by(replace(shown(S.SHIPPED), shipped_at=LATER)) == AT
    cancelled = replace(ORDER, state=OrderState.CANCELLED)
    assert events_of(cancelled) == (Event(what=Ending.CANCELLED, at=LATER),)
    assert left_by(cancelled) is None
