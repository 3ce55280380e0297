"""What ends the time personal data may be kept: an order was shipped, delivered or cancelled."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dockseal.domain.order import AmazonOrder, AmazonStatus, Order, OrderState

_DELIVERED = "DELIVERED"


class Ending(StrEnum):
    """What happened to the whole of an order."""

    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing somebody said of an order. It may come late, twice, out of order, or from a wrong clock."""

    what: Ending
    at: datetime
    """When it happened; where nobody says, an instant by which it had."""


def events_of(order: Order) -> tuple[Event, ...]:
    """Returns what is known of an order's end.

    A part of an order ends nothing: the rest still needs its address. Amazon names no instant (v2026-01-01
    `packages`), so its `lastUpdatedTime` stands for it, by which it had happened.
    """
    found = []
    if order.shipped_at is not None:
        found.append(Event(what=Ending.SHIPPED, at=order.shipped_at))
    if order.amazon.status is AmazonStatus.SHIPPED:
        found.append(Event(what=Ending.SHIPPED, at=order.amazon.updated_at))
    if _delivered(order.amazon):
        found.append(Event(what=Ending.DELIVERED, at=order.amazon.updated_at))
    if order.state is OrderState.CANCELLED:
        found.append(Event(what=Ending.CANCELLED, at=order.read_at))
    return tuple(found)


def left_by(order: Order) -> datetime | None:
    """Returns the earliest instant by which all of it was shipped or delivered; None while it was not."""
    gone = [event.at for event in events_of(order) if event.what is not Ending.CANCELLED]
    return min(gone, default=None)


def _delivered(amazon: AmazonOrder) -> bool:
    """Tells whether every parcel arrived, of an order that has no more of them to come."""
    whole = amazon.status in {AmazonStatus.SHIPPED, AmazonStatus.UNKNOWN}
    return (
        whole and bool(amazon.packages) and all(each.status == _DELIVERED for each in amazon.packages or ())
    )
