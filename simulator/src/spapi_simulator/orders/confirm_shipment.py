"""confirmShipment (Orders v0): one package for each packageReferenceId; the same id again edits it."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from spapi_simulator.front.answers import JSON, Refusal, Reply, refuse_access, refuse_input
from spapi_simulator.front.bodies import choice, optional_text, part, text
from spapi_simulator.front.dates import parse
from spapi_simulator.front.gate import Ask
from spapi_simulator.front.operations import Operation
from spapi_simulator.orders.finding import order_of
from spapi_simulator.orders.shipping import UNKNOWN_ITEM, Shipping
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.book import Book
from spapi_simulator.world.carriers import CARRIERS
from spapi_simulator.world.records import OrderRecord, PackageItem, PackageRecord

WRONG_TYPE = "Please check the fields with invalid type [{}]."
NOT_NUMERIC = "PackageReferenceId: is invalid, must be a positive numeric value."
_TRANSPARENCY = re.compile(r"(AZ|ZA)[0-9A-Z:]{27}|[0-9A-Z]{38}|[0-9A-Za-z]{7,20}|https://\S{1,500}")
"""The formats Amazon names: 29 characters from AZ or ZA, a 38-character SGTIN, a serial number, a QR URL."""
_POSITIVE = re.compile(r"0*[1-9][0-9]*")

OPERATIONS = (
    Operation(
        "confirmShipment", "POST", "/orders/v0/orders/{orderId}/shipmentConfirmation", 2, 10, api="ordersV0",
        honours=("orderId", "marketplaceId", "packageDetail", "codCollectionMethod"),
    ),
)  # fmt: skip


class ConfirmShipment:
    """Answers confirmShipment."""

    def __init__(self, book: Book, shipping: Shipping, behaviours: Behaviours) -> None:
        self._book = book
        self._shipping = shipping
        self._behaviours = behaviours

    def handlers(self) -> Mapping[str, Callable[[Ask], Reply]]:
        """Return what answers each operation."""
        return {"confirmShipment": self.confirm}

    def confirm(self, ask: Ask) -> Reply:
        """Create or edit one package; 204 without a body."""
        order = order_of(ask, self._book)
        body = ask.json()
        marketplace_id = text(body, "marketplaceId")
        ask.caller.check_marketplaces([marketplace_id])
        if marketplace_id != order.marketplace.marketplace_id:
            raise refuse_access()
        _check_collection(body, order)
        package = self._package(part(body, "packageDetail"), order, ask.now)
        self._shipping.check(order, package)
        self._shipping.put(order, package, shown_after=ask.shown_after)
        return Reply(status=204)

    def _package(self, detail: JSON, order: OrderRecord, now: datetime) -> PackageRecord:
        carrier_code, carrier_name = text(detail, "carrierCode"), optional_text(detail, "carrierName")
        if carrier_code == "Other" and not carrier_name:
            raise refuse_input("carrierName is required when carrierCode is Other.")
        if self._behaviours.refuse_unknown_carrier and carrier_code not in CARRIERS:
            raise refuse_input("carrierCode is not a carrier that Amazon knows.")
        return PackageRecord(
            package_reference_id=_reference(detail),
            carrier_code=carrier_code,
            carrier_name=carrier_name,
            shipping_method=optional_text(detail, "shippingMethod"),
            tracking_number=text(detail, "trackingNumber"),
            ship_date=self._ship_date(detail, order, now),
            items=_items(detail),
            created_at=now,
            supply_source_id=optional_text(detail, "shipFromSupplySourceId"),
        )

    def _ship_date(self, detail: JSON, order: OrderRecord, now: datetime) -> datetime:
        ship_date = parse(detail.get("shipDate"), "shipDate")
        if self._behaviours.refuse_future_ship_date and ship_date > now:
            raise refuse_input("shipDate lies in the future.")
        if self._behaviours.refuse_ship_date_before_purchase and ship_date < order.created_at:
            raise refuse_input("shipDate lies before the purchase date.")
        return ship_date


def _reference(detail: JSON) -> str:
    given = detail.get("packageReferenceId")
    if isinstance(given, int | float) and not isinstance(given, bool):
        raise _refuse(WRONG_TYPE.format("packageDetail.packageReferenceId"))
    if not isinstance(given, str) or not _POSITIVE.fullmatch(given):
        raise _refuse(NOT_NUMERIC)
    return given


def _items(detail: JSON) -> tuple[PackageItem, ...]:
    given = detail.get("orderItems")
    if not isinstance(given, list) or not given:
        raise _refuse(UNKNOWN_ITEM)
    return tuple(_item(one) for one in given)


def _item(given: object) -> PackageItem:
    if not isinstance(given, dict):
        raise _refuse(UNKNOWN_ITEM)
    item_id, quantity, codes = (
        given.get("orderItemId"),
        given.get("quantity"),
        given.get("transparencyCodes", []),
    )
    if not isinstance(item_id, str):
        raise _refuse(UNKNOWN_ITEM)
    if not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 1:
        raise refuse_input("quantity must be a positive whole number.")
    if not isinstance(codes, list):
        raise _refuse(WRONG_TYPE.format("packageDetail.orderItems.transparencyCodes"))
    if any(not isinstance(code, str) or not _TRANSPARENCY.fullmatch(code) for code in codes):
        raise _refuse("TransparencyCodes are invalid, one of them is not in a known format.")
    return PackageItem(order_item_id=item_id, quantity=quantity, transparency_codes=tuple(codes))


def _check_collection(body: JSON, order: OrderRecord) -> None:
    if body.get("codCollectionMethod") is None:
        return
    choice(body, "codCollectionMethod", ("DirectPayment",))
    if order.marketplace.country != "JP":
        raise refuse_input("codCollectionMethod is only for orders of Japan.")


def _refuse(message: str) -> Refusal:
    return refuse_input(message=message)
