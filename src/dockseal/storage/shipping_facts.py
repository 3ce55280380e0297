"""What the risk of orders and Amazon's rates are made of, counted by the database.

Every query is bounded by time and led by an index: open orders by state and ship-by, others by ship-by, by
the promised date, or by when they were taken in.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, CharField, Count, Exists, ExpressionWrapper, F, Func, OuterRef, Q
from django.db.models.query import QuerySet
from django.db.models.sql.compiler import SQLCompiler

from dockseal.domain.cancellation import CancellationState, CancelReason
from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId, WarehouseId
from dockseal.domain.order import OrderState
from dockseal.domain.shipment import PackageState
from dockseal.domain.shipping import TO_CONFIRM, WAITED_FOR, Awaited, Measure, Situation, Tally
from dockseal.storage.edge import edge
from dockseal.storage.operations.models import CancellationRow, OrderRow, PackageRow
from dockseal.storage.rows import each

Row = dict[str, Any]
Numbers = Counter[tuple[str, str, int]]
"""How many, by seller, warehouse and length in days."""
_OPEN = each(TO_CONFIRM)
_WAITED_FOR = each(WAITED_FOR)
_ASKED = each((CancellationState.SENT, CancellationState.TAKEN, CancellationState.DONE))
_PENDING = each((PackageState.REPORTED, PackageState.INTENDED))
_VALID = each((PackageState.CONFIRMED, PackageState.VERIFIED))
_WITHOUT_END = Q(confirmed_at__isnull=True, left_by__isnull=True)
_CANCELLED = Q(state=OrderState.CANCELLED) | Q(state=OrderState.SHREDDED) & _WITHOUT_END
_NONE: Numbers = Counter()
_READ_AT_ONCE = 500


class _Fact(Func):
    """One of Amazon's facts about an order, as text; its name is ours."""

    def __init__(self, name: str) -> None:
        super().__init__(F("amazon"), output_field=CharField())
        self._name = name

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Any:
        """Returns it as SQLite writes it."""
        return self.as_sql(compiler, connection, template=f"json_extract(%(expressions)s, '$.{self._name}')")

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Any:
        """Returns it as PostgreSQL writes it."""
        return self.as_sql(compiler, connection, template=f"(%(expressions)s ->> '{self._name}')")


@edge
class ShippingFacts:
    """Counts over the orders, packages and cancellations."""

    def situations(self, until: datetime) -> list[tuple[Situation, int]]:
        """Returns how many orders that Amazon waits for, to ship until an instant, are in each situation."""
        rows = _awaited(until).values("seller", "warehouse", "market", "ship_by", "left", "stopped")
        return [(_situation(row), row["number"]) for row in rows.annotate(number=Count("*")).order_by()]

    def awaited(
        self, until: datetime, *, stopped_until: datetime, seller: SellerId | None = None
    ) -> Iterator[Awaited]:
        """Yields the orders that Amazon waits for, the earliest ship-by first.

        Args:
            until: Those to ship by then.
            stopped_until: Also those to ship by then that something stops.
            seller: Only orders of this seller.
        """
        rows = _awaited(max(until, stopped_until)).filter(
            Q(ship_by__lte=until) | Q(ship_by__lte=stopped_until, stopped=True)
        )
        rows = rows.order_by("ship_by", "accepted_at", "ref")
        if seller is not None:
            rows = rows.filter(seller=seller)
        columns = ("ref", "amazon_order_id", "state", "hold_sentence", "attention")
        read = rows.values(*columns, "seller", "warehouse", "market", "ship_by", "left", "stopped")
        for row in read.iterator(_READ_AT_ONCE):
            yield Awaited(
                ref=OrderRef(row["ref"]),
                id=AmazonOrderId(row["amazon_order_id"]),
                state=OrderState(row["state"]),
                situation=_situation(row),
                why_stopped=row["hold_sentence"] or row["attention"],
            )

    def late(self, now: datetime, days: Sequence[int]) -> list[Tally]:
        """Returns the orders to ship within the last days: bad are those Amazon was not told of by then."""
        rows = OrderRow.objects.filter(_within("ship_by", now, max(days))).exclude(_CANCELLED)
        bad = Q(confirmed_at__gt=F("ship_by"))
        found = _tallies(rows, Measure.LATE, now=now, days=days, by="ship_by", bad=bad)
        return _more(found, bad=_never_told(now, days, by="ship_by", told="confirmed_at"))

    def on_time(self, now: datetime, days: Sequence[int]) -> list[Tally]:
        """Returns the orders promised for the last days: bad are those that had not left by then.

        Those that left after ship-by could be late too: when they arrived is not known here.
        """
        rows = OrderRow.objects.filter(_within("deliver_by", now, max(days))).exclude(_CANCELLED)
        bad = Q(left_by__gt=F("deliver_by"))
        could = Q(left_by__gt=F("ship_by"), left_by__lte=F("deliver_by"))
        found = _tallies(rows, Measure.ON_TIME, now=now, days=days, by="deliver_by", bad=bad, could=could)
        return _more(found, bad=_never_told(now, days, by="deliver_by", told="left_by"))

    def tracked(self, now: datetime, days: Sequence[int]) -> list[Tally]:
        """Returns the packages of orders promised for the last days: bad are those without valid tracking.

        Valid is one with a number that Amazon took. What Amazon does not know of yet could become invalid;
        what it refused counts while its order waits for a correction.
        """
        rows = PackageRow.objects.filter(_within("order__deliver_by", now, max(days)))
        rows = rows.filter(Q(state__in=[*_VALID, *_PENDING]) | Q(order__state__in=_OPEN))
        bad = Q(tracking_number="") | ~Q(state__in=[*_VALID, *_PENDING])
        could = Q(state__in=_PENDING) & ~Q(tracking_number="")
        rows = rows.annotate(of=F("order__seller"))
        return _tallies(
            rows, Measure.TRACKING, now=now, days=days, by="order__deliver_by", bad=bad, could=could, of="of"
        )

    def cancelled(self, now: datetime, days: Sequence[int]) -> list[Tally]:
        """Returns the orders taken in within the last days: bad are those their seller has cancelled here.

        What is to be cancelled could become so; also what Amazon shows cancelled after it had a warehouse,
        without a wish of the buyer's: perhaps by the seller, in Seller Central.
        """
        found = []
        for length in days:
            rows = OrderRow.objects.filter(
                _within("accepted_at", now, length), state__in=[state.value for state in OrderState]
            )
            found += _tallies(
                rows,
                Measure.CANCELLED,
                now=now,
                days=[length],
                by="accepted_at",
                bad=Q(Exists(_by_seller(_ASKED))),
                could=Q(Exists(_by_seller([CancellationState.WANTED.value]))),
            )
        return _more(found, could=_cancelled_elsewhere(now, days))


