"""Orders API v2026-01-01: how an order looks to a caller, by roles and includedData."""

from datetime import datetime

from spapi_simulator.front.answers import JSON
from spapi_simulator.front.dates import millis
from spapi_simulator.front.gate import Caller
from spapi_simulator.orders.v0_shapes import customized_url, phone_shown, redacted
from spapi_simulator.orders.v2026_money import item_money, money, payment, proceeds_of
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.people import Recipient
from spapi_simulator.world.records import EASY_SHIP, UNPAID, WITH_ADDRESS, Item, OrderRecord, PackageRecord
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
            "orderAliases": [{"aliasId": order.seller_order_id, "aliasType": "SELLER_ORDER_ID"}],
            "createdTime": millis(order.created_at),
            "lastUpdatedTime": millis(order.updated_at),
            "programs": list(order.programs),
            "associatedOrders": _associated(order),
            "salesChannel": {
                "channelName": "AMAZON",
                "marketplaceId": order.marketplace.marketplace_id,
                "marketplaceName": order.marketplace.name,
            },
            "orderItems": [self._item(order, one, caller, data=data, now=now) for one in order.items],
        }
        paid = order.status not in UNPAID
        if "FULFILLMENT" in data:
            shape["fulfillment"] = _fulfillment(order)
        if "BUYER" in data and (buyer := self._buyer(order, caller, now)):
            shape["buyer"] = buyer
        if "RECIPIENT" in data and (recipient := self._recipient(order, caller, now)):
            shape["recipient"] = recipient
        if "PROCEEDS" in data and paid:
            shape["proceeds"] = {"grandTotal": money(order.total, order), "breakdowns": proceeds_of(order)}
        if "PAYMENT" in data and paid:
            shape["payment"] = payment(order)
        if "TAX" in data and paid and (tax := self._tax(order, caller, now)):
            shape["tax"] = tax
        if "PACKAGES" in data and order.fulfilled_by == "MERCHANT":
            shape["packages"] = [self._package(one) for one in order.packages]
        if "FULFILLMENT_ORDERS" in data and EASY_SHIP in order.programs:
            shape["fulfillmentOrders"] = [{"fulfillmentOrderId": f"{order.order_id}-1"}]
        return shape

    def _item(
        self, order: OrderRecord, item: Item, caller: Caller, *, data: frozenset[str], now: datetime
    ) -> JSON:
        condition = {"conditionType": "NEW", "conditionSubtype": "NEW"}
        if item.line.condition_note:
            condition["conditionNote"] = item.line.condition_note
        product: JSON = {
            "asin": item.asin,
            "title": item.title,
            "sellerSku": item.sku,
            "condition": condition,
        }
        shape: JSON = {
            "orderItemId": item.order_item_id,
            "quantityOrdered": item.quantity_ordered,
            "programs": _item_programs(item),
            "product": product,
        }
        if order.status not in UNPAID:
            product["price"] = {"unitPrice": money(item.price, order)}
            shape |= item_money(order, item, data)
            if item.line.customized and self._personal(order, caller, now) and "BUYER" in data:
                product["customization"] = {"customizedUrl": customized_url(item)}
        if "CANCELLATION" in data and (cancellation := _cancellation(item)):
            shape["cancellation"] = cancellation
        if "FULFILLMENT" in data:
            shape["fulfillment"] = self._item_fulfillment(order, item, caller, data=data, now=now)
        return shape

    def _item_fulfillment(
        self, order: OrderRecord, item: Item, caller: Caller, *, data: frozenset[str], now: datetime
    ) -> JSON:
        line = item.line
        shape: JSON = {
            "quantityFulfilled": item.quantity_shipped,
            "quantityUnfulfilled": item.quantity_ordered - item.quantity_shipped,
        }
        packing: JSON = {}
        if item.gift_message is not None and order.status not in UNPAID:
            gift: JSON = {"giftWrapLevel": "Classic"}
            open_to = self._behaviours.gift_message_needs <= data and self._personal(order, caller, now)
            if open_to and item.gift_message:
                gift["giftMessage"] = item.gift_message
            packing["giftOption"] = gift
        if line.serial_number_required:
            packing["serialNumberRequirement"] = {"requirementType": "MANDATORY"}
        if packing:
            shape["packing"] = packing
        if shipping := _item_shipping(item):
            shape["shipping"] = shipping
        return shape

    def _buyer(self, order: OrderRecord, caller: Caller, now: datetime) -> JSON:
        if order.status not in WITH_ADDRESS or redacted(order, self._behaviours, now):
            return {}
        merchant = order.fulfilled_by == "MERCHANT"
        direct = Role.DIRECT_TO_CONSUMER_SHIPPING in caller.roles
        tax = bool(TAX_ROLES & caller.roles) and order.marketplace.country not in _NO_NAME_FOR_TAX
        shape: JSON = {}
        if tax or (merchant and direct):
            shape["buyerName"] = order.recipient.buyer_name
            shape["buyerCompanyName"] = order.terms.company
            shape["buyerPurchaseOrderNumber"] = order.terms.purchase_order_number
        if merchant and direct:
            shape["buyerEmail"] = order.recipient.buyer_email
        return {key: value for key, value in shape.items() if value}

    def _recipient(self, order: OrderRecord, caller: Caller, now: datetime) -> JSON:
        if order.status not in WITH_ADDRESS:
            return {}
        person = order.recipient
        address: JSON = {
            "city": person.city,
            "stateOrRegion": person.state,
            "countryCode": person.country_code,
            "districtOrCounty": person.district or person.county,
            "municipality": person.municipality,
        }
        wishes: JSON = {}
        if self._personal(order, caller, now):
            phone = person.phone if phone_shown(order, now) else ""
            address |= _street(person) | {"phone": phone}
            wishes = {"dropOffLocation": person.drop_off, "addressInstruction": person.instructions}
        shape = {
            "deliveryAddress": {key: value for key, value in address.items() if value},
            "deliveryPreference": {key: value for key, value in wishes.items() if value},
        }
        return {key: value for key, value in shape.items() if value}

    def _personal(self, order: OrderRecord, caller: Caller, now: datetime) -> bool:
        """Say whether what the buyer wrote and where they live is shown to a caller."""
        may = Role.DIRECT_TO_CONSUMER_SHIPPING in caller.roles
        return may and not redacted(order, self._behaviours, now)

    def _tax(self, order: OrderRecord, caller: Caller, now: datetime) -> JSON:
        shape: JSON = {}
        if order.terms.company and TAX_ROLES & caller.roles and not redacted(order, self._behaviours, now):
            registration = {
                "entityType": "BUYER",
                "legalName": order.terms.company,
                "taxRegistrationType": "VAT",
                "taxRegistrationNumber": order.terms.tax_number,
            }
            shape["taxRegistrations"] = [registration]
        if order.terms.invoice_confirmation:
            status = "ACCEPTED" if order.invoice_confirmed else "NOT_FOUND"
            shape["taxInvoicing"] = {"invoiceStatus": status}
        return shape

    def _package(self, package: PackageRecord) -> JSON:
        state: JSON = {"status": package.status}
        if package.detailed_status and self._behaviours.detailed_package_status:
            state["detailedStatus"] = package.detailed_status
        shape: JSON = {
            "packageReferenceId": package.package_reference_id,
            "createdTime": millis(package.created_at),
            "packageStatus": state,
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


def _associated(order: OrderRecord) -> list[JSON]:
    if not order.terms.replaces:
        return []
    return [{"orderId": order.terms.replaces, "associationType": "REPLACEMENT_ORIGINAL_ID"}]


def _item_programs(item: Item) -> list[str]:
    programs = ["TRANSPARENCY"] if item.transparency else []
    return [*programs, *(["SUBSCRIBE_AND_SAVE"] if item.line.subscribe_and_save else [])]


def _item_shipping(item: Item) -> JSON:
    line = item.line
    shape: JSON = {}
    if line.delivery_window:
        earliest, latest = line.delivery_window
        window = {"earliestDateTime": millis(earliest), "latestDateTime": millis(latest)}
        shape["scheduledDeliveryWindow"] = window
    if line.constraints:
        shape["shippingConstraints"] = {one[0].lower() + one[1:]: "MANDATORY" for one in line.constraints}
    if line.ioss_number:
        shape["internationalShipping"] = {"iossNumber": line.ioss_number}
    return shape


def _street(person: Recipient) -> JSON:
    extended = {
        "streetName": person.street_name,
        "streetNumber": person.street_number,
        "complement": person.complement,
        "neighborhood": person.neighborhood,
    }
    kind = "PICKUP_POINT" if person.address_type == "PickupPoint" else person.address_type.upper()
    return {
        "name": person.name,
        "companyName": person.company,
        "addressLine1": person.address_line_1,
        "addressLine2": person.address_line_2,
        "addressLine3": person.address_line_3,
        "postalCode": person.postal_code,
        "addressType": kind,
        "extendedFields": {key: value for key, value in extended.items() if value},
    }


def _fulfillment(order: OrderRecord) -> JSON:
    shape: JSON = {
        "fulfillmentStatus": order.status,
        "fulfilledBy": order.fulfilled_by,
        "fulfillmentServiceLevel": order.terms.service_level,
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
        reason = item.cancel_reason or "BuyerCanceled"
        shape["cancellationExecution"] = {"cancelledBy": item.cancelled_by, "cancelReason": reason}
    return shape
