"""A Dockseal in a process of its own that holds opened addresses until it is killed.

Run as a script: with `refusing` as the `dockseal` command runs, with `careless` as a program that took the
parts of Dockseal and nothing else. See `test_core_files.py`.
"""

import signal
import sys
import tracemalloc
from pathlib import Path

from day import START
from dockseal.bootstrap import build
from dockseal.cli import main as command
from dockseal.cli.opened import person
from dockseal.domain.access import Purpose
from dockseal.domain.clock import ManualClock
from dockseal.settings import settings_from


def hold(folder: Path) -> None:
    """Opens every address that is sealed, says so by a file, and waits."""
    settings = settings_from({"data_dir": folder / "data", "key_dir": folder / "keys"})
    app = build(settings, clock=ManualClock(start=START))
    if sys.flags.dev_mode:
        tracemalloc.start(25)
    shown = []
    for order in app.storage.orders.list(limit=100):
        grant = app.grants.issue(person(), Purpose.SHIPPING_LABEL, seller=order.seller, order=order.ref)
        shown.append(app.vault.open(order.ref, grant).disclose())
    if tracemalloc.is_tracing():
        tracemalloc.take_snapshot().dump(str(folder / "allocations"))
    (folder / "holds").touch()
    while shown:
        signal.pause()


if __name__ == "__main__":
    how, where = sys.argv[1:]
    if how == "careless":
        hold(Path(where))
    command.app.command("hold")(hold)
    sys.argv[1:] = ["hold", where]
    command.run()
