"""POST_ORDER_FULFILLMENT_DATA: the feed that tells Amazon of many packages at once (OrderFulfillment.xsd).

Each message tells of one package. Amazon numbers the packages of a feed itself; a tracking number that an
order already has edits that package. Unlike confirmShipment it takes a package without a tracking number.
The order of the elements is that of Amazon's XSD, as far as copies of it are public; TransparencyCode and
ShipFromSupplySourceId are younger than those copies.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from dockseal.amazon.confirm_shipment import ConfirmRequest
from dockseal.amazon.feed_envelope import envelope, put, written
from dockseal.domain.carrier import OTHER
from dockseal.domain.clock import instant_text
from dockseal.domain.identifiers import AmazonOrderId

MOST_BYTES = 9 * 1024 * 1024
"""Amazon wants feeds below 10 MiB (feeds guide); what stands around the messages has room in the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageMessage:
    """One package of a feed."""

    number: int
    """Its `MessageID`: the processing report names it by that."""
    order_id: AmazonOrderId
    request: ConfirmRequest
    """What a call would tell Amazon. Its `reference` stays here: a feed carries none."""


def fulfillment_feed(merchant: str, messages: Iterable[PackageMessage]) -> bytes:
    """Writes the feed.

    Args:
        merchant: Amazon's merchant token of the seller.
        messages: At least one, each under a number of its own; together at most `MOST_BYTES` of `size`.
    """
    root = envelope(merchant, "OrderFulfillment")
    root.extend(_element(message) for message in messages)
    return written(root)


def size(message: PackageMessage) -> int:
    """Returns how many bytes a message takes in a feed."""
    return len(tostring(_element(message), encoding="utf-8"))


def _element(message: PackageMessage) -> Element:
    request, outer = message.request, Element("Message")
    put(outer, "MessageID", str(message.number))
    inner = SubElement(outer, "OrderFulfillment")
    put(inner, "AmazonOrderID", message.order_id)
    put(inner, "FulfillmentDate", instant_text(request.ship_date))
    data = SubElement(inner, "FulfillmentData")
    put(data, "CarrierCode", request.carrier_code)
    if request.carrier_code == OTHER:
        put(data, "CarrierName", request.carrier_name)
    for name, text in (
        ("ShippingMethod", request.shipping_method),
        ("ShipperTrackingNumber", request.tracking_number),
    ):
        if text:
            put(data, name, text)
    if request.paid_at_the_door:
        put(inner, "CODCollectionMethod", "DirectPayment")
    if request.supply_source:
        put(inner, "ShipFromSupplySourceId", request.supply_source)
    for content in request.contents:
        item = SubElement(inner, "Item")
        put(item, "AmazonOrderItemCode", content.order_item_id)
        put(item, "Quantity", str(content.quantity))
        for code in content.transparency_codes:
            put(item, "TransparencyCode", code)
    return outer
