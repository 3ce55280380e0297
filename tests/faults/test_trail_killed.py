"""A process killed at any write of the trail, of a checkpoint or of an anchor: no false alarm follows."""

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from dockseal.domain.clock import ManualClock
from dockseal.monitoring_audit.anchors import folder as folder_anchor
from dockseal.monitoring_audit.anchors.folder import FolderAnchor
from dockseal.monitoring_audit.verifying import kept_by, verify
from dockseal.storage.places import DatabasePlaces
from dockseal.storage.store import Storage
from trail_attacker import Town

WRITES: dict[str, tuple[Callable[[Storage], Any], str]] = {
    "a row": (lambda storage: type(storage.audit), "append"),
    "a checkpoint": (lambda storage: type(storage.checkpoints), "add"),
    "what a place knows": (lambda storage: type(storage.checkpoints), "put"),
    "the disk of an anchor": (lambda _: folder_anchor.os, "fsync"),
}
"""Whose method writes, and which."""


def live(folder: Path) -> Town:
    """Opens the trail as a new process does."""
    places = DatabasePlaces(operations=folder / "operations.sqlite3", vault=folder / "vault.sqlite3")
    storage = Storage.open(places, secret_key="only for tests")
    newest = storage.audit.head()
    start = datetime(2026, 11, 2, 8, tzinfo=UTC) if newest is None else newest.at
    anchors = [FolderAnchor(folder=folder / "anchors")]
    return Town(storage=storage, clock=ManualClock(start=start), anchors=anchors)


def killed(act: Callable[[], object]) -> bool:
    """Tells whether a process was killed while it did something."""
    child = os.fork()
    if child == 0:
        act()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def growing(folder: Path, write: str, nth: int, *, after: bool) -> Callable[[], object]:
    """Returns what grows a trail, and dies at the nth write of a kind, or right after it."""
    owner_in, name = WRITES[write]

    def grow() -> None:
        town = live(folder)
        owner, seen = owner_in(town.storage), [0]
        inner = getattr(owner, name)

        def dying(*given: Any, **more: Any) -> Any:
            seen[0] += 1
            if seen[0] == nth and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            done = inner(*given, **more)
            if seen[0] == nth:
                os.kill(os.getpid(), signal.SIGKILL)
            return done

        with patch.object(owner, name, dying):
            town.grow(3)
            town.grow(3)

    return grow


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("write", WRITES)
def test_what_is_left_adds_up_and_goes_on(tmp_path: Path, write: str, nth: int, *, after: bool) -> None:
    (tmp_path / "anchors").mkdir()
    assert killed(growing(tmp_path, write, nth, after=after)), "it was not killed: this test proves nothing"
    town = live(tmp_path)
    kept = town.storage.audit.noted_head()[0]
    verify(town.storage, places=kept_by(town.anchors))
    town.grow(2)
    verdict = verify(town.storage, places=kept_by(town.anchors))
    assert (verdict.rows, set(verdict.known.values())) == (kept + 2, {kept + 2})
    town.storage.close()


def test_half_a_line_that_a_killed_process_left_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "anchors").mkdir()
    town = live(tmp_path)
    town.grow(3)
    (file,) = (tmp_path / "anchors").iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:100])
    town.grow(3)
    verdict = verify(town.storage, places=kept_by(town.anchors))
    assert (verdict.rows, set(verdict.known.values())) == (6, {6})
    town.storage.close()
