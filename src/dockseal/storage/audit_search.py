"""Searches the audit trail: by index whatever is asked, the newest first, paged by the rows' numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest
from types import MappingProxyType

from django.db import connections
from django.db.models import BooleanField, CharField, Count, Max, Min, QuerySet
from django.db.models.expressions import RawSQL

from dockseal.domain.audit import AuditRow
from dockseal.domain.trail_query import PUT_BACK, Access, TrailQuery
from dockseal.storage.audit import first_after, read_rows
from dockseal.storage.edge import edge
from dockseal.storage.operations.models import AuditLogRow
from dockseal.storage.router import OPERATIONS

_NAMED = ("actor", "order", "purpose", "seller", "warehouse")
_COLUMNS: Mapping[str, str] = MappingProxyType({"actor": "actor", "tag": "tag", "order": "order_ref"})
"""What is found by a column of its own; all else stands in the row's fields."""
_OF_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "postgresql": "(fields ->> '{}')",
        "sqlite": "CASE WHEN json_valid(fields) THEN json_extract(fields, '$.{}') END",
    }
)
"""Written as in the indexes of migration 0030, which serve nothing else."""
_INDEXED_TOGETHER = (("actor", "tag"), ("actor", "purpose"))
_PAST_ALL = 2**63 - 1


@edge
class AuditSearch:
    """Looks for audit rows."""

    def rows(self, query: TrailQuery, limit: int = 200) -> list[AuditRow]:
        """Returns the newest rows that are asked for, the newest first.

        Raises:
            StorageError: a row holds something that Dockseal never writes.
        """
        span = _span(query.since, query.until, query.before)
        named = {name: wanted for name in _NAMED if (wanted := getattr(query, name))}
        # One tag after the other, for the index gives the rows of one tag in order, and those of several not.
        each = [_narrowed(span, named | tag) for tag in ([{"tag": tag} for tag in query.tags] or [{}])]
        if len(each) == 1:
            return read_rows(each[0], limit)
        numbers = (rows.values_list("seq", flat=True)[:limit] for rows in each)
        newest = nlargest(limit, (seq for some in numbers for seq in some))
        return read_rows(AuditLogRow.objects.filter(seq__in=newest).order_by("-seq"), limit)

    def accesses(self, since: datetime | None = None, until: datetime | None = None) -> list[Access]:
        """Returns who did what with personal data for which purpose, and how often, by actor.

        Args:
            since: Rows of this instant or later; None: from the first.
            until: Rows before this instant; None: to the last.
        """
        counted = (
            _span(since, until, None)
            .whole()
            .annotate(purpose=_text("purpose"))
            .filter(purpose__isnull=False)
            .values_list("actor", "tag", "purpose")
            .annotate(Count("seq"), Count("order", distinct=True), Min("at"), Max("at"))
            .order_by("actor", "tag", "purpose")
        )
        return [
            Access(actor=actor, tag=tag, purpose=purpose, times=times, orders=orders, first=first, last=last)
            for actor, tag, purpose, times, orders, first, last in counted
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """Rows of a time, and the numbers they lie between."""

    rows: QuerySet[AuditLogRow]
    low: int
    below: int

    def whole(self) -> QuerySet[AuditLogRow]:
        """Returns all of them."""
        return self.rows.filter(seq__gte=self.low, seq__lt=self.below)


def _span(since: datetime | None, until: datetime | None, before: int | None) -> _Span:
    """Narrows all rows to a time: by their numbers, which grow with it, and then exactly.

    No row is missed as long as none is older by more than `PUT_BACK` than one before it.
    """
    rows, low, below = AuditLogRow.objects.all(), 0, _PAST_ALL if before is None else before
    if since is not None:
        rows, low = rows.filter(at__gte=since), first_after(since - PUT_BACK)
    if until is not None:
        rows, below = rows.filter(at__lt=until), min(below, first_after(until + PUT_BACK))
    return _Span(rows=rows, low=low, below=below)


def _narrowed(span: _Span, named: Mapping[str, str]) -> QuerySet[AuditLogRow]:
    """Narrows rows to those that have these values, the newest first."""
    if connections[OPERATIONS].vendor == "postgresql":
        for names in (*_INDEXED_TOGETHER, *((name,) for name in named)):
            if set(names) == named.keys():
                return _walked(span, {name: named[name] for name in names})
    texts = {name: _text(name) for name in named if name not in _COLUMNS}
    rows = span.whole().alias(**texts).filter(**named).order_by("-seq")
    # Else SQLite does not take the index of orders, which leaves out what is of none.
    return rows.exclude(order="") if "order" in named else rows


def _walked(span: _Span, named: Mapping[str, str]) -> QuerySet[AuditLogRow]:
    """Has PostgreSQL walk down the index of these values.

    Where it believes that they are frequent, it reads the whole trail from its end instead, which takes
    seconds if they were frequent only long ago, or never together. Asked for an order by the values and the
    number, it cannot.
    """
    columns = [_column(name) for name in named]
    row, places = ", ".join([*columns, "seq"]), ", ".join(["%s"] * (len(columns) + 1))
    # What is of no order, or lacks the field, is in no index of it.
    there = "".join(f" AND {column} IS NOT NULL" for column in columns)
    bounds = RawSQL(  # noqa: S611 - columns of ours
        f"({row}) >= ({places}) AND ({row}) < ({places}){there}",
        (*named.values(), span.low, *named.values(), span.below),
        output_field=BooleanField(),
    )
    rows = span.rows.exclude(order="") if "order" in named else span.rows
    return rows.filter(bounds).order_by(*(_text(name).desc() for name in named), "-seq")


def _text(name: str) -> RawSQL:
    return RawSQL(_column(name), (), output_field=CharField())  # noqa: S611 - a column of ours


def _column(name: str) -> str:
    return _COLUMNS.get(name) or _OF_FIELDS[connections[OPERATIONS].vendor].format(name)
