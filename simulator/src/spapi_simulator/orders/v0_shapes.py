"""Orders API v0: how an order looks to a caller, with and without the personal data an RDT opens."""

from datetime import datetime, timedelta
from decimal import Decimal

from spapi_simulator.front.answers import JSON
from spapi_simulator.front.dates import seconds
from spapi_simulator.front.gate import Caller
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.records import SHIP_PLUS, UNPAID, WITH_ADDRESS, Item, OrderRecord


class Shapes:
    """Builds the v0 shapes of ordersV0."""

    def __init__(self, behaviours: Behaviours) -> None:
        self._behaviours = behaviours

    def order(self, order: OrderRecord, caller: Caller, *, now: datetime) -> JSON:
        """Return an `Order`."""
        merchant = order.fulfilled_by == "MERCHANT"
        shape: JSON = {
            "AmazonOrderId": order.order_id,
            "SellerOrderId": order.order_id,
            "PurchaseDate": seconds(order.created_at),
            "LastUpdateDate": seconds(order.status_changed_at),
            "OrderStatus": order.v0_status,
            "FulfillmentChannel": "MFN" if merchant else "AFN",
            "SalesChannel": order.marketplace.name,
            "ShipServiceLevel": "Std Standard",
            "ShipmentServiceLevelCategory": "Standard",
            "NumberOfItemsShipped": order.shipped_count,
            "NumberOfItemsUnshipped": order.unshipped_count,
            "MarketplaceId": order.marketplace.marketplace_id,
            "OrderType": "StandardOrder",
            "EarliestShipDate": seconds(order.earliest_ship),
            "LatestShipDate": seconds(order.ship_by),
            "IsPrime": "PRIME" in order.programs,
            "IsBusinessOrder": "AMAZON_BUSINESS" in order.programs,
            "IsPremiumOrder": "PREMIUM" in order.programs,
            "IsISPU": "IN_STORE_PICK_UP" in order.programs,
            "IsIBA": "INVOICE_BY_AMAZON" in order.programs,
            "IsGlobalExpressEnabled": False,
            "IsReplacementOrder": False,
            "IsSoldByAB": False,
            "IsAccessPointOrder": False,
            "HasRegulatedItems": False,
        }
        if order.status not in UNPAID:
            shape["OrderTotal"] = money(order.total, order)
            shape["PaymentMethod"] = "Other"
            shape["PaymentMethodDetails"] = ["Standard"]
        if order.status in WITH_ADDRESS:
            shape["EarliestDeliveryDate"] = seconds(order.earliest_delivery)
            shape["LatestDeliveryDate"] = seconds(order.latest_delivery)
        if address := self.address(order, caller, now=now):
            shape["ShippingAddress"] = address
        if buyer := self.buyer(order, caller, now=now):
            shape["BuyerInfo"] = buyer
        return shape

    def item(self, order: OrderRecord, item: Item, caller: Caller, *, now: datetime) -> JSON:
        """Return an `OrderItem`; ItemPrice is the price of the line."""
        shape: JSON = {
            "ASIN": item.asin,
            "SellerSKU": item.sku,
            "OrderItemId": item.order_item_id,
            "Title": item.title,
            "QuantityOrdered": item.quantity_ordered,
            "QuantityShipped": item.quantity_shipped,
            "ProductInfo": {"NumberOfItems": "1"},
            "IsTransparency": item.transparency,
            "ConditionId": "New",
            "ConditionSubtypeId": "New",
        }
        if order.status not in UNPAID:
            shape["ItemPrice"] = money(item.price * item.quantity_ordered, order)
            shape["ItemTax"] = money(Decimal(0), order)
            shape["PromotionDiscount"] = money(Decimal(0), order)
            shape["IsGift"] = "true" if item.gift_message is not None else "false"
        if item.cancel_requested:
            shape["BuyerRequestedCancel"] = {
                "IsBuyerRequestedCancel": "true",
                "BuyerCancelReason": "Buyer requested cancel",
            }
        if SHIP_PLUS in order.programs:
            shape["AmazonPrograms"] = {"Programs": [SHIP_PLUS]}
        if buyer := self.item_buyer(order, item, caller, now=now):
            shape["BuyerInfo"] = buyer
        return shape

    def address(self, order: OrderRecord, caller: Caller, *, now: datetime) -> JSON:
        """Return an `Address`, empty unless the order is paid and not cancelled."""
        if order.status not in WITH_ADDRESS:
            return {}
        person = order.recipient
        shape: JSON = {}
        if "shippingAddress" in caller.elements and not redacted(order, self._behaviours, now):
            shape = {
                "Name": person.name,
                "CompanyName": person.company,
                "AddressLine1": person.address_line_1,
                "AddressLine2": person.address_line_2,
                "AddressLine3": person.address_line_3,
                "County": person.county,
                "District": person.district,
                "Phone": person.phone if phone_shown(order, now) else "",
                "AddressType": person.address_type,
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
        shape = {"BuyerEmail": order.recipient.buyer_email, "BuyerName": order.recipient.buyer_name}
        return {key: value for key, value in shape.items() if value}

    def item_buyer(self, order: OrderRecord, item: Item, caller: Caller, *, now: datetime) -> JSON:
        """Return an `ItemBuyerInfo`, empty without an RDT for it."""
        if item.gift_message is None or not self._buyer_open(order, caller, now):
            return {}
        return {"GiftMessageText": item.gift_message, "GiftWrapLevel": "Classic"}

    def _buyer_open(self, order: OrderRecord, caller: Caller, now: datetime) -> bool:
        return (
            "buyerInfo" in caller.elements
            and order.status not in UNPAID
            and not redacted(order, self._behaviours, now)
        )


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
    return days is not None and now - order.updated_at > timedelta(days=days)
