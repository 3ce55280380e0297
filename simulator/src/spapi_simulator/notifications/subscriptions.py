"""Who hears of what: subscriptions by application, seller, notification type and payload version."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from spapi_simulator.front.answers import JSON, Refusal
from spapi_simulator.notifications.destinations import Destination
from spapi_simulator.notifications.filters import ANYTHING, Directive
from spapi_simulator.notifications.kinds import Kind
from spapi_simulator.world.accounts import Application, Seller
from spapi_simulator.world.seeded import Seeded


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What one application hears of one seller, and where."""

    subscription_id: str
    seller: Seller
    kind: Kind
    version: str
    destination: Destination
    directive: Directive
    created_at: datetime

    @property
    def application(self) -> Application:
        """Whose subscription it is."""
        return self.destination.application

    def shape(self) -> JSON:
        """Return it as the Notifications API does."""
        shape: JSON = {
            "subscriptionId": self.subscription_id,
            "payloadVersion": self.version,
            "destinationId": self.destination.destination_id,
        }
        return shape | ({"processingDirective": self.directive.shape} if self.directive.shape else {})


class Subscriptions:
    """Every subscription."""

    def __init__(self, seeded: Seeded) -> None:
        self._seeded = seeded
        self._subscriptions: dict[str, Subscription] = {}

    def add(
        self,
        destination: Destination,
        seller: Seller,
        kind: Kind,
        version: str,
        *,
        directive: Directive = ANYTHING,
        now: datetime,
    ) -> Subscription:
        """Subscribe an application to a type of one seller's notifications.

        Raises:
            Refusal: 409 when there is such a subscription already, unless all of them have filter expressions
                and no two the same.
        """
        others = self.of_application(destination.application, seller, kind.name, version)
        texts = [one.directive.text for one in others]
        if others and not (directive.text and all(texts) and directive.text not in texts):
            message = f"Subscription already exist for notification type {kind.name}."
            raise Refusal(409, "StateConflict", message=message)
        subscription = Subscription(
            subscription_id=self._seeded.uuid("subscription"),
            seller=seller,
            kind=kind,
            version=version,
            destination=destination,
            directive=directive,
            created_at=now,
        )
        self._subscriptions[subscription.subscription_id] = subscription
        return subscription

    def of_seller(self, seller_id: str, kind: str) -> Iterator[Subscription]:
        """Yield who is to hear of a type of a seller's notifications."""
        for one in list(self._subscriptions.values()):
            if (one.seller.seller_id, one.kind.name) == (seller_id, kind):
                yield one

    def of_application(
        self, application: Application, seller: Seller, kind: str, version: str = ""
    ) -> list[Subscription]:
        """Return an application's subscriptions to a type for a seller, of one payload version or of all."""
        return [
            one
            for one in self.of_seller(seller.seller_id, kind)
            if one.application == application and version in {"", one.version}
        ]

    def find(self, application: Application, kind: str, subscription_id: str) -> Subscription | None:
        """Return a subscription of an application by its id, for whichever seller."""
        found = self._subscriptions.get(subscription_id)
        mine = found is not None and (found.application, found.kind.name) == (application, kind)
        return found if mine else None

    def uses(self, destination: Destination) -> bool:
        """Say whether any subscription delivers to a destination."""
        return any(one.destination is destination for one in self._subscriptions.values())

    def remove(self, subscription: Subscription) -> None:
        """End a subscription."""
        del self._subscriptions[subscription.subscription_id]
