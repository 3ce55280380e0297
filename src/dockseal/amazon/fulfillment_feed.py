"""POST_ORDER_FULFILLMENT_DATA: the feed that tells Amazon of many packages at once (OrderFulfillment.xsd).

Each message tells of one package. Amazon numbers the packages of a feed itself; a tracking number that an
order already has edits that package. Unlike confirmShipment it takes a package without a tracking number.
The order of the elements is that of Amazon's XSD, as far as copies of it are public; TransparencyCode and
ShipFromSupplySourceId are younger than those copies.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from dockseal.amazon.confirm_shipment import ConfirmRequest
from dockseal.domain.clock import instant_text
from dockseal.domain.identifiers import AmazonOrderId

MOST_BYTES = 9 * 1024 * 1024
"""Amazon wants feeds below 10 MiB (feeds guide); what stands around the messages has room in the rest."""
_OTHER = "Other"
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot carry in any form: most control characters, and halves of characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageMessage:
    """One package of a feed."""

    number: int
    """Its `MessageID`: the processing report names it by that."""
    order_id: AmazonOrderId
    request: ConfirmRequest
    """What a call would tell Amazon. Its `reference_id` stays here: a feed carries none."""


def fulfillment_feed(merchant: str, messages: Iterable[PackageMessage]) -> bytes:
    """Writes the feed.

    Args:
        merchant: Amazon's merchant token of the seller.
        messages: At least one, each under a number of its own; together at most `MOST_BYTES` of `size`.
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
    _text(root, "MessageType", "OrderFulfillment")
    root.extend(_element(message) for message in messages)
    written: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def size(message: PackageMessage) -> int:
    """Returns how many bytes a message takes in a feed."""
    return len(tostring(_element(message), encoding="utf-8"))


def _element(message: PackageMessage) -> Element:
    request, outer = message.request, Element("Message")
    _text(outer, "MessageID", str(message.number))
    inner = SubElement(outer, "OrderFulfillment")
    _text(inner, "AmazonOrderID", message.order_id)
    _text(inner, "FulfillmentDate", instant_text(request.ship_date))
    data = SubElement(inner, "FulfillmentData")
    _text(data, "CarrierCode", request.carrier_code)
    if request.carrier_code == _OTHER:
        _text(data, "CarrierName", request.carrier_name)
    for name, text in (
        ("ShippingMethod", request.shipping_method),
        ("ShipperTrackingNumber", request.tracking_number),
    ):
        if text:
            _text(data, name, text)
    if request.paid_at_the_door:
        _text(inner, "CODCollectionMethod", "DirectPayment")
    if request.supply_source:
        _text(inner, "ShipFromSupplySourceId", request.supply_source)
    for content in request.contents:
        item = SubElement(inner, "Item")
        _text(item, "AmazonOrderItemCode", content.order_item_id)
        _text(item, "Quantity", str(content.quantity))
        for code in content.transparency_codes:
            _text(item, "TransparencyCode", code)
    return outer


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _NO_XML.sub("", text)
