"""Our own time, on the machine's clock with lanes on threads, as `dockseal serve` runs them.

The simulated Amazon and the warehouse live in the same process and take their part of the same processor, so
the numbers are worse than ours alone. Each fsync is real where the temporary folder is on a disk.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import day as days
from day import START, US, Day
from dockseal.bootstrap import App, build
from dockseal.cli.sellers import add_seller
from dockseal.console.parts import parts
from dockseal.domain.clock import ScaledClock, scaled_from_now
from dockseal.domain.identifiers import SellerId
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


def latency(orders: int) -> list[float]:
    """Returns the sorted seconds from publishing to releasable of orders that come five a second."""
    with _live(sellers=1) as day:
        # Five a second is more than Amazon's quota of one seller: its time is not ours.
        for operation in ("getOrder 2026-01-01", "searchOrders"):
            day.amazon.limits.plan(day.account.seller_id, operation, rate=1000, burst=1000)
        return _waits(day, orders, apart=0.2)


def crowd(sellers: int, minutes: float) -> list[float]:
    """Returns the sorted seconds from publishing to releasable, where each seller has sixty orders an hour.

    Args:
        sellers: So many at once, under Amazon's default quotas.
        minutes: For so long; the orders of all of them come evenly.
    """
    with _live(sellers=sellers) as day:
        return _waits(day, round(sellers * minutes), apart=60 / sellers)


@contextmanager
def _live(*, sellers: int) -> Iterator[_Live]:
    """Gives a day whose lanes run on threads and have done all that a start brings."""

    def real(start: datetime) -> ScaledClock:
        return scaled_from_now(start=start, speed=1)

    with tempfile.TemporaryDirectory() as folder, patch.object(days, "ManualClock", real):
        day = _Live(folder=Path(folder), sellers=sellers)
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
    routed = {row.order: row.at for row in day.app.storage.audit.search(tag="order:life:routed", limit=_MOST)}
    kept = day.app.storage.orders.list(limit=_MOST)
    waits = sorted(
        (routed[order.ref] - published[order.id]).total_seconds() for order in kept if order.ref in routed
    )
    assert len(waits) == orders, f"{orders - len(waits)} orders did not become releasable"
    assert min(published.values()) >= START
    return waits


def _all_routed(day: Day, orders: int) -> bool:
    counts = day.app.storage.orders.counts()
    return sum(count for _, state, count in counts if state is not OrderState.ACCEPTED) >= orders


def _settled(day: Day) -> bool:
    soon = day.clock.now() + timedelta(minutes=1)
    sweeps = [lane for lane in day.app.lanes.all() if lane.step.name == "sweep"]
    return bool(sweeps) and all(lane.runs and lane.due > soon and not lane.running for lane in sweeps)
