"""Our own time: how long an order waits for us, for one seller and for many.

The latency is taken on the machine's clock, with lanes on threads, as `dockseal serve` runs them.

The crowd has a clock of its own, which runs by the processor time of this process and is moved on when
nothing is due. The lanes run one after the other in one thread, in the order in which the dispatcher hands
them out: as many workers would, since one interpreter runs on one processor at a time. So what else the
machine does is not in the numbers, and neither is its disk; the simulated Amazon and the warehouse are, for
they use the same processor.
"""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import day as days
from day import US, Day
from dockseal.bootstrap import App, build
from dockseal.cli.sellers import add_seller
from dockseal.console.parts import parts
from dockseal.domain.clock import ScaledClock, scaled_from_now
from dockseal.domain.identifiers import SellerId
from dockseal.domain.lane import earliest
from dockseal.domain.order import OrderState
from dockseal.domain.seller import Seller
from dockseal.lane_threads import LaneThreads
from spapi_simulator import Line

_WORKERS = 4
_LISTEN_EVERY = timedelta(milliseconds=100)
"""Stands for a long poll, which ends when a message comes."""
_PATIENCE = 120
"""Real seconds after the last order."""
_MOST = 1_000_000
_MEMORY = Path("/dev/shm")


@dataclass(kw_only=True)
class _Live(Day):
    """A day on the machine's clock, with the product's own timers."""

    sellers: int = 1
    accounts: list[Any] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.accounts.append(self.account)
        for number in range(1, self.sellers):
            self._join(number)

    def _join(self, number: int) -> None:
        account = self.amazon.add_seller(region="NA", marketplaces=(US,))
        self.amazon.subscribe(self.application, account, self.seller.queue_url)
        self.refresh_token = self.amazon.authorize(self.application, account)
        one: Seller = replace(
            self.seller, id=SellerId(f"acme-{number}"), selling_partner_id=account.seller_id
        )
        add_seller(self.app, one, self._credentials())
        self.accounts.append(account)

    def _build(self) -> App:
        app = build(
            self.settings,
            console=parts(self.settings),
            clock=self.clock,
            transport=self.line,
            warehouse_transport=self.warehouse,
            queue_wait_seconds=0,
        )
        app.lanes.steps = [
            replace(step, every=_LISTEN_EVERY) if step.name == "listen" else step for step in app.lanes.steps
        ]
        return app


def memory() -> Path | None:
    """Returns where files need no disk: for clocks that are not the machine's."""
    return _MEMORY if _MEMORY.is_dir() else None


def latency(orders: int) -> list[float]:
    """Returns the sorted seconds from publishing to releasable of orders that come five a second."""
    with _live() as day:
        # Five a second is more than Amazon's quota of one seller: its time is not ours.
        for operation in ("getOrder 2026-01-01", "searchOrders"):
            day.amazon.limits.plan(day.account.seller_id, operation, rate=1000, burst=1000)
        return _waits(day, orders, apart=0.2)


