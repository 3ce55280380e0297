"""How orders stand against their ship-by, and what counts for the rates that Amazon judges a seller by."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId, WarehouseId
from dockseal.domain.order import AmazonStatus, Order, OrderState

TO_CONFIRM = (
    OrderState.ACCEPTED,
    OrderState.HELD,
    OrderState.RELEASABLE,
    OrderState.RELEASED,
    OrderState.PARTLY_SHIPPED,
    OrderState.SHIPPED,
)
"""States in which Amazon does not know of everything yet, so that the ship-by instant counts."""
WAITED_FOR = (AmazonStatus.UNSHIPPED, AmazonStatus.PARTIALLY_SHIPPED, AmazonStatus.UNKNOWN)
"""What Amazon waits for: it neither waits for an unpaid order nor for one that somebody else confirmed."""


class Risk(StrEnum):
    """How an order stands against its ship-by, the least serious first."""

    ON_TRACK = "on track"
    AT_RISK = "at risk"
    """What is left of the warehouse's working time is short, or its last parcel before ship-by has left."""
    BLOCKED = "blocked"
    """A hold of its own or of a parcel, or something that asks for a person, stops it."""
    OVERDUE = "overdue"
    """Its ship-by has passed, and Amazon does not know of all its packages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the risk of an order depends on. Orders in the same situation share their risk.

    Attributes:
        seller: Whose order it is.
        warehouse: Where it goes to, or its first part; empty while it has none.
        marketplace_id: Where it was sold; its zone stands in where the warehouse told no hours.
        ship_by: Until when Amazon wants to be told of its packages; None: it names no instant.
        stopped: A hold or a sentence for a person stands on it.
        left: All its parcels have left the warehouse: Amazon alone has to be told.
    """

    seller: SellerId
    warehouse: WarehouseId
    marketplace_id: str
    ship_by: datetime | None
    stopped: bool = False
    left: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """One order that Amazon waits for."""

    ref: OrderRef
    id: AmazonOrderId
    state: OrderState
    situation: Situation
    why_stopped: str = ""
    """The sentence of its hold, or the one that asks for a person."""


def awaited(order: Order, *, parcel_held: str = "") -> Awaited | None:
    """Returns an order as Amazon waits for it; None: it does not.

    Args:
        order: The order.
        parcel_held: Why a parcel of it is held; empty: none is.
    """
    if order.state not in TO_CONFIRM or order.amazon.status not in WAITED_FOR:
        return None
    why = order.hold.sentence if order.hold else order.attention or parcel_held
    return Awaited(
        ref=order.ref,
        id=order.id,
        state=order.state,
        situation=Situation(
            seller=order.seller,
            warehouse=order.warehouse or WarehouseId(""),
            marketplace_id=order.amazon.marketplace_id,
            ship_by=order.amazon.ship_by,
            stopped=bool(why),
            left=order.state is OrderState.SHIPPED,
        ),
        why_stopped=why,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskCount:
    """How many orders of one seller at one warehouse stand so."""

    seller: SellerId
    warehouse: WarehouseId
    risk: Risk
    number: int


class Measure(StrEnum):
    """What Amazon measures of a seller who ships."""

    LATE = "late shipment"
    TRACKING = "valid tracking"
    CANCELLED = "cancellation before shipping"
    ON_TIME = "on-time delivery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What counts for one measure, over so many days, of one seller at one warehouse.

    Attributes:
        total: Everything that is measured; orders, or packages for valid tracking.
        bad: What of it is against the seller already.
        could: What of it is not, and could become so.
    """

    measure: Measure
    days: int
    seller: SellerId
    warehouse: WarehouseId
    total: int
    bad: int
    could: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerShare:
    """One predicted rate of a seller, for the metrics."""

    seller: SellerId
    rate: str
    """A name such as `late_shipment_10d`."""
    share: float
    """Between 0 and 1."""
