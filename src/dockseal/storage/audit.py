"""The audit rows: appended and read. There is no way to change or delete one; triggers refuse it too."""

import itertools
import json
from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import connections
from django.db.models import Count, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import TruncHour

from dockseal.domain.audit import AuditRow
from dockseal.domain.identifiers import OrderRef
from dockseal.errors import StorageError, StorageUnavailable, TrailBroken
from dockseal.storage.edge import edge
from dockseal.storage.operations.models import AuditLogRow
from dockseal.storage.router import OPERATIONS

_PROBES = 64
_COLUMNS = ("seq", "at", "fields", "tag", "actor", "order", "previous", "hash")
# Plain statements, because every step of every order records: building them through the ORM takes five times
# as long as running them.
_MOVE_HEAD = "UPDATE operations_audit_head SET seq = %s, hash = %s WHERE seq = %s AND hash = %s"
_INSERT = (
    "INSERT INTO operations_audit (seq, at, fields, tag, actor, order_ref, previous, hash) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
)


@edge
class Audit:
    """The table of audit rows, and the newest of them written down once more."""

    def append(self, row: AuditRow) -> None:
        """Appends the row after the head; call it inside `Storage.transaction`.

        Raises:
            StorageUnavailable: another row was appended meanwhile, so that this one is out of date.
        """
        connection = connections[OPERATIONS]
        at = connection.ops.adapt_datetimefield_value(row.at)
        fields = json.dumps(dict(row.fields))
        texts = (row.tag, row.actor, row.order, row.previous, row.hash)
        with connection.cursor() as cursor:
            cursor.execute(_MOVE_HEAD, (row.seq, row.hash, row.seq - 1, row.previous))
            if cursor.rowcount != 1:
                raise StorageUnavailable(
                    f"audit row {row.seq} does not follow the newest one; build it again"
                )
            cursor.execute(_INSERT, (row.seq, at, fields, *texts))

    def head(self) -> AuditRow | None:
        """Returns the newest row."""
        return next(iter(_read(AuditLogRow.objects.order_by("-seq")[:1])), None)

    def noted_head(self) -> tuple[int, str]:
        """Returns number and hash of the newest row, as noted beside the trail; at first 0 and 64 zeros.

        Raises:
            TrailBroken: it is not written down: somebody deleted it.
        """
        with connections[OPERATIONS].cursor() as cursor:
            cursor.execute("SELECT seq, hash FROM operations_audit_head")
            kept: list[tuple[int, str]] = cursor.fetchall()
        if len(kept) != 1:
            raise TrailBroken(0, "the note of the newest row was tampered with")
        return kept[0]

    def rows(self, after: int | None = None, limit: int = 1000) -> list[AuditRow]:
        """Returns the rows that follow number `after`, in order; None: from the very first.

        Raises:
            StorageError: a row holds something that Dockseal never writes.
        """
        rows = AuditLogRow.objects.order_by("seq")
        return _read((rows if after is None else rows.filter(seq__gt=after))[:limit])

    def standing(self, until: int) -> list[AuditRow]:
        """Returns the rows up to one that are still in the table, in order.

        Raises:
            StorageError: a row holds something that Dockseal never writes.
        """
        return _read(AuditLogRow.objects.filter(seq__lte=until).order_by("seq"))

    def search(
        self,
        order: OrderRef | None = None,
        actor: str | None = None,
        *,
        tag: str | None = None,
        limit: int = 200,
    ) -> list[AuditRow]:
        """Returns the newest rows of an order, an actor or a tag, the newest first."""
        wanted = {"actor": actor, "tag": tag}
        rows = AuditLogRow.objects.filter(
            **{name: value for name, value in wanted.items() if value is not None}
        )
        rows = rows if order is None else of_order(rows, order)
        return _read(rows.order_by("-seq")[:limit])

    def recent(
        self, tag: str, since: datetime, *, actor: str | None = None, limit: int = 200, **fields: str
    ) -> list[AuditRow]:
        """Returns the newest rows of a tag that were written after a moment, the newest first.

        It reads the rows written since, and about twenty more to find where they begin.

        Args:
            tag: Which.
            since: Rows of this moment or before do not count.
            actor: Whose; None: everybody's.
            limit: No more than so many.
            **fields: What fields of the rows must be.

        Raises:
            StorageError: a row holds something that Dockseal never writes.
        """
        wanted = {f"fields__{name}": text for name, text in fields.items()}
        rows = AuditLogRow.objects.filter(tag=tag, seq__gte=first_after(since), **wanted)
        return _read((rows if actor is None else rows.filter(actor=actor)).order_by("-seq")[:limit])

    def first_after(self, moment: datetime) -> int:
        """Returns the number that the rows after a moment begin with, one past the newest where none does."""
        return first_after(moment)

    def since(self, seq: int, tags: Iterable[str], **fields: str) -> list[AuditRow]:
        """Returns every row of these tags that follows a number, in order.

        Args:
            seq: The number.
            tags: Which.
            **fields: What fields of the rows must be.

        Raises:
            StorageError: a row holds something that Dockseal never writes.
        """
        wanted = {f"fields__{name}": text for name, text in fields.items()}
        rows = AuditLogRow.objects.filter(tag__in=list(tags), seq__gt=seq, **wanted)
        return _read(rows.order_by("seq"))

    def newest_number(self) -> int:
        """Returns the number of the newest row that is there; 0 for none."""
        return AuditLogRow.objects.order_by("-seq").values_list("seq", flat=True).first() or 0

    def counted(self, tag: str, field: str, *, after: int, until: int) -> list[tuple[str, str, int]]:
        """Returns how many rows of a tag each actor has with each value of a field.

        Args:
            tag: Which.
            field: The field of the rows that is told apart.
            after: Rows follow this number.
            until: The number of the last one.
        """
        rows = AuditLogRow.objects.filter(tag=tag, seq__gt=after, seq__lte=until)
        told = rows.annotate(told=KeyTextTransform(field, "fields")).order_by().values_list("actor", "told")
        return [(actor, value or "", number) for actor, value, number in told.annotate(Count("pk"))]

    def newest_but(self, tag: str, others: int) -> AuditRow | None:
        """Returns the row of a tag that so many newer ones follow; None when there are fewer.

        Raises:
            StorageError: the row holds something that Dockseal never writes.
        """
        rows = AuditLogRow.objects.filter(tag=tag).order_by("-seq")
        return next(iter(_read(rows[others : others + 1])), None)

    def by_hour(self, tag: str, after: int, to: int) -> dict[tuple[str, datetime], int]:
        """Returns how many rows of a tag each actor has in each hour (UTC).

        Args:
            tag: Which.
            after: Rows up to this number do not count.
            to: Nor do those past this one.
        """
        rows = AuditLogRow.objects.filter(tag=tag, seq__gt=after, seq__lte=to)
        hours = rows.annotate(hour=TruncHour("at", tzinfo=UTC)).values_list("actor", "hour")
        return {(actor, hour): number for actor, hour, number in hours.annotate(number=Count("seq"))}

    def orders_of(self, tag: str, field: str, since: datetime, *, actor: str) -> set[tuple[OrderRef, str]]:
        """Returns the orders of an actor's rows of a tag after a moment, each with a field, however many."""
        rows = AuditLogRow.objects.filter(tag=tag, actor=actor, seq__gte=first_after(since)).order_by()
        told = rows.annotate(told=KeyTextTransform(field, "fields")).values_list("order", "told").distinct()
        return {(OrderRef(order), value or "") for order, value in told}

    def by_actor(self, tag: str, since: datetime) -> dict[str, int]:
        """Returns how many rows of a tag each actor has after a moment."""
        rows = AuditLogRow.objects.filter(tag=tag, seq__gte=first_after(since)).values_list("actor")
        return dict(rows.annotate(number=Count("seq")))


