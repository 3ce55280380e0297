"""The sealed personal data: ciphertext by order, in the vault database."""

from datetime import datetime

from django.db import transaction
from django.db.models import Min

from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.domain.sealed import SealedRecord
from dockseal.errors import MoveRefused
from dockseal.storage.edge import edge
from dockseal.storage.router import VAULT
from dockseal.storage.rows import inserted
from dockseal.storage.vault.models import SealedRow


@edge
class Sealed:
    """The table of sealed records, one per order."""

    def put(self, record: SealedRecord) -> None:
        """Keeps a record in place of an older version of the same order.

        Raises:
            MoveRefused: the vault keeps this version or a newer one.
        """
        row = SealedRow(
            order=record.order,
            seller=record.seller,
            version=record.version,
            epoch=record.epoch,
            deadline=record.deadline,
            sealed_at=record.sealed_at,
            wrapped_key=record.wrapped_key,
            ciphertext=record.ciphertext,
        )
        with transaction.atomic(using=VAULT):
            SealedRow.objects.filter(pk=record.order, version__lt=record.version).delete()
            if not inserted(row, VAULT):
                raise MoveRefused(
                    f"the vault keeps version {record.version} or newer of order {record.order}"
                )

    def shorten(self, record: SealedRecord) -> None:
        """Keeps a record whose data key an earlier epoch wraps, in place of the same version.

        Raises:
            MoveRefused: the vault keeps another version, or one that ends as early.
        """
        rows = SealedRow.objects.filter(pk=record.order, version=record.version, deadline__gt=record.deadline)
        if not rows.update(epoch=record.epoch, deadline=record.deadline, wrapped_key=record.wrapped_key):
            raise MoveRefused(f"the sealed data of order {record.order} was changed meanwhile; read it again")

    def get(self, order: OrderRef) -> SealedRecord | None:
        """Returns the sealed record of an order."""
        row = SealedRow.objects.filter(pk=order).first()
        return None if row is None else _record(row)

    def delete(self, order: OrderRef) -> bool:
        """Deletes the record of an order; tells whether there was one."""
        return bool(SealedRow.objects.filter(pk=order).delete()[0])

    def of_epoch(self, epoch: str) -> list[OrderRef]:
        """Returns the orders whose records an epoch key wraps."""
        rows = SealedRow.objects.filter(epoch=epoch).order_by("order")
        return [OrderRef(order) for order in rows.values_list("order", flat=True)]

    def of_seller(self, seller: SellerId, *, until: datetime | None = None) -> list[OrderRef]:
        """Returns the orders of a seller that a record is kept of; one sealed by an instant, if given."""
        rows = SealedRow.objects.filter(seller=seller).order_by("order")
        if until is not None:
            rows = rows.filter(sealed_at__lte=until)
        return [OrderRef(order) for order in rows.values_list("order", flat=True)]

    def delete_epoch(self, epoch: str) -> int:
        """Deletes every record of an epoch; returns how many."""
        return SealedRow.objects.filter(epoch=epoch).delete()[0]

    def epochs(self) -> list[str]:
        """Returns the epochs that records are kept of."""
        return list(SealedRow.objects.order_by("epoch").values_list("epoch", flat=True).distinct())

    def every(self) -> list[OrderRef]:
        """Returns the orders that a record is kept of."""
        return [OrderRef(ref) for ref in SealedRow.objects.order_by("order").values_list("order", flat=True)]

    def count(self) -> int:
        """Returns how many records are kept."""
        return SealedRow.objects.count()

    def first_sealed(self) -> dict[str, datetime]:
        """Returns when the first record of each epoch was sealed, of those that are kept."""
        firsts = SealedRow.objects.values("epoch").annotate(first=Min("sealed_at")).order_by("epoch")
        return dict(firsts.values_list("epoch", "first"))

    def oldest_deadline(self) -> datetime | None:
        """Returns the earliest deadline of all records: shredding is late once it has passed."""
        return SealedRow.objects.order_by("deadline").values_list("deadline", flat=True).first()


def _record(row: SealedRow) -> SealedRecord:
    return SealedRecord(
        order=OrderRef(row.order),
        seller=SellerId(row.seller),
        version=row.version,
        epoch=row.epoch,
        deadline=row.deadline,
        sealed_at=row.sealed_at,
        wrapped_key=bytes(row.wrapped_key),
        ciphertext=bytes(row.ciphertext),
    )
