"""What somebody asked to erase, in the vault; the same list lies beside the keys."""

from dockseal.domain.erased import Erased, Reason
from dockseal.domain.identifiers import AmazonOrderId, SellerId
from dockseal.storage.edge import edge
from dockseal.storage.router import VAULT
from dockseal.storage.rows import upserted
from dockseal.storage.vault.models import ErasedRow


@edge
class ErasedTable:
    """The table of what was erased on request."""

    def add(self, erased: Erased) -> None:
        """Writes down what is to be erased; drops what no backup brings back any more."""
        ErasedRow.objects.filter(until__lte=erased.at).delete()
        row = ErasedRow(
            what=erased.what,
            subject=erased.subject,
            reason=erased.reason.value,
            at=erased.at,
            until=erased.until,
            seller=erased.seller,
            amazon_order_id=erased.amazon_order_id,
        )
        upserted(row, VAULT, by=("what", "subject"))

    def has(self, seller: SellerId, amazon_order_id: AmazonOrderId) -> bool:
        """Tells whether somebody asked to erase an order, under whichever reference of ours."""
        return ErasedRow.objects.filter(amazon_order_id=amazon_order_id, seller=seller).exists()

    def all(self) -> list[Erased]:
        """Returns what was erased, the earliest first."""
        return [
            Erased(
                what=row.what,
                subject=row.subject,
                reason=Reason(row.reason),
                at=row.at,
                until=row.until,
                seller=row.seller,
                amazon_order_id=row.amazon_order_id,
            )
            for row in ErasedRow.objects.order_by("at", "pk")
        ]
