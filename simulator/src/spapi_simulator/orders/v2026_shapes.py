"""Orders API v2026-01-01: how an order looks to a caller, by roles and includedData."""

from datetime import datetime
from decimal import Decimal

from spapi_simulator.front.answers import JSON
from spapi_simulator.front.dates import millis
from spapi_simulator.front.gate import Caller
from spapi_simulator.orders.v0_shapes import amount_text, phone_shown, redacted
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.records import UNPAID, WITH_ADDRESS, Item, OrderRecord, PackageRecord
from spapi_simulator.world.roles import TAX_ROLES, Role

# In these countries tax roles may not read the buyer's name (SP-API, "Access orders PII").
_NO_NAME_FOR_TAX = frozenset({"US", "JP", "SG"})


class Shapes:
    """Builds the shapes of orders_2026-01-01. A missing role leaves fields out; it is never a 403."""

    def __init__(self, behaviours: Behaviours) -> None:
        self._behaviours = behaviours

    def order(self, order: OrderRecord, caller: Caller, *, data: frozenset[str], now: datetime) -> JSON:
        """Return an `Order`. Without FULFILLMENT it has no status at all."""
        shape: JSON = {
            "orderId": order.order_id,
            "orderAliases": [{"aliasId": order.order_id, "aliasType": "SELLER_ORDER_ID"}],
            "createdTime": millis(order.created_at),
            "lastUpdatedTime": millis(order.updated_at),
            "programs": list(order.programs),
            "associatedOrders": [],
            "salesChannel": {
                "channelName": "AMAZON",
                "marketplaceId": order.marketplace.marketplace_id,
                "marketplaceName": order.marketplace.name,
            },
            "orderItems": [self._item(order, one, caller, data=data, now=now) for one in order.items],
        }
        if "FULFILLMENT" in data:
            shape["fulfillment"] = _fulfillment(order)
        if "BUYER" in data and (buyer := self._buyer(order, caller, now)):
            shape["buyer"] = buyer
        if "RECIPIENT" in data and (address := self._address(order, caller, now)):
            shape["recipient"] = {"deliveryAddress": address}
        if "PROCEEDS" in data and order.status not in UNPAID:
            shape["proceeds"] = {"grandTotal": _money(order.total, order)}
        if "PACKAGES" in data and order.fulfilled_by == "MERCHANT":
            shape["packages"] = [_package(one) for one in order.packages]
        return shape

    def _item(
        self, order: OrderRecord, item: Item, caller: Caller, *, data: frozenset[str], now: datetime
    ) -> JSON:
        product: JSON = {
            "asin": item.asin,
            "title": item.title,
            "sellerSku": item.sku,
            "condition": {"conditionType": "NEW", "conditionSubtype": "NEW"},
        }
        shape: JSON = {
            "orderItemId": item.order_item_id,
            "quantityOrdered": item.quantity_ordered,
            "programs": ["TRANSPARENCY"] if item.transparency else [],
            "product": product,
        }
        if order.status not in UNPAID:
            product["price"] = {"unitPrice": _money(item.price, order)}
            if "PROCEEDS" in data:
                total = _money(item.price * item.quantity_ordered, order)
                shape["proceeds"] = {
                    "proceedsTotal": total,
                    "breakdowns": [{"type": "ITEM", "subtotal": total}],
                }
        if "CANCELLATION" in data and (cancellation := _cancellation(item)):
            shape["cancellation"] = cancellation
        if "FULFILLMENT" in data:
            shape["fulfillment"] = self._item_fulfillment(order, item, caller, data=data, now=now)
        return shape

    def _item_fulfillment(
        self, order: OrderRecord, item: Item, caller: Caller, *, data: frozenset[str], now: datetime
    ) -> JSON:
        shape: JSON = {
            "quantityFulfilled": item.quantity_shipped,
            "quantityUnfulfilled": item.quantity_ordered - item.quantity_shipped,
        }
        if item.gift_message is not None and order.status not in UNPAID:
            gift: JSON = {"giftWrapLevel": "Classic"}
            if (
                self._behaviours.gift_message_needs <= data
                and Role.DIRECT_TO_CONSUMER_SHIPPING in caller.roles
                and not redacted(order, self._behaviours, now)
            ):
                gift["giftMessage"] = item.gift_message
            shape["packing"] = {"giftOption": gift}
        return shape

    def _buyer(self, order: OrderRecord, caller: Caller, now: datetime) -> JSON:
        if order.status not in WITH_ADDRESS or redacted(order, self._behaviours, now):
            return {}
        merchant = order.fulfilled_by == "MERCHANT"
        direct = Role.DIRECT_TO_CONSUMER_SHIPPING in caller.roles
        tax = bool(TAX_ROLES & caller.roles) and order.marketplace.country not in _NO_NAME_FOR_TAX
        shape: JSON = {}
        if order.recipient.buyer_name and (tax or (merchant and direct)):
            shape["buyerName"] = order.recipient.buyer_name
        if order.recipient.buyer_email and merchant and direct:
            shape["buyerEmail"] = order.recipient.buyer_email
        return shape

    def _address(self, order: OrderRecord, caller: Caller, now: datetime) -> JSON:
        if order.status not in WITH_ADDRESS:
            return {}
        person = order.recipient
        shape = {
            "city": person.city,
            "stateOrRegion": person.state,
            "countryCode": person.country_code,
            "districtOrCounty": person.district or person.county,
        }
        if Role.DIRECT_TO_CONSUMER_SHIPPING in caller.roles and not redacted(order, self._behaviours, now):
            shape |= {
                "name": person.name,
                "companyName": person.company,
                "addressLine1": person.address_line_1,
                "addressLine2": person.address_line_2,
                "addressLine3": person.address_line_3,
                "postalCode": person.postal_code,
                "phone": person.phone if phone_shown(order, now) else "",
                "addressType": person.address_type.upper(),
            }
        return {key: value for key, value in shape.items() if value}


