"""What the risk of orders and Amazon's rates are made of, counted by the database.

Every query is bounded by time and led by an index: open orders by state and ship-by, others by ship-by, by
the promised date, or by when they were taken in.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, CharField, Count, Exists, ExpressionWrapper, F, Func, OuterRef, Q
from django.db.models.query import QuerySet
from django.db.models.sql.compiler import SQLCompiler

from dockseal.domain.cancellation import CancellationState, CancelReason
from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId, WarehouseId
from dockseal.domain.order import OVER, OrderState
from dockseal.domain.shipment import KNOWN_TO_AMAZON, PackageState
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
_BY_BUYER = Q(reason=CancelReason.BUYER_CANCELED.value)
_ASKED_BY_SELLER = ~_BY_BUYER & Q(state__in=_ASKED, feed__isnull=False)
"""Without a feed Amazon was never asked: it showed the order cancelled before."""
_WANTED_BY_SELLER = ~_BY_BUYER & Q(state=CancellationState.WANTED.value)
_ACCOUNTED_FOR = _ASKED_BY_SELLER | _WANTED_BY_SELLER | _BY_BUYER & ~Q(state=CancellationState.DROPPED.value)
"""Counted already, or asked for by the buyer, who did not take it back."""
_PENDING = each((PackageState.REPORTED, PackageState.INTENDED))
_TOLD_WITHOUT = ~Q(told_carrier="") & Q(told_number="", state__in=each(KNOWN_TO_AMAZON))
"""Packages that Amazon knows to have no number, whatever stands in its place."""
_WITHOUT_END = Q(confirmed_at__isnull=True, left_by__isnull=True)
_CANCELLED = Q(state=OrderState.CANCELLED) | Q(state=OrderState.SHREDDED) & _WITHOUT_END
_NONE: Numbers = Counter()


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

    def situations(self, until: datetime, *, but: Iterable[OrderRef] = ()) -> list[tuple[Situation, int]]:
        """Returns how many orders that Amazon waits for, to ship until an instant, are in each situation.

        Args:
            until: The instant.
            but: These orders are left out.
        """
        rows = (
            _awaited(until)
            .exclude(pk__in=list(but))
            .values("seller", "warehouse", "market", "ship_by", "left", "stopped")
        )
        return [(_situation(row), row["number"]) for row in rows.annotate(number=Count("*")).order_by()]

    def awaited(
        self,
        until: datetime,
        *,
        stopped_until: datetime,
        seller: SellerId | None = None,
        but: Iterable[OrderRef] = (),
        offset: int = 0,
        limit: int,
    ) -> list[Awaited]:
        """Returns orders that Amazon waits for, the earliest ship-by first.

        Args:
            until: Those to ship by then.
            stopped_until: Also those to ship by then that something stops.
            seller: Only orders of this seller.
            but: These orders are left out.
            offset: Leaves out so many before.
            limit: At most so many.
        """
        rows = _awaited(max(until, stopped_until)).filter(
            Q(ship_by__lte=until) | Q(ship_by__lte=stopped_until, stopped=True)
        )
        rows = rows.exclude(pk__in=list(but))
        if seller is not None:
            rows = rows.filter(seller=seller)
        columns = ("ref", "amazon_order_id", "state", "hold_sentence", "attention")
        read = rows.values(*columns, "seller", "warehouse", "market", "ship_by", "left", "stopped")
        return [
            _order(row) for row in read.order_by("ship_by", "accepted_at", "ref")[offset : offset + limit]
        ]

    def late(self, now: datetime, days: Sequence[int]) -> list[Tally]:
        """Returns the orders to ship within the last days: bad are those Amazon was not told of by then."""
        windows = _Windows(now=now, days=days, by="ship_by")
        rows = OrderRow.objects.filter(windows.longest).exclude(_CANCELLED)
        found = _tallies(Measure.LATE, rows, windows, bad=Q(confirmed_at__gt=F("ship_by")))
        return _more(found, bad=_never_told(windows, "confirmed_at"))

    def on_time(self, now: datetime, days: Sequence[int]) -> list[Tally]:
        """Returns the orders promised for the last days: bad are those that had not left by then.

        Those that left after ship-by could be late too: when they arrived is not known here. So could those
        that somebody else shipped, of which Amazon only says that they had left when it last changed them.
        """
        windows = _Windows(now=now, days=days, by="deliver_by")
        rows = OrderRow.objects.filter(windows.longest).exclude(_CANCELLED)
        bad = Q(left_by__gt=F("deliver_by"), shipped_at__isnull=False)
        could = Q(left_by__gt=F("ship_by")) & ~bad
        found = _tallies(Measure.ON_TIME, rows, windows, bad=bad, could=could)
        return _more(found, bad=_never_told(windows, "left_by"))

    def tracked(self, now: datetime, days: Sequence[int]) -> list[Tally]:
        """Returns the packages of orders promised for the last days: bad are those without valid tracking.

        Valid is one with a number that Amazon took. What Amazon does not know of yet could become invalid;
        what it refused counts while its order waits for a correction.
        """
        windows = _Windows(now=now, days=days, by="order__deliver_by")
        rows = PackageRow.objects.filter(windows.longest).annotate(seller=F("order__seller"))
        rows = rows.filter(Q(state__in=[*each(KNOWN_TO_AMAZON), *_PENDING]) | Q(order__state__in=_OPEN))
        bad = Q(tracking_number="") | _TOLD_WITHOUT | ~Q(state__in=[*each(KNOWN_TO_AMAZON), *_PENDING])
        could = Q(state__in=_PENDING) & ~Q(tracking_number="")
        return _tallies(Measure.TRACKING, rows, windows, bad=bad, could=could)

    def cancelled(self, now: datetime, days: Sequence[int], *, but: Iterable[OrderRef] = ()) -> list[Tally]:
        """Returns the orders taken in within the last days: bad are those their seller has cancelled here.

        What is to be cancelled could become so; also what Amazon shows cancelled after it had a warehouse,
        without a wish of the buyer's: perhaps by the seller, in Seller Central, where Amazon refused it here
        or was not asked yet.
        """
        windows = _Windows(now=now, days=days, by="accepted_at")
        # Named one by one, the states lead to an index that has this instant.
        rows = OrderRow.objects.filter(windows.longest, state__in=each(OrderState)).exclude(pk__in=list(but))
        bad, could = Q(Exists(_of_order(_ASKED_BY_SELLER))), Q(Exists(_of_order(_WANTED_BY_SELLER)))
        found = _tallies(Measure.CANCELLED, rows, windows, bad=bad, could=could & ~bad)
        return _more(found, could=_cancelled_elsewhere(windows, but))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Windows:
    """Lengths of time that end now, by one instant of the rows."""

    now: datetime
    days: Sequence[int]
    by: str

    @property
    def longest(self) -> Q:
        """Matches what falls into any of them."""
        return self.within(max(self.days))

    def within(self, days: int) -> Q:
        """Matches what falls into the last days."""
        return Q(**{f"{self.by}__gt": self.now - timedelta(days=days), f"{self.by}__lt": self.now})

    def counted(self, rows: Iterable[tuple[str, str, datetime]]) -> Numbers:
        """Counts rows of a seller, a warehouse and an instant for each length that they fall into."""
        numbers: Numbers = Counter()
        for seller, warehouse, at in rows:
            fitting = (length for length in self.days if at > self.now - timedelta(days=length))
            numbers.update((seller, warehouse, length) for length in fitting)
        return numbers


def _awaited(until: datetime) -> QuerySet[Any]:
    """Returns open orders with their situation. Amazon's facts are read of rows that pass all else."""
    rows = OrderRow.objects.filter(state__in=_OPEN, ship_by__lte=until)
    held = PackageRow.objects.filter(order=OuterRef("pk"), state=PackageState.HELD.value)
    return rows.annotate(
        market=_Fact("marketplace"),
        status=_Fact("status"),
        left=ExpressionWrapper(Q(state=OrderState.SHIPPED), output_field=BooleanField()),
        stopped=ExpressionWrapper(
            ~Q(hold_code="") | ~Q(attention="") | Q(Exists(held)), output_field=BooleanField()
        ),
    ).filter(status__in=_WAITED_FOR)


