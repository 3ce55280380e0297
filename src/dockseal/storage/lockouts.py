"""Who failed how often in a row, and who is locked out."""

from datetime import datetime

from dockseal.domain.lockout import Lockout
from dockseal.storage.edge import edge
from dockseal.storage.operations.access import LockoutRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import by_key, upserted


@edge
class LockoutTable:
    """The table of sources that failed and have not succeeded since."""

    def get(self, source: str) -> Lockout | None:
        """Returns what is kept of a source."""
        row = by_key(LockoutRow, OPERATIONS, source)
        return None if row is None else _lockout(row)

    def put(self, lockout: Lockout) -> None:
        """Keeps how a source fares, in place of what is kept of it."""
        row = LockoutRow(
            source=lockout.source,
            failures=lockout.failures,
            last_at=lockout.last_at,
            locked_until=lockout.locked_until,
        )
        upserted(row, OPERATIONS, by=("source",))

    def forget(self, source: str) -> bool:
        """Deletes what is kept of a source; tells whether there was anything."""
        return bool(LockoutRow.objects.filter(pk=source).delete()[0])

    def all(self) -> list[Lockout]:
        """Returns every source that failed since it succeeded, the last one first."""
        return [_lockout(row) for row in LockoutRow.objects.order_by("-last_at", "source")]

    def purge(self, before: datetime, *, but: str) -> int:
        """Deletes sources that failed before then last, unless their name begins so; returns how many."""
        rows = LockoutRow.objects.filter(last_at__lt=before).exclude(source__startswith=but)
        return rows.delete()[0]


def _lockout(row: LockoutRow) -> Lockout:
    return Lockout(
        source=row.source, failures=row.failures, last_at=row.last_at, locked_until=row.locked_until
    )