def _fulfillment(order: OrderRecord) -> JSON:
    shape: JSON = {
        "fulfillmentStatus": order.status,
        "fulfilledBy": order.fulfilled_by,
        "fulfillmentServiceLevel": "STANDARD",
        "shipByWindow": {
            "earliestDateTime": millis(order.earliest_ship),
            "latestDateTime": millis(order.ship_by),
        },
    }
    if order.status in WITH_ADDRESS:
        shape["deliverByWindow"] = {
            "earliestDateTime": millis(order.earliest_delivery),
            "latestDateTime": millis(order.latest_delivery),
        }
    return shape


def _cancellation(item: Item) -> JSON:
    shape: JSON = {}
    if item.cancel_requested:
        shape["cancellationRequest"] = {"requester": "BUYER", "cancelReason": "Buyer requested cancel"}
    if item.cancelled_by:
        shape["cancellationExecution"] = {"cancelledBy": item.cancelled_by, "cancelReason": "BuyerCanceled"}
    return shape


def _package(package: PackageRecord) -> JSON:
    shape: JSON = {
        "packageReferenceId": package.package_reference_id,
        "createdTime": millis(package.created_at),
        "packageStatus": {"status": "SHIPPED"},
        "carrier": package.carrier_name if package.carrier_code == "Other" else package.carrier_code,
        "shipTime": millis(package.ship_date),
        "trackingNumber": package.tracking_number,
        "packageItems": [
            {
                "orderItemId": one.order_item_id,
                "quantity": one.quantity,
                **({"transparencyCodes": list(one.transparency_codes)} if one.transparency_codes else {}),
            }
            for one in package.items
        ],
    }
    if package.shipping_method:
        shape["shippingService"] = package.shipping_method
    return shape


def _money(amount: Decimal, order: OrderRecord) -> JSON:
    return {"amount": amount_text(amount, order), "currencyCode": order.marketplace.currency}
