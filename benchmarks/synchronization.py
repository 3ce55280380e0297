"""What taking orders in costs: in calls, in time under Amazon's quotas, and in our own time.

The quiet hour, the peak and the plain loop run on a clock moved by hand, so that their seconds are Amazon's
arithmetic. The latency runs on the machine's clock, the crowd on the processor's.
"""

import itertools
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import day as days
from benchmarks import live, plain_loop
from day import Day
from dockseal.amazon.operations import (
    GET_ORDER,
    GET_ORDER_ITEMS_V0,
    GET_ORDER_V0,
    GET_ORDERS_V0,
    SEARCH_ORDERS,
    Operation,
)
from dockseal.domain.identifiers import AmazonOrderId
from dockseal.domain.order import OrdersApi
from dockseal.domain.order_report import ReportTerms
from dockseal.domain.quota import BucketState
from dockseal.order_synchronization.planning import Due, Supply, plan
from parcel_numbers import ups
from spapi_simulator import Line

_WAITED = timedelta(hours=1)
"""The waiting orders were placed this long before the start."""
_BETWEEN = timedelta(seconds=1)
"""One came after the other."""
_COARSEST = timedelta(seconds=20)
"""In a peak time passes in steps: in none does a bucket of Amazon's fill up, so that no call is lost."""


def rows(*, waiting: int, arriving: int, sellers: int, minutes: float) -> Iterator[tuple[str, str]]:
    """Yields what to print.

    Args:
        waiting: How many orders wait at the peak.
        arriving: How many orders come at five a second on the machine's clock.
        sellers: How many sellers have sixty orders an hour each, on the processor's clock.
        minutes: For so long.
    """
    yield from _in_a_quiet_hour()
    yield from _at_the_peak(waiting)
    waits = live.latency(arriving)
    yield (
        f"{arriving} orders at 5/s, published → releasable, real s: p50, p99",
        f"{live.percentile(waits, 50):.2f}  {live.percentile(waits, 99):.2f}",
    )
    yield from _in_a_crowd(sellers, minutes)


def _in_a_quiet_hour() -> Iterator[tuple[str, str]]:
    reads, sweeps, calls = _quiet_hour()
    yield "quiet hour, 60 orders, v2026: getOrder / order", f"{reads:.2f}"
    yield "quiet hour, 60 orders, v2026: pages of sweeps / order", f"{sweeps:.2f}"
    yield "quiet hour, 60 orders, v2026: all calls / order, to verified", f"{calls:.2f}"


def _at_the_peak(waiting: int) -> Iterator[tuple[str, str]]:
    flood = waiting >= ReportTerms().flood
    took = {}
    for api, reports in itertools.product(OrdersApi, (False, True) if flood else (False,)):
        name = f"peak, {waiting:,} waiting, {api.value}{', order reports' if reports else ''}"
        took[name], calls = _peak(api, waiting, reports=reports)
        best = _optimum(api, waiting, reports=reports)
        yield f"{name}: all at the warehouse / optimum", _against(took[name], best)
        yield f"{name}: calls until then / order", f"{calls:.3f}"
    loop = plain_loop.seconds(waiting, _WAITED)
    best = _optimum(OrdersApi.V0, waiting, reports=False)
    plain = f"peak, {waiting:,} waiting, plain python-amazon-sp-api loop, v0"
    yield f"{plain}: / optimum of v0 without reports", _against(loop, best)
    for name, seconds in took.items():
        yield f"plain loop / {name}", f"{loop / seconds:.2f}"


def _in_a_crowd(sellers: int, minutes: float) -> Iterator[tuple[str, str]]:
    alone, crowd = live.crowd(1, max(minutes, 2)), live.crowd(sellers, minutes)
    name = f"{sellers:,} sellers × 60 orders/h, {len(crowd):,} orders, published → releasable, CPU s"
    yield f"{name}: p50, p99", f"{live.percentile(crowd, 50):.2f}  {live.percentile(crowd, 99):.2f}"
    yield f"{name}: the worst - the worst of a seller alone", f"{crowd[-1] - alone[-1]:.2f}"


def _against(took: float, best: float) -> str:
    """Says seconds against the optimum's; what fits into full buckets takes none at best."""
    return f"{took:,.0f} s / {best:,.0f} s" + (f" = {took / best:.3f}" if best else "")


def _quiet_hour() -> tuple[float, float, float]:
    with _scratch() as folder:
        day = Day(folder=Path(folder))
        day.run(minutes=10)
        seen, placed = len(day.amazon.calls), []
        for number in range(60):
            placed.append(day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")]))
            day.run(minutes=1)
            day.ship(placed[-1], tracking_number=ups(number))
        day.run(minutes=30)
        calls = Counter(call.operation for call in day.amazon.calls[seen:])
        day.close()
    return (
        calls["getOrder"] / len(placed),
        calls["searchOrders"] / len(placed),
        sum(calls.values()) / len(placed),
    )


def _peak(api: OrdersApi, waiting: int, *, reports: bool) -> tuple[float, float]:
    """Returns the seconds until all are at the warehouse, and the calls made until then for each order."""
    step = min(_COARSEST, timedelta(seconds=waiting / 100))
    with _scratch() as folder:
        day = Day(folder=Path(folder), api=api, choices={"order_reports": reports})
        for _ in range(waiting):
            day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
            day.clock.advance(_BETWEEN)
        day.clock.advance(_WAITED)
        began = day.clock.now()
        day.app.lanes.run_due()
        while len(day.warehouse.taken) < waiting:
            day.clock.advance(step)
            day.app.lanes.run_due()
        seconds = (day.clock.now() - began).total_seconds()
        calls = len(day.amazon.calls)
        day.close()
    return seconds, calls / waiting


def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(dir=live.memory())


def _optimum(api: OrdersApi, waiting: int, *, reports: bool) -> float:
    """Returns the seconds that the planner's arithmetic gives for a cold start with full buckets."""
    now = days.START

    def full(operation: Operation) -> BucketState:
        return BucketState(tokens=operation.burst, rate=operation.rate, burst=operation.burst, at=now)

    due = [
        Due(order_id=AmazonOrderId(f"111-0000000-{number:07}"), changed_by=now - _WAITED)
        for number in range(waiting)
    ]
    supply = (
        Supply(order=full(GET_ORDER_V0), pages=full(GET_ORDERS_V0), items=full(GET_ORDER_ITEMS_V0))
        if api is OrdersApi.V0
        else Supply(order=full(GET_ORDER), pages=full(SEARCH_ORDERS))
    )
    supply = replace(supply, report=ReportTerms() if reports else None)
    return (plan(due, supply, now).all_in - now).total_seconds()
