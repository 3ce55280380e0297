"""Kills a process with SIGKILL before each change it makes, to a database or to a file: one run for each.

Between two changes nothing is different on disk, so that a kill before each of them is all there is to try.
Reads change nothing and are not counted.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from dockseal.storage.store import Storage

DONE, KILLED = 0, -signal.SIGKILL
_READS = ("SELECT", "PRAGMA", "EXPLAIN")
_FILE_EVENTS = frozenset({"os.rename", "os.link", "os.remove", "os.truncate"})


class _Countdown:
    """Counts the changes of this process, and ends it before the one after so many."""

    def __init__(self, left: int) -> None:
        self.left = left

    def tick(self) -> None:
        """A change is about to be made."""
        self.left -= 1
        if self.left == -1:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch_files(self, event: str, args: tuple[Any, ...]) -> None:
        """Sees every call that changes a file."""
        if event in _FILE_EVENTS or (event == "open" and isinstance(args[2], int) and args[2] & os.O_ACCMODE):
            self.tick()

    def watch_databases(self) -> None:
        """Sees every statement that changes something, and every commit."""
        execute, commit = CursorWrapper._execute, BaseDatabaseWrapper._commit

        def executed(cursor: CursorWrapper, sql: str, *given: Any) -> Any:
            if not sql.lstrip("( ").upper().startswith(_READS):
                self.tick()
            return execute(cursor, sql, *given)

        def committed(connection: BaseDatabaseWrapper) -> Any:
            self.tick()
            return commit(connection)

        CursorWrapper._execute = executed
        BaseDatabaseWrapper._commit = committed


def killed_before(step: int, act: Callable[[], object]) -> int:
    """Runs something in a process of its own that is killed before its n-th change; returns how it ended.

    Connections to databases must be closed: a process and its child cannot share one.
    """
    child = os.fork()
    if child == 0:
        countdown = _Countdown(step)
        try:
            countdown.watch_databases()
            sys.addaudithook(countdown.watch_files)
            act()
        except BaseException:  # noqa: BLE001 - whatever it was, the child must end here
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kills(storage: Storage, folder: Path, act: Callable[[], object]) -> Iterator[int]:
    """Kills something before each of its changes, each time from the same beginning.

    Args:
        storage: Its databases, in the folder.
        folder: What it changes; as it was before, it is put back each time.
        act: What is run.

    Yields:
        How many changes it had made, after each kill.
    """
    before, step, end = folder.with_name(f"{folder.name} before"), 0, KILLED
    storage.close()
    shutil.copytree(folder, before)
    while end == KILLED:
        storage.close()
        shutil.rmtree(folder)
        shutil.copytree(before, folder)
        end = killed_before(step, act)
        assert end in {KILLED, DONE}, f"it failed by itself after {step} changes"
        if end == KILLED:
            yield step
            step += 1
    shutil.rmtree(before)
