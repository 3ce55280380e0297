"""Reads what was asked of the audit trail, however much it is, a page at a time."""

from collections.abc import Iterator

from dockseal.domain.audit import AuditRow
from dockseal.domain.trail_query import TrailQuery
from dockseal.storage.store import Storage

_PAGE = 500


def found(storage: Storage, query: TrailQuery, limit: int | None = None) -> Iterator[AuditRow]:
    """Yields the rows that are asked for, the newest first, and holds no more than one page of them.

    Rows that are written meanwhile are newer than all it yields, so that none is missed or comes twice.

    Args:
        storage: Where the trail is.
        query: Which rows.
        limit: At most so many; None: all.

    Raises:
        StorageError: the trail cannot be read, or a row holds something that Dockseal never writes.
    """
    left = limit
    while left is None or left > 0:
        size = _PAGE if left is None else min(_PAGE, left)
        page = storage.audit_search.rows(query, size)
        yield from page
        if len(page) < size:
            return
        query = query.going_on_before(page[-1].seq)
        left = None if left is None else left - size
