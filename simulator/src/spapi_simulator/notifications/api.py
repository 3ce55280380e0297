"""Notifications API v1: destinations, subscriptions, and test notifications at the sandbox."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from spapi_simulator.front.answers import JSON, Refusal, Reply, refuse_access, refuse_input, refuse_unknown
from spapi_simulator.front.bodies import listed, optional_part, part, size_of_page, text
from spapi_simulator.front.gate import Ask
from spapi_simulator.front.operations import NOTIFICATIONS_SCOPE, Operation
from spapi_simulator.notifications.delivery import Notifications
from spapi_simulator.notifications.destinations import Destination, EventSource
from spapi_simulator.notifications.filters import read_directive
from spapi_simulator.notifications.kinds import KINDS, REMOVED, Kind
from spapi_simulator.notifications.samples import sample
from spapi_simulator.notifications.subscriptions import Subscription
from spapi_simulator.queues.queue import Queue, Queues
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.seeded import Seeded

_BASE = "/notifications/v1"
_TYPE = f"{_BASE}/subscriptions/{{notificationType}}"
_ARN = re.compile(r"arn:aws:sqs:\S+:\S+:\S+")
_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")
_LONGEST_NAME, _LONGEST_ARN = 256, 1000
_SMALLEST_PAGE, _LARGEST_PAGE = 30, 100
_HAS_SUBSCRIPTIONS = "Destination has subscriptions"
_INTERNAL = "We encountered an internal error. Please try again."


def _operation(
    name: str, method: str, template: str, *honours: str, scope: str = NOTIFICATIONS_SCOPE
) -> Operation:
    return Operation(name, method, template, 1, 5, api="notifications", honours=honours, scope=scope)


OPERATIONS = (
    _operation("createDestination", "POST", f"{_BASE}/destinations", "name", "resourceSpecification"),
    _operation("getDestinations", "GET", f"{_BASE}/destinations"),
    _operation("getDestination", "GET", f"{_BASE}/destinations/{{destinationId}}", "destinationId"),
    _operation("deleteDestination", "DELETE", f"{_BASE}/destinations/{{destinationId}}", "destinationId"),
    _operation(
        "createSubscription", "POST", _TYPE,
        "notificationType", "payloadVersion", "destinationId", "processingDirective", scope="",
    ),
    _operation("getSubscription", "GET", _TYPE, "notificationType", "payloadVersion", scope=""),
    _operation(
        "getSubscriptions", "GET", f"{_BASE}/subscriptions",
        "notificationTypes", "payloadVersion", "pageSize", "nextToken", scope="",
    ),
    _operation(
        "getSubscriptionById", "GET", f"{_TYPE}/{{subscriptionId}}", "notificationType", "subscriptionId"
    ),
    _operation(
        "deleteSubscriptionById", "DELETE", f"{_TYPE}/{{subscriptionId}}",
        "notificationType", "subscriptionId",
    ),
    _operation(
        "sendTestNotification", "POST", f"{_TYPE}/testNotification",
        "notificationType", "destinationId", "testNotification",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What a list of subscriptions was asked for; a page token answers no other question."""

    client_id: str
    seller_id: str
    kind: str
    version: str


