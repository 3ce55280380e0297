"""What a newer reading of an order means for it: pure, one answer per state."""

from dataclasses import dataclass

from dockseal.domain.order import AmazonOrder, AmazonStatus, Order, OrderState
from dockseal.monitoring_audit.tags import Tag

_AT_THE_WAREHOUSE = frozenset({OrderState.RELEASED, OrderState.PARTLY_SHIPPED})
_NOT_RELEASED = frozenset({OrderState.ACCEPTED, OrderState.HELD, OrderState.RELEASABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What to do with an order besides keeping the reading."""

    to: OrderState | None = None
    """The state to move to; None: it stays."""
    tag: Tag | None = None
    """What the audit trail is told of the move."""
    revised: bool = False
    """What a warehouse was or will be told has changed."""
    attention: str = ""
    """A sentence for a person; empty leaves the one there is."""


def change_of(order: Order, reading: AmazonOrder) -> Change:
    """Decides what a reading that is not older than the last one does to an order."""
    if reading.status is AmazonStatus.CANCELLED:
        return _cancelled(order)
    if order.state in _NOT_RELEASED:
        return _before_release(order, reading)
    if order.state in _AT_THE_WAREHOUSE:
        return _at_the_warehouse(order, reading)
    return Change()


def _cancelled(order: Order) -> Change:
    if order.state in _NOT_RELEASED:
        return Change(to=OrderState.CANCELLED, tag=Tag.ORDER_LIFE_CANCELLED)
    if order.state in _AT_THE_WAREHOUSE:
        return Change(
            to=OrderState.CANCELLED,
            tag=Tag.ORDER_LIFE_CANCELLED,
            attention="Amazon cancelled it after the warehouse had it: tell the warehouse not to ship it.",
        )
    if order.state in {OrderState.CANCELLED, OrderState.SHREDDED}:
        return Change()
    return Change(
        attention="Amazon shows it cancelled although it was shipped: look at it in Seller Central."
    )


def _before_release(order: Order, reading: AmazonOrder) -> Change:
    revised = _what_to_ship(order.amazon) != _what_to_ship(reading)
    if order.state is OrderState.HELD:
        # Its cause may be gone: it is examined again.
        return Change(to=OrderState.ACCEPTED, tag=Tag.ORDER_LIFE_UNHELD, revised=revised)
    return Change(revised=revised)


def _at_the_warehouse(order: Order, reading: AmazonOrder) -> Change:
    if reading.buyer_wants_cancel and not order.amazon.buyer_wants_cancel:
        return Change(
            attention="The buyer asks to cancel: ask the warehouse to stop it, or ship it and tell the buyer."
        )
    if _what_to_ship(order.amazon) != _what_to_ship(reading):
        return Change(
            revised=True,
            attention="Amazon changed its items after the release: tell the warehouse what to ship.",
        )
    if reading.status is AmazonStatus.SHIPPED and order.state is OrderState.RELEASED:
        return Change(
            attention="Amazon shows it shipped, and no parcel was reported here: ask who confirmed it."
        )
    return Change()


def _what_to_ship(reading: AmazonOrder) -> frozenset[tuple[str, str, int]]:
    return frozenset((line.order_item_id, line.sku, line.ordered) for line in reading.lines)
