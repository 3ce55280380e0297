"""A Dockseal that raises and sends alerts, and kills itself at one of its writes or posts.


Run as a script with a folder, the instant to begin at, and the number of the step to die at (0: none).
"""

import contextlib
import os
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

TURNS = 10


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


def main(folder: str, start: str, deadly: str) -> None:
    """Looks and tells some times."""
    clock = ManualClock(start=parse_instant(start))
    place = Path(folder)
    app = build(settings_from({"data_dir": place / "data", "key_dir": place / "keys"}), clock=clock)
    steps = {step.name: step for step in app.lanes.steps}
    watched(Steps(int(deadly)))
    for _ in range(TURNS):
        steps["alert"].run("")
        steps["tell"].run("hook")
        clock.advance(timedelta(seconds=15))
    app.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