def _awaited(until: datetime) -> QuerySet[Any]:
    """Returns open orders with their situation. Amazon's facts are read of rows that pass all else."""
    rows = OrderRow.objects.filter(state__in=_OPEN, ship_by__lte=until)
    return rows.annotate(
        market=_Fact("marketplace"),
        status=_Fact("status"),
        left=ExpressionWrapper(Q(state=OrderState.SHIPPED), output_field=BooleanField()),
        stopped=ExpressionWrapper(~Q(hold_code="") | ~Q(attention=""), output_field=BooleanField()),
    ).filter(status__in=_WAITED_FOR)


def _situation(row: Row) -> Situation:
    return Situation(
        seller=SellerId(row["seller"]),
        warehouse=WarehouseId(row["warehouse"]),
        marketplace_id=row["market"] or "",
        ship_by=row["ship_by"],
        stopped=bool(row["stopped"]),
        left=bool(row["left"]),
    )


def _within(field: str, now: datetime, days: int) -> Q:
    return Q(**{f"{field}__gt": now - timedelta(days=days), f"{field}__lt": now})


def _never_told(now: datetime, days: Sequence[int], *, by: str, told: str) -> Numbers:
    """Counts open orders that Amazon waits for, and of which an instant is not known.

    A query of its own: to sort every order of a month with all of Amazon's facts takes many times as long.
    """
    rows = OrderRow.objects.filter(_within(by, now, max(days)), state__in=_OPEN, **{f"{told}__isnull": True})
    waited_for = rows.annotate(status=_Fact("status")).filter(status__in=_WAITED_FOR)
    return _numbers(waited_for.values_list("seller", "warehouse", by), now, days)


def _cancelled_elsewhere(now: datetime, days: Sequence[int]) -> Numbers:
    """Counts orders with a warehouse that Amazon shows cancelled, for which nobody here nor a buyer asked."""
    ended = [OrderState.CANCELLED.value, OrderState.SHREDDED.value]
    rows = OrderRow.objects.filter(_CANCELLED, _within("accepted_at", now, max(days)), state__in=ended)
    of_ours = CancellationRow.objects.filter(order=OuterRef("pk"))
    rows = rows.exclude(warehouse="").exclude(Exists(of_ours))
    return _numbers(
        (
            (seller, warehouse, at)
            for seller, warehouse, at, amazon in rows.values_list(
                "seller", "warehouse", "accepted_at", "amazon"
            )
            if not any(line.get("wants_cancel") for line in amazon.get("lines", ()))
        ),
        now,
        days,
    )


def _numbers(rows: Iterable[tuple[str, str, datetime]], now: datetime, days: Sequence[int]) -> Numbers:
    """Counts rows for each length of time that they fall into."""
    numbers: Numbers = Counter()
    for seller, warehouse, at in rows:
        numbers.update((seller, warehouse, length) for length in days if at > now - timedelta(days=length))
    return numbers


def _more(
    tallies: Iterable[Tally], *, bad: Numbers | None = None, could: Numbers | None = None
) -> list[Tally]:
    """Adds what was counted apart; it is in the totals already."""
    none: Numbers = Counter()
    return [
        replace(
            tally,
            bad=tally.bad + (bad or none)[tally.seller, tally.warehouse, tally.days],
            could=tally.could + (could or none)[tally.seller, tally.warehouse, tally.days],
        )
        for tally in tallies
    ]


def _by_seller(states: Iterable[str]) -> QuerySet[CancellationRow]:
    rows = CancellationRow.objects.filter(order=OuterRef("pk"), state__in=list(states))
    return rows.exclude(reason=CancelReason.BUYER_CANCELED)


def _tallies(
    rows: QuerySet[Any],
    measure: Measure,
    *,
    now: datetime,
    days: Sequence[int],
    by: str,
    bad: Q,
    could: Q | None = None,
    of: str = "seller",
) -> list[Tally]:
    """Counts rows of one measure for all lengths at once, by seller and warehouse."""
    counts = {}
    for length in days:
        here = _within(by, now, length)
        counts[f"total_{length}"] = Count("pk", filter=here)
        counts[f"bad_{length}"] = Count("pk", filter=here & bad)
        if could is not None:
            counts[f"could_{length}"] = Count("pk", filter=here & could)
    return [
        Tally(
            measure=measure,
            days=length,
            seller=SellerId(row[of]),
            warehouse=WarehouseId(row["warehouse"]),
            total=row[f"total_{length}"],
            bad=row[f"bad_{length}"],
            could=row.get(f"could_{length}", 0),
        )
        for row in rows.values(of, "warehouse").annotate(**counts).order_by()
        for length in days
        if row[f"total_{length}"]
    ]
