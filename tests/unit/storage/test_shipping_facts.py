"""What the risk of orders and Amazon's rates are made of."""

import importlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from dockseal.domain.cancellation import Cancellation, CancellationState, CancelReason
from dockseal.domain.feed import FeedKind
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.order import AmazonStatus, Hold, Order, OrderState
from dockseal.domain.shipment import Package, PackageState
from dockseal.domain.shipping import Measure, Tally, awaited
from dockseal.storage.router import OPERATIONS
from dockseal.storage.store import Storage

MakeOrder = Callable[..., Order]
_S = OrderState
HOUR = timedelta(hours=1)


@pytest.fixture
def keep(storage: Storage, make_order: MakeOrder, now: datetime) -> Callable[..., Order]:
    """Keeps the n-th order; `ship_by` and `deliver_by` in hours from now."""

    def kept(
        n: int,
        state: OrderState = _S.VERIFIED,
        *,
        ship_by: float | None = -24,
        deliver_by: float | None = -1,
        status: AmazonStatus | None = None,
        **changes: Any,
    ) -> Order:
        order = make_order(n, ship_by=ship_by, state=state, **changes)
        told = status or (
            AmazonStatus.SHIPPED if state in {_S.VERIFIED, _S.SHREDDED} else AmazonStatus.UNSHIPPED
        )
        promised = None if deliver_by is None else now + deliver_by * HOUR
        amazon = replace(order.amazon, status=told, deliver_by=promised, updated_at=now - 100 * HOUR)
        order = replace(order, amazon=amazon)
        storage.orders.insert(order)
        return order

    return kept


def package(order: Order, n: int, state: PackageState, number: str = "1Z999") -> Package:
    return Package(
        order=order.ref,
        reference_id=n,
        carrier="UPS",
        tracking_number=number,
        shipped_at=order.accepted_at,
        contents=(),
        state=state,
        report_id=f"{order.ref}/{n}",
    )


def figures(tallies: list[Tally], days: int) -> tuple[int, int, int]:
    (found,) = [each for each in tallies if each.days == days]
    return found.total, found.bad, found.could


def test_open_orders_are_counted_by_situation_and_listed_by_ship_by(
    storage: Storage, keep: Callable[..., Order], now: datetime
) -> None:
    hold = Hold(code="sku_missing", sentence="Give it a SKU.")
    orders = [
        keep(1, _S.RELEASED, ship_by=20),
        keep(2, _S.RELEASED, ship_by=20, accepted_at=now + HOUR),
        keep(3, _S.HELD, ship_by=30, hold=hold),
        keep(4, _S.SHIPPED, ship_by=10, attention="Amazon refused parcel 1."),
        keep(5, _S.ACCEPTED, ship_by=-5, warehouse=None),
    ]
    keep(6, _S.RELEASED, ship_by=200)
    keep(7, _S.RELEASED, ship_by=None)
    keep(8, _S.CONFIRMED, ship_by=20)
    keep(9, _S.ACCEPTED, ship_by=20, status=AmazonStatus.PENDING)
    keep(10, _S.HELD, ship_by=20, hold=hold, status=AmazonStatus.SHIPPED)
    facts, until = storage.shipping_facts, now + 100 * HOUR
    expected: dict[Any, int] = {}
    for order in orders:
        waiting = awaited(order)
        assert waiting is not None
        expected[waiting.situation] = expected.get(waiting.situation, 0) + 1
    assert dict(facts.situations(until)) == expected
    listed = facts.awaited(until, stopped_until=until, limit=9)
    assert [each.id for each in listed] == [orders[n].id for n in (4, 3, 0, 1, 2)]
    assert listed[1:2] == [awaited(orders[3])]
    assert [each.why_stopped for each in listed] == ["", "Amazon refused parcel 1.", "", "", "Give it a SKU."]
    stopped = facts.awaited(now, stopped_until=until, limit=9)
    assert [each.id for each in stopped] == [orders[n].id for n in (4, 3, 2)]
    assert facts.awaited(until, stopped_until=until, offset=1, limit=2) == listed[1:3]
    assert facts.awaited(until, stopped_until=until, seller=SellerId("another"), limit=9) == []


def test_an_order_that_amazon_does_not_wait_for_is_none_of_them(make_order: MakeOrder) -> None:
    order = make_order(1, state=_S.RELEASED)
    assert awaited(order) is not None
    assert awaited(replace(order, state=_S.CONFIRMED)) is None
    assert awaited(replace(order, amazon=replace(order.amazon, status=AmazonStatus.SHIPPED))) is None


