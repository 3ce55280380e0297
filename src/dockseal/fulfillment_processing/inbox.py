"""Takes in whatever warehouses tell, in one place for every protocol."""

from dataclasses import dataclass

from dockseal.domain.access import Actor
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.shipment import Package, ShipmentReport
from dockseal.domain.warehouse_message import WarehouseMessage
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.tracking import Tracking


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """Leads each message to what takes it in. The same message twice changes nothing."""

    tracking: Tracking

    def take(
        self, warehouse: WarehouseId, message: WarehouseMessage, *, actor: Actor | None = None
    ) -> Package | None:
        """Takes one message in; returns the package that a shipment report made.

        Args:
            warehouse: Who tells.
            message: What it tells.
            actor: Who brings it; the warehouse itself if left out.

        Raises:
            BadInput: it cannot be used; the sentence says what to do.
            MoveRefused: another message of the same order was taken in at the same moment; take it again.
        """
        if isinstance(message, ShipmentReport):
            return self.tracking.report(message, actor=actor)
        raise BadInput(
            f"warehouse {warehouse} tells of release {message.release}, and nothing takes it in yet"
        )
