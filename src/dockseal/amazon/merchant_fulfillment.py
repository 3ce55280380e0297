"""Merchant Fulfillment API v0: labels of carriers, which Amazon sells for its own orders.

Amazon fills in where a parcel goes. What it answers to createShipment, getShipment and cancelShipment shows
the buyer, so those three take a restricted data token; all that is read of it here is the label itself.
createShipment knows no idempotency key: the same call again buys another label.
"""

import base64
import binascii
import hashlib
import zlib
from dataclasses import dataclass
from decimal import Decimal

from dockseal.amazon.operations import (
    CANCEL_SHIPMENT,
    CREATE_SHIPMENT,
    GET_RATES,
    GET_SHIPMENT,
    Operation,
)
from dockseal.amazon.piece import Piece
from dockseal.amazon.session import Answer, Session, path_of
from dockseal.amazon.tokens import Resource
from dockseal.domain.identifiers import AmazonOrderId, SellerId
from dockseal.domain.label import LabelAsk, LabelFile, Rate, Sender
from dockseal.domain.secret import Secret
from dockseal.errors import AnswerUnreadable

_MEDIA_TYPES = frozenset({"application/pdf", "application/zpl", "image/png"})
_VOIDED = frozenset({"RefundPending", "RefundApplied"})
_LARGEST = 20_000_000
"""Bytes of a label, unpacked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """A label that Amazon sold."""

    shipment_id: str
    tracking_number: str


class MerchantFulfillment:
    """Buys, shows and voids labels. Every method raises the errors of `Session.call`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def rates(self, seller: SellerId, ask: LabelAsk) -> tuple[Rate, ...]:
        """Returns the services that would carry a parcel, the cheapest first (getEligibleShipmentServices).

        Raises:
            AnswerUnreadable: the answer lacks what a choice needs.
        """
        body = {"ShipmentRequestDetails": _details(ask)}
        payload = _payload(self._session.call(GET_RATES, seller, body=body), ask.order_id)
        found = [_rate(each) for each in payload.needed_pieces("ShippingServiceList")]
        return tuple(sorted(found, key=lambda rate: (rate.amount, rate.service)))

    def buy(self, seller: SellerId, ask: LabelAsk, rate: Rate, rdt: Secret) -> Bought:
        """Buys a label (createShipment).

        The label in the answer is left alone: `show` gives it as often as it is printed.

        Raises:
            OutcomeUnknown: it was sent and the answer was lost: look at the order first.
            AnswerUnreadable: it was bought, and the answer lacks what it is called.
            AmazonRefused: Amazon does not sell it.
        """
        body: dict[str, object] = {
            "ShipmentRequestDetails": _details(ask),
            "ShippingServiceId": rate.service_id,
        }
        if rate.offer_id:
            body["ShippingServiceOfferId"] = rate.offer_id
        answer = self._session.call(CREATE_SHIPMENT, seller, body=body, rdt=rdt, write=True)
        payload = _payload(answer, ask.order_id)
        return Bought(
            shipment_id=payload.needed_text("ShipmentId"), tracking_number=payload.needed_text("TrackingId")
        )

    def show(self, seller: SellerId, order_id: AmazonOrderId, shipment_id: str, rdt: Secret) -> LabelFile:
        """Returns what is printed on a label that was bought before (getShipment).

        Raises:
            AnswerUnreadable: the answer lacks the label.
        """
        answer = self._session.call(GET_SHIPMENT, seller, resource_id=shipment_id, rdt=rdt)
        return _file(_payload(answer, order_id).piece("Label").piece("FileContents"), order_id)

    def is_voided(self, seller: SellerId, order_id: AmazonOrderId, shipment_id: str, rdt: Secret) -> bool:
        """Tells whether the money of a label was asked back before (getShipment)."""
        answer = self._session.call(GET_SHIPMENT, seller, resource_id=shipment_id, rdt=rdt)
        return _payload(answer, order_id).text("Status") in _VOIDED

    def void(self, seller: SellerId, shipment_id: str, rdt: Secret) -> None:
        """Asks for the money of a label back (cancelShipment).

        Raises:
            OutcomeUnknown: it was sent and the answer was lost; look with `is_voided`, or send it again.
            AmazonRefused: Amazon does not take it back, or did before.
        """
        self._session.call(CANCEL_SHIPMENT, seller, resource_id=shipment_id, rdt=rdt, write=True)


