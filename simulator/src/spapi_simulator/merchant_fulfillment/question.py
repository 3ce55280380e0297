"""What a seller wants to ship (ShipmentRequestDetails): read from a request, checked against its order."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from spapi_simulator.front.answers import JSON, Refusal, refuse_input
from spapi_simulator.front.bodies import flag, optional_part, part, parts, texts, whole
from spapi_simulator.front.dates import parse
from spapi_simulator.merchant_fulfillment import addresses, inputs
from spapi_simulator.merchant_fulfillment.addresses import Address
from spapi_simulator.merchant_fulfillment.packaging import Box, read_box, read_grams
from spapi_simulator.merchant_fulfillment.services import DEFAULT, EXPERIENCES, LABEL_FORMATS, currency_of
from spapi_simulator.merchant_fulfillment.wording import choice_of, decimal_of, member, refuse_value, text_of
from spapi_simulator.orders.finding import ORDER_ID
from spapi_simulator.orders.shipping import UNKNOWN_ITEM
from spapi_simulator.world.book import Book
from spapi_simulator.world.records import EASY_SHIP, STORE_PICKUP, OrderRecord, PackageItem

DETAILS = "shipmentRequestDetails"
PICKUP_OPTIONS = ("CarrierWillPickUp", "ShipperWillDropOff", "NoPreference")
_CUSTOM_TEXT = 14
_CURRENCY = re.compile(r"[A-Z]{3}")
_STALE, _AHEAD = timedelta(days=1), timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the carrier is to do (ShippingServiceOptions and LabelCustomization).

    Attributes:
        declared: What the goods are worth to the seller, in the currency of the country it is sent from.
        label_format: `ShippingServiceDefault` for whatever the carrier prints by itself.
        standard_id: Whether the order id is printed on the label.
    """

    experience: str
    pickup: bool
    declared: Decimal | None
    label_format: str = DEFAULT
    custom_text: str = ""
    standard_id: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A parcel that somebody wants carried.

    Attributes:
        measures, weight: As they were given, for the answer.
        inputs: What customs were told of each item (ItemLevelSellerInputsList), by OrderItemId.
        hazmat: Whether anything in it is dangerous.
    """

    order_id: str
    seller_order_id: str
    items: tuple[PackageItem, ...]
    inputs: Mapping[str, Mapping[str, str]]
    sender: Address
    box: Box
    grams: Decimal
    measures: JSON
    weight: JSON
    ship_date: datetime | None
    must_arrive: datetime | None
    wishes: Wishes
    hazmat: bool

    @property
    def bound(self) -> tuple[object, ...]:
        """What an offer is an answer to; the label may still be wished for differently."""
        wishes = (self.wishes.experience, self.wishes.pickup, self.wishes.declared)
        contents = tuple((one.order_item_id, one.quantity) for one in self.items)
        dates = (self.ship_date, self.must_arrive)
        return (self.order_id, contents, self.sender, self.box, self.grams, *dates, *wishes)


def read(details: JSON, now: datetime) -> Question:
    """Return what a request wants to ship.

    Raises:
        Refusal: 400 that names what is missing or out of bounds.
    """
    order_id = text_of(details, "AmazonOrderId", DETAILS)
    listed = parts(details, "ItemList")
    sender = addresses.read(part(details, "ShipFromAddress"), member(DETAILS, "ShipFromAddress"))
    measures, weight = part(details, "PackageDimensions"), part(details, "Weight")
    return Question(
        order_id=order_id,
        seller_order_id=text_of(details, "SellerOrderId", DETAILS, longest=64, required=False),
        items=tuple(_item(one) for one in listed),
        inputs={
            str(one.get("OrderItemId")): inputs.read(one.get("ItemLevelSellerInputsList")) for one in listed
        },
        sender=sender,
        box=read_box(measures),
        grams=read_grams(weight),
        measures=_measures(measures),
        weight={name: weight[name] for name in ("Value", "Unit")},
        ship_date=_ship_date(details, now),
        must_arrive=_instant(details, "MustArriveByDate"),
        wishes=_wishes(details, sender.country),
        hazmat=any(flag(one, "IsHazmat") for one in listed),
    )


def order_of(order_id: str, seller_id: str, book: Book) -> OrderRecord:
    """Return the order that a request names.

    Raises:
        Refusal: 400 for an id that is not in 3-7-7 format, or one that this seller does not have.
    """
    if not ORDER_ID.fullmatch(order_id):
        raise refuse_value(order_id, f"{DETAILS}.amazonOrderId", r"satisfy pattern: \d{3}-\d{7}-\d{7}")
    order = book.find(order_id)
    if order is None or order.seller_id != seller_id:
        raise refuse_input(message=f"Order {order_id} was not found for this seller.")
    return order


def check_against(order: OrderRecord, question: Question) -> None:
    """Refuse a parcel that its order cannot have.

    Raises:
        Refusal: 400 for an order that is not to be shipped by its seller now, for items that are not its
            own, and for more of them than are left.
    """
    if order.fulfilled_by != "MERCHANT" or {EASY_SHIP, STORE_PICKUP} & set(order.programs):
        raise _refuse("Shipping cannot be purchased for an order that the merchant does not ship.")
    if order.status not in {"UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED"}:
        raise _refuse(f"Shipping cannot be purchased for an order in status {order.v0_status}.")
    if not order.unshipped_count:
        raise _refuse("Shipping cannot be purchased: every item of the order is shipped already.")
    wanted: dict[str, int] = {}
    for content in question.items:
        wanted[content.order_item_id] = wanted.get(content.order_item_id, 0) + content.quantity
    for item_id, quantity in wanted.items():
        item = order.item(item_id)
        if item is None:
            raise _refuse(UNKNOWN_ITEM)
        if quantity > item.quantity_ordered - item.quantity_shipped:
            raise _refuse(f"The quantity of item {item_id} is greater than what is left to ship.")


def _measures(given: JSON) -> JSON:
    """Return what was read of the measures: the name of a box, or its sides."""
    name = "PredefinedPackageDimensions"
    return {
        one: given[one] for one in ((name,) if given.get(name) else ("Length", "Width", "Height", "Unit"))
    }


def _item(given: JSON) -> PackageItem:
    if given.get("ItemWeight") is not None:
        read_grams(part(given, "ItemWeight"), f"{DETAILS}.itemList.itemWeight")
    return PackageItem(
        order_item_id=text_of(given, "OrderItemId", f"{DETAILS}.itemList"),
        quantity=whole(given, "Quantity"),
        transparency_codes=tuple(texts(given, "TransparencyCodeList")),
    )


def _wishes(details: JSON, country: str) -> Wishes:
    options, where = part(details, "ShippingServiceOptions"), f"{DETAILS}.shippingServiceOptions"
    custom = optional_part(details, "LabelCustomization")
    standard = custom.get("StandardIdForLabel") is not None
    if standard:
        choice_of(custom, "StandardIdForLabel", f"{DETAILS}.labelCustomization", ("AmazonOrderId",))
    return Wishes(
        experience=choice_of(options, "DeliveryExperience", where, EXPERIENCES),
        pickup=_pickup(options, where),
        declared=_declared(options, where, country),
        label_format=choice_of(options, "LabelFormat", where, LABEL_FORMATS, default=DEFAULT),
        custom_text=text_of(
            custom,
            "CustomTextForLabel",
            f"{DETAILS}.labelCustomization",
            longest=_CUSTOM_TEXT,
            required=False,
        ),
        standard_id=standard,
    )


def _pickup(options: JSON, where: str) -> bool:
    if options.get("CarrierWillPickUp") is None:
        raise refuse_value(None, member(where, "CarrierWillPickUp"), "not be null")
    plain = flag(options, "CarrierWillPickUp")
    chosen = choice_of(options, "CarrierWillPickUpOption", where, PICKUP_OPTIONS, default="NoPreference")
    return plain if chosen == "NoPreference" else chosen == "CarrierWillPickUp"


def _declared(options: JSON, where: str, country: str) -> Decimal | None:
    if options.get("DeclaredValue") is None:
        return None
    given, path = part(options, "DeclaredValue"), member(where, "DeclaredValue")
    currency = text_of(given, "CurrencyCode", path, longest=3)
    if not _CURRENCY.fullmatch(currency):
        raise refuse_value(currency, f"{path}.currencyCode", "satisfy regular expression pattern: [A-Z]{3}")
    if currency != currency_of(country):
        raise _refuse(f"DeclaredValue must be in {currency_of(country)}, the currency of ShipFromAddress.")
    return decimal_of(given, "Amount", path, least="0", most="100000000")


def _ship_date(details: JSON, now: datetime) -> datetime | None:
    given = _instant(details, "ShipDate")
    if given is not None and given < now - _STALE:
        raise _refuse("ShipDate lies in the past.")
    if given is not None and given > now + _AHEAD:
        raise _refuse(f"ShipDate lies more than {_AHEAD.days} days ahead.")
    return given


def _instant(details: JSON, name: str) -> datetime | None:
    return None if details.get(name) is None else parse(details[name], name)


def _refuse(message: str) -> Refusal:
    return refuse_input(message=message)
