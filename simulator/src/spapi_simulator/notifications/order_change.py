"""ORDER_CHANGE notifications (Notifications API, payload version 1.0): at least once, in no order."""

import json
from dataclasses import dataclass
from datetime import datetime

from spapi_simulator.front.answers import JSON
from spapi_simulator.front.dates import millis
from spapi_simulator.queues.queue import Queue
from spapi_simulator.world.accounts import Application, Seller
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.book import BUYER_REQUEST, CREATED, STATUS_CHANGE
from spapi_simulator.world.clock import Clock
from spapi_simulator.world.records import UNPAID, Item, OrderRecord
from spapi_simulator.world.seeded import Seeded

ORDER_CHANGE = "ORDER_CHANGE"
_PROGRAMS = {
    "AMAZON_BUSINESS": "Business",
    "PRIME": "Prime",
    "PREMIUM": "Premium",
    "INVOICE_BY_AMAZON": "IBA",
}
_SHIPPING = {"IN_STORE_PICK_UP": "ISPU", "AMAZON_EASY_SHIP": "EasyShip"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What one application hears of one seller, and where."""

    subscription_id: str
    application: Application
    seller: Seller
    queue: Queue
    kind: str = ORDER_CHANGE


class Notifications:
    """Turns changes into messages, and loses, doubles or delays them when told to.

    Attributes:
        drop_every: Lose every n-th notification: 1 loses all, 0 none.
        copies: How often each is delivered.
        delay_seconds: How late they are delivered.
    """

    def __init__(self, clock: Clock, seeded: Seeded, *, behaviours: Behaviours) -> None:
        self._clock = clock
        self._seeded = seeded
        self._behaviours = behaviours
        self._subscriptions: list[Subscription] = []
        self._count = 0
        self.drop_every = 0
        self.copies = 1
        self.delay_seconds: float = 0

    def subscribe(
        self, application: Application, seller: Seller, queue: Queue, kind: str = ORDER_CHANGE
    ) -> Subscription:
        """Let an application hear of one kind of event of a seller."""
        subscription = Subscription(
            subscription_id=self._seeded.uuid("subscription"),
            application=application,
            seller=seller,
            queue=queue,
            kind=kind,
        )
        self._subscriptions.append(subscription)
        return subscription

    def order_changed(self, order: OrderRecord, change: str) -> None:
        """Notify every subscriber of one change (a listener of the book)."""
        if change == CREATED:
            if order.status in UNPAID and not self._behaviours.notify_pending_creation:
                return
            change = STATUS_CHANGE
        for subscription in self._subscriptions:
            if (subscription.seller.seller_id, subscription.kind) == (order.seller_id, ORDER_CHANGE):
                self._send(self._body(order, change, subscription), subscription)

    def publish(self, seller_id: str, kind: str, version: str, payload: JSON) -> None:
        """Notify every subscriber of an event whose envelope is in camelCase, such as a finished feed."""
        for subscription in self._subscriptions:
            if (subscription.seller.seller_id, subscription.kind) == (seller_id, kind):
                now = millis(self._clock.now())
                envelope: JSON = {
                    "notificationVersion": "1.0",
                    "notificationType": kind,
                    "payloadVersion": version,
                    "eventTime": now,
                    "payload": payload,
                    "notificationMetadata": {
                        "applicationId": subscription.application.application_id,
                        "subscriptionId": subscription.subscription_id,
                        "publishTime": now,
                        "notificationId": self._seeded.uuid("notification"),
                    },
                }
                self._send(json.dumps(envelope, separators=(",", ":")), subscription)

    def _send(self, body: str, subscription: Subscription) -> None:
        self._count += 1
        if self.drop_every and self._count % self.drop_every == 0:
            return
        now = self._clock.now()
        for _ in range(self.copies):
            subscription.queue.send(body, now=now, delay=self.delay_seconds)

    def _body(self, order: OrderRecord, change: str, subscription: Subscription) -> str:
        now = self._clock.now()
        notification: JSON = {
            "NotificationVersion": "1.0",
            "NotificationType": "ORDER_CHANGE",
            "PayloadVersion": "1.0",
            "EventTime": millis(now),
            "Payload": {"OrderChangeNotification": _change(order, change, now)},
            "NotificationMetadata": {
                "ApplicationId": subscription.application.application_id,
                "SubscriptionId": subscription.subscription_id,
                "PublishTime": millis(now),
                "NotificationId": self._seeded.uuid("notification"),
            },
        }
        return json.dumps(notification, separators=(",", ":"))


def _change(order: OrderRecord, change: str, now: datetime) -> JSON:
    reason = "Buyer Requested Cancel" if change == BUYER_REQUEST else "Order Status Change"
    return {
        "NotificationLevel": "OrderLevel",
        "SellerId": order.seller_id,
        "AmazonOrderId": order.order_id,
        "OrderChangeType": change,
        "OrderChangeTrigger": {"TimeOfOrderChange": millis(now), "ChangeReason": reason},
        "Summary": _summary(order),
    }


def _summary(order: OrderRecord) -> JSON:
    return {
        "MarketplaceId": order.marketplace.marketplace_id,
        "OrderStatus": order.v0_status,
        "PurchaseDate": millis(order.created_at),
        "DestinationPostalCode": order.recipient.postal_code,
        "FulfillmentType": "MFN" if order.fulfilled_by == "MERCHANT" else "AFN",
        "OrderType": "StandardOrder",
        "NumberOfItemsShipped": order.shipped_count,
        "NumberOfItemsUnshipped": order.unshipped_count,
        "EarliestDeliveryDate": millis(order.earliest_delivery),
        "LatestDeliveryDate": millis(order.latest_delivery),
        "EarliestShipDate": millis(order.earliest_ship),
        "LatestShipDate": millis(order.ship_by),
        "CancelNotifyDate": millis(order.latest_delivery),
        "OrderPrograms": [_PROGRAMS[name] for name in order.programs if name in _PROGRAMS],
        "ShippingPrograms": [_SHIPPING[name] for name in order.programs if name in _SHIPPING],
        "OrderItems": [_item(order, item) for item in order.items],
    }


def _item(order: OrderRecord, item: Item) -> JSON:
    shipped = item.quantity_shipped >= item.quantity_ordered > 0
    return {
        "OrderItemId": item.order_item_id,
        "SellerSKU": item.sku,
        "SupplySourceId": None,
        "OrderItemStatus": "Shipped" if shipped else "Unshipped",
        "Quantity": item.quantity_ordered,
        "QuantityShipped": item.quantity_shipped,
        "IsBuyerRequestedCancel": item.cancel_requested,
        "ItemEarliestDeliveryDate": millis(order.earliest_delivery),
        "ItemLatestDeliveryDate": millis(order.latest_delivery),
    }
