"""Searches the audit trail: by index whatever is asked, the newest first, paged by the rows' numbers."""

from datetime import datetime
from heapq import nlargest

from django.db import connections
from django.db.models import CharField, Count, Max, Min, QuerySet
from django.db.models.expressions import RawSQL

from dockseal.domain.audit import AuditRow
from dockseal.domain.trail_query import PUT_BACK, Access, TrailQuery
from dockseal.storage.audit import first_after, of_order, read_rows
from dockseal.storage.edge import edge
from dockseal.storage.operations.models import AuditLogRow
from dockseal.storage.router import OPERATIONS

_OF_FIELDS = {
    "postgresql": "(fields ->> '{}')",
    "sqlite": "CASE WHEN json_valid(fields) THEN json_extract(fields, '$.{}') END",
}
"""Written as in the indexes of migration 0030, which serve nothing else."""


@edge
class AuditSearch:
    """Looks for audit rows."""

    def rows(self, query: TrailQuery, limit: int = 200) -> list[AuditRow]:
        """Returns the newest rows that are asked for, the newest first.

        Raises:
            StorageError: a row holds something that Dockseal never writes.
        """
        rows = _narrowed(query)
        if len(query.tags) < 2:
            return read_rows(rows.filter(tag=query.tags[0]) if query.tags else rows, limit)
        # One tag after the other, for the index gives the rows of one tag in order, and those of several not.
        numbers = (
            rows.filter(tag=tag).order_by("-seq").values_list("seq", flat=True)[:limit] for tag in query.tags
        )
        newest = nlargest(limit, (seq for some in numbers for seq in some))
        return read_rows(AuditLogRow.objects.filter(seq__in=newest), limit)

    def accesses(self, since: datetime | None = None, until: datetime | None = None) -> list[Access]:
        """Returns who did what with personal data for which purpose, and how often, by actor.

        Args:
            since: Rows of this instant or later; None: from the first.
            until: Rows before this instant; None: to the last.
        """
        counted = (
            _narrowed(TrailQuery(since=since, until=until))
            .annotate(purpose=_field("purpose"))
            .filter(purpose__isnull=False)
            .values_list("actor", "tag", "purpose")
            .annotate(Count("seq"), Count("order", distinct=True), Min("at"), Max("at"))
            .order_by("actor", "tag", "purpose")
        )
        return [
            Access(actor=actor, tag=tag, purpose=purpose, times=times, orders=orders, first=first, last=last)
            for actor, tag, purpose, times, orders, first, last in counted
        ]


def _narrowed(query: TrailQuery) -> QuerySet[AuditLogRow]:
    rows = AuditLogRow.objects.all()
    if query.actor:
        rows = rows.filter(actor=query.actor)
    if query.order:
        rows = of_order(rows, query.order)
    for name in ("purpose", "seller", "warehouse"):
        if wanted := getattr(query, name):
            rows = rows.alias(**{name: _field(name)}).filter(**{name: wanted})
    if query.before is not None:
        rows = rows.filter(seq__lt=query.before)
    return _within(rows, query.since, query.until)


def _within(
    rows: QuerySet[AuditLogRow], since: datetime | None, until: datetime | None
) -> QuerySet[AuditLogRow]:
    """Narrows rows to a time: by their numbers, which grow with it, and then exactly.

    No row is missed as long as none is older by more than `PUT_BACK` than one before it.
    """
    if since is not None:
        rows = rows.filter(seq__gte=first_after(since - PUT_BACK), at__gte=since)
    if until is not None:
        rows = rows.filter(seq__lt=first_after(until + PUT_BACK), at__lt=until)
    return rows


def _field(name: str) -> RawSQL:
    text = _OF_FIELDS[connections[OPERATIONS].vendor].format(name)
    return RawSQL(text, (), output_field=CharField())  # noqa: S611 - a name of ours
