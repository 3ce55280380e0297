"""What ORDER_CHANGE notifications say (Notifications API, payload version 1.0)."""

from collections.abc import Sequence
from datetime import datetime

from spapi_simulator.front.answers import JSON
from spapi_simulator.front.dates import millis
from spapi_simulator.orders.v0_shapes import invoice_status
from spapi_simulator.world.book import BUYER_REQUEST, STATUS_CHANGE
from spapi_simulator.world.records import WITH_ADDRESS, Item, OrderRecord

TIP_CHANGE = "DeliveryTipChange"
_REASONS = {
    STATUS_CHANGE: "Order Status Change",
    BUYER_REQUEST: "Buyer Requested Cancel",
    TIP_CHANGE: "Delivery Tip Change",
}
_PROGRAMS = {
    "AMAZON_BUSINESS": "Business",
    "PRIME": "Prime",
    "PREMIUM": "Premium",
    "INVOICE_BY_AMAZON": "IBA",
}
_SHIPPING = {"IN_STORE_PICK_UP": "ISPU", "AMAZON_EASY_SHIP": "EasyShip"}
_OPEN = frozenset({"UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED", "UNFULFILLABLE"})


def payloads(order: OrderRecord, change: str, now: datetime, *, by_item: bool = False) -> list[JSON]:
    """Return the payloads that tell of a change: one for the order, or one for each of its items."""
    if by_item:
        return [_payload(order, change, [item], level="OrderItemLevel", now=now) for item in order.items]
    return [_payload(order, change, order.items, level="OrderLevel", now=now)]


def _payload(order: OrderRecord, change: str, items: Sequence[Item], *, level: str, now: datetime) -> JSON:
    return {
        "OrderChangeNotification": {
            "NotificationLevel": level,
            "SellerId": order.seller_id,
            "AmazonOrderId": order.order_id,
            "OrderChangeType": change,
            "OrderChangeTrigger": {"TimeOfOrderChange": millis(now), "ChangeReason": _REASONS[change]},
            "Summary": _summary(order, items),
        }
    }


def _summary(order: OrderRecord, items: Sequence[Item]) -> JSON:
    has_address = order.status in WITH_ADDRESS
    programs = [_PROGRAMS[name] for name in order.programs if name in _PROGRAMS]
    if order.terms.replaces:
        programs.append("Replacement")
    # The status of an item is told only where items differ in it.
    differ = len({_item_status(item) for item in order.items}) > 1
    summary: JSON = {
        "MarketplaceId": order.marketplace.marketplace_id,
        "OrderStatus": order.v0_status,
        "PurchaseDate": millis(order.created_at),
        "DestinationPostalCode": (order.recipient.postal_code or None) if has_address else None,
        "FulfillmentType": "MFN" if order.fulfilled_by == "MERCHANT" else "AFN",
        "OrderType": "Preorder" if order.terms.available_from else "StandardOrder",
        "NumberOfItemsShipped": order.shipped_count,
        "NumberOfItemsUnshipped": order.unshipped_count,
        "EarliestShipDate": millis(order.earliest_ship),
        "LatestShipDate": millis(order.ship_by),
        "CancelNotifyDate": millis(order.latest_delivery),
        "OrderPrograms": programs,
        "ShippingPrograms": [_SHIPPING[name] for name in order.programs if name in _SHIPPING],
        "OrderItems": [_item(order, item, status=differ) for item in items],
        "ElectronicInvoiceStatus": invoice_status(order),
    }
    if order.fulfilled_by == "MERCHANT":
        summary["EarliestDeliveryDate"] = millis(order.earliest_delivery)
        if order.status in _OPEN:
            summary["LatestDeliveryDate"] = millis(order.latest_delivery)
    if order.easy_ship_status:
        summary["EasyShipShipmentStatus"] = order.easy_ship_status
    return summary


def _item(order: OrderRecord, item: Item, *, status: bool) -> JSON:
    shape: JSON = {
        "OrderItemId": item.order_item_id,
        "SellerSKU": item.sku,
        "SupplySourceId": order.terms.supply_source_id or None,
        "Quantity": item.quantity_ordered,
        "QuantityShipped": item.quantity_shipped,
        "IsBuyerRequestedCancel": item.cancel_requested,
        "ItemEarliestDeliveryDate": millis(order.earliest_delivery),
        "ItemLatestDeliveryDate": millis(order.latest_delivery),
    }
    return shape | ({"OrderItemStatus": _item_status(item)} if status else {})


def _item_status(item: Item) -> str:
    return "Shipped" if item.quantity_shipped >= item.quantity_ordered > 0 else "Unshipped"
