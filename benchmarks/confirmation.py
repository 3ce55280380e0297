"""What confirming packages costs: in time under Amazon's quotas, and in our own time.

The backlog and the plain loop run on a clock moved by hand, so that their seconds are Amazon's arithmetic.
The latency runs on the machine's clock.
"""

import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import day as days
from benchmarks import live, plain_loop
from day import Day
from dockseal.amazon.operations import CONFIRM_SHIPMENT, GET_ORDER, SEARCH_ORDERS, Operation
from dockseal.domain.identifiers import AmazonOrderId
from dockseal.domain.order import OrderState
from dockseal.domain.quota import BucketState
from dockseal.order_synchronization.planning import Due, Supply, plan
from spapi_simulator import Line

_FULL = timedelta(hours=4)
"""After so long every bucket is full."""
_COARSEST = timedelta(seconds=10)
"""Time passes in steps, of at most so long."""
_FEED = timedelta(seconds=90)
"""How long the simulated Amazon takes for a feed."""
_PATIENCE = timedelta(days=1)


def rows(*, waiting: int, arriving: int) -> Iterator[tuple[str, str]]:
    """Yields what to print.

    Args:
        waiting: How many packages wait to be confirmed.
        arriving: How many are reported one after the other on the machine's clock.
    """
    name = f"{waiting:,} packages waiting"
    confirmed, verified, calls = _backlog(waiting)
    best = (_confirmed_at_best(waiting)[-1] - days.START).total_seconds()
    yield f"{name}: all confirmed / optimum of calls or a feed", _against(confirmed, best)
    yield f"{name}: all verified / optimum with reading back", _against(verified, _verified_at_best(waiting))
    yield f"{name}: calls until all are verified / package", f"{calls / waiting:.3f}"
    loop = plain_loop.confirming(waiting)
    yield f"{name}: plain python-amazon-sp-api loop, calls alone", f"{loop:,.0f} s"
    yield f"plain loop, calls alone / {name}: all confirmed", f"{loop / confirmed:.2f}" if confirmed else "-"
    waits = live.reported(arriving)
    yield (
        f"{arriving} packages, reported → Amazon shows it, real s: p50, p99",
        f"{live.percentile(waits, 50):.2f}  {live.percentile(waits, 99):.2f}",
    )


def _against(took: float, best: float) -> str:
    return f"{took:,.0f} s / {best:,.0f} s" + (f" = {took / best:.3f}" if best else "")


def _backlog(waiting: int) -> tuple[float, float, int]:
    """Returns the seconds until all are confirmed, and verified, and the calls made until then."""
    with tempfile.TemporaryDirectory(dir=live.memory()) as folder:
        day = Day(folder=Path(folder))
        placed = _at_the_warehouse(day, waiting)
        for order_id in placed:
            day.ship(order_id)
        day.app.lanes.wake("confirm")  # it looks every second; in a day, by its timer, every minute
        began, seen = day.clock.now(), len(day.amazon.calls)
        step = min(_COARSEST, timedelta(seconds=waiting / 100))
        confirmed = _passed(day, lambda: _told(day, placed), step=step)
        verified = _passed(day, lambda: _verified(day, waiting), step=step)
        calls = len(day.amazon.calls) - seen
        assert all(len(day.amazon.order(order_id).packages) == 1 for order_id in placed)
        day.close()
    return (confirmed - began).total_seconds(), (verified - began).total_seconds(), calls


def _at_the_warehouse(day: Day, waiting: int) -> list[str]:
    """Places orders and lets the warehouse have them, until every bucket is full again."""
    placed = []
    for _ in range(waiting):
        placed.append(day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")]))
        day.clock.advance(timedelta(seconds=1))
    _passed(day, lambda: len(day.warehouse.taken) == waiting, step=timedelta(minutes=1))
    _passed(day, lambda: _rested(day), step=timedelta(minutes=10))
    day.clock.advance(_FULL)
    day.run(minutes=30)  # sweeps that were due meanwhile took a few calls
    # A report shows no delivery instructions: who has some was released once more, when they were read.
    day.warehouse.taken[:] = {each["amazon_order_id"]: each for each in day.warehouse.taken}.values()
    return placed


def _rested(day: Day) -> bool:
    """Whether nothing is left to read of what was placed, so that no call goes there any more."""
    swept = day.app.storage.watermarks.get(days.SELLER)
    open_notices = day.app.storage.notices.open_count()
    return not open_notices and swept is not None and not swept.page_token


def _passed(day: Day, done: Callable[[], bool], *, step: timedelta) -> datetime:
    """Lets time pass in steps until something is done; returns when that was."""
    patience = day.clock.now() + _PATIENCE
    day.run()
    while not done():
        assert day.clock.now() < patience, "it is not done within a day"
        day.run(minutes=step / timedelta(minutes=1))
    return day.clock.now()


def _told(day: Day, placed: list[str]) -> bool:
    """Whether Amazon confirmed every package, as far as we know: there is one of each order."""
    states = {OrderState.CONFIRMED, OrderState.VERIFIED}
    return sum(count for _, state, count in day.app.storage.orders.counts() if state in states) == len(placed)


def _verified(day: Day, waiting: int) -> bool:
    counts = day.app.storage.orders.counts()
    return sum(count for _, state, count in counts if state is OrderState.VERIFIED) == waiting


def _confirmed_at_best(waiting: int) -> list[datetime]:
    """Returns when each package is confirmed at best: all by call, or with a feed, whichever is sooner."""
    calls = _full(CONFIRM_SHIPMENT)
    called = [calls.ready(number + 1, days.START) for number in range(waiting)]
    fed = [min(each, days.START + _FEED) for each in called]
    return fed if called[-1] > fed[-1] else called


def _verified_at_best(waiting: int) -> float:
    """Returns the seconds that the planner's arithmetic gives for reading all of that back, full buckets."""
    due = [
        Due(order_id=AmazonOrderId(f"111-0000000-{number:07}"), changed_by=confirmed_at)
        for number, confirmed_at in enumerate(_confirmed_at_best(waiting))
    ]
    supply = Supply(order=_full(GET_ORDER), pages=_full(SEARCH_ORDERS))
    return (plan(due, supply, days.START).all_in - days.START).total_seconds()


def _full(operation: Operation) -> BucketState:
    return BucketState(tokens=operation.burst, rate=operation.rate, burst=operation.burst, at=days.START)
