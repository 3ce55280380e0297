"""Rows of the audit trail without a gap, and the Merkle tree over them."""

from collections.abc import Iterator

from dockseal.domain.audit import AuditRow
from dockseal.errors import TrailBroken
from dockseal.monitoring_audit.grown import beginning, tree_of
from dockseal.monitoring_audit.verifier.tree import Tree
from dockseal.storage.store import Storage

_BATCH = 5_000


def consecutive(storage: Storage, after: int, until: int) -> Iterator[AuditRow]:
    """Yields the rows after one up to another.

    Raises:
        TrailBroken: one of them is missing.
    """
    while after < until:
        rows = storage.audit.rows(after, min(_BATCH, until - after))
        for row in rows:
            # Before a cut some rows stand alone; they are no beginning of what follows.
            if row.seq != after + 1:
                break
            yield row
            after += 1
        if not rows or rows[-1].seq != after:
            raise TrailBroken(after + 1, "it is missing, though it was signed")


def grown(storage: Storage, known: int, until: int) -> tuple[Tree, list[bytes]]:
    """Returns the tree over the rows up to one, and the hashes of those after it up to another.

    Raises:
        TrailBroken: one of them is missing, as those in segments are.
    """
    tree = tree_of(beginning(storage).tree)
    if known < tree.size:
        raise TrailBroken(known + 1, "it is in a segment")
    for row in consecutive(storage, tree.size, known):
        tree.add(bytes.fromhex(row.hash))
    return tree, [bytes.fromhex(row.hash) for row in consecutive(storage, known, until)]
