"""Which archives there are, as the audit trail tells."""

from dataclasses import dataclass
from datetime import datetime

from dockseal.monitoring_audit.tags import Tag
from dockseal.storage.store import Storage

_MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """One archive. Its file is wherever somebody put it."""

    id: str
    basis: str
    """The law that demands it."""
    until: datetime
    orders: int
    made_at: datetime
    deleted_at: datetime | None = None
    """When its file was deleted; None: not yet."""

    def overdue(self, now: datetime) -> bool:
        """Tells whether it should have been deleted by now."""
        return self.deleted_at is None and now >= self.until


def archives(storage: Storage) -> list[Archived]:
    """Returns every archive that was made, the newest first."""
    deleted = {
        dict(row.fields)["archive"]: row.at
        for row in storage.audit.search(tag=Tag.ARCHIVE_FILE_DELETED.value, limit=_MOST)
    }
    found = []
    for row in storage.audit.search(tag=Tag.ARCHIVE_FILE_MADE.value, limit=_MOST):
        told = dict(row.fields)
        found.append(
            Archived(
                id=told["archive"],
                basis=told["basis"],
                until=datetime.fromisoformat(told["until"]),
                orders=int(told["orders"]),
                made_at=row.at,
                deleted_at=deleted.get(told["archive"]),
            )
        )
    return found
