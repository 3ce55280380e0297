"""The messages that were set aside: why each could not be read."""

from datetime import datetime

from dockseal.domain.set_aside import SetAside
from dockseal.storage.edge import edge
from dockseal.storage.operations.models import SetAsideRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import inserted


@edge
class SetAsides:
    """The table of messages that were set aside."""

    def add(self, message: SetAside) -> bool:
        """Keeps one; tells whether it was new."""
        row = SetAsideRow(
            queue_url=message.queue_url,
            message_id=message.message_id,
            reason=message.reason,
            set_aside_at=message.at,
            receive_count=message.receive_count,
        )
        return inserted(row, OPERATIONS)

    def since(self, instant: datetime, limit: int = 100) -> list[SetAside]:
        """Returns those set aside at an instant or later, the newest first."""
        rows = SetAsideRow.objects.filter(set_aside_at__gte=instant).order_by("-set_aside_at", "-pk")
        return [
            SetAside(
                queue_url=row.queue_url,
                message_id=row.message_id,
                reason=row.reason,
                at=row.set_aside_at,
                receive_count=row.receive_count,
            )
            for row in rows[:limit]
        ]

    def purge(self, before: datetime) -> int:
        """Deletes those set aside before this instant; returns how many."""
        return SetAsideRow.objects.filter(set_aside_at__lt=before).delete()[0]
