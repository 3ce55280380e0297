"""Dockseals that raise and send alerts; each kills itself at another one of its writes or posts.

Run as a script with a folder and two instants: for each step a copy of the installation in `first` is run
from the first instant until it dies there, and once more from the second. A child for each: they import once.
"""

import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from dockseal.bootstrap import build
from dockseal.domain.clock import ManualClock, parse_instant
from dockseal.monitoring_audit.alerts.channels import webhook
from dockseal.settings import settings_from
from dockseal.storage.store import Storage

TURNS = 4


class Steps:
    """Counts what is done, and dies at one."""

    def __init__(self, deadly: int) -> None:
        self.left = deadly

    def step(self) -> None:
        """Counts one step."""
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def watched(steps: Steps) -> None:
    """Has every commit and every post counted, before it and after it."""
    post: Callable[..., None] = webhook.post
    transaction: Callable[..., Any] = Storage.transaction

    def posting(*args: Any) -> None:
        steps.step()
        post(*args)
        steps.step()

    @contextlib.contextmanager
    def committing(storage: Storage) -> Iterator[None]:
        with transaction(storage):
            yield
            steps.step()
        steps.step()

    webhook.post = posting
    Storage.transaction = committing  # type: ignore[method-assign]  # to die in it


def look_and_tell(folder: Path, start: str, deadly: int) -> None:
    """Looks and tells some times."""
    clock = ManualClock(start=parse_instant(start))
    app = build(
        settings_from(
            {"data_dir": folder / "data", "key_dir": folder / "keys", "audit_anchor_dir": folder / "anchors"}
        ),
        clock=clock,
    )
    steps = {step.name: step for step in app.lanes.steps}
    watched(Steps(deadly))
    for _ in range(TURNS):
        steps["alert"].run("")
        steps["tell"].run("hook")
        clock.advance(timedelta(seconds=15))
    app.close()


def in_a_child(folder: Path, start: str, deadly: int) -> int:
    """Runs one in a process of its own; returns how that ended."""
    child = os.fork()
    if child == 0:
        code = 1
        with contextlib.suppress(Exception):
            look_and_tell(folder, start, deadly)
            code = 0
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(place: str, start: str, later: str) -> int:
    """Kills one at each step there is; returns 1 if one ended otherwise than it should."""
    for deadly in range(1, 100):
        folder = Path(place) / f"killed-{deadly}"
        shutil.copytree(Path(place) / "first", folder)
        ended = in_a_child(folder, start, deadly)
        if ended == 0:
            return 0
        if ended != -signal.SIGKILL or in_a_child(folder, later, 0) != 0:
            return 1
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
