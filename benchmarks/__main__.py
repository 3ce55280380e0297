"""`make bench`: what an order costs, beside what the same machine does at the same time.

Each number is a ratio measured in one run, but for those of the simulator, which are said with their units.
`--orders` sets how many orders live their whole life, `--world` how many the simulated Amazon holds,
`--waiting` how many wait at the peak, `--live` how many come on the machine's own clock.
"""

import argparse
import hashlib
import logging
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import structlog
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from benchmarks import simulated_amazon, synchronization
from day import Day
from spapi_simulator import Line

_MEGABYTE = b"\0" * 1_000_000


def main() -> None:
    """Runs every bench and prints a table."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--orders", type=int, default=200)
    parser.add_argument(
        "--world", type=int, default=20_000, help="how many orders the simulated Amazon holds"
    )
    parser.add_argument("--waiting", type=int, default=200, help="how many orders wait at the peak")
    parser.add_argument("--live", type=int, default=50, help="how many orders come at five a second")
    given = parser.parse_args()
    orders = given.orders
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        day = Day(folder=Path(folder))
        day.amazon.limits.off()
        placed = [day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")]) for _ in range(orders)]
        inbound = _cpu(lambda: day.run(minutes=30))
        for order_id in placed:
            day.ship(order_id, tracking_number=f"T-{order_id}")
        outbound = _cpu(lambda: day.run(minutes=30))
        calls = len(day.amazon.calls)
        verified = sum(count for _, state, count in day.app.storage.orders.counts() if state == "verified")
        day.close()
    hashing = _cpu(lambda: [hashlib.sha256(_MEGABYTE).digest() for _ in range(200)]) / 200
    table = Table("what", "ratio", box=None)
    table.add_row("orders verified / orders placed", f"{verified / orders:.3f}")
    table.add_row("Amazon calls / order, whole life", f"{calls / orders:.2f}")
    table.add_row("CPU of noticed → released / SHA-256 of 1 MB", f"{inbound / orders / hashing:.1f}")
    table.add_row("CPU of shipped → verified / SHA-256 of 1 MB", f"{outbound / orders / hashing:.1f}")
    for name, ratio in synchronization.rows(waiting=given.waiting, live=given.live):
        table.add_row(name, ratio)
    for name, ratio in simulated_amazon.rows(given.world):
        table.add_row(name, ratio)
    Console().print(table)


def _cpu(act: Callable[[], object]) -> float:
    """Returns the processor seconds of one call."""
    started = time.process_time()
    act()
    return time.process_time() - started


if __name__ == "__main__":
    main()
