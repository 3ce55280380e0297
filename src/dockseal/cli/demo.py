"""`dockseal demo`: a morning of orders, from a simulated Amazon to a warehouse and back."""

import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.live import Live

from dockseal.cli.demo_view import screen, summary, svg
from dockseal.cli.demo_world import Plan, Running, world
from dockseal.cli.printing import printer
from dockseal.console.sign_in import new_link
from dockseal.domain.order import OrderState
from dockseal.monitoring_audit.verifying import verify

_START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
_GRACE = timedelta(hours=4)
"""After the last order was placed, this much of the demo's time is enough to ship and verify it."""
_DONE = (OrderState.VERIFIED, OrderState.SHREDDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Whether every order that should be is verified, on Amazon's side and on ours."""

    should_ship: int
    missing: tuple[str, ...]
    """Orders that should be shipped and are not shown whole by Amazon, with what is wrong."""
    wrong: tuple[str, ...]
    """Orders that should not have been shipped and were, and orders handed over twice."""
    complete: bool
    """Whether Amazon has placed all of its orders."""

    @property
    def good(self) -> bool:
        """Whether all is as it should be."""
        return self.complete and not self.missing and not self.wrong


def demo(
    *,
    orders: Annotated[int, typer.Option(min=1, max=5000, help="How many orders the morning brings.")] = 60,
    hours: Annotated[float, typer.Option(min=0.1, max=24, help="How long the morning is.")] = 3.0,
    speed: Annotated[
        float, typer.Option(min=1, max=600, help="Seconds of the demo in one real second.")
    ] = 60.0,
    seed: Annotated[int, typer.Option(help="Another number, another morning.")] = 7,
    headless: Annotated[
        bool, typer.Option("--headless", help="No live view: run to the end, exit 0 only if all is verified.")
    ] = False,
    picture: Annotated[
        Path | None, typer.Option(help="Where to write the live view as SVG when it is ended.")
    ] = None,
) -> None:
    """Plays a morning: orders come, a warehouse packs them, tracking goes back, personal data is shredded."""
    for ending in (signal.SIGTERM, signal.SIGHUP):  # a closed terminal leaves nothing running either
        signal.signal(ending, signal.default_int_handler)
    plan = Plan(orders=orders, hours=hours, speed=speed, seed=seed, start=_START)
    with tempfile.TemporaryDirectory(prefix="dockseal-demo-") as folder:
        try:
            with world(plan, Path(folder)) as running:
                good = _headless(running) if headless else _live(running, picture)
        except KeyboardInterrupt:
            good = True
    sys.exit(0 if good else 1)


def _live(running: Running, picture: Path | None) -> bool:
    """Shows the flow until Ctrl-C."""
    link = new_link(running.app, running.console_url)
    try:
        with Live(console=printer(), refresh_per_second=4, screen=False) as live:
            while True:
                width, height = live.console.size
                live.update(screen(running, link, width=width, height=height))
                time.sleep(0.5)
    finally:
        if picture is not None:
            picture.write_text(svg(running), encoding="utf-8")


def _headless(running: Running) -> bool:
    """Runs to the end, or until the time that must be enough for it is over."""
    console = printer()
    console.print(
        f"{running.plan.orders} orders in {running.plan.hours:g} hours, {running.plan.speed:g} times as fast."
    )
    until = running.plan.start + timedelta(hours=running.plan.hours) + _GRACE
    told = running.plan.start
    while not (result := check(running)).good and running.clock.now() < until:
        if running.clock.now() - told >= timedelta(minutes=30):
            told = running.clock.now()
            console.print(_line(running))
        time.sleep(1)
    console.print(summary(running, result.should_ship))
    failing = [f"lane {lane.name}: {lane.failing}" for lane in running.app.lanes.all() if lane.failing]
    for sentence in (*result.missing, *result.wrong, *failing):
        console.print(sentence, style="red")
    verdict = verify(running.app.storage)
    console.print(f"The audit trail adds up: {verdict.rows} rows.")
    good = result.good
    console.print("Every order that should be is verified." if good else "NOT every order is verified.")
    return good


def _line(running: Running) -> str:
    states: dict[str, int] = {}
    for _, state, count in running.app.storage.orders.counts():
        states[state] = states.get(state, 0) + count
    return f"{running.clock.now():%H:%M}  " + "  ".join(f"{state} {count}" for state, count in states.items())


def check(running: Running) -> Result:
    """Compares what Amazon shows with what should be, and with what Dockseal believes."""
    ours = {order.id: order.state for order in running.app.storage.orders.list(limit=100_000)}
    told = running.amazon.state("/orders")
    placed = told["orders"]
    accepts = running.warehouse.state()["accepts"]
    missing = [
        f"order {each['id']}: Amazon has it {each['status']}, we have it {ours.get(each['id'], 'not at all')}"
        for each in placed
        if each["should_ship"] and not (_shown_whole(each) and ours.get(each["id"]) in _DONE)
    ]
    wrong = [
        f"order {each['id']} should not be shipped, and Amazon shows a package of it"
        for each in placed
        if not each["should_ship"] and each["packages"]
    ]
    wrong += [f"the order of release {ref} was taken {n} times" for ref, n in accepts.items() if n > 1]
    return Result(
        should_ship=sum(each["should_ship"] for each in placed),
        missing=tuple(missing),
        wrong=tuple(wrong),
        complete=bool(told["complete"]),
    )


def _shown_whole(order: dict[str, Any]) -> bool:
    return str(order["status"]) == "SHIPPED" and bool(order["packages"])
