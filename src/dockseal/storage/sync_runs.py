"""The ledger of synchronisation, and what the two Orders APIs say differently."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from dockseal.domain.identifiers import AmazonOrderId, SellerId
from dockseal.domain.sync_run import Difference, SyncOutcome, SyncRun, SyncSource
from dockseal.storage.edge import edge
from dockseal.storage.operations.models import DifferenceRow, SyncRunRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import COMPARED, upserted


@edge
class SyncRuns:
    """The table of runs: one row each, written over while the run goes on, until old ones are purged."""

    def add(self, run: SyncRun) -> None:
        """Keeps a run."""
        SyncRunRow.objects.create(
            seller=run.seller,
            source=run.source.value,
            started_at=run.started_at,
            ended_at=run.ended_at,
            outcome=run.outcome.value,
            window_since=run.window_since,
            window_until=run.window_until,
            pages=run.pages,
            orders=run.orders,
            news=run.news,
            calls=run.calls,
            sentence=run.sentence,
        )

    def put(self, run: SyncRun) -> None:
        """Keeps a run in place of what is kept of it so far, if it is one of a window that goes on."""
        known = _so_far(run.seller, run.source, run.started_at, run.window_since)
        if run.window_since is None or known is None:
            self.add(run)
            return
        known.ended_at, known.outcome, known.window_until = run.ended_at, run.outcome.value, run.window_until
        known.pages, known.orders, known.news = run.pages, run.orders, run.news
        known.calls, known.sentence = run.calls, run.sentence
        known.save()

    def find(
        self, seller: SellerId, source: SyncSource, started_at: datetime, since: datetime | None
    ) -> SyncRun | None:
        """Returns what is kept of the run that opened this window at this instant."""
        row = None if since is None else _so_far(seller, source, started_at, since)
        return None if row is None else _run(row)

    def oldest(self, seller: SellerId, source: SyncSource) -> SyncRun | None:
        """Returns the oldest run of a source that is kept of a seller."""
        rows = SyncRunRow.objects.filter(seller=seller, source=source.value)
        row = rows.order_by("started_at", "pk").first()
        return None if row is None else _run(row)

    def latest(
        self,
        seller: SellerId,
        limit: int = 20,
        source: SyncSource | None = None,
        outcome: SyncOutcome | None = None,
    ) -> list[SyncRun]:
        """Returns the newest runs of a seller, newest first; of one source, with one outcome, if given."""
        rows = SyncRunRow.objects.filter(seller=seller)
        if source is not None:
            rows = rows.filter(source=source.value)
        if outcome is not None:
            rows = rows.filter(outcome=outcome.value)
        return [_run(row) for row in rows.order_by("-started_at", "-pk")[:limit]]

    def purge(self, before: datetime) -> int:
        """Deletes runs that ended before this instant; returns how many."""
        return SyncRunRow.objects.filter(ended_at__lt=before).delete()[0]


@edge
class Differences:
    """The table of differences between the Orders APIs: at most one per order and field.

    A row without a field says that, and when, an order was compared.
    """

    def compared(self, seller: SellerId, order_id: str, found: Iterable[Difference], *, at: datetime) -> None:
        """Keeps what differs of an order in place of what differed before, and that it was compared."""
        self.settle(seller, order_id)
        for difference in found:
            self.put(difference)
        mark = Difference(
            seller=seller,
            amazon_order_id=AmazonOrderId(order_id),
            field=COMPARED,
            v0="",
            v2026="",
            found_at=at,
        )
        self.put(mark)

    def count_compared(self, seller: SellerId) -> int:
        """Returns how many orders of a seller were compared, and are remembered."""
        return DifferenceRow.objects.filter(seller=seller, field=COMPARED).count()

    def purge(self, before: datetime) -> int:
        """Forgets comparisons made before this instant, and what they found; returns how many rows."""
        return DifferenceRow.objects.filter(found_at__lt=before).delete()[0]

    def put(self, difference: Difference) -> None:
        """Keeps a difference, in place of the last one of this order and field."""
        row = DifferenceRow(
            seller=difference.seller,
            amazon_order_id=difference.amazon_order_id,
            field=difference.field,
            v0=difference.v0,
            v2026=difference.v2026,
            found_at=difference.found_at,
        )
        upserted(row, OPERATIONS, by=("seller", "amazon_order_id", "field"))

    def settle(self, seller: SellerId, amazon_order_id: str) -> int:
        """Forgets what differed of an order that no longer does; returns how many fields."""
        return DifferenceRow.objects.filter(seller=seller, amazon_order_id=amazon_order_id).delete()[0]

    def of_seller(self, seller: SellerId, limit: int = 100) -> list[Difference]:
        """Returns the newest differences of a seller, newest first."""
        rows = _differing(seller).order_by("-found_at", "-pk")[:limit]
        return [
            Difference(
                seller=SellerId(row.seller),
                amazon_order_id=row.amazon_order_id,
                field=row.field,
                v0=row.v0,
                v2026=row.v2026,
                found_at=row.found_at,
            )
            for row in rows
        ]

    def count(self, seller: SellerId) -> int:
        """Returns how many differences a seller has."""
        return _differing(seller).count()


def _differing(seller: SellerId) -> QuerySet[DifferenceRow]:
    return DifferenceRow.objects.filter(seller=seller).exclude(field=COMPARED)


def _so_far(
    seller: SellerId, source: SyncSource, started_at: datetime, since: datetime | None
) -> SyncRunRow | None:
    rows = SyncRunRow.objects.filter(seller=seller, source=source.value, started_at=started_at)
    return rows.filter(window_since=since).order_by("-pk").first()


def _run(row: SyncRunRow) -> SyncRun:
    return SyncRun(
        seller=SellerId(row.seller),
        source=SyncSource(row.source),
        started_at=row.started_at,
        ended_at=row.ended_at,
        outcome=SyncOutcome(row.outcome),
        window_since=row.window_since,
        window_until=row.window_until,
        pages=row.pages,
        orders=row.orders,
        news=row.news,
        calls=row.calls,
        sentence=row.sentence,
    )
