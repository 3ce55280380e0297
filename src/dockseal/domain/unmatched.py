"""What a warehouse told that fits nothing we know: kept until it fits, or a person has seen to it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.shipment import ShipmentReport
from dockseal.domain.warehouse_message import LateRefusal, StopReply, Taken, WarehouseMessage


class UnmatchedState(StrEnum):
    """What became of it."""

    OPEN = "open"
    """Somebody must see to it."""
    MATCHED = "matched"
    """It was taken in after all."""
    DISMISSED = "dismissed"
    """A person saw that nothing is to be done with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """One message that could not be used, or one part of a delivery that could not be read."""

    number: int = 0
    """Names it to people; 0 before it is kept."""
    warehouse: WarehouseId
    received_at: datetime
    message: WarehouseMessage | None
    """None: it could not be read."""
    delivery: str = ""
    """In what it came, such as a file, by its name at the far side; empty if that is not known."""
    reason: str
    """A sentence that says why it is not used, and what to do."""
    waits: bool = False
    """It may fit by itself, once what it names is here."""
    state: UnmatchedState = UnmatchedState.OPEN
    settled_by: str = ""
    """Who matched or dismissed it, as the audit trail names them."""
    settled_at: datetime | None = None

    @property
    def kind(self) -> str:
        """Returns what it is, in a word or two."""
        return kind_of(self.message)


def kind_of(message: WarehouseMessage | None) -> str:
    """Returns what a message is, in a word or two."""
    match message:
        case ShipmentReport():
            return "parcel"
        case Taken():
            return "taken"
        case LateRefusal():
            return "refusal"
        case StopReply():
            return "stop"
        case None:
            return "unreadable"
