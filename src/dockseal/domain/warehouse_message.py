"""What a warehouse tells us, whatever protocol it speaks. None of it holds personal data."""

from dataclasses import dataclass

from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.shipment import ShipmentReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The warehouse has an order that was handed over without an answer, such as in a file."""

    release: ReleaseRef
    reference_at_warehouse: str = ""
    """Its own id of the order; empty if it gave none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LateRefusal:
    """The warehouse will not ship an order, though it seemed to have taken it."""

    release: ReleaseRef
    words: str
    """Why, as `safe_reason` left it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopReply:
    """What became of a wish that the warehouse does not ship an order."""

    release: ReleaseRef
    stopped: bool
    """False: too late, it ships or has shipped."""
    words: str = ""
    """What it said to it, as `safe_reason` left it."""


WarehouseMessage = ShipmentReport | Taken | LateRefusal | StopReply
