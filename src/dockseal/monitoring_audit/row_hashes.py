"""The hashes of rows of the audit trail, for proofs."""

from dockseal.errors import TrailBroken
from dockseal.storage.store import Storage

_BATCH = 5_000


def row_hashes(storage: Storage, after: int, until: int) -> list[bytes]:
    """Returns the hashes of the rows after one up to another.

    Raises:
        TrailBroken: one of them is missing.
    """
    found: list[bytes] = []
    while len(found) < until - after:
        rows = storage.audit.rows(after + len(found), min(_BATCH, until - after - len(found)))
        if not rows:
            raise TrailBroken(after + len(found) + 1, "it is missing, though it was signed")
        found += [bytes.fromhex(row.hash) for row in rows]
    return found
