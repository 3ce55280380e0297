"""The labels: each written as an intent before Amazon is asked for it."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from dockseal.domain.identifiers import OrderRef, ReleaseRef, WarehouseId
from dockseal.domain.label import Label, LabelState
from dockseal.domain.shipment import Content
from dockseal.errors import MoveRefused
from dockseal.storage.edge import edge
from dockseal.storage.operations.warehouse_side import LabelRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import inserted


@edge
class Labels:
    """The table of labels."""

    def intend(self, label: Label) -> Label:
        """Writes the intent of a purchase.

        Raises:
            MoveRefused: another label of this order is not settled yet, or the parcel has one.
        """
        if not inserted(LabelRow(**_columns(label)), OPERATIONS):
            raise MoveRefused(f"another label of order {label.order} is being bought or voided; wait for it")
        return label

    def get(self, label_id: str) -> Label | None:
        """Returns a label, if it is kept."""
        row = LabelRow.objects.filter(pk=label_id).first()
        return None if row is None else _label(row)

    def of_parcel(self, warehouse: WarehouseId, parcel_id: str) -> Label | None:
        """Returns the label that was asked for under a parcel's id, bought or not."""
        row = LabelRow.objects.filter(warehouse=warehouse, parcel_id=parcel_id).first()
        return None if row is None else _label(row)

    def of_order(self, order: OrderRef) -> list[Label]:
        """Returns the labels of an order, the oldest first."""
        return [_label(row) for row in LabelRow.objects.filter(order=order).order_by("intended_at", "id")]

    def change(self, label: Label, **changes: Any) -> Label:
        """Writes down what became of a label.

        Raises:
            MoveRefused: it is no longer in the state it was read in, or another one is not settled yet.
        """
        changed = replace(label, **changes)
        columns = {name: value for name, value in _columns(changed).items() if name != "id"}
        rows = LabelRow.objects.filter(pk=label.id, state=label.state.value, reported=label.reported)
        try:
            with transaction.atomic(using=OPERATIONS):
                written = rows.update(**columns)
        except IntegrityError:
            raise MoveRefused(
                f"another label of order {label.order} is not settled yet; wait for it"
            ) from None
        if not written:
            raise MoveRefused(f"label {label.id} was changed by somebody else meanwhile; read it again")
        return changed

    def in_states(self, states: Iterable[LabelState], *, before: datetime, limit: int) -> list[Label]:
        """Returns labels in these states that were intended before an instant, the oldest first."""
        rows = LabelRow.objects.filter(state__in=[state.value for state in states], intended_at__lt=before)
        return [_label(row) for row in rows.order_by("intended_at", "id")[:limit]]

    def unreported(self, limit: int) -> list[Label]:
        """Returns labels that were bought and whose parcels were not taken in yet, the oldest first."""
        states = [LabelState.BOUGHT.value, LabelState.FOUND.value]
        rows = LabelRow.objects.filter(state__in=states, reported=False).order_by("intended_at", "id")
        return [_label(row) for row in rows[:limit]]

    def to_take_back(self, limit: int) -> list[Label]:
        """Returns labels that were voided and whose parcels are not taken back yet, the oldest first."""
        rows = LabelRow.objects.filter(state=LabelState.VOIDED.value, reported=True)
        return [_label(row) for row in rows.order_by("intended_at", "id")[:limit]]


def _columns(label: Label) -> dict[str, Any]:
    return {
        **asdict(label),
        "state": label.state.value,
        "amount": str(label.amount),
        "contents": [[each.order_item_id, each.quantity] for each in label.contents],
    }


def _label(row: LabelRow) -> Label:
    return Label(
        id=row.id,
        order=OrderRef(row.order),
        release=ReleaseRef(row.release),
        warehouse=WarehouseId(row.warehouse),
        state=LabelState(row.state),
        carrier=row.carrier,
        service=row.service,
        service_id=row.service_id,
        offer_id=row.offer_id,
        amount=Decimal(row.amount),
        currency=row.currency,
        contents=tuple(Content(order_item_id=item, quantity=quantity) for item, quantity in row.contents),
        parcel_id=row.parcel_id,
        shipment_id=row.shipment_id,
        tracking_number=row.tracking_number,
        intended_at=row.intended_at,
        settled_at=row.settled_at,
        reported=row.reported,
    )
