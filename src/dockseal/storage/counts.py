"""The counts that are under way: a restart goes on where one stood."""

from dockseal.domain.count import Count
from dockseal.domain.identifiers import SellerId
from dockseal.storage.edge import edge
from dockseal.storage.operations.standing import CountRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import upserted


@edge
class Counts:
    """The table of counts, at most one for each seller."""

    def get(self, seller: SellerId) -> Count | None:
        """Returns the count of a seller that is under way."""
        row = CountRow.objects.filter(pk=seller).first()
        if row is None:
            return None
        return Count(
            seller=SellerId(row.seller),
            started_at=row.started_at,
            since=row.since,
            until=row.until,
            part_since=row.part_since,
            part_until=row.part_until,
            page_token=row.page_token,
            read_at=row.read_at,
            listed=row.listed,
            amazon=row.amazon,
            here=row.here,
            over_before=row.over_before,
            oldest_unseen=row.oldest_unseen,
            only_here=row.only_here,
        )

    def set(self, count: Count) -> None:
        """Keeps a count in place of what is kept of it so far."""
        row = CountRow(
            seller=count.seller,
            started_at=count.started_at,
            since=count.since,
            until=count.until,
            part_since=count.part_since,
            part_until=count.part_until,
            page_token=count.page_token,
            read_at=count.read_at,
            listed=dict(count.listed),
            amazon=count.amazon,
            here=count.here,
            over_before=count.over_before,
            oldest_unseen=count.oldest_unseen,
            only_here=count.only_here,
        )
        upserted(row, OPERATIONS, by=("seller",))

    def forget(self, seller: SellerId) -> None:
        """Deletes the count of a seller: it is finished, or begins anew."""
        CountRow.objects.filter(pk=seller).delete()
