"""Orders API v0: how an order looks to a caller, with and without the personal data an RDT opens."""

from datetime import datetime, timedelta
from decimal import Decimal

from spapi_simulator.front.answers import JSON
from spapi_simulator.front.dates import seconds
from spapi_simulator.front.gate import Caller
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.people import Recipient
from spapi_simulator.world.records import EASY_SHIP, SHIP_PLUS, UNPAID, WITH_ADDRESS, Item, OrderRecord

EASY_SHIP_STATUSES = (
    "PendingSchedule", "PendingPickUp", "PendingDropOff", "LabelCanceled", "PickedUp", "DroppedOff",
    "AtOriginFC", "AtDestinationFC", "Delivered", "RejectedByBuyer", "Undeliverable", "ReturningToSeller",
    "ReturnedToSeller", "Lost", "OutForDelivery", "Damaged",
)  # fmt: skip
_LEVELS = {
    "EXPEDITED": ("Expedited", "Expedited"),
    "FREE_ECONOMY": ("FreeEconomy", "Free Economy"),
    "NEXT_DAY": ("NextDay", "Next Day"),
    "PRIORITY": ("Priority", "Priority"),
    "SAME_DAY": ("SameDay", "Same Day"),
    "SECOND_DAY": ("SecondDay", "Second Day"),
    "SCHEDULED": ("Scheduled", "Scheduled"),
    "STANDARD": ("Standard", "Std Standard"),
}
"""By v2026-01-01 spelling: (ShipmentServiceLevelCategory, ShipServiceLevel)."""


