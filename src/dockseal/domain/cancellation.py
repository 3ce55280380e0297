"""A cancellation: an order, or some of its lines, that is cancelled at Amazon by its seller."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dockseal.domain.identifiers import OrderRef
from dockseal.domain.order import AmazonOrder, AmazonStatus

BEING_CANCELLED = "being_cancelled"
"""Code of the hold of an order that Amazon is asked to cancel."""
_TO_SHIP = frozenset({AmazonStatus.UNSHIPPED, AmazonStatus.PARTIALLY_SHIPPED})


class CancelReason(StrEnum):
    """Amazon's `CancelReason`s that a seller has before it ships (OrderAcknowledgement.xsd)."""

    NO_INVENTORY = "NoInventory"
    SHIPPING_ADDRESS_UNDELIVERABLE = "ShippingAddressUndeliverable"
    CUSTOMER_EXCHANGE = "CustomerExchange"
    BUYER_CANCELED = "BuyerCanceled"
    GENERAL_ADJUSTMENT = "GeneralAdjustment"
    PRICING_ERROR = "PricingError"


class CancellationState(StrEnum):
    """How far a cancellation got."""

    WANTED = "wanted"
    """No feed has it yet."""
    SENT = "sent"
    """It is in a feed, which may or may not be at Amazon yet."""
    TAKEN = "taken"
    """Amazon's processing report has no fault of it; Amazon does not show it yet."""
    DONE = "done"
    """Amazon shows it."""
    REFUSED = "refused"
    """Amazon says no; a person must look."""
    DROPPED = "dropped"
    """It is not wanted any more, and was not sent."""


OPEN = frozenset({CancellationState.WANTED, CancellationState.SENT, CancellationState.TAKEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """One wish to cancel, by its number, which is also its `MessageID` in a feed."""

    number: int = 0
    """Given when it is kept."""
    order: OrderRef
    reason: CancelReason
    items: tuple[str, ...]
    """The order item ids that are to be cancelled, each whole."""
    state: CancellationState = CancellationState.WANTED
    wanted_at: datetime
    feed: int | None = None
    """The number of the feed that has it."""
    words: str = ""
    """What Amazon said to it, when REFUSED."""
    next_try: datetime | None = None
    tries: int = 0


def wishes_cancel(amazon: AmazonOrder) -> bool:
    """Tells whether the buyer asks to cancel something that has not been shipped."""
    return amazon.status in _TO_SHIP and any(
        line.buyer_wants_cancel and line.ordered > line.shipped for line in amazon.lines
    )
