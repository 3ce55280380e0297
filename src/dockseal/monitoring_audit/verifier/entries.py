"""What was kept of a trail elsewhere: checkpoints, and hashes of rows."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dockseal.monitoring_audit.verifier.tree import Broken

HASH_BYTES = 32
BODY_BYTES = 8
"""So much is kept of the hash of what a row says apart from its place: it tells what was done to a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A checkpoint that was kept somewhere, perhaps with the hashes of the rows since the one before."""

    place: str
    size: int
    root: bytes
    at: str = ""
    note: str = ""
    first: int = 0
    """How many rows come before those of `rows`."""
    rows: bytes = b""
    """The hashes of the rows up to `size`, 32 bytes each."""
    bodies: bytes = b""
    """As many short hashes of what they say."""


def entry_of(line: str, place: str) -> Entry:
    """Reads an entry: a line of JSON.

    Raises:
        Broken: it is none.
    """
    try:
        told = json.loads(line)
        text = told["checkpoint"].rpartition("\n\n")[0].split("\n")
        times = [each.removeprefix("time ") for each in text[3:] if each.startswith("time ")]
        entry = Entry(
            place=place,
            size=int(text[1]),
            root=base64.b64decode(text[2], validate=True),
            at=times[0] if times else "",
            note=told["checkpoint"],
            first=int(told.get("first", text[1])),
            rows=base64.b64decode(told.get("rows", ""), validate=True),
            bodies=base64.b64decode(told.get("bodies", ""), validate=True),
        )
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        raise Broken(0, f"{place} holds what is no entry: it was altered") from None
    count = len(entry.rows) // HASH_BYTES
    if entry.rows and (entry.first + count, count * HASH_BYTES, count * BODY_BYTES) != (
        entry.size,
        len(entry.rows),
        len(entry.bodies),
    ):
        raise Broken(0, f"{place} holds an entry without all its rows: it was altered")
    return entry


def line_of_entry(entry: Entry) -> bytes:
    """Writes an entry as a line; `entry_of` reads it."""
    told = {
        "checkpoint": entry.note,
        "first": entry.first,
        "rows": base64.b64encode(entry.rows).decode(),
        "bodies": base64.b64encode(entry.bodies).decode(),
    }
    return json.dumps(told, separators=(",", ":")).encode() + b"\n"


def entries_in(place: Path, name: str = "") -> Iterator[Entry]:
    """Reads the entries of a file or of all files of a folder, in the order of their names.

    Args:
        place: Where they are.
        name: What to call the place; empty: as it is.

    Raises:
        Broken: it holds something else.
    """
    files = sorted(place.glob("*.jsonl")) if place.is_dir() else [place]
    for file in files:
        with file.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.endswith("\n"):  # else a crash left it unfinished
                    yield entry_of(line, name or str(place))
