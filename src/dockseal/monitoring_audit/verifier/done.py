"""What was done to a row: its line and those after it, beside what was kept of them."""

import hashlib
import re
from collections.abc import Sequence

from dockseal.monitoring_audit.verifier.entries import BODY_BYTES

SHAPE = re.compile(
    rb'(\{"actor":"[^"\\]*","at":"([^"\\]{19,32})","fields":\{[^{}\\]*\},"order":"[^"\\]*"),'
    rb'"previous":"([0-9a-f]{64})","seq":([1-9][0-9]{0,17})(,"tag":"([^"\\]*)"\})'
)
"""A row as a line: its body's beginning, instant, the hash before, number, its body's end, tag."""


def body_of(line: bytes) -> bytes:
    """Returns the short hash of what a row says, apart from its number and its chain."""
    shape = SHAPE.fullmatch(line)
    return hashlib.sha256(shape[1] + shape[5] if shape else line).digest()[:BODY_BYTES]


def done(seq: int, lines: Sequence[bytes], bodies: Sequence[bytes], last: int) -> str:
    """Says what was done from a row on.

    Args:
        seq: The first bad row.
        lines: What stands there, and some of what follows.
        bodies: The short hashes that were kept of what that row and those after it said.
        last: The last row that was kept.
    """
    if not lines:
        return f"it is missing, as is all up to row {last}: the end was cut off"
    found = [body_of(line) for line in lines]
    if found[0] == bodies[0]:
        return "its chain was edited: it says what it said, but does not continue the row before"
    gone = bodies.index(found[0]) if found[0] in bodies else 0
    new = found.index(bodies[0]) if bodies[0] in found else 0
    if gone or new:
        return _moved(gone, new)
    if any(map(bytes.__eq__, bodies, found)) or len(bodies) == 1 or len(found) == 1:
        return "it was edited"
    gone_too = f"all {last - seq + 1} rows that were kept from it on are gone"
    return f"another history begins here: {gone_too}, as when an old copy is put in place"


def _moved(gone: int, new: int) -> str:
    """Says it where a row stands in another's place.

    Args:
        gone: So many rows are missing before the one that stands here; 0: it was not among those that follow.
        new: So many rows stand before the one that was here; 0: it is not among those that follow.
    """
    if gone and new:
        return "it was swapped with another row" if gone == new else "it was moved: rows are out of order"
    if gone:
        return "it was deleted" if gone == 1 else f"it was deleted, and so were the {gone - 1} after it"
    return "it was put in" if new == 1 else f"it was put in, and so were the {new - 1} after it"
