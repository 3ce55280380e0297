"""How often each actor opened personal data, hour by hour: counted out of the audit trail."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import connections

from dockseal.storage.edge import edge
from dockseal.storage.operations.alerting import OpenHourMarkRow, OpenHourRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import upserted

_ADD = (
    "INSERT INTO operations_open_hour (actor, hour, opens) VALUES (%s, %s, %s) "
    "ON CONFLICT (actor, hour) DO UPDATE SET opens = operations_open_hour.opens + excluded.opens"
)


@edge
class OpenHours:
    """The table of hours in which something was opened."""

    def counted_to(self) -> int | None:
        """Returns the number of the audit row up to which is counted; None: nothing was yet."""
        return OpenHourMarkRow.objects.values_list("seq", flat=True).first()

    def claimed(self) -> int | None:
        """Returns the same, inside `Storage.transaction`; nobody else counts until that ends."""
        # Read for update: on SQLite a transaction of ours has the only writer's lock already.
        rows = OpenHourMarkRow.objects.select_for_update()
        return rows.values_list("seq", flat=True).first()

    def add(self, opens: Mapping[tuple[str, datetime], int], *, counted_to: int) -> None:
        """Adds opens by actor and hour, inside `Storage.transaction`, and notes how far is counted."""
        connection = connections[OPERATIONS]
        with connection.cursor() as cursor:
            for (actor, hour), number in sorted(opens.items()):
                at = connection.ops.adapt_datetimefield_value(hour)
                cursor.execute(_ADD, (actor, at, number))
        upserted(OpenHourMarkRow(id=1, seq=counted_to), OPERATIONS, by=("id",))

    def of(self, actors: Collection[str], *, before: datetime) -> dict[str, list[int]]:
        """Returns the opens of each hour that saw any, of some actors, in hours that began before then."""
        found: dict[str, list[int]] = {actor: [] for actor in actors}
        rows = OpenHourRow.objects.filter(actor__in=list(actors), hour__lt=before)
        for actor, opens in rows.order_by("hour").values_list("actor", "opens"):
            found[actor].append(opens)
        return found

    def purge(self, before: datetime) -> int:
        """Deletes the hours before then; returns how many."""
        return OpenHourRow.objects.filter(hour__lt=before).delete()[0]