def buying() -> Resource:
    """Returns what a restricted data token must open to buy a label."""
    return _resource(CREATE_SHIPMENT)


def showing(shipment_id: str) -> Resource:
    """Returns what a restricted data token must open to show this one label."""
    return _resource(GET_SHIPMENT, shipment_id)


def voiding(shipment_id: str) -> Resource:
    """Returns what a restricted data token must open to void this one label."""
    return _resource(CANCEL_SHIPMENT, shipment_id)


def _resource(operation: Operation, shipment_id: str = "") -> Resource:
    return Resource(method=operation.method, path=path_of(operation, resource_id=shipment_id))


def _details(ask: LabelAsk) -> dict[str, object]:
    box = ask.box
    return {
        "AmazonOrderId": ask.order_id,
        "ItemList": [
            {"OrderItemId": content.order_item_id, "Quantity": content.quantity} for content in ask.contents
        ],
        "ShipFromAddress": _address(ask.sender),
        "PackageDimensions": {
            "Length": float(box.length),
            "Width": float(box.width),
            "Height": float(box.height),
            "Unit": box.unit,
        },
        "Weight": {"Value": float(box.weight), "Unit": box.weight_unit},
        "ShippingServiceOptions": {"DeliveryExperience": ask.experience, "CarrierWillPickUp": False},
    }


def _address(sender: Sender) -> dict[str, str]:
    named = {
        "Name": sender.name,
        "AddressLine1": sender.line_1,
        "AddressLine2": sender.line_2,
        "City": sender.city,
        "StateOrProvinceCode": sender.region,
        "PostalCode": sender.postal_code,
        "CountryCode": sender.country,
        "Email": sender.email,
        "Phone": sender.phone,
    }
    return {name: text for name, text in named.items() if text}


def _payload(answer: Answer, order_id: AmazonOrderId) -> Piece:
    return Piece(whose=f"a label of order {order_id}", values=answer.json or {}).piece("payload")


def _rate(service: Piece) -> Rate:
    price = service.piece("Rate")
    return Rate(
        service_id=service.needed_text("ShippingServiceId"),
        offer_id=service.text("ShippingServiceOfferId"),
        carrier=service.needed_text("CarrierName"),
        service=service.needed_text("ShippingServiceName"),
        amount=_amount(price),
        currency=price.needed_text("CurrencyCode"),
        latest_delivery=service.instant("LatestEstimatedDeliveryDate"),
        more_is_asked=service.flag("RequiresAdditionalSellerInputs"),
    )


def _amount(price: Piece) -> Decimal:
    value = price.values.get("Amount")
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise price.fault("Amount", "a number")
    return Decimal(str(value)).quantize(Decimal("0.01"))


def _file(contents: Piece, order_id: AmazonOrderId) -> LabelFile:
    """Unpacks a label: GZIP in base64, with the MD5 of what is inside."""
    media_type, packed = contents.text("FileType"), contents.values.get("Contents")
    unpacked = _unpacked(packed) if isinstance(packed, str) and media_type in _MEDIA_TYPES else None
    if unpacked is None or not _is_whole(unpacked, contents.text("Checksum")):
        raise AnswerUnreadable(
            f"Amazon's label of order {order_id} cannot be read: print it again, or print it in Seller "
            "Central"
        )
    return LabelFile(unpacked, media_type)


def _unpacked(packed: str) -> bytes | None:
    try:
        reader = zlib.decompressobj(wbits=31)
        found = reader.decompress(base64.b64decode(packed, validate=True), _LARGEST)
    except (binascii.Error, ValueError, zlib.error):
        return None
    return found if reader.eof else None


def _is_whole(content: bytes, checksum: str) -> bool:
    if not checksum:
        return bool(content)
    # No secret hangs on it: it is Amazon's own proof that nothing was lost on the way.
    digest = hashlib.md5(content, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode() == checksum
