"""confirmShipment (Orders API v0): tells Amazon of one package. There is no successor in v2026-01-01."""

from dataclasses import dataclass
from datetime import datetime

from dockseal.amazon.operations import CONFIRM_SHIPMENT
from dockseal.amazon.session import Session
from dockseal.domain.clock import instant_text
from dockseal.domain.identifiers import AmazonOrderId, SellerId
from dockseal.domain.shipment import Content


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmRequest:
    """One package, in Amazon's words."""

    marketplace_id: str
    reference: str
    """Digits, counted from 1 inside the order. A new one is a new package; the same one again edits it."""
    carrier_code: str
    carrier_name: str = ""
    """Only with the carrier code `Other`."""
    shipping_method: str = ""
    tracking_number: str
    ship_date: datetime
    contents: tuple[Content, ...]
    supply_source: str = ""
    """Amazon's id of the place it was shipped from; empty: Amazon's default."""
    paid_at_the_door: bool = False
    """The carrier collects the money (Japan alone)."""


def confirm(session: Session, seller: SellerId, order_id: AmazonOrderId, *, request: ConfirmRequest) -> None:
    """Tells Amazon of one package.

    Raises:
        OutcomeUnknown: it was sent and the answer was lost; read Amazon back before sending it again.
        AmazonRefused: Amazon does not take it.
    """
    session.call(CONFIRM_SHIPMENT, seller, order_id=order_id, body=body_of(request), write=True)


def body_of(request: ConfirmRequest) -> dict[str, object]:
    """Writes the request body; the reference is a text, since Amazon refuses a JSON number (2026-01)."""
    package: dict[str, object] = {
        "packageReferenceId": request.reference,
        "carrierCode": request.carrier_code,
        "trackingNumber": request.tracking_number,
        "shipDate": instant_text(request.ship_date),
        "orderItems": [_item(content) for content in request.contents],
    }
    if request.carrier_name:
        package["carrierName"] = request.carrier_name
    if request.shipping_method:
        package["shippingMethod"] = request.shipping_method
    if request.supply_source:
        package["shipFromSupplySourceId"] = request.supply_source
    collection = {"codCollectionMethod": "DirectPayment"} if request.paid_at_the_door else {}
    return {"marketplaceId": request.marketplace_id, **collection, "packageDetail": package}


def _item(content: Content) -> dict[str, object]:
    item: dict[str, object] = {"orderItemId": content.order_item_id, "quantity": content.quantity}
    if content.transparency_codes:
        item["transparencyCodes"] = list(content.transparency_codes)
    return item