class NotificationsApi:
    """Answers the Notifications API."""

    def __init__(
        self, notifications: Notifications, queues: Queues, seeded: Seeded, behaviours: Behaviours
    ) -> None:
        self._notifications = notifications
        self._destinations = notifications.destinations
        self._subscriptions = notifications.subscriptions
        self._queues = queues
        self._seeded = seeded
        self._behaviours = behaviours
        self._pages: dict[str, tuple[_Question, str]] = {}

    def handlers(self) -> Mapping[str, Callable[[Ask], Reply]]:
        """Return what answers each operation."""
        return {
            "createDestination": self.create_destination,
            "getDestinations": self.get_destinations,
            "getDestination": self.get_destination,
            "deleteDestination": self.delete_destination,
            "createSubscription": self.create_subscription,
            "getSubscription": self.get_subscription,
            "getSubscriptions": self.get_subscriptions,
            "getSubscriptionById": self.get_subscription_by_id,
            "deleteSubscriptionById": self.delete_subscription_by_id,
            "sendTestNotification": self.send_test_notification,
        }

    def create_destination(self, ask: Ask) -> Reply:
        """Answer createDestination: a queue that Amazon may send to, or an account's EventBridge."""
        try:
            body = ask.json()
            wanted = part(body, "resourceSpecification")
        except Refusal as refusal:
            if self._behaviours.malformed_destination_is_internal_failure:
                raise Refusal(500, "InternalFailure", message=_INTERNAL) from refusal
            raise
        name = text(body, "name", longest=_LONGEST_NAME)
        sqs, bridge = optional_part(wanted, "sqs"), optional_part(wanted, "eventBridge")
        if bool(sqs) == bool(bridge):
            raise refuse_input("resourceSpecification must hold one of sqs and eventBridge.")
        application = ask.caller.application
        if sqs:
            queue = self._queue(text(sqs, "arn", longest=_LONGEST_ARN))
            return _payload(self._destinations.add_queue(application, name, queue).shape())
        account_id, region = text(bridge, "accountId"), text(bridge, "region")
        if not _ACCOUNT.fullmatch(account_id) or not _REGION.fullmatch(region):
            raise refuse_input("accountId must be the 12 digits of an AWS account, and region an AWS region.")
        created = self._destinations.add_event_source(application, name, account_id=account_id, region=region)
        return _payload(created.shape())

    def get_destinations(self, ask: Ask) -> Reply:
        """Answer getDestinations: those of the calling application."""
        return Reply(body={"payload": [one.shape() for one in self._destinations.of(ask.caller.application)]})

    def get_destination(self, ask: Ask) -> Reply:
        """Answer getDestination."""
        return _payload(self._destination(ask, ask.path["destinationId"]).shape())

    def delete_destination(self, ask: Ask) -> Reply:
        """Answer deleteDestination, which takes one that nothing is delivered to."""
        destination = self._destination(ask, ask.path["destinationId"])
        if self._subscriptions.uses(destination):
            raise Refusal(403, "Unauthorized", message=_HAS_SUBSCRIPTIONS)
        self._destinations.remove(destination)
        return Reply(body={})

    def create_subscription(self, ask: Ask) -> Reply:
        """Answer createSubscription: one for each application, seller, type and payload version."""
        kind, body = _kind(ask.path["notificationType"]), ask.json()
        version = text(body, "payloadVersion")
        if kind.versions and version not in kind.versions:
            raise refuse_input(f"{kind.name} has no payloadVersion {version[:20]}.")
        destination = self._destination(ask, text(body, "destinationId"))
        _check_suits(kind, destination)
        directive = read_directive(body, kind, needed=self._behaviours.order_change_needs_directive)
        created = self._subscriptions.add(
            destination, ask.caller.seller, kind, version, directive=directive, now=ask.now
        )
        return _payload(created.shape())

    def get_subscription(self, ask: Ask) -> Reply:
        """Answer getSubscription; without a payload version, that of the latest."""
        found = self._of_caller(ask, _kind(ask.path["notificationType"]))
        if not found:
            raise refuse_unknown()
        latest = max(one.version for one in found)
        return _payload(next(one for one in found if one.version == latest).shape())

    def get_subscriptions(self, ask: Ask) -> Reply:
        """Answer getSubscriptions, in pages; every parameter must be repeated with a page token."""
        kinds = listed(ask.query, "notificationTypes")
        if len(kinds) != 1:
            raise refuse_input("notificationTypes must hold exactly one type.")
        size = size_of_page(
            ask.query, "pageSize", default=_SMALLEST_PAGE, least=_SMALLEST_PAGE, most=_LARGEST_PAGE
        )
        found = self._of_caller(ask, _kind(kinds[0]))
        question = _Question(
            client_id=ask.caller.application.client_id,
            seller_id=ask.caller.seller_id,
            kind=kinds[0],
            version=ask.query.get("payloadVersion", ""),
        )
        start = self._start(question, ask.query.get("nextToken"), found)
        page = found[start : start + size]
        payload: JSON = {"subscriptions": [one.shape() for one in page]}
        if len(found) > start + size:
            token = self._seeded.page_token()
            self._pages[token] = (question, page[-1].subscription_id)
            payload["nextToken"] = token
        return _payload(payload)

    def get_subscription_by_id(self, ask: Ask) -> Reply:
        """Answer getSubscriptionById, for whichever seller it is."""
        return _payload(self._by_id(ask).shape())

    def delete_subscription_by_id(self, ask: Ask) -> Reply:
        """Answer deleteSubscriptionById; nothing is published for it from then on."""
        self._subscriptions.remove(self._by_id(ask))
        return Reply(body={})

    def send_test_notification(self, ask: Ask) -> Reply:
        """Answer sendTestNotification, which exists at the sandbox alone.

        The scenarios that Amazon's guide lists are not at hand: any name is taken, and all send the same.
        """
        if not ask.sandbox:
            raise refuse_access("sendTestNotification is available at the sandbox only.")
        kind, body = _kind(ask.path["notificationType"]), ask.json()
        wanted = part(body, "testNotification")
        version = text(wanted, "payloadVersion")
        text(wanted, "testScenario")
        if kind.versions and version not in kind.versions:
            raise refuse_input(f"{kind.name} has no payloadVersion {version[:20]}.")
        destination = self._destination(ask, text(body, "destinationId"))
        _check_suits(kind, destination)
        payload = sample(kind.name, ask.now)
        if payload is None:
            raise refuse_input(f"There is no test notification of {kind.name}.")
        self._notifications.send_sample(destination, kind, version, payload)
        return _payload({})

    def _queue(self, arn: str) -> Queue:
        if not _ARN.fullmatch(arn):
            raise refuse_input("arn is not the ARN of an SQS queue.")
        if arn.endswith(".fifo"):
            raise refuse_input("FIFO queues are not supported.")
        queue = self._queues.find_arn(arn)
        if queue is None:
            raise refuse_input("The queue does not exist.")
        if self._behaviours.check_queue_policy and not queue.admits_amazon:
            raise refuse_input(
                "The policy of the queue, or its key, does not allow Amazon to send messages to it."
            )
        return queue

    def _destination(self, ask: Ask, destination_id: str) -> Destination:
        return self._destinations.get(ask.caller.application, destination_id)

    def _by_id(self, ask: Ask) -> Subscription:
        kind = _kind(ask.path["notificationType"])
        found = self._subscriptions.find(ask.caller.application, kind.name, ask.path["subscriptionId"])
        if found is None:
            raise refuse_unknown()
        return found

    def _of_caller(self, ask: Ask, kind: Kind) -> list[Subscription]:
        version = ask.query.get("payloadVersion", "")
        return self._subscriptions.of_application(
            ask.caller.application, ask.caller.seller, kind.name, version
        )

    def _start(self, question: _Question, token: str | None, found: list[Subscription]) -> int:
        """Return where a page begins: after the last subscription of the page before."""
        if token is None:
            return 0
        known, last = self._pages.get(token, (None, ""))
        if known != question:
            raise refuse_input("nextToken is not valid for this request.")
        ids = [one.subscription_id for one in found]
        return ids.index(last) + 1 if last in ids else 0


def _payload(shape: JSON) -> Reply:
    return Reply(body={"payload": shape})


def _kind(name: str) -> Kind:
    """Return a notification type.

    Raises:
        Refusal: 400 for one there is not, or no more.
    """
    if name in REMOVED:
        raise refuse_input(f"{name} is no longer available; use ORDER_CHANGE.")
    if name not in KINDS:
        raise refuse_input("notificationType is not known.")
    return KINDS[name]


def _check_suits(kind: Kind, destination: Destination) -> None:
    if isinstance(destination.target, EventSource) != kind.event_bridge:
        wanted = "an Amazon EventBridge" if kind.event_bridge else "an Amazon SQS"
        raise refuse_input(f"{kind.name} needs {wanted} destination.")