def reported(packages: int) -> list[float]:
    """Returns the sorted seconds from a report over the machine API until Amazon shows the parcel.

    One parcel comes each second: as many as a quiet hour has in minutes, and half of what the quota allows.
    """
    with _live() as day:
        for operation in ("getOrder 2026-01-01", "searchOrders"):
            day.amazon.limits.plan(day.account.seller_id, operation, rate=1000, burst=1000)
        placed = [day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")]) for _ in range(packages)]
        _until(lambda: len(day.warehouse.taken) == packages)
        sent, began = {}, time.monotonic()
        for number, order_id in enumerate(placed):
            time.sleep(max(0.0, began + number - time.monotonic()))
            sent[order_id] = day.clock.now()
            day.ship(order_id, tracking_number=f"T-{order_id}")
        _until(lambda: all(day.amazon.order(order_id).packages for order_id in placed))
        shown = {order_id: day.amazon.order(order_id).packages[0].created_at for order_id in placed}
    return sorted((shown[order_id] - sent[order_id]).total_seconds() for order_id in placed)


def percentile(ordered: Sequence[float], percent: int) -> float:
    """Returns a percentile of sorted values."""
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def _until(done: Callable[[], bool]) -> None:
    patience = time.monotonic() + _PATIENCE
    while not done():
        assert time.monotonic() < patience, "it takes too long"
        time.sleep(0.2)


class _ProcessorClock:
    """Time that runs while this process computes, and is moved on when it has nothing to do."""

    def __init__(self, start: datetime) -> None:
        self._start = start - timedelta(seconds=time.process_time())

    def now(self) -> datetime:
        """Returns the present instant."""
        return self._start + timedelta(seconds=time.process_time())

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        """Moves on at once."""
        self._start += timedelta(seconds=max(0.0, seconds))
        return stop.is_set()

    def move_to(self, instant: datetime) -> None:
        """Moves on to an instant, if that is yet to come."""
        self._start += max(instant - self.now(), timedelta())


def crowd(sellers: int, minutes: float) -> list[float]:
    """Returns the sorted seconds from publishing to releasable, where each seller has sixty orders an hour.

    Args:
        sellers: So many at once, under Amazon's default quotas.
        minutes: For so long; the orders of all of them come evenly.
    """
    with (
        tempfile.TemporaryDirectory(dir=memory()) as folder,
        patch.object(days, "ManualClock", _ProcessorClock),
    ):
        day = _Live(folder=Path(folder), sellers=sellers)
        _drive(day, [], done=lambda: _settled(day))
        began, apart = day.clock.now(), timedelta(minutes=1) / sellers
        arrivals = [began + number * apart for number in range(round(sellers * minutes))]
        published = _drive(day, arrivals, done=lambda: _all_routed(day, len(arrivals)))
        waits = _waited(day, published)
        day.close()
    return waits


def _drive(day: _Live, arrivals: Sequence[datetime], *, done: Callable[[], bool]) -> dict[str, datetime]:
    """Runs what is due until all is done, placing orders as they arrive; returns when each was published."""
    clock, published = cast("_ProcessorClock", day.clock), {}
    while True:
        while len(published) < len(arrivals) and arrivals[len(published)] <= clock.now():
            account = day.accounts[len(published) % len(day.accounts)]
            at = arrivals[len(published)]
            published[day.amazon.place_order(account, lines=[Line(sku="MUG-1")])] = at
        lane = day.app.lanes.take()
        if lane is not None:
            day.app.lanes.run(lane)
        elif len(published) == len(arrivals) and done():
            return published
        else:
            coming = arrivals[len(published)] if len(published) < len(arrivals) else None
            clock.move_to(earliest(day.app.lanes.next_due(), coming) or clock.now())


@contextmanager
def _live() -> Iterator[_Live]:
    """Gives a day on the machine's clock whose lanes run on threads and have done all that a start brings."""

    def real(start: datetime) -> ScaledClock:
        return scaled_from_now(start=start, speed=1)

    with tempfile.TemporaryDirectory() as folder, patch.object(days, "ManualClock", real):
        day = _Live(folder=Path(folder))
        threads = LaneThreads(day.app.lanes, workers=_WORKERS, end_of_thread=day.app.storage.close_thread)
        threads.start()
        try:
            while not _settled(day):
                time.sleep(1)
            yield day
        finally:
            threads.stop()
            day.close()


def _waits(day: _Live, orders: int, *, apart: float) -> list[float]:
    """Places orders so many seconds apart, the sellers in turn, and waits until all are releasable."""
    published: dict[str, datetime] = {}
    began = time.monotonic()
    for number in range(orders):
        time.sleep(max(0.0, began + number * apart - time.monotonic()))
        account = day.accounts[number % len(day.accounts)]
        order_id = day.amazon.place_order(account, lines=[Line(sku="MUG-1")])
        published[order_id] = day.clock.now()
    patience = time.monotonic() + _PATIENCE
    while not _all_routed(day, orders) and time.monotonic() < patience:
        time.sleep(0.5)
    return _waited(day, published)


def _waited(day: _Live, published: Mapping[str, datetime]) -> list[float]:
    """Returns the sorted seconds from publishing to releasable."""
    routed = {row.order: row.at for row in day.app.storage.audit.search(tag="order:life:routed", limit=_MOST)}
    kept = day.app.storage.orders.list(limit=_MOST)
    waits = sorted(
        (routed[order.ref] - published[order.id]).total_seconds() for order in kept if order.ref in routed
    )
    assert len(waits) == len(published), f"{len(published) - len(waits)} orders did not become releasable"
    return waits


def _all_routed(day: Day, orders: int) -> bool:
    counts = day.app.storage.orders.counts()
    return sum(count for _, state, count in counts if state is not OrderState.ACCEPTED) >= orders


def _settled(day: Day) -> bool:
    soon = day.clock.now() + timedelta(minutes=1)
    sweeps = [lane for lane in day.app.lanes.all() if lane.step.name == "sweep"]
    return bool(sweeps) and all(lane.runs and lane.due > soon and not lane.running for lane in sweeps)
