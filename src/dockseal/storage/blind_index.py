"""The blind index: a few bits by which a sealed record is found again, in the vault database."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from dockseal.domain.clue import Clue, ClueKind
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.domain.sealed import SealedRecord
from dockseal.storage.edge import edge
from dockseal.storage.sealed import record_of
from dockseal.storage.vault.models import ClueRow, SealedRow


@edge
class BlindIndex:
    """The table of clues. `Sealed` writes it, in the transaction of the record they belong to."""

    def alike(
        self, seller: SellerId, kind: ClueKind, *, epoch: str, bits: int
    ) -> list[tuple[Clue, SealedRecord]]:
        """Returns the clues that read so, each with the record it belongs to."""
        rows = ClueRow.objects.filter(seller=seller, kind=kind.value, epoch=epoch, bits=bits)
        return [
            (_clue(row), record_of(row.sealed)) for row in rows.select_related("sealed").order_by("sealed")
        ]

    def of_order(self, order: OrderRef) -> list[Clue]:
        """Returns the clues of one record."""
        return [_clue(row) for row in ClueRow.objects.filter(sealed=order).order_by("kind")]

    def sellers(self) -> list[SellerId]:
        """Returns the sellers whose records have clues."""
        rows = ClueRow.objects.order_by("seller").values_list("seller", flat=True).distinct()
        return [SellerId(seller) for seller in rows]

    def without(self, seller: SellerId, kinds: Iterable[ClueKind]) -> int:
        """Returns how many records of a seller have no clue of any of these kinds."""
        theirs = ClueRow.objects.filter(sealed=OuterRef("pk"), kind__in=[kind.value for kind in kinds])
        return SealedRow.objects.filter(~Exists(theirs), seller=seller).count()

    def count(self) -> int:
        """Returns how many clues are kept."""
        return ClueRow.objects.count()


def _clue(row: ClueRow) -> Clue:
    return Clue(
        order=OrderRef(row.sealed_id),
        seller=SellerId(row.seller),
        epoch=row.epoch,
        kind=ClueKind(row.kind),
        bits=row.bits,
        proof=bytes(row.proof),
    )
