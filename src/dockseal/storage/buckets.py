"""The token buckets of Amazon's operations, kept across restarts."""

from dockseal.domain.identifiers import SellerId
from dockseal.domain.quota import BucketState
from dockseal.storage.edge import edge
from dockseal.storage.operations.models import BucketRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import upserted


@edge
class Buckets:
    """The table of token buckets."""

    def load(self, seller: SellerId, operation: str) -> BucketState | None:
        """Returns the bucket of one seller and one operation, None before its first call."""
        row = BucketRow.objects.filter(seller=seller, operation=operation).first()
        return None if row is None else _state(row)

    def save(self, seller: SellerId, operation: str, state: BucketState) -> None:
        """Keeps a bucket in place of the last one."""
        row = BucketRow(
            seller=seller,
            operation=operation,
            tokens=state.tokens,
            rate=state.rate,
            burst=state.burst,
            at=state.at,
        )
        upserted(row, OPERATIONS, by=("seller", "operation"))

    def all(self) -> list[tuple[SellerId, str, BucketState]]:
        """Returns every bucket with its seller and operation."""
        rows = BucketRow.objects.order_by("seller", "operation")
        return [(SellerId(row.seller), row.operation, _state(row)) for row in rows]


def _state(row: BucketRow) -> BucketState:
    return BucketState(tokens=row.tokens, rate=row.rate, burst=row.burst, at=row.at)
