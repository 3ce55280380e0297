"""The entries of one place, in the order of their sizes, beside the walk that meets them."""

from collections.abc import Iterable

from dockseal.monitoring_audit.verifier.entries import BODY_BYTES, HASH_BYTES, Entry
from dockseal.monitoring_audit.verifier.tree import Broken, Tree

LOOK_AHEAD = 20_000
"""Of so many rows it is looked at what became of them, once one is bad."""


class Place:
    """Entries of one place, of which one is the next to be met."""

    def __init__(self, name: str, entries: Iterable[Entry], tree: Tree) -> None:
        """Begins to read them.

        Args:
            name: What to call the place.
            entries: What it keeps.
            tree: Over the rows before the first one that is walked.

        Raises:
            Broken: it has another root of those rows, or its entries are out of order.
        """
        self.name = name
        self.known = 0
        """Up to this row it has been met."""
        self._left = iter(entries)
        self.next = self._one()
        while self.next is not None and self.next.size <= tree.size:
            if self.next.size == tree.size and self.next.root != tree.root():
                raise Broken(tree.size, f"it, or one before it, is not what {name} has a checkpoint of")
            self.passed()

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
        self.known = self.next.size if self.next else self.known
        self.next = self._one()

    def ends_at(self, size: int) -> bool:
        """Tells whether the next entry has a root of this size."""
        return self.next is not None and self.next.size == size

    def _one(self) -> Entry | None:
        entry = next(self._left, None)
        if entry is not None and entry.size <= self.known:
            raise Broken(0, f"{self.name} is out of order at size {entry.size}: it was altered")
        return entry


def cut(joined: bytes, length: int) -> list[bytes]:
    """Cuts joined values of one length apart."""
    return [joined[start : start + length] for start in range(0, len(joined), length)]