class Shapes:
    """Builds the v0 shapes of ordersV0."""

    def __init__(self, behaviours: Behaviours) -> None:
        self._behaviours = behaviours

    def order(self, order: OrderRecord, caller: Caller, *, now: datetime) -> JSON:
        """Return an `Order`."""
        category, level = _LEVELS[order.terms.service_level]
        shape: JSON = {
            "AmazonOrderId": order.order_id,
            "SellerOrderId": order.seller_order_id,
            "PurchaseDate": seconds(order.created_at),
            "LastUpdateDate": seconds(order.status_changed_at),
            "OrderStatus": order.v0_status,
            "FulfillmentChannel": "MFN" if order.fulfilled_by == "MERCHANT" else "AFN",
            "SalesChannel": order.marketplace.name,
            "ShipServiceLevel": level,
            "ShipmentServiceLevelCategory": category,
            "NumberOfItemsShipped": order.shipped_count,
            "NumberOfItemsUnshipped": order.unshipped_count,
            "MarketplaceId": order.marketplace.marketplace_id,
            "OrderType": "Preorder" if order.terms.available_from else "StandardOrder",
            "EarliestShipDate": seconds(order.earliest_ship),
            "LatestShipDate": seconds(order.ship_by),
            **_marks(order),
        }
        if order.status not in UNPAID:
            shape["OrderTotal"] = money(order.total, order)
            shape["PaymentMethod"] = order.terms.payment_method
            shape["PaymentMethodDetails"] = [_payment(order)]
        if order.terms.payment_method == "COD" and order.status not in UNPAID:
            paid = {"Payment": money(order.total, order), "PaymentMethod": "COD"}
            shape["PaymentExecutionDetail"] = [paid]
        if order.status in WITH_ADDRESS:
            shape["EarliestDeliveryDate"] = seconds(order.earliest_delivery)
            shape["LatestDeliveryDate"] = seconds(order.latest_delivery)
        shape |= _extras(order)
        if address := self.address(order, caller, now=now):
            shape["ShippingAddress"] = address
        if buyer := self.buyer(order, caller, now=now):
            shape["BuyerInfo"] = buyer
        if tax := self._tax(order, caller, now=now):
            shape["BuyerTaxInformation"] = tax
        return shape

    def item(self, order: OrderRecord, item: Item, caller: Caller, *, now: datetime) -> JSON:
        """Return an `OrderItem`; ItemPrice is the price of the line."""
        line = item.line
        shape: JSON = {
            "ASIN": item.asin,
            "SellerSKU": item.sku,
            "OrderItemId": item.order_item_id,
            "Title": self._title(order, item),
            "QuantityOrdered": item.quantity_ordered,
            "QuantityShipped": item.quantity_shipped,
            "ProductInfo": {"NumberOfItems": "1"},
            "IsTransparency": item.transparency,
            "SerialNumberRequired": line.serial_number_required,
            "ConditionId": "New",
            "ConditionSubtypeId": "New",
        }
        if order.status not in UNPAID:
            shape |= _amounts(order, item)
            shape["IsGift"] = "true" if item.gift_message is not None else "false"
        if item.cancel_requested:
            shape["BuyerRequestedCancel"] = {
                "IsBuyerRequestedCancel": "true",
                "BuyerCancelReason": "Buyer requested cancel",
            }
        if programs := item_programs(order, item):
            shape["AmazonPrograms"] = {"Programs": programs}
        if line.delivery_window:
            shape["ScheduledDeliveryStartDate"] = seconds(line.delivery_window[0])
            shape["ScheduledDeliveryEndDate"] = seconds(line.delivery_window[1])
        if line.constraints:
            shape["ShippingConstraints"] = dict.fromkeys(line.constraints, "MANDATORY")
        if line.ioss_number:
            shape |= {"IossNumber": line.ioss_number, "DeemedResellerCategory": "IOSS"}
        if line.condition_note:
            shape["ConditionNote"] = line.condition_note
        if order.terms.store_id:
            shape["StoreChainStoreId"] = order.terms.store_id
        if buyer := self.item_buyer(order, item, caller, now=now):
            shape["BuyerInfo"] = buyer
        return shape

    def address(self, order: OrderRecord, caller: Caller, *, now: datetime, alone: bool = False) -> JSON:
        """Return an `Address`, empty unless the order is paid and not cancelled.

        Args:
            order: Whose address.
            caller: Who asks, and what an RDT opens to them.
            now: The instant of the request.
            alone: Whether it is the answer of getOrderAddress and not part of an order.
        """
        if order.status not in WITH_ADDRESS:
            return {}
        person = order.recipient
        shape: JSON = {}
        if "shippingAddress" in caller.elements and not redacted(order, self._behaviours, now):
            company = person.company if alone or not self._behaviours.company_only_in_address else ""
            shape = _street(person) | {
                "CompanyName": company,
                "Phone": person.phone if phone_shown(order, now) else "",
            }
        elif self._behaviours.empty_name_without_rdt:
            shape = {"Name": ""}
        empty_kept = {"Name"} if self._behaviours.empty_name_without_rdt else set()
        shape = {key: value for key, value in shape.items() if value or key in empty_kept}
        rough = {
            "City": person.city,
            "StateOrRegion": person.state,
            "PostalCode": person.postal_code,
            "CountryCode": person.country_code,
        }
        return shape | {key: value for key, value in rough.items() if value}

    def buyer(self, order: OrderRecord, caller: Caller, *, now: datetime) -> JSON:
        """Return a `BuyerInfo`, empty without an RDT for it."""
        if not self._buyer_open(order, caller, now):
            return {}
        shape: JSON = {
            "BuyerEmail": order.recipient.buyer_email,
            "BuyerName": order.recipient.buyer_name,
            "PurchaseOrderNumber": order.terms.purchase_order_number,
        }
        if order.terms.company:
            shape["BuyerTaxInfo"] = {
                "CompanyLegalName": order.terms.company,
                "TaxingRegion": order.marketplace.country,
                "TaxClassifications": [{"Name": "VATNumber", "Value": order.terms.tax_number}],
            }
        return {key: value for key, value in shape.items() if value}

    def item_buyer(self, order: OrderRecord, item: Item, caller: Caller, *, now: datetime) -> JSON:
        """Return an `ItemBuyerInfo`, empty without an RDT for it."""
        if not self._buyer_open(order, caller, now):
            return {}
        shape: JSON = {}
        if item.gift_message is not None:
            free = money(Decimal(0), order)
            shape = {"GiftWrapLevel": "Classic", "GiftWrapPrice": free, "GiftWrapTax": free}
            if item.gift_message:
                shape["GiftMessageText"] = item.gift_message
        if item.line.customized:
            shape["BuyerCustomizedInfo"] = {"CustomizedURL": customized_url(item)}
        return shape

    def _title(self, order: OrderRecord, item: Item) -> str:
        if order.marketplace.country in self._behaviours.garbled_titles_in:
            return item.title.encode().decode("latin-1")
        return item.title

    def _tax(self, order: OrderRecord, caller: Caller, *, now: datetime) -> JSON:
        """Return a `BuyerTaxInformation`: only orders of Turkey have one."""
        country, terms = order.marketplace.country, order.terms
        hidden = order.status in UNPAID or redacted(order, self._behaviours, now)
        if country != "TR" or not terms.company or "buyerTaxInformation" not in caller.elements or hidden:
            return {}
        return {
            "BuyerLegalCompanyName": terms.company,
            "BuyerTaxRegistrationId": terms.tax_number,
            "BuyerTaxOffice": "Example tax office",
        }

    def _buyer_open(self, order: OrderRecord, caller: Caller, now: datetime) -> bool:
        return (
            "buyerInfo" in caller.elements
            and order.status not in UNPAID
            and not redacted(order, self._behaviours, now)
        )


