"""The releases: each written as an intent before the warehouse is called."""

from datetime import datetime

from django.db.models import Count

from dockseal.domain.identifiers import OrderRef, ReleaseRef, WarehouseId
from dockseal.domain.order import OrderState
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.shipment import Content
from dockseal.errors import MoveRefused
from dockseal.storage.edge import edge
from dockseal.storage.operations.models import OrderRow, ReleaseRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import inserted


@edge
class Releases:
    """The table of releases."""

    def intend(self, release: Release) -> Release:
        """Writes the intent of a release, or returns the one that is kept under this reference.

        Raises:
            MoveRefused: no such order is kept.
        """
        kept = self.get(release.ref)
        if kept is not None:
            return kept
        if not OrderRow.objects.filter(pk=release.order).exists():
            raise MoveRefused(f"release {release.ref} names an order that is not kept")
        row = ReleaseRow(
            ref=release.ref,
            order_id=release.order,
            warehouse=release.warehouse,
            state=release.state.value,
            intended_at=release.intended_at,
            settled_at=release.settled_at,
            receipt=release.receipt,
            differing=release.differing,
            contents=[[each.order_item_id, each.quantity] for each in release.contents],
        )
        return release if inserted(row, OPERATIONS) else (self.get(release.ref) or release)

    def get(self, ref: ReleaseRef) -> Release | None:
        """Returns a release, if it is kept."""
        row = ReleaseRow.objects.filter(pk=ref).first()
        return None if row is None else _release(row)

    def settle(self, release: Release, state: ReleaseState, at: datetime, *, receipt: str = "") -> Release:
        """Writes down what the warehouse answered.

        Raises:
            MoveRefused: the release is not kept, or was settled otherwise before.
        """
        rows = ReleaseRow.objects.filter(pk=release.ref, state__in=[ReleaseState.INTENDED.value, state.value])
        if not rows.update(state=state.value, settled_at=at, receipt=receipt):
            raise MoveRefused(f"release {release.ref} was settled by somebody else meanwhile; read it again")
        settled = self.get(release.ref)
        return settled if settled is not None else release

    def take_back(self, release: Release, at: datetime) -> Release:
        """Writes down that the warehouse gives back what it had taken, or may have.

        Raises:
            MoveRefused: the release is not kept, or is refused already.
        """
        states = [ReleaseState.INTENDED.value, ReleaseState.ACCEPTED.value]
        rows = ReleaseRow.objects.filter(pk=release.ref, state__in=states)
        if not rows.update(state=ReleaseState.REFUSED.value, settled_at=at):
            raise MoveRefused(f"release {release.ref} was settled by somebody else meanwhile; read it again")
        settled = self.get(release.ref)
        return settled if settled is not None else release

    def stop(self, release: Release, at: datetime) -> None:
        """Writes down that the warehouse will not ship it; told twice it changes nothing.

        Raises:
            MoveRefused: it was refused meanwhile.
        """
        states = [ReleaseState.INTENDED.value, ReleaseState.ACCEPTED.value, ReleaseState.STOPPED.value]
        rows = ReleaseRow.objects.filter(pk=release.ref, state__in=states)
        if not rows.update(state=ReleaseState.STOPPED.value, settled_at=at):
            raise MoveRefused(f"release {release.ref} was settled by somebody else meanwhile; read it again")

    def differs(self, release: Release, names: str) -> bool:
        """Keeps in which fields the recipient changed since a try; False if the release was refused."""
        rows = ReleaseRow.objects.filter(pk=release.ref).exclude(state=ReleaseState.REFUSED.value)
        return bool(rows.update(differing=names))

    def to_warehouse(self, warehouse: WarehouseId, start: datetime) -> list[Release]:
        """Returns what a warehouse has taken since then, the oldest first."""
        rows = ReleaseRow.objects.filter(
            warehouse=warehouse, state=ReleaseState.ACCEPTED.value, settled_at__gte=start
        )
        return [_release(row) for row in rows.order_by("settled_at", "ref")]

    def unanswered(self, tries: int) -> list[tuple[WarehouseId, int]]:
        """Returns the warehouses that left orders unanswered in so many tries, with how many orders."""
        rows = ReleaseRow.objects.filter(
            state=ReleaseState.INTENDED.value,
            order__state=OrderState.RELEASABLE.value,
            order__tries__gte=tries,
        )
        counted = rows.order_by("warehouse").values_list("warehouse").annotate(Count("ref"))
        return [(WarehouseId(name), number) for name, number in counted]

    def at_warehouse(self, warehouse: WarehouseId, amazon_order_id: str) -> list[Release]:
        """Returns the releases of an order to one warehouse, by Amazon's order id, the oldest first."""
        rows = ReleaseRow.objects.filter(warehouse=warehouse, order__amazon_order_id=amazon_order_id)
        return [_release(row) for row in rows.order_by("intended_at", "ref")]

    def of_order(self, order: OrderRef) -> list[Release]:
        """Returns the releases of an order, the oldest first."""
        return [
            _release(row) for row in ReleaseRow.objects.filter(order=order).order_by("intended_at", "ref")
        ]


def _release(row: ReleaseRow) -> Release:
    return Release(
        ref=ReleaseRef(row.ref),
        order=OrderRef(row.order_id),
        warehouse=WarehouseId(row.warehouse),
        state=ReleaseState(row.state),
        intended_at=row.intended_at,
        settled_at=row.settled_at,
        receipt=row.receipt,
        differing=row.differing,
        contents=tuple(Content(order_item_id=item, quantity=quantity) for item, quantity in row.contents),
    )