def _order(row: Row) -> Awaited:
    return Awaited(
        ref=OrderRef(row["ref"]),
        id=AmazonOrderId(row["amazon_order_id"]),
        state=OrderState(row["state"]),
        situation=_situation(row),
        why_stopped=row["hold_sentence"] or row["attention"],
    )


def _situation(row: Row) -> Situation:
    return Situation(
        seller=SellerId(row["seller"]),
        warehouse=WarehouseId(row["warehouse"]),
        marketplace_id=row["market"] or "",
        ship_by=row["ship_by"],
        stopped=bool(row["stopped"]),
        left=bool(row["left"]),
    )


def _never_told(windows: _Windows, told: str) -> Numbers:
    """Counts open orders that Amazon waits for, and of which an instant is not known.

    A query of its own: to sort every order of a month with all of Amazon's facts takes many times as long.
    """
    rows = OrderRow.objects.filter(windows.longest, state__in=_OPEN, **{f"{told}__isnull": True})
    waited_for = rows.annotate(status=_Fact("status")).filter(status__in=_WAITED_FOR)
    return windows.counted(waited_for.values_list("seller", "warehouse", windows.by))


def _cancelled_elsewhere(windows: _Windows, but: Iterable[OrderRef]) -> Numbers:
    """Counts orders with a warehouse that Amazon shows cancelled, and neither we nor a buyer asked it to."""
    ended = each(OVER)
    rows = OrderRow.objects.filter(_CANCELLED, windows.longest, state__in=ended).exclude(warehouse="")
    left = rows.exclude(Exists(_of_order(_ACCOUNTED_FOR))).exclude(pk__in=list(but))
    read = left.values_list("seller", "warehouse", "accepted_at", "amazon")
    return windows.counted(
        (seller, warehouse, at)
        for seller, warehouse, at, amazon in read
        if not any(line.get("wants_cancel") for line in amazon.get("lines", ()))
    )


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


def _of_order(which: Q) -> QuerySet[CancellationRow]:
    return CancellationRow.objects.filter(which, order=OuterRef("pk"))


def _tallies(
    measure: Measure, rows: QuerySet[Any], windows: _Windows, *, bad: Q, could: Q | None = None
) -> list[Tally]:
    """Counts rows of one measure for all lengths at once, by seller and warehouse."""
    counts = {}
    for length in windows.days:
        here = windows.within(length)
        counts[f"total_{length}"] = Count("pk", filter=here)
        counts[f"bad_{length}"] = Count("pk", filter=here & bad)
        if could is not None:
            counts[f"could_{length}"] = Count("pk", filter=here & could)
    return [
        Tally(
            measure=measure,
            days=length,
            seller=SellerId(row["seller"]),
            warehouse=WarehouseId(row["warehouse"]),
            total=row[f"total_{length}"],
            bad=row[f"bad_{length}"],
            could=row.get(f"could_{length}", 0),
        )
        for row in rows.values("seller", "warehouse").annotate(**counts).order_by()
        for length in windows.days
        if row[f"total_{length}"]
    ]
