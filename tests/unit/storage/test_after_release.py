"""Stops, cancellations and feeds in the tables, in SQLite and in PostgreSQL."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from dockseal.domain.cancellation import Cancellation, CancellationState, CancelReason
from dockseal.domain.feed import FeedKind, FeedState
from dockseal.domain.identifiers import ReleaseRef, SellerId, WarehouseId
from dockseal.domain.order import Order
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.stop import StopReason, StopState
from dockseal.errors import MoveRefused
from dockseal.storage.store import Storage

SELLER, KIND = SellerId("acme-us"), FeedKind.ACKNOWLEDGEMENT
MakeOrder = Callable[..., Order]


@pytest.fixture
def release(storage: Storage, make_order: MakeOrder, now: datetime) -> Release:
    order = make_order(1)
    storage.orders.insert(order)
    return storage.releases.intend(
        Release(
            ref=ReleaseRef(f"{order.ref}-1"),
            order=order.ref,
            warehouse=WarehouseId("reno"),
            state=ReleaseState.INTENDED,
            intended_at=now,
        )
    )


def test_a_release_is_to_be_stopped_once(storage: Storage, release: Release, now: datetime) -> None:
    stop = storage.stops.want(release, StopReason.ADDRESS, now)
    assert stop is not None
    assert storage.stops.want(release, StopReason.ITEMS, now) is None
    assert storage.stops.get(release.ref) == stop
    assert storage.stops.of_order(release.order) == [stop]
    assert storage.stops.sellers_due(now) == [SELLER]
    assert storage.stops.due(SELLER, now=now, limit=9) == [stop]
    more = storage.stops.want(release, StopReason.CANCELLED, now)
    assert more is not None
    assert more.reason is StopReason.CANCELLED
    with pytest.raises(MoveRefused):
        storage.stops.change(stop, state=StopState.ASKED)


def test_a_stop_is_due_until_it_is_settled_and_not_while_the_warehouse_is_silent(
    storage: Storage, release: Release, now: datetime
) -> None:
    stop = storage.stops.want(release, StopReason.BUYER, now)
    assert stop is not None
    later = now + timedelta(hours=4)
    stop = storage.stops.change(stop, state=StopState.ASKED, asked_at=now, next_try=later)
    assert storage.stops.due(SELLER, now=now, limit=9) == []
    assert storage.stops.next_try(SELLER, after=now) == later
    assert storage.stops.due(SELLER, now=later, limit=9) == [stop]
    silent = storage.stops.change(stop, state=StopState.SILENT, next_try=None)
    assert storage.stops.sellers_due(later) == []
    assert storage.stops.is_open(release.ref)
    storage.stops.change(silent, state=StopState.STOPPED, answered_at=later, settled=True)
    assert storage.stops.sellers_due(later) == []
    assert not storage.stops.is_open(release.ref)


def test_what_was_too_late_is_looked_at_again_for_a_new_reason_and_what_was_stopped_is_not(
    storage: Storage, release: Release, now: datetime
) -> None:
    stop = storage.stops.want(release, StopReason.BUYER, now)
    assert stop is not None
    late = storage.stops.change(stop, state=StopState.TOO_LATE, settled=True)
    again = storage.stops.want(release, StopReason.ADDRESS, now)
    assert again is not None
    assert (again.reason, again.settled, late.settled) == (StopReason.ADDRESS, False, True)
    storage.stops.change(again, state=StopState.STOPPED)
    assert storage.stops.want(release, StopReason.CANCELLED, now) is None


def test_a_release_is_stopped_from_every_state_but_refused(
    storage: Storage, release: Release, now: datetime
) -> None:
    storage.releases.stop(release, now)
    storage.releases.stop(release, now)
    stopped = storage.releases.get(release.ref)
    assert stopped is not None
    assert (stopped.state, stopped.live) == (ReleaseState.STOPPED, False)
    with pytest.raises(MoveRefused):
        storage.releases.settle(release, ReleaseState.ACCEPTED, now)


def wanted(order: Order, now: datetime, **changes: Any) -> Cancellation:
    values: dict[str, Any] = {
        "order": order.ref,
        "reason": CancelReason.NO_INVENTORY,
        "items": ("1", "2"),
        "wanted_at": now,
    }
    return Cancellation(**values | changes)


def test_an_order_is_cancelled_once_at_a_time(storage: Storage, make_order: MakeOrder, now: datetime) -> None:
    order = make_order(1)
    storage.orders.insert(order)
    kept = storage.cancellations.want(wanted(order, now))
    assert kept.number > 0
    assert storage.cancellations.open(order.ref) == kept
    with pytest.raises(MoveRefused):
        storage.cancellations.want(wanted(order, now))
    storage.cancellations.change(kept, state=CancellationState.REFUSED, words="no")
    assert storage.cancellations.open(order.ref) is None
    again = storage.cancellations.want(wanted(order, now))
    assert [each.number for each in storage.cancellations.of_order(order.ref)] == [kept.number, again.number]
    with pytest.raises(MoveRefused):
        storage.cancellations.change(kept, state=CancellationState.DONE)


def test_cancellations_are_found_by_their_feed_and_by_what_is_due(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    orders = [make_order(number) for number in (1, 2)]
    for order in orders:
        storage.orders.insert(order)
    first, second = (storage.cancellations.want(wanted(order, now)) for order in orders)
    wants = CancellationState.WANTED
    assert storage.cancellations.due(wants, SELLER, now=now, limit=9) == [first, second]
    assert storage.cancellations.sellers_due(now) == [SELLER]
    feed = storage.feeds.intend(SELLER, KIND, now)
    sent = storage.cancellations.change(first, state=CancellationState.SENT, feed=feed.number)
    later = now + timedelta(minutes=5)
    storage.cancellations.change(second, next_try=later)
    assert storage.cancellations.of_feed(feed.number) == [sent]
    assert storage.cancellations.due(wants, SELLER, now=now, limit=9) == []
    assert storage.cancellations.sellers_due(now) == []
    assert storage.cancellations.next_try(SELLER, after=now) == later


def test_a_feed_is_open_until_its_report_was_read(storage: Storage, now: datetime) -> None:
    feed, other = storage.feeds.intend(SELLER, KIND, now), storage.feeds.intend(SELLER, KIND, now)
    assert storage.feeds.open(SELLER, KIND) == [feed, other]
    assert storage.feeds.open(SellerId("other"), KIND) == []
    sent = storage.feeds.change(feed, state=FeedState.SENT, feed_id="50001", next_try=now)
    assert storage.feeds.sellers_due(KIND, now) == [SELLER]
    assert storage.feeds.known_ids(SELLER, KIND, now) == {"50001"}
    with pytest.raises(MoveRefused):
        storage.feeds.change(feed, state=FeedState.DROPPED)
    storage.feeds.change(sent, state=FeedState.DONE)
    storage.feeds.change(other, state=FeedState.DROPPED)
    assert storage.feeds.open(SELLER, KIND) == []
    assert storage.feeds.sellers_due(KIND, now) == []
