"""The watermarks: how far the sweep of each seller is complete."""

from datetime import datetime

from dockseal.domain.identifiers import SellerId
from dockseal.domain.notice import Watermark
from dockseal.storage.edge import edge
from dockseal.storage.operations.models import WatermarkRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import upserted


@edge
class Watermarks:
    """The table of watermarks."""

    def get(self, seller: SellerId) -> Watermark | None:
        """Returns the watermark of a seller, None before its first sweep."""
        row = WatermarkRow.objects.filter(pk=seller).first()
        if row is None:
            return None
        return Watermark(
            seller=SellerId(row.seller),
            complete_to=row.complete_to,
            window_since=row.window_since,
            window_until=row.window_until,
            page_token=row.page_token,
            window_started_at=row.window_started_at,
            window_bound=row.window_bound,
        )

    def complete_to(self) -> dict[SellerId, datetime]:
        """Returns up to when the sweep of each seller that was swept is complete."""
        rows = WatermarkRow.objects.order_by("seller").values_list("seller", "complete_to")
        return {SellerId(seller): at for seller, at in rows}

    def set(self, watermark: Watermark) -> None:
        """Keeps a watermark in place of the seller's last one."""
        row = WatermarkRow(
            seller=watermark.seller,
            complete_to=watermark.complete_to,
            window_since=watermark.window_since,
            window_until=watermark.window_until,
            page_token=watermark.page_token,
            window_started_at=watermark.window_started_at,
            window_bound=watermark.window_bound,
        )
        upserted(row, OPERATIONS, by=("seller",))
