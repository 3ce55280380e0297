"""Proofs that one Merkle tree is the beginning of another (RFC 6962, 2.1.2; RFC 9162, 2.1.4)."""

import hashlib
from collections.abc import Sequence

from dockseal.monitoring_audit.verifier.tree import Tree


def consistency(before: Tree, entries: Sequence[bytes]) -> list[bytes]:
    """Returns the proof that a tree goes on as it was.

    Args:
        before: The tree as it was; empty trees need no proof.
        entries: What was taken in since.
    """
    if not before.size or not entries:
        return []
    parts, start = {}, 0
    for part, size in zip(before.parts, _sizes(before.size), strict=True):
        parts[start, size] = part
        start += size
    return _proof(before.size, 0, before.size + len(entries), parts, entries, whole=True)


def _proof(
    old: int,
    start: int,
    size: int,
    parts: dict[tuple[int, int], bytes],
    entries: Sequence[bytes],
    *,
    whole: bool,
) -> list[bytes]:
    """SUBPROOF of RFC 6962 for the subtree of `size` entries from `start` on, `old` of which are old."""
    first_new = sum(length for _, length in parts)
    if old == size:
        return [] if whole else [parts[start, size]]
    left = 1 << (size - 1).bit_length() - 1
    if old <= left:
        new = _root(entries[start + left - first_new : start + size - first_new])
        return [*_proof(old, start, left, parts, entries, whole=whole), new]
    rest = _proof(old - left, start + left, size - left, parts, entries, whole=False)
    return [*rest, parts[start, left]]


def _root(entries: Sequence[bytes]) -> bytes:
    tree = Tree()
    for entry in entries:
        tree.add(entry)
    return tree.root()


def _sizes(size: int) -> list[int]:
    return [1 << bit for bit in reversed(range(size.bit_length())) if size >> bit & 1]


def consistent(old: tuple[int, bytes], new: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """Tells whether a proof shows that a tree of size and root `old` is the beginning of `new`."""
    (size, root), (bigger, bigger_root) = old, new
    if size == bigger:
        return root == bigger_root and not proof
    if size == 0:
        return not proof
    if size > bigger or not proof:
        return False
    path = list(proof) if size & (size - 1) else [root, *proof]
    at, last = size - 1, bigger - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    was = now = path[0]
    for node in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            was, now = _node(node, was), _node(node, now)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            now = _node(now, node)
        at, last = at >> 1, last >> 1
    return last == 0 and was == root and now == bigger_root


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()
