"""Writes the audit trail into a folder that can be checked without Dockseal; see `verifier.check`."""

import hashlib
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dockseal.domain.audit import AuditRow
from dockseal.domain.checkpoint import Cut
from dockseal.errors import BadInput, TrailBroken
from dockseal.monitoring_audit.grown import beginning
from dockseal.monitoring_audit.trail import line_of
from dockseal.monitoring_audit.verifier.assembled import assembled
from dockseal.monitoring_audit.verifier.check import BEGINNING, CHECKPOINTS
from dockseal.monitoring_audit.verifier.entries import line_of_entry
from dockseal.monitoring_audit.verifier.tree import Broken
from dockseal.monitoring_audit.verifying import checkpoints
from dockseal.storage.store import Storage

VERIFIER = "verify_trail.py"
_A_FILE = 100_000
_BATCH = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written."""

    rows: int
    head: str
    """Hash of the last row, hex."""


def export(storage: Storage, folder: Path, *, until: int | None = None) -> Exported:
    """Writes the rows of the table, the checkpoints, and what checks them, into a new folder, bit by bit.

    Args:
        storage: Where the trail is.
        folder: Is made; an empty one is taken.
        until: No rows after this one; None: all.

    Raises:
        BadInput: the folder holds something, or cannot be written.
        TrailBroken: a checkpoint is not what its note says.
        StorageError: a row cannot be read: see `dockseal audit verify`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise BadInput(f"{folder} is not empty: give a new folder")
        begins = beginning(storage)
        told = {"rows": begins.tree.size, "parts": begins.tree.parts, "head": begins.head}
        (folder / BEGINNING).write_text(f"{json.dumps(told)}\n")
        done = _rows(storage, folder, begins, until)
        last = begins.tree.size + done.rows
        with (folder / CHECKPOINTS).open("wb") as file:
            file.writelines(
                line_of_entry(each) for each in checkpoints(storage, begins.tree.size) if each.size <= last
            )
        (folder / VERIFIER).write_text(assembled(), encoding="utf-8")
    except Broken as broken:
        raise TrailBroken(broken.seq, broken.what) from None
    except OSError as fault:
        raise BadInput(f"{folder} cannot be written ({fault.strerror})") from None
    return done


def _rows(storage: Storage, folder: Path, begins: Cut, until: int | None) -> Exported:
    rows = every_row(storage, begins.tree.size)
    wanted = itertools.takewhile(lambda row: until is None or row.seq <= until, rows)
    lines, count, head = (line_of(row) for row in wanted), 0, begins.head
    for number in itertools.count(1):
        some = list(itertools.islice(lines, _A_FILE))
        if not some:
            return Exported(rows=count, head=head)
        with (folder / f"rows-{number:06}.jsonl").open("wb") as file:
            file.writelines(line + b"\n" for line in some)
        count, head = count + len(some), hashlib.sha256(some[-1]).hexdigest()
    raise AssertionError("numbers end")


def every_row(storage: Storage, after: int = 0) -> Iterator[AuditRow]:
    """Yields the rows after one, in order."""
    while rows := storage.audit.rows(after, _BATCH):
        yield from rows
        after = rows[-1].seq
