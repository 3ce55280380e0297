"""The shelf of warehouses that come and get their orders."""

from collections.abc import Collection
from datetime import datetime

from dockseal.domain.identifiers import OrderRef, ReleaseRef, WarehouseId
from dockseal.domain.shelf import ShelfEntry, ShelfKind
from dockseal.storage.edge import edge
from dockseal.storage.operations.incidents import ShelfReadRow
from dockseal.storage.operations.models import ReleaseRow
from dockseal.storage.operations.warehouse_side import ShelfRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import upserted


@edge
class Shelves:
    """The table of what was put on the shelf. Writers come one after another, so its numbers grow in time."""

    def put(self, warehouse: WarehouseId, release: ReleaseRef, kind: ShelfKind, at: datetime) -> ShelfEntry:
        """Puts something down; the same kind of one release twice is there once."""
        row, _ = ShelfRow.objects.get_or_create(
            release=release, kind=kind.value, defaults={"warehouse": warehouse, "at": at}
        )
        return _entry(row)

    def after(
        self, warehouse: WarehouseId, number: int, *, limit: int, hidden: Collection[ReleaseRef] = ()
    ) -> list[ShelfEntry]:
        """Returns what was put down for a warehouse after an entry, the oldest first.

        Args:
            warehouse: Whose shelf.
            number: The last entry it saw; 0 for none.
            limit: How many at most.
            hidden: Releases that are shown only where the warehouse had read past them before.
        """
        rows = ShelfRow.objects.filter(warehouse=warehouse, number__gt=number).order_by("number")
        if hidden:
            rows = rows.exclude(release__in=list(hidden), number__gt=self.read_to(warehouse))
        return [_entry(row) for row in rows[:limit]]

    def read_to(self, warehouse: WarehouseId) -> int:
        """Returns the last entry that a warehouse went on from; 0 for none."""
        row = ShelfReadRow.objects.filter(pk=warehouse).first()
        return 0 if row is None else row.number

    def note_read(self, warehouse: WarehouseId, number: int) -> None:
        """Keeps that a warehouse went on from an entry that is there; never one before the last."""
        if number <= self.read_to(warehouse) or not ShelfRow.objects.filter(number__gte=number).exists():
            return
        upserted(ShelfReadRow(warehouse=warehouse, number=number), OPERATIONS, by=("warehouse",))

    def between(self, warehouse: WarehouseId, start: datetime, end: datetime) -> list[ShelfEntry]:
        """Returns what was put down for a warehouse from one instant to another, both included."""
        rows = ShelfRow.objects.filter(warehouse=warehouse, at__gte=start, at__lte=end).order_by("number")
        return [_entry(row) for row in rows]

    def close(self, release: ReleaseRef, at: datetime) -> None:
        """Says that there is nothing left to do with a release, where its warehouse was told of it."""
        told = ShelfRow.objects.filter(release=release, kind=ShelfKind.RELEASED.value).first()
        if told is not None:
            self.put(WarehouseId(told.warehouse), release, ShelfKind.CLOSED, at)

    def order_over(self, order: OrderRef, at: datetime, *, cancelled: bool = False) -> None:
        """Tells warehouses that an order is over, if they were told of it.

        Args:
            order: Which order.
            at: Since when.
            cancelled: It was not shipped: unless the warehouse was asked to stop it before, it is now.
        """
        rows = ShelfRow.objects.filter(
            release__in=ReleaseRow.objects.filter(order=order).values("ref"), kind=ShelfKind.RELEASED.value
        )
        for row in rows:
            release = ReleaseRef(row.release)
            told = {entry.kind for entry in self.of_release(release)}
            stops = cancelled and ShelfKind.STOP not in told
            self.put(WarehouseId(row.warehouse), release, ShelfKind.STOP if stops else ShelfKind.CLOSED, at)

    def of_release(self, release: ReleaseRef) -> list[ShelfEntry]:
        """Returns everything that was put down for a release, the oldest first."""
        return [_entry(row) for row in ShelfRow.objects.filter(release=release).order_by("number")]


def _entry(row: ShelfRow) -> ShelfEntry:
    return ShelfEntry(
        number=row.number,
        warehouse=WarehouseId(row.warehouse),
        release=ReleaseRef(row.release),
        kind=ShelfKind(row.kind),
        at=row.at,
    )