def test_late_is_what_amazon_was_told_of_after_ship_by_or_was_not_told_of(
    storage: Storage, keep: Callable[..., Order], now: datetime
) -> None:
    due = now - 24 * HOUR
    keep(1, confirmed_at=due)
    keep(2, confirmed_at=due + timedelta(seconds=1))
    keep(3, _S.RELEASED)
    keep(4, _S.SHIPPED)
    keep(5, _S.ACCEPTED, status=AmazonStatus.PENDING)
    keep(6, _S.RELEASED, status=AmazonStatus.SHIPPED)  # somebody confirmed it at Amazon
    keep(7, _S.CANCELLED)
    keep(8, _S.SHREDDED, status=AmazonStatus.CANCELLED)
    keep(9, _S.SHREDDED, confirmed_at=due - HOUR)
    keep(10, ship_by=-12 * 24, confirmed_at=now)
    keep(11, ship_by=-31 * 24, confirmed_at=now)
    keep(12, _S.RELEASED, ship_by=1)
    tallies = storage.shipping_facts.late(now, (10, 30))
    assert {(each.measure, each.seller, each.warehouse) for each in tallies} == {
        (Measure.LATE, "acme-us", "reno")
    }
    assert (figures(tallies, 10), figures(tallies, 30)) == ((7, 3, 0), (8, 4, 0))


def test_not_on_time_is_what_left_after_the_promise_and_what_left_after_ship_by_could_be(
    storage: Storage, keep: Callable[..., Order], now: datetime
) -> None:
    def left(n: int, hours: float) -> None:
        keep(n, status=AmazonStatus.UNSHIPPED, shipped_at=now + hours * HOUR)

    left(1, -30)
    left(2, -20)
    left(3, -0.5)
    keep(4, _S.RELEASED)
    keep(5, _S.RELEASED, deliver_by=1)
    keep(6, _S.CANCELLED)
    keep(7, deliver_by=-15 * 24)
    keep(8, deliver_by=None)
    assert figures(storage.shipping_facts.on_time(now, (14,)), 14) == (4, 2, 1)


def test_when_an_order_left_that_somebody_else_shipped_is_not_known_by_what_amazon_changes_later(
    storage: Storage, keep: Callable[..., Order], now: datetime
) -> None:
    order = keep(1, _S.RELEASED, ship_by=-72, deliver_by=-24, status=AmazonStatus.SHIPPED)
    assert figures(storage.shipping_facts.on_time(now, (14,)), 14) == (1, 0, 0)
    storage.orders.change(order, amazon=replace(order.amazon, updated_at=now - HOUR))
    assert figures(storage.shipping_facts.on_time(now, (14,)), 14) == (1, 0, 1)


def test_valid_tracking_is_a_number_that_amazon_took(
    storage: Storage, keep: Callable[..., Order], now: datetime
) -> None:
    done, waits = keep(1), keep(2, _S.SHIPPED)
    for order, n, state, number in (
        (done, 1, PackageState.VERIFIED, "1Z1"),
        (done, 2, PackageState.CONFIRMED, "1Z2"),
        (done, 3, PackageState.VERIFIED, ""),
        (done, 4, PackageState.REFUSED, "1Z3"),  # another took its place, or the order were not done
        (waits, 1, PackageState.REFUSED, "1Z4"),
        (waits, 2, PackageState.REPORTED, "1Z5"),
        (waits, 3, PackageState.INTENDED, ""),
    ):
        storage.packages.add(package(order, n, state, number))
    old = keep(3, deliver_by=-8 * 24)
    storage.packages.add(package(old, 1, PackageState.VERIFIED), warehouse=WarehouseId("reno"))
    tallies = storage.shipping_facts.tracked(now, (7, 30))
    assert (figures(tallies, 7), figures(tallies, 30)) == ((6, 3, 1), (7, 3, 1))


def test_what_says_that_there_is_no_number_is_no_valid_tracking(
    storage: Storage, keep: Callable[..., Order], now: datetime
) -> None:
    order = keep(1, deliver_by=-1)
    told = replace(package(order, 1, PackageState.VERIFIED, "untracked"), told_carrier="Royal Mail")
    storage.packages.add(told, warehouse=WarehouseId("reno"))
    assert figures(storage.shipping_facts.tracked(now, (7,)), 7) == (1, 1, 0)


