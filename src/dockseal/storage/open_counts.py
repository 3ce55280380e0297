"""How often each service opened personal data, minute by minute; written in the transaction of the open."""

from datetime import datetime

from django.db import connections

from dockseal.storage.edge import edge
from dockseal.storage.operations.access import OpenCountRow
from dockseal.storage.router import OPERATIONS

# A plain statement, as for the audit rows: it runs with every open.
_ONE_MORE = (
    "INSERT INTO operations_open_count (actor, purpose, minute, opens) VALUES (%s, %s, %s, 1) "
    "ON CONFLICT (actor, purpose, minute) DO UPDATE SET opens = operations_open_count.opens + 1"
)


@edge
class OpenCounts:
    """The table of opens, a row for each actor, purpose and minute."""

    def one_more(self, actor: str, purpose: str, minute: datetime) -> None:
        """Counts one open; call it inside `Storage.transaction`."""
        connection = connections[OPERATIONS]
        with connection.cursor() as cursor:
            cursor.execute(_ONE_MORE, (actor, purpose, connection.ops.adapt_datetimefield_value(minute)))

    def since(self, actor: str, purpose: str, minute: datetime) -> list[tuple[datetime, int]]:
        """Returns the minutes from then on with how many opens each saw, the first one first."""
        rows = OpenCountRow.objects.filter(actor=actor, purpose=purpose, minute__gte=minute)
        return list(rows.order_by("minute").values_list("minute", "opens"))

    def purge(self, before: datetime) -> int:
        """Deletes the minutes before then; returns how many."""
        return OpenCountRow.objects.filter(minute__lt=before).delete()[0]
