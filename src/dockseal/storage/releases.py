"""The releases: each written as an intent before the warehouse is called."""

from datetime import datetime

from dockseal.domain.identifiers import OrderRef, ReleaseRef, WarehouseId
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
        """Keeps in which fields the recipient changed since a try; False if the release is settled."""
        rows = ReleaseRow.objects.filter(pk=release.ref, state=ReleaseState.INTENDED.value)
        return bool(rows.update(differing=names))

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
