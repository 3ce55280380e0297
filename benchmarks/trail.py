"""What the audit trail costs: each row's share of the work it tells of, signing and anchoring, and checking.

On the processor's clock: what else the machine does is not in it.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks import live
from day import START, Day
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import OrderRef
from dockseal.monitoring_audit.anchors.folder import FolderAnchor
from dockseal.monitoring_audit.exporting import VERIFIER, export
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.monitoring_audit.verifying import kept_by, verify
from dockseal.storage.places import DatabasePlaces
from dockseal.storage.store import Storage
from parcel_numbers import ups_of
from spapi_simulator import Line
from trail_attacker import KEY, RELEASE, Town

_A_TRANSACTION = 1000


def rows(*, orders: int, trail: int) -> Iterator[tuple[str, str]]:
    """Yields what to print.

    Args:
        orders: So many live their whole life, to see what share of it recording is.
        trail: So many rows are written, anchored and checked.
    """
    yield f"recording / all that {orders} orders' lanes do", f"{_share(orders):.3f}"
    with tempfile.TemporaryDirectory(dir=live.memory()) as name:
        folder = Path(name)
        places = DatabasePlaces(operations=folder / "operations.sqlite3", vault=folder / "vault.sqlite3")
        storage = Storage.open(places, secret_key="only for a bench")
        (folder / "anchors").mkdir()
        town = Town(
            storage=storage, clock=ManualClock(start=START), anchors=[FolderAnchor(folder=folder / "anchors")]
        )
        yield f"{trail:,} rows: recorded / s", _rate(trail, lambda: _written(town, trail))
        yield f"{trail:,} rows: signed and anchored in a folder / s", _rate(trail, town.anchoring.run)
        anchors = kept_by(town.anchors)
        yield (
            f"{trail:,} rows: verified in SQLite, with the anchors / s",
            _rate(trail, lambda: verify(storage, places=anchors)),
        )
        yield f"{trail:,} rows: exported / s", _rate(trail, lambda: export(storage, folder / "export"))
        (folder / "keys").write_text(KEY)
        yield (
            f"{trail:,} rows: checked by the file alone, with the anchors / s",
            _rate(trail, lambda: _checked(folder), children=True),
        )
        storage.close()


def _share(orders: int) -> float:
    """Returns the share of recording in the processor time of the lanes of some orders' whole life."""
    spent, inner = 0.0, Trail.record

    def timed(self: Trail, *given: Any, **fields: Any) -> object:
        nonlocal spent
        began = time.process_time()
        try:
            return inner(self, *given, **fields)
        finally:
            spent += time.process_time() - began

    with tempfile.TemporaryDirectory(dir=live.memory()) as folder, patch.object(Trail, "record", timed):
        day = Day(folder=Path(folder))
        day.amazon.limits.off()
        placed = [day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")]) for _ in range(orders)]
        began = time.process_time()
        day.run(minutes=30)
        for order_id in placed:
            day.ship(order_id, tracking_number=ups_of(order_id))
        day.run(minutes=30)
        all_in = time.process_time() - began
        day.close()
    return spent / all_in


def _written(town: Town, rows: int) -> None:
    for start in range(0, rows, _A_TRANSACTION):
        town.clock.advance(timedelta(seconds=1))
        with town.storage.transaction():
            for number in range(start, min(start + _A_TRANSACTION, rows)):
                town.trail.record(
                    Tag.ORDER_PACKAGE_REPORTED,
                    actor=RELEASE,
                    order=OrderRef(f"order{number}"),
                    package=number,
                )


def _checked(folder: Path) -> None:
    program = [sys.executable, "-I", str(folder / "export" / VERIFIER), str(folder / "export")]
    known = ["--key", str(folder / "keys"), "--anchor", str(folder / "anchors")]
    subprocess.run([*program, *known], check=True, stdout=subprocess.DEVNULL)


def _rate(rows: int, act: Callable[[], object], *, children: bool = False) -> str:
    def spent() -> float:
        if not children:
            return time.process_time()
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    began = spent()
    act()
    return f"{rows / (spent() - began):,.0f}"
