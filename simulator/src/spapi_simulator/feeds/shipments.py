"""What a fulfilment feed says of one parcel, read from a message or a row."""

import re
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element

from spapi_simulator.feeds.envelope import check_children, value
from spapi_simulator.feeds.flat import Row
from spapi_simulator.feeds.messages import Problem, Rejected
from spapi_simulator.front.answers import Refusal
from spapi_simulator.front.dates import parse
from spapi_simulator.world.carriers import CARRIERS

_WITHOUT_ZONE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Units of one item in a parcel; a quantity of None means all that is left of it."""

    item_id: str
    quantity: int | None
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """One parcel as it was reported.

    Attributes:
        order_id: Amazon's id; empty where the seller's own number is given instead.
        contents: What is in it; empty for all that is left of the order.
    """

    order_id: str
    merchant_order_id: str = ""
    ship_date: datetime
    carrier_code: str
    carrier_name: str
    shipping_method: str
    tracking_number: str
    supply_source_id: str
    contents: tuple[Content, ...] = ()


def from_xml(body: Element) -> Shipment:
    """Read an OrderFulfillment.

    MerchantFulfillmentID, CODCollectionMethod and ShipFromAddress may be there and make no difference here.

    Raises:
        Rejected: An element is missing, unknown, or wrong.
    """
    check_children(
        body,
        (
            "AmazonOrderID", "MerchantOrderID", "MerchantFulfillmentID", "FulfillmentDate", "FulfillmentData",
            "CODCollectionMethod", "ShipFromSupplySourceId", "ShipFromAddress",
        ),
        many=("Item",),
    )  # fmt: skip
    order_id, own = value(body, "AmazonOrderID"), value(body, "MerchantOrderID")
    if order_id and own:
        raise Rejected(Problem.INVALID_MESSAGE, "Only one of AmazonOrderID and MerchantOrderID may be given.")
    data = body.find("FulfillmentData")
    if data is None:
        raise Rejected(Problem.MISSING_FIELD, "FulfillmentData is missing.")
    check_children(data, ("CarrierCode", "CarrierName", "ShippingMethod", "ShipperTrackingNumber"))
    code, name = _carrier(value(data, "CarrierCode"), value(data, "CarrierName"))
    return Shipment(
        order_id=order_id,
        merchant_order_id=own,
        ship_date=_instant(value(body, "FulfillmentDate"), "FulfillmentDate", days=False),
        carrier_code=code,
        carrier_name=name,
        shipping_method=value(data, "ShippingMethod"),
        tracking_number=value(data, "ShipperTrackingNumber"),
        supply_source_id=value(body, "ShipFromSupplySourceId"),
        contents=tuple(_content(item) for item in body.findall("Item")),
    )


def from_row(row: Row) -> Shipment:
    """Read a row of a flat file; without an order-item-id it means everything that is left.

    Raises:
        Rejected: A field is missing or wrong.
    """
    item_id, quantity = row["order-item-id"], row["quantity"]
    if quantity and not item_id:
        raise Rejected(Problem.MISSING_FIELD, "order-item-id is missing beside a quantity.")
    code, name = _carrier(row["carrier-code"], row["carrier-name"])
    return Shipment(
        order_id=row["order-id"],
        ship_date=_instant(row["ship-date"], "ship-date", days=True),
        carrier_code=code,
        carrier_name=name,
        shipping_method=row["ship-method"],
        tracking_number=row["tracking-number"],
        supply_source_id=row["ship_from_supply_source_id"],
        contents=(Content(item_id=item_id, quantity=_quantity(quantity)),) if item_id else (),
    )


def _content(item: Element) -> Content:
    check_children(
        item,
        ("AmazonOrderItemCode", "MerchantOrderItemID", "MerchantFulfillmentItemID", "Quantity"),
        many=("TransparencyCode",),
    )
    item_id = value(item, "AmazonOrderItemCode")
    if not item_id:
        raise Rejected(Problem.MISSING_FIELD, "AmazonOrderItemCode is missing.")
    codes = tuple(filter(None, ((one.text or "").strip() for one in item.findall("TransparencyCode"))))
    return Content(item_id=item_id, quantity=_quantity(value(item, "Quantity")), codes=codes)


def _quantity(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text)):
        raise Rejected(Problem.INVALID_FIELD, "The quantity must be a positive whole number.")
    return int(text)


def _carrier(code: str, name: str) -> tuple[str, str]:
    """Return the carrier's code and name; a name alone is a carrier that Amazon has no code for."""
    if not code and not name:
        raise Rejected(Problem.MISSING_FIELD, "The carrier is missing.")
    code = code or "Other"
    if code not in CARRIERS:
        raise Rejected(Problem.UNKNOWN_CARRIER, "The carrier code is not one that Amazon knows.")
    if code == "Other" and not name:
        raise Rejected(Problem.MISSING_FIELD, "The carrier name is missing beside the code Other.")
    return code, name


def _instant(text: str, name: str, *, days: bool) -> datetime:
    """Return an instant; one without a zone is in UTC, and a day alone will do where `days` says so."""
    if not text:
        raise Rejected(Problem.MISSING_FIELD, f"{name} is missing.")
    if _WITHOUT_ZONE.fullmatch(text):
        text = f"{text}Z"
    if days or "T" in text:
        try:
            return parse(text, name)
        except Refusal as refusal:
            raise Rejected(Problem.INVALID_DATE, refusal.details) from refusal
    raise Rejected(Problem.INVALID_DATE, f"{name} must be a day and a time.")
