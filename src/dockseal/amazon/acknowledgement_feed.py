"""POST_ORDER_ACKNOWLEDGEMENT_DATA: the feed by which a seller cancels orders (OrderAcknowledgement.xsd).

Each message cancels the items it names, whole. There is no other way: Orders v2026-01-01 has no cancelOrder
in Amazon's models.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

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
    root = Element(
        "AmazonEnvelope",
        {
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:noNamespaceSchemaLocation": "amzn-envelope.xsd",
        },
    )
    header = SubElement(root, "Header")
    _text(header, "DocumentVersion", "1.01")
    _text(header, "MerchantIdentifier", merchant)
    _text(root, "MessageType", "OrderAcknowledgement")
    for message in messages:
        _write(root, message)
    written: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def _write(root: Element, message: CancelMessage) -> None:
    outer = SubElement(root, "Message")
    _text(outer, "MessageID", str(message.number))
    inner = SubElement(outer, "OrderAcknowledgement")
    _text(inner, "AmazonOrderID", message.order_id)
    _text(inner, "StatusCode", "Failure")
    for item_id in message.items:
        item = SubElement(inner, "Item")
        _text(item, "AmazonOrderItemCode", item_id)
        _text(item, "CancelReason", message.reason)


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text
