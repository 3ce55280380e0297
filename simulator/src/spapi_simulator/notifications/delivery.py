"""The delivery of notifications: at least once, in no order, and worse when told to."""

import json
from functools import partial

from spapi_simulator.front.answers import JSON
from spapi_simulator.front.dates import millis, seconds
from spapi_simulator.notifications.aggregation import Aggregation
from spapi_simulator.notifications.destinations import Destination, Destinations, EventSource
from spapi_simulator.notifications.filters import at
from spapi_simulator.notifications.kinds import KINDS, ORDER_CHANGE, Kind
from spapi_simulator.notifications.order_change import payloads
from spapi_simulator.notifications.subscriptions import Subscription, Subscriptions
from spapi_simulator.queues.queue import Queue, Queues
from spapi_simulator.world.accounts import Accounts, Application, Seller
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.book import BUYER_REQUEST, CREATED, STATUS_CHANGE
from spapi_simulator.world.present import Present
from spapi_simulator.world.records import UNPAID, OrderRecord
from spapi_simulator.world.seeded import Seeded


class Notifications:
    """Turns events into messages, and loses, doubles or delays them when told to.

    Attributes:
        drop_every: Lose every n-th notification: 1 loses all, 0 none.
        copies: How often each is delivered.
        delay_seconds: How late they are delivered.
        silent: Types that are not delivered at all, as happened in April 2022.
    """

    def __init__(
        self, present: Present, seeded: Seeded, accounts: Accounts, queues: Queues, *, behaviours: Behaviours
    ) -> None:
        self._present = present
        self._seeded = seeded
        self._accounts = accounts
        self._queues = queues
        self._behaviours = behaviours
        self._rotation: dict[str, tuple[str, Queue]] = {}
        self._aggregation = Aggregation(present)
        self._count = 0
        self.destinations = Destinations(seeded)
        self.subscriptions = Subscriptions(seeded)
        self.drop_every = 0
        self.copies = 1
        self.delay_seconds: float = 0
        self.silent: set[str] = set()

    def subscribe(
        self, application: Application, seller: Seller, queue: Queue, kind: str = ORDER_CHANGE
    ) -> Subscription:
        """Let an application hear of one kind of event of a seller, whether or not the seller consented yet.

        Raises:
            Refusal: 409 when it does already.
            ValueError: There is no such type, or it does not go to queues.
        """
        known = KINDS.get(kind)
        if known is None or known.event_bridge:
            raise ValueError(f"There is no notification type {kind} that goes to a queue.")
        found = self.destinations.of_queue(application, queue)
        destination = found or self.destinations.add_queue(application, queue.name, queue)
        version = known.versions[-1] if known.versions else "1.0"
        return self.subscriptions.add(destination, seller, known, version, now=self._present.now())

    def order_changed(self, order: OrderRecord, change: str) -> None:
        """Notify every subscriber of one change (a listener of the book)."""
        if change == CREATED:
            if order.status in UNPAID and not self._behaviours.notify_pending_creation:
                return
            change = STATUS_CHANGE
        by_item = change == BUYER_REQUEST and self._behaviours.buyer_requests_by_item
        for payload in payloads(order, change, self._present.now(), by_item=by_item):
            self.publish(order.seller_id, ORDER_CHANGE, "1.0", payload)

    def publish(self, seller_id: str, kind: str, version: str, payload: JSON) -> None:
        """Notify every subscriber of an event, such as a finished feed, in the envelope of its type."""
        if kind in self.silent:
            return
        for subscription in self.subscriptions.of_seller(seller_id, kind):
            wanted = subscription.version == version and self._has_consent(subscription)
            if wanted and subscription.directive.lets_through(subscription.kind, payload):
                self._aggregate(subscription, payload)

    def register_rotation_queue(self, application: Application, queue: Queue) -> None:
        """Send what concerns the secrets of an application to a queue from now on."""
        self._rotation[application.client_id] = (self._seeded.uuid("subscription"), queue)

    def publish_to_application(
        self, application: Application, kind: str, version: str, payload: JSON
    ) -> bool:
        """Notify an application of what concerns itself; False when it has registered no rotation queue."""
        if application.client_id not in self._rotation:
            return False
        subscription_id, queue = self._rotation[application.client_id]
        body = self._envelope(Kind(name=kind, camel=True), version, payload, application, subscription_id)
        self._send(body, queue, kind)
        return True

    def send_sample(self, destination: Destination, kind: Kind, version: str, payload: JSON) -> None:
        """Send a notification that tells of nothing real (sendTestNotification), and lose none of these."""
        body = self._envelope(
            kind, version, payload, destination.application, self._seeded.uuid("subscription")
        )
        self._put(body, destination.target, kind.name)

    def _aggregate(self, subscription: Subscription, payload: JSON) -> None:
        """Deliver now or later, by marketplace and article where the subscription asks for it."""
        kind, deliver = subscription.kind, partial(self._deliver, subscription, payload)
        if period := subscription.directive.period:
            key = (subscription.subscription_id, at(payload, kind.marketplace), at(payload, kind.article))
            self._aggregation.pass_on(key, period, deliver)
        else:
            deliver()

    def _has_consent(self, subscription: Subscription) -> bool:
        """Say whether the seller's consent still lives, or was not asked for at all."""
        theirs = (subscription.application, subscription.seller)
        consents = [
            one for one in self._accounts.authorisations.values() if (one.application, one.seller) == theirs
        ]
        return not consents or any(not one.revoked for one in consents)

    def _deliver(self, subscription: Subscription, payload: JSON) -> None:
        self._count += 1
        if self.drop_every and self._count % self.drop_every == 0:
            return
        kind, target = subscription.kind, subscription.destination.target
        body = self._envelope(
            kind, subscription.version, payload, subscription.application, subscription.subscription_id
        )
        age = (self._present.now() - subscription.created_at).total_seconds()
        delay = max(self.delay_seconds, self._behaviours.first_message_delay_seconds - age)
        if delay > 0:
            self._present.after(delay, lambda: self._send(body, target, kind.name))
        else:
            self._send(body, target, kind.name)

    def _send(self, body: JSON, target: Queue | EventSource, kind: str) -> None:
        for _ in range(self.copies):
            self._put(body, target, kind)

    def _put(self, body: JSON, target: Queue | EventSource, kind: str) -> None:
        """Hand a notification over; a queue that is gone, or closed to Amazon, gets nothing."""
        now = self._present.now()
        if isinstance(target, Queue):
            # A queue that was deleted and created again is another one under the same ARN.
            queue = self._queues.find_arn(target.arn)
            if queue and (queue.admits_amazon or not self._behaviours.check_queue_policy):
                queue.send(json.dumps(body, separators=(",", ":")), now=now)
            return
        event: JSON = {
            "version": "0",
            "id": self._seeded.uuid("event"),
            "detail-type": kind,
            "source": target.name,
            "account": target.account_id,
            "time": seconds(now),
            "region": target.region,
            "resources": [],
            "detail": body,
        }
        target.events.append(event)

    def _envelope(
        self, kind: Kind, version: str, payload: JSON, application: Application, subscription_id: str
    ) -> JSON:
        now = millis(self._present.now())
        metadata: JSON = {
            "ApplicationId": application.application_id,
            "SubscriptionId": subscription_id,
            "PublishTime": now,
            "NotificationId": self._seeded.uuid("notification"),
        }
        envelope: JSON = {
            "NotificationVersion": kind.envelope,
            "NotificationType": kind.name,
            "PayloadVersion": version,
            "EventTime": now,
            "Payload": payload,
            "NotificationMetadata": metadata,
        }
        if not kind.camel:
            return envelope
        return _camel(envelope | {"NotificationMetadata": _camel(metadata)})


def _camel(shape: JSON) -> JSON:
    """Return an object with its own names, not those inside, in camelCase."""
    return {name[0].lower() + name[1:]: value for name, value in shape.items()}