def _marks(order: OrderRecord) -> JSON:
    return {
        "IsPrime": "PRIME" in order.programs,
        "IsBusinessOrder": "AMAZON_BUSINESS" in order.programs,
        "IsPremiumOrder": "PREMIUM" in order.programs,
        "IsISPU": "IN_STORE_PICK_UP" in order.programs,
        "IsIBA": "INVOICE_BY_AMAZON" in order.programs,
        "IsGlobalExpressEnabled": False,
        "IsReplacementOrder": bool(order.terms.replaces),
        "IsSoldByAB": False,
        "IsAccessPointOrder": order.recipient.address_type == "PickupPoint",
        "HasRegulatedItems": order.regulation is not None,
    }


def _extras(order: OrderRecord) -> JSON:
    """Return what only some orders have."""
    shape: JSON = {}
    if order.terms.replaces:
        shape["ReplacedOrderId"] = order.terms.replaces
    if EASY_SHIP in order.programs:
        shape["EasyShipShipmentStatus"] = order.easy_ship_status
    if order.terms.invoice_confirmation:
        shape["ElectronicInvoiceStatus"] = invoice_status(order)
    if order.terms.supply_source_id:
        shape["FulfillmentInstruction"] = {"FulfillmentSupplySourceId": order.terms.supply_source_id}
    if "AMAZON_BUSINESS" in order.programs and order.status not in UNPAID:
        shape["BuyerInvoicePreference"] = "BUSINESS" if order.terms.company else "INDIVIDUAL"
    return shape


def _payment(order: OrderRecord) -> str:
    return {"Other": "Standard", "COD": "CashOnDelivery", "CVS": "ConvenienceStore"}[
        order.terms.payment_method
    ]


def _street(person: Recipient) -> JSON:
    extended = {
        "StreetName": person.street_name,
        "StreetNumber": person.street_number,
        "Complement": person.complement,
        "Neighborhood": person.neighborhood,
    }
    return {
        "Name": person.name,
        "AddressLine1": person.address_line_1,
        "AddressLine2": person.address_line_2,
        "AddressLine3": person.address_line_3,
        "County": person.county,
        "District": person.district,
        "Municipality": person.municipality,
        "AddressType": "Commercial" if person.address_type == "PickupPoint" else person.address_type,
        "ExtendedFields": {key: value for key, value in extended.items() if value},
    }


def _amounts(order: OrderRecord, item: Item) -> JSON:
    line = item.line
    shape: JSON = {
        "ItemPrice": money(item.price * item.quantity_ordered, order),
        "ItemTax": money(Decimal(line.tax), order),
        "PromotionDiscount": money(Decimal(line.discount), order),
    }
    if Decimal(line.shipping):
        shape["ShippingPrice"] = money(Decimal(line.shipping), order)
    if line.promotion_ids:
        shape["PromotionIds"] = list(line.promotion_ids)
    if line.points:
        worth = money(Decimal(line.points) / 100, order)
        shape["PointsGranted"] = {"PointsNumber": line.points, "PointsMonetaryValue": worth}
    if order.marketplace.country == "US" and Decimal(line.tax):
        facilitator = {"Model": "MarketplaceFacilitator", "ResponsibleParty": "Amazon Services, Inc."}
        shape["TaxCollection"] = facilitator
    return shape


def item_programs(order: OrderRecord, item: Item) -> list[str]:
    """Return the programs of an item in v0, Ship+ and subscriptions."""
    programs = [SHIP_PLUS] if SHIP_PLUS in order.programs else []
    return [*programs, *(["SUBSCRIBE_AND_SAVE"] if item.line.subscribe_and_save else [])]


def invoice_status(order: OrderRecord) -> str:
    """Return the ElectronicInvoiceStatus of an order."""
    if not order.terms.invoice_confirmation:
        return "NotRequired"
    return "Accepted" if order.invoice_confirmed else "NotFound"


def customized_url(item: Item) -> str:
    """Return where the archive with a buyer's customisation lies."""
    return f"https://customisation.example/{item.order_item_id}.zip"


def money(amount: Decimal, order: OrderRecord) -> JSON:
    """Return a v0 `Money`."""
    return {"CurrencyCode": order.marketplace.currency, "Amount": amount_text(amount, order)}


def amount_text(amount: Decimal, order: OrderRecord) -> str:
    """Return an amount as Amazon writes it: two decimals, none for yen."""
    return str(amount.quantize(Decimal(1) if order.marketplace.currency == "JPY" else Decimal("0.01")))


def phone_shown(order: OrderRecord, now: datetime) -> bool:
    """Say whether the phone is shown: never for AFN, not for shipped orders past their delivery date."""
    if order.fulfilled_by != "MERCHANT":
        return False
    return not (order.status == "SHIPPED" and now > order.latest_delivery)


def redacted(order: OrderRecord, behaviours: Behaviours, now: datetime) -> bool:
    """Say whether Amazon no longer shows the personal data of an order at all."""
    days = behaviours.redact_after_days
    return days is not None and now - order.settled_at > timedelta(days=days)