def test_cancelled_is_what_the_seller_cancelled_here_and_what_amazon_shows_could_be(
    storage: Storage, keep: Callable[..., Order], now: datetime
) -> None:
    def taken_in(n: int, state: OrderState = _S.CANCELLED, **changes: Any) -> Order:
        return keep(n, state, accepted_at=now - HOUR, **changes)

    feed = storage.feeds.intend(SellerId("acme-us"), FeedKind.ACKNOWLEDGEMENT, now).number

    def wanted(order: Order, reason: CancelReason, state: CancellationState) -> None:
        sent = None if state is CancellationState.WANTED else feed
        storage.cancellations.want(
            Cancellation(order=order.ref, reason=reason, items=("1",), state=state, wanted_at=now, feed=sent)
        )

    wanted(taken_in(1), CancelReason.NO_INVENTORY, CancellationState.DONE)
    wanted(taken_in(2, _S.HELD), CancelReason.NO_INVENTORY, CancellationState.WANTED)
    wanted(taken_in(3), CancelReason.BUYER_CANCELED, CancellationState.DONE)
    wanted(taken_in(4, _S.HELD), CancelReason.PRICING_ERROR, CancellationState.REFUSED)
    taken_in(5)  # in Seller Central, perhaps
    taken_in(6, warehouse=None)
    taken_in(7, _S.SHREDDED, status=AmazonStatus.CANCELLED)
    by_buyer = taken_in(8)
    lines = tuple(replace(line, buyer_wants_cancel=True) for line in by_buyer.amazon.lines)
    storage.orders.change(by_buyer, amazon=replace(by_buyer.amazon, lines=lines))
    taken_in(9, _S.VERIFIED)
    keep(10, _S.CANCELLED, accepted_at=now - timedelta(days=8))
    tallies = storage.shipping_facts.cancelled(now, (7,))
    assert figures([each for each in tallies if each.warehouse], 7) == (8, 1, 3)
    assert figures([each for each in tallies if not each.warehouse], 7) == (1, 0, 0)


def test_what_was_cancelled_at_amazon_although_our_wish_did_not_do_it_could_be_the_sellers(
    storage: Storage, keep: Callable[..., Order], now: datetime
) -> None:
    wishes = [
        (CancelReason.NO_INVENTORY, CancellationState.REFUSED),
        (CancelReason.NO_INVENTORY, CancellationState.WANTED),
        (CancelReason.NO_INVENTORY, CancellationState.DONE),
        (CancelReason.BUYER_CANCELED, CancellationState.DROPPED),
        (CancelReason.BUYER_CANCELED, CancellationState.REFUSED),  # the buyer still asked for it
    ]
    for n, (reason, state) in enumerate(wishes):
        order = keep(n, _S.CANCELLED, accepted_at=now - HOUR)
        storage.cancellations.want(
            Cancellation(order=order.ref, reason=reason, items=("1",), state=state, wanted_at=now)
        )
    assert figures(storage.shipping_facts.cancelled(now, (7,)), 7) == (5, 0, 4)


def test_an_order_that_its_seller_cancelled_and_cancels_again_counts_once(
    storage: Storage, keep: Callable[..., Order], now: datetime
) -> None:
    order = keep(1, _S.HELD, accepted_at=now - HOUR)
    feed = storage.feeds.intend(SellerId("acme-us"), FeedKind.ACKNOWLEDGEMENT, now)
    wish = Cancellation(order=order.ref, reason=CancelReason.NO_INVENTORY, items=("1",), wanted_at=now)
    storage.cancellations.want(replace(wish, state=CancellationState.DONE, feed=feed.number))
    storage.cancellations.want(wish)
    assert figures(storage.shipping_facts.cancelled(now, (7,)), 7) == (1, 1, 0)


def test_the_promised_date_of_orders_kept_before_is_filled_in(
    storage: Storage, keep: Callable[..., Order], now: datetime
) -> None:
    keep(1, deliver_by=-5.5, confirmed_at=now, shipped_at=now - 9 * HOUR)
    keep(2, deliver_by=None)
    migration = importlib.import_module("dockseal.storage.operations.migrations.0022_working_hours")
    connection = connections[OPERATIONS]
    with connection.cursor() as cursor:
        cursor.execute("SELECT deliver_by FROM operations_order ORDER BY amazon_order_id")
        before = cursor.fetchall()
        cursor.execute("UPDATE operations_order SET deliver_by = NULL")
        cursor.execute(migration.FILL[connection.vendor])
        cursor.execute("SELECT deliver_by FROM operations_order ORDER BY amazon_order_id")
        assert cursor.fetchall() == before
    assert before[1][0] is None
