"""`make bench`: what an order costs, beside what the same machine does at the same time.

Each number is a ratio measured in one run, but for those of the simulator, which are said with their units.
`--orders` sets how many orders live their whole life, `--world` how many the simulated Amazon holds,
`--waiting` how many wait at the peak. `--arriving` orders come five a second on the machine's own clock;
`--sellers` sellers have sixty an hour each, for `--minutes`. `--reported` packages wait to be confirmed;
`--only-packages` measures that alone. `--opens` orders are opened each second, for `--seconds`; `--only-keys`
measures that and the envelope alone. `--sealed` records are shredded. `--rows` audit rows are written and
checked; `--only-trail` measures that alone, and `--only-trail-search` searches as many on PostgreSQL, which
nothing else does.
"""

import argparse
import hashlib
import logging
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from benchmarks import (
    confirmation,
    opening,
    sealing,
    shredding,
    simulated_amazon,
    synchronization,
    trail,
    trail_search,
)
from day import Day
from parcel_numbers import ups_of
from spapi_simulator import Line

_MEGABYTE = b"\0" * 1_000_000
_WIDTH = 104
_ARRIVING = 120
"""Packages that are reported one a second."""


def main() -> None:
    """Runs every bench and prints a row for each number."""
    given = _parser().parse_args()
    if given.only_keys:
        _print_all(sealing.rows())
        _print_all(opening.rows(given.opens, given.seconds))
        return
    if given.only_trail_search:
        _print_all(trail_search.rows(given.rows))
        return
    orders = given.orders
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    if given.only_trail:
        _print_all(trail.rows(orders=orders, trail=given.rows))
        return
    if given.only_packages:
        _print_all(confirmation.rows(waiting=given.reported, arriving=_ARRIVING))
        return
    with tempfile.TemporaryDirectory() as folder:
        day = Day(folder=Path(folder))
        day.amazon.limits.off()
        placed = [day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")]) for _ in range(orders)]
        inbound = _cpu(lambda: day.run(minutes=30))
        for order_id in placed:
            day.ship(order_id, tracking_number=ups_of(order_id))
        outbound = _cpu(lambda: day.run(minutes=30))
        calls = len(day.amazon.calls)
        verified = sum(count for _, state, count in day.app.storage.orders.counts() if state == "verified")
        day.close()
    hashing = _cpu(lambda: [hashlib.sha256(_MEGABYTE).digest() for _ in range(200)]) / 200
    _print("orders verified / orders placed", f"{verified / orders:.3f}")
    _print("Amazon calls / order, whole life", f"{calls / orders:.2f}")
    _print("CPU of noticed → released / SHA-256 of 1 MB", f"{inbound / orders / hashing:.1f}")
    _print("CPU of shipped → verified / SHA-256 of 1 MB", f"{outbound / orders / hashing:.1f}")
    _print_all(sealing.rows())
    _print_all(opening.rows(given.opens, given.seconds))
    _print_all(
        synchronization.rows(
            waiting=given.waiting, arriving=given.arriving, sellers=given.sellers, minutes=given.minutes
        )
    )
    _print_all(confirmation.rows(waiting=given.reported, arriving=_ARRIVING))
    _print_all(shredding.rows(given.sealed))
    _print_all(trail.rows(orders=orders, trail=given.rows))
    _print_all(simulated_amazon.rows(given.world))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--orders", type=int, default=200)
    parser.add_argument(
        "--world", type=int, default=20_000, help="how many orders the simulated Amazon holds"
    )
    parser.add_argument("--waiting", type=int, default=200, help="how many orders wait at the peak")
    parser.add_argument("--arriving", type=int, default=300, help="how many orders come at five a second")
    parser.add_argument("--reported", type=int, default=200, help="how many packages wait to be confirmed")
    parser.add_argument("--only-packages", action="store_true", help="measure confirming alone")
    parser.add_argument(
        "--sellers", type=int, default=1000, help="how many sellers have sixty orders an hour"
    )
    parser.add_argument("--minutes", type=float, default=3, help="for how long they have them")
    parser.add_argument("--sealed", type=int, default=20_000, help="how many records a day's key opens")
    parser.add_argument("--opens", type=int, default=300, help="how many orders are opened each second")
    parser.add_argument("--seconds", type=float, default=20, help="for how long they are")
    parser.add_argument("--only-keys", action="store_true", help="measure sealing and opening alone")
    parser.add_argument("--rows", type=int, default=200_000, help="how many audit rows are checked")
    parser.add_argument("--only-trail", action="store_true", help="measure the audit trail alone")
    parser.add_argument("--only-trail-search", action="store_true", help="measure searching the trail alone")
    return parser


def _print_all(bench: Iterable[tuple[str, str]]) -> None:
    for name, ratio in bench:
        _print(name, ratio)


def _print(name: str, ratio: str) -> None:
    """Prints one row as soon as it is measured: a whole run takes many minutes."""
    print(f"{name:<{_WIDTH}}  {ratio}", flush=True)


def _cpu(act: Callable[[], object]) -> float:
    """Returns the processor seconds of one call."""
    started = time.process_time()
    act()
    return time.process_time() - started


if __name__ == "__main__":
    main()
