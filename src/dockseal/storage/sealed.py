"""The sealed personal data: ciphertext by order, in the vault database."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Min

from dockseal.domain.clue import Clue
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.domain.sealed import SealedRecord
from dockseal.errors import MoveRefused
from dockseal.storage.edge import edge
from dockseal.storage.router import VAULT
from dockseal.storage.rows import by_key, inserted
from dockseal.storage.vault.models import ClueRow, SealedRow


@edge
class Sealed:
    """The table of sealed records, one per order, and of the clues that come and go with each."""

    def put(self, record: SealedRecord, clues: Iterable[Clue] = ()) -> None:
        """Keeps a record in place of an older version of the same order.

        Args:
            record: What is kept.
            clues: All that it can be found by.

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
            if record.version > 1:
                # Also clues that somebody put there: they would keep this from being sealed.
                ClueRow.objects.filter(sealed=record.order).delete()
                SealedRow.objects.filter(pk=record.order, version__lt=record.version).delete()
            if not inserted(row, VAULT):
                raise MoveRefused(
                    f"the vault keeps version {record.version} or newer of order {record.order}"
                )
            _write(clues)

    def shorten(self, record: SealedRecord, clues: Iterable[Clue] = ()) -> None:
        """Keeps a record whose data key an earlier epoch wraps, in place of the same version.

        Args:
            record: What is kept from now on.
            clues: All that it can be found by, made anew under its epoch's key.

        Raises:
            MoveRefused: the vault keeps another version, or one that ends as early.
        """
        rows = SealedRow.objects.filter(pk=record.order, version=record.version, deadline__gt=record.deadline)
        with transaction.atomic(using=VAULT):
            if not rows.update(epoch=record.epoch, deadline=record.deadline, wrapped_key=record.wrapped_key):
                raise MoveRefused(
                    f"the sealed data of order {record.order} was changed meanwhile; read it again"
                )
            ClueRow.objects.filter(sealed=record.order).delete()
            _write(clues)

    def get(self, order: OrderRef) -> SealedRecord | None:
        """Returns the sealed record of an order."""
        row = by_key(SealedRow, VAULT, order)
        return None if row is None else record_of(row)

    def delete(self, order: OrderRef) -> bool:
        """Deletes the record of an order; tells whether there was one."""
        with transaction.atomic(using=VAULT):
            ClueRow.objects.filter(sealed=order).delete()
            return bool(SealedRow.objects.filter(pk=order).delete()[0])

    def of_epoch(self, epoch: str, *, limit: int | None = None) -> list[OrderRef]:
        """Returns the orders whose records an epoch key wraps, or the first so many of them."""
        rows = SealedRow.objects.filter(epoch=epoch).order_by("order").values_list("order", flat=True)
        return [OrderRef(order) for order in rows[:limit]]

    def of_seller(self, seller: SellerId, *, until: datetime | None = None) -> list[OrderRef]:
        """Returns the orders of a seller that a record is kept of; one sealed by an instant, if given."""
        rows = SealedRow.objects.filter(seller=seller).order_by("order")
        if until is not None:
            rows = rows.filter(sealed_at__lte=until)
        return [OrderRef(order) for order in rows.values_list("order", flat=True)]

    def wipe(self, epoch: str, orders: Iterable[OrderRef]) -> int:
        """Deletes those records of these orders that an epoch key wraps; returns how many."""
        rows = SealedRow.objects.filter(epoch=epoch, pk__in=list(orders))
        with transaction.atomic(using=VAULT):
            found = list(rows.values_list("pk", flat=True))
            ClueRow.objects.filter(sealed__in=found).delete()
            return SealedRow.objects.filter(pk__in=found).delete()[0]

    def epochs(self) -> list[str]:
        """Returns the epochs that records are kept of."""
        # From one to the next by the index: a DISTINCT reads every row, and there may be a million.
        found: list[str] = []
        rows = SealedRow.objects.order_by("epoch").values_list("epoch", flat=True)
        while (epoch := rows.filter(epoch__gt=found[-1] if found else "").first()) is not None:
            found.append(epoch)
        return found

    def every(self) -> list[OrderRef]:
        """Returns the orders that a record is kept of."""
        return [OrderRef(ref) for ref in SealedRow.objects.order_by("order").values_list("order", flat=True)]

    def count(self, epoch: str | None = None) -> int:
        """Returns how many records are kept, or how many of them an epoch key wraps."""
        rows = SealedRow.objects.all() if epoch is None else SealedRow.objects.filter(epoch=epoch)
        return rows.count()

    def first_sealed(self) -> dict[str, datetime]:
        """Returns when the first record of each epoch was sealed, of those that are kept."""
        firsts = SealedRow.objects.values("epoch").annotate(first=Min("sealed_at")).order_by("epoch")
        return dict(firsts.values_list("epoch", "first"))

    def oldest_deadline(self) -> datetime | None:
        """Returns the deadline of the epoch that ends first: shredding is late once it has passed."""
        # An epoch is named by its end, and has an index; a deadline has none.
        return SealedRow.objects.order_by("epoch").values_list("deadline", flat=True).first()


def record_of(row: SealedRow) -> SealedRecord:
    """Returns the record that a row keeps."""
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


def _write(clues: Iterable[Clue]) -> None:
    ClueRow.objects.bulk_create(
        ClueRow(
            sealed_id=clue.order,
            seller=clue.seller,
            epoch=clue.epoch,
            kind=clue.kind.value,
            bits=clue.bits,
            proof=clue.proof,
        )
        for clue in clues
    )
