"""The ledger of synchronisation, and what the two Orders APIs say differently."""

from datetime import datetime

from dockseal.domain.identifiers import SellerId
from dockseal.domain.sync_run import Difference, SyncOutcome, SyncRun, SyncSource
from dockseal.storage.edge import edge
from dockseal.storage.operations.models import DifferenceRow, SyncRunRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import upserted


@edge
class SyncRuns:
    """The table of runs; it only grows, until old ones are purged."""

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

    def latest(self, seller: SellerId, limit: int = 20, source: SyncSource | None = None) -> list[SyncRun]:
        """Returns the newest runs of a seller, newest first."""
        rows = SyncRunRow.objects.filter(seller=seller)
        if source is not None:
            rows = rows.filter(source=source.value)
        return [_run(row) for row in rows.order_by("-started_at", "-pk")[:limit]]

    def purge(self, before: datetime) -> int:
        """Deletes runs that ended before this instant; returns how many."""
        return SyncRunRow.objects.filter(ended_at__lt=before).delete()[0]


@edge
class Differences:
    """The table of differences between the Orders APIs: at most one per order and field."""

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
        rows = DifferenceRow.objects.filter(seller=seller).order_by("-found_at", "-pk")[:limit]
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
        return DifferenceRow.objects.filter(seller=seller).count()


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
