"""The entries of one place, in the order of their sizes, beside the walk that meets them."""

import itertools
from collections.abc import Iterable

from dockseal.monitoring_audit.verifier.entries import BODY_BYTES, HASH_BYTES, Entry

LOOK_AHEAD = 20_000
"""Of so many rows it is looked at what became of them, once one is bad."""


class Place:
    """Entries of one place, of which one is the next to be met."""

    def __init__(self, entries: Iterable[Entry], size: int) -> None:
        self._left = itertools.dropwhile(lambda entry: entry.size <= size, entries)
        self.next = next(self._left, None)

    def hashes(self, first: int, last: int) -> bytes:
        """Returns the hashes it has of the rows after `first` up to `last`; empty where it has none."""
        if self.next is None or self.next.first > first or not self.next.rows:
            return b""
        return self.next.rows[(first - self.next.first) * HASH_BYTES : (last - self.next.first) * HASH_BYTES]

    def ahead(self, first: int) -> tuple[list[bytes], list[bytes], int]:
        """Returns hashes and bodies of some rows after `first`, and the last row it knows of."""
        hashes: list[bytes] = []
        bodies: list[bytes] = []
        last, entry = first, self.next
        while entry is not None:
            start = first + len(hashes) - entry.first
            if entry.rows and start >= 0 and len(hashes) < LOOK_AHEAD:
                hashes += cut(entry.rows[start * HASH_BYTES :], HASH_BYTES)
                bodies += cut(entry.bodies[start * BODY_BYTES :], BODY_BYTES)
            last, entry = entry.size, next(self._left, None)
        return hashes, bodies, last

    def passed(self) -> None:
        """Goes on to the entry after the next."""
        self.next = next(self._left, None)

    def ends_at(self, size: int) -> bool:
        """Tells whether the next entry has a root of this size."""
        return self.next is not None and self.next.size == size


def cut(joined: bytes, length: int) -> list[bytes]:
    """Cuts joined values of one length apart."""
    return [joined[start : start + length] for start in range(0, len(joined), length)]