def of_order(rows: QuerySet[AuditLogRow], order: str) -> QuerySet[AuditLogRow]:
    """Returns those of an order. SQLite takes the index of orders only if told that there is one."""
    return rows.filter(order=order).exclude(order="")


def first_after(moment: datetime) -> int:
    """Returns the number that the rows after a moment begin with.

    Their times grow with their numbers, so that no index of the times is needed. Where the machine's clock
    was put back for a while they do not, and the count is off for as long.
    """
    rows = AuditLogRow.objects.order_by("seq")
    numbers = rows.values_list("seq", flat=True)
    low, high = numbers.first() or 1, (numbers.last() or 0) + 1
    while low < high:
        probes = range(low, high, max(1, (high - low) // _PROBES))
        found = _read(rows.filter(seq__in=probes))
        if not found:  # these numbers are missing
            low = numbers.filter(seq__gte=low).first() or high
            continue
        earlier = list(itertools.takewhile(lambda row: row.at <= moment, found))
        if len(earlier) < len(found):
            high = found[len(earlier)].seq
        if earlier:
            low = earlier[-1].seq + 1
    return high


def read_rows(rows: QuerySet[AuditLogRow], limit: int) -> list[AuditRow]:
    """Returns the first of some rows.

    Raises:
        StorageError: a row holds something that Dockseal never writes.
    """
    return _read(rows[:limit])


def _read(rows: QuerySet[AuditLogRow]) -> list[AuditRow]:
    try:
        return [_row(*values) for values in rows.values_list(*_COLUMNS)]
    except (ValueError, TypeError, AttributeError) as fault:
        raise StorageError(
            f"an audit row holds what Dockseal never writes ({type(fault).__name__})"
        ) from None


def _row(seq: int, at: datetime, fields: dict[str, str], *texts: str) -> AuditRow:
    tag, actor, order, previous, digest = texts
    if not isinstance(at, datetime) or not all(isinstance(text, str) for text in texts):
        raise TypeError("a column holds another kind of value")
    return AuditRow(
        seq=seq,
        at=at,
        tag=tag,
        actor=actor,
        order=order,
        fields=tuple(sorted(fields.items())),
        previous=previous,
        hash=digest,
    )
