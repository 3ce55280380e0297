"""Reads Amazon back: acceptance is no proof, only a package Amazon shows is.

A reading that another lane made after the confirmation costs no call; else Amazon is asked for the order.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from dockseal.amazon.orders import OrdersReader
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.lane import NOTHING, Outcome, longer_wait, work_through
from dockseal.domain.order import AmazonOrder, Order, OrderState
from dockseal.domain.shipment import Package, PackageState
from dockseal.errors import AccessDenied, AmazonRefused, AnswerUnreadable
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.shipment_confirmation.comparison import differences, standing
from dockseal.storage.store import Storage

BATCH = 50
ACTOR = Actor(kind=ActorKind.SERVICE, name="shipment-confirmation")
_READS_BEFORE_SENDING_AGAIN = 4
_FIRST_WAIT = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Verifies confirmed orders.

    Attributes:
        orders: Gives the reader of a seller's orders.
        after: How long after the confirmation Amazon is asked.
    """

    storage: Storage
    orders: Callable[[SellerId], OrdersReader]
    trail: Trail
    clock: Clock
    after: timedelta

    def busy(self) -> list[SellerId]:
        """Returns the sellers that have confirmed orders to look at."""
        return self.storage.orders.sellers_due(OrderState.CONFIRMED, now=self.clock.now())

    def run(self, seller: SellerId) -> Outcome:
        """Verifies the seller's confirmed orders that are due.

        Raises:
            AmazonUnavailable: Amazon is down; the rest waits.
            CredentialRefused: the seller's credentials ended.
        """
        states = (OrderState.CONFIRMED,)
        now = self.clock.now()
        due = self.storage.orders.due(states, now=now, seller=seller, limit=BATCH)
        outcome = work_through(due, self._verify, postpone=self._postpone) if due else NOTHING
        if outcome.again_at is not None:
            return outcome
        again_at = self.storage.orders.next_try(states, seller, after=now)
        return replace(outcome, more=len(due) == BATCH, again_at=again_at)

    def _verify(self, order: Order) -> bool:
        confirmed_at = order.confirmed_at or order.accepted_at
        packages = standing(self.storage.packages.of_order(order.ref))
        if order.read_at > confirmed_at and not differences(order, packages, order.amazon):
            return self._verified(order, packages)
        if self.clock.now() < confirmed_at + self.after:
            self._wait_until(order, tries=0)
            return False
        read_at = self.clock.now()
        try:
            reading = self.orders(order.seller).get(order.id)
        except AccessDenied:
            raise
        except (AmazonRefused, AnswerUnreadable):
            self._postpone(order)
            return False
        missing = differences(order, packages, reading)
        if not missing:
            with self.storage.transaction():
                order = self.storage.orders.change(order, amazon=reading, read_at=read_at)
                return self._verified(order, packages)
        return self._differs(order, missing, reading)

    def _verified(self, order: Order, packages: list[Package]) -> bool:
        with self.storage.transaction():
            for package in packages:
                if package.state is not PackageState.VERIFIED:
                    self.storage.packages.change(package, state=PackageState.VERIFIED)
                    self._record(Tag.ORDER_PACKAGE_VERIFIED, package)
            self.storage.orders.move(order, OrderState.VERIFIED, attention="")
            self.trail.record(Tag.ORDER_LIFE_VERIFIED, actor=ACTOR, order=order.ref)
        return True

    def _differs(self, order: Order, missing: list[Package], reading: AmazonOrder) -> bool:
        """Waits for Amazon to catch up; after some reads, sends what is missing again, under the same ids."""
        if order.tries < _READS_BEFORE_SENDING_AGAIN or reading.packages is None:
            self._postpone(order)
            return False
        sent = [package for package in missing if not package.bought]
        if not sent:
            return self._label_gone(order, missing)
        names = ", ".join(str(package.reference_id) for package in sent)
        with self.storage.transaction():
            for package in sent:
                self.storage.packages.change(package, state=PackageState.REPORTED, next_try=None, tries=0)
                self._record(Tag.ORDER_PACKAGE_DIFFERS, package)
            self.storage.orders.move(
                order,
                OrderState.SHIPPED,
                attention=f"Amazon does not show parcel {names} as sent; it was sent again. If this stays, "
                "compare the order in Seller Central.",
            )
        return True

    def _label_gone(self, order: Order, missing: list[Package]) -> bool:
        """Tells a person of parcels whose labels Amazon sold and does not show; sending them is not ours."""
        names = ", ".join(str(package.reference_id) for package in missing)
        self._postpone(order)
        with self.storage.transaction():
            self.storage.orders.change(
                self.storage.orders.get(order.ref),
                attention=f"Amazon does not show parcel {names}, whose label it sold: look in Seller Central "
                "whether the label was voided there.",
            )
        return False

    def _postpone(self, order: Order) -> None:
        self._wait_until(order, tries=order.tries + 1)

    def _wait_until(self, order: Order, *, tries: int) -> None:
        wait = longer_wait(tries, first=_FIRST_WAIT, longest=_LONGEST_WAIT) if tries else self.after
        with self.storage.transaction():
            self.storage.orders.change(order, next_try=self.clock.now() + wait, tries=tries)

    def _record(self, tag: Tag, package: Package) -> None:
        self.trail.record(tag, actor=ACTOR, order=package.order, package=package.reference_id)
