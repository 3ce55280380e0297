"""POST_ORDER_ACKNOWLEDGEMENT_DATA: the feed by which a seller cancels orders (OrderAcknowledgement.xsd).

Each message cancels the items it names, whole. There is no other way: Orders v2026-01-01 has no cancelOrder
in Amazon's models.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from dockseal.amazon.feed_envelope import envelope, put, written
from dockseal.domain.identifiers import AmazonOrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelMessage:
    """The cancellation of one order, or of lines of it."""

    number: int
    """Its `MessageID`: the processing report names it by that."""
    order_id: AmazonOrderId
    items: tuple[str, ...]
    """Order item ids."""
    reason: str
    """Amazon's `CancelReason`."""


def acknowledgement_feed(merchant: str, messages: Iterable[CancelMessage]) -> bytes:
    """Writes the feed.

    Args:
        merchant: Amazon's merchant token of the seller.
        messages: At least one, each under a number of its own.
    """
    root = envelope(merchant, "OrderAcknowledgement")
    for message in messages:
        _write(root, message)
    return written(root)


def _write(root: Element, message: CancelMessage) -> None:
    outer = SubElement(root, "Message")
    put(outer, "MessageID", str(message.number))
    inner = SubElement(outer, "OrderAcknowledgement")
    put(inner, "AmazonOrderID", message.order_id)
    put(inner, "StatusCode", "Failure")
    for item_id in message.items:
        item = SubElement(inner, "Item")
        put(item, "AmazonOrderItemCode", item_id)
        put(item, "CancelReason", message.reason)
