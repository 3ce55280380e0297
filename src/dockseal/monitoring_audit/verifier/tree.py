"""The Merkle tree of a trail (RFC 6962, 2.1), and how its being broken is told."""

import hashlib
from collections.abc import Iterable


class Broken(Exception):
    """The trail does not add up; `seq` is the first bad row, 0 where it is no row."""

    def __init__(self, seq: int, what: str) -> None:
        super().__init__(f"row {seq}: {what}" if seq else what)
        self.seq = seq
        self.what = what


class Tree:
    """A Merkle tree that grows: kept as the roots of its perfect parts, the largest first."""

    def __init__(self, size: int = 0, parts: Iterable[bytes] = ()) -> None:
        self.size = size
        self.parts = list(parts)

    def add(self, entry: bytes) -> None:
        """Takes in the next entry."""
        node, size = hashlib.sha256(b"\0" + entry).digest(), self.size
        while size & 1:
            node = hashlib.sha256(b"\1" + self.parts.pop() + node).digest()
            size >>= 1
        self.parts.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Returns the root over all that it took in."""
        if not self.parts:
            return hashlib.sha256(b"").digest()
        node = self.parts[-1]
        for part in self.parts[-2::-1]:
            node = hashlib.sha256(b"\1" + part + node).digest()
        return node
