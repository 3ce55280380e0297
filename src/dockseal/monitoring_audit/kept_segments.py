"""Which segments of the audit trail lie outside its table, as the trail itself tells."""

from dataclasses import dataclass
from datetime import datetime

from dockseal.domain.audit import AuditRow
from dockseal.monitoring_audit.tags import Tag
from dockseal.storage.store import Storage

_MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One segment. Its folder is wherever somebody put it."""

    recorded_by: int
    """The audit row that tells of it."""
    last: int
    """Its last row; 0: that row does not say."""
    until: datetime | None
    """When every copy of it is to be deleted; None: that row does not say."""
    deleted_at: datetime | None = None
    """When its deletion was put on record; None: not yet."""

    @property
    def clear(self) -> bool:
        """Whether it is known what it holds, and until when."""
        return bool(self.last) and self.until is not None

    def overdue(self, now: datetime) -> bool:
        """Tells whether it should have been deleted by now."""
        return self.deleted_at is None and self.until is not None and now >= self.until


def kept_segments(storage: Storage) -> list[Segment]:
    """Returns every segment that was archived, the newest first; a row that says too little is one as well.

    Raises:
        StorageError: the trail cannot be read.
    """
    deleted = {
        dict(row.fields).get("row"): row.at
        for row in storage.audit.search(tag=Tag.AUDIT_SEGMENT_DELETED.value, limit=_MOST)
    }
    rows = storage.audit.search(tag=Tag.AUDIT_SEGMENT_ARCHIVED.value, limit=_MOST)
    return [_segment(row, deleted.get(dict(row.fields).get("row", ""))) for row in rows]


def _segment(row: AuditRow, deleted_at: datetime | None) -> Segment:
    told = dict(row.fields)
    last = told.get("row", "")
    return Segment(
        recorded_by=row.seq,
        last=int(last) if last.isdecimal() else 0,
        until=_instant(told.get("until", "")),
        deleted_at=deleted_at,
    )


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
