"""Who may open nothing any more."""

from django.db import connections

from dockseal.domain.incident import Lock
from dockseal.storage.edge import edge
from dockseal.storage.operations.incidents import LockRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import inserted


@edge
class LockTable:
    """The table of locks."""

    def among(self, *subjects: str) -> list[Lock]:
        """Returns the locks that stand on one of these.

        Each open asks: that there is none, as on most days, is told by a plain statement.
        """
        places = ", ".join(["%s"] * len(subjects))
        with connections[OPERATIONS].cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM operations_lock WHERE subject IN ({places}) LIMIT 1", subjects)  # noqa: S608 - no value
            if cursor.fetchone() is None:
                return []
        return [_lock(row) for row in LockRow.objects.filter(pk__in=subjects).order_by("subject")]

    def put(self, lock: Lock) -> bool:
        """Puts a lock on; tells whether there was none before."""
        row = LockRow(subject=lock.subject, since=lock.since, incident=lock.incident)
        return inserted(row, OPERATIONS)

    def lift(self, subject: str) -> bool:
        """Takes a lock off; tells whether there was one."""
        return bool(LockRow.objects.filter(pk=subject).delete()[0])

    def all(self) -> list[Lock]:
        """Returns every lock, the newest first."""
        return [_lock(row) for row in LockRow.objects.order_by("-since", "subject")]


def _lock(row: LockRow) -> Lock:
    return Lock(subject=row.subject, since=row.since, incident=row.incident)
