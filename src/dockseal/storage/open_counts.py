"""How often each service opened personal data, minute by minute; written in the transaction of the open."""

from datetime import datetime

from django.db import connections

from dockseal.storage.edge import edge
from dockseal.storage.operations.access import OpenCountRow
from dockseal.storage.router import OPERATIONS

# Plain statements, as for the audit rows: they run with every open.
_ONE_MORE = (
    "INSERT INTO operations_open_count (actor, purpose, minute, opens) VALUES (%s, %s, %s, 1) "
    "ON CONFLICT (actor, purpose, minute) DO UPDATE SET opens = operations_open_count.opens + 1 "
    "RETURNING opens"
)
_ALL = "SELECT SUM(opens) FROM operations_open_count WHERE actor = %s AND purpose = %s AND minute >= %s"


@edge
class OpenCounts:
    """The table of opens, a row for each actor, purpose and minute."""

    def one_more(self, actor: str, purpose: str, minute: datetime) -> int:
        """Counts one open, inside `Storage.transaction`; returns how many the minute has seen by now."""
        return _number(_ONE_MORE, actor, purpose, minute)

    def since(self, actor: str, purpose: str, minute: datetime) -> int:
        """Returns how many opens there were from a minute on."""
        return _number(_ALL, actor, purpose, minute)

    def first_since(self, actor: str, purpose: str, minute: datetime) -> datetime:
        """Returns the first minute from then on that saw an open; there is one."""
        rows = OpenCountRow.objects.filter(actor=actor, purpose=purpose, minute__gte=minute)
        return rows.order_by("minute").values_list("minute", flat=True)[0]

    def purge(self, before: datetime) -> int:
        """Deletes the minutes before then; returns how many."""
        return OpenCountRow.objects.filter(minute__lt=before).delete()[0]


def _number(statement: str, actor: str, purpose: str, minute: datetime) -> int:
    connection = connections[OPERATIONS]
    with connection.cursor() as cursor:
        cursor.execute(statement, (actor, purpose, connection.ops.adapt_datetimefield_value(minute)))
        (number,) = cursor.fetchone()
    return int(number or 0)
