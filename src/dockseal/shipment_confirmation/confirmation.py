"""Tells Amazon of each package, once (confirmShipment, Orders v0).

Amazon knows no idempotency key but `packageReferenceId`: the same id again edits the same package. The id is
ours, and the intent to send it is committed before the call. An intent whose answer was lost is settled by
reading Amazon back; only a package Amazon does not show is sent again, under the same id.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from dockseal.amazon.confirm_shipment import ConfirmRequest
from dockseal.amazon.orders import OrdersReader
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import AmazonOrderId, SellerId
from dockseal.domain.lane import NOTHING, Outcome, longer_wait, work_through
from dockseal.domain.order import Order, OrderState
from dockseal.domain.shipment import Package, PackageState
from dockseal.errors import AccessDenied, AmazonRefused, AmazonThrottled
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.shipment_confirmation.already_shown import already_shown, what_to_do
from dockseal.shipment_confirmation.carriers import carrier_of
from dockseal.shipment_confirmation.comparison import covered, shown, standing
from dockseal.storage.store import Storage

BATCH = 50
ACTOR = Actor(kind=ActorKind.SERVICE, name="shipment-confirmation")
_DUE = (PackageState.REPORTED, PackageState.INTENDED)
_CANCELLED = frozenset({OrderState.CANCELLED, OrderState.SHREDDED})
_CANCELLED_BEFORE = (
    "Amazon takes no parcel of a cancelled order: have the carrier bring it back, or settle it with the "
    "buyer in Seller Central"
)
_KNOWN_TO_AMAZON = frozenset({PackageState.CONFIRMED, PackageState.VERIFIED})
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(minutes=5)
_ROLE_WAIT = timedelta(minutes=15)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """Confirms packages.

    Attributes:
        confirm: Amazon's confirmShipment for a seller's order.
        orders: Gives the reader of a seller's orders, to settle lost answers.
    """

    storage: Storage
    confirm: Callable[[SellerId, AmazonOrderId, ConfirmRequest], None]
    orders: Callable[[SellerId], OrdersReader]
    trail: Trail
    clock: Clock

    def busy(self) -> list[SellerId]:
        """Returns the sellers that have packages to confirm."""
        return self.storage.packages.sellers_due(_DUE, self.clock.now())

    def run(self, seller: SellerId) -> Outcome:
        """Confirms the seller's due packages, those to ship first before the others.

        Raises:
            AmazonUnavailable: Amazon is down; the rest waits.
            CredentialRefused: the seller's credentials ended.
        """
        now = self.clock.now()
        due = self.storage.packages.due(_DUE, seller=seller, now=now, limit=BATCH)
        outcome = work_through(due, self._confirm, postpone=self._postpone) if due else NOTHING
        if outcome.again_at is not None:
            return outcome
        again_at = self.storage.packages.next_try(_DUE, seller, after=now)
        return replace(outcome, more=len(due) == BATCH, again_at=again_at)

    def _confirm(self, package: Package) -> bool:
        order = self.storage.orders.get(package.order)
        if order.state in _CANCELLED:
            return self._not_for_amazon(package)
        if package.bought or already_shown(order, package):  # Amazon counted it as shipped by itself
            return self._confirmed(package)
        if package.state is PackageState.INTENDED and self._amazon_has(order, package):
            return self._confirmed(package)
        intended = self._intend(package)
        try:
            self.confirm(order.seller, order.id, _request(order, intended))
        except AmazonThrottled:
            if package.state is PackageState.REPORTED:  # nothing was sent: there is nothing to settle
                self._back(intended)
            raise
        except AccessDenied as denied:
            return self._wait_for_role(intended, str(denied))
        except AmazonRefused as refused:
            return self._refused(intended, refused)
        return self._confirmed(intended)

    def _not_for_amazon(self, package: Package) -> bool:
        """Amazon takes no package of a cancelled order; tracking already asked for a person's attention."""
        with self.storage.transaction():
            self.storage.packages.change(package, state=PackageState.REFUSED, refusal=_CANCELLED_BEFORE)
            self._record(Tag.ORDER_PACKAGE_REFUSED, package)
        return True

    def _amazon_has(self, order: Order, package: Package) -> bool:
        reading = self.orders(order.seller).get(order.id)
        return reading.packages is not None and shown(package, reading)

    def _intend(self, package: Package) -> Package:
        with self.storage.transaction():
            intended = self.storage.packages.change(package, state=PackageState.INTENDED)
            self._record(Tag.ORDER_PACKAGE_INTENDED, intended)
            return intended

    def _confirmed(self, package: Package) -> bool:
        now = self.clock.now()
        with self.storage.transaction():
            self.storage.packages.change(
                package, state=PackageState.CONFIRMED, confirmed_at=now, next_try=None, tries=0, refusal=""
            )
            self._record(Tag.ORDER_PACKAGE_CONFIRMED, package)
            order = self.storage.orders.get(package.order)
            packages = standing(self.storage.packages.of_order(package.order))
            known = all(each.state in _KNOWN_TO_AMAZON for each in packages)
            if order.state is OrderState.SHIPPED and known and covered(order, packages):
                self.storage.orders.move(order, OrderState.CONFIRMED, confirmed_at=now)
                self.trail.record(Tag.ORDER_LIFE_CONFIRMED, actor=ACTOR, order=order.ref)
        return True

    def _refused(self, package: Package, refused: AmazonRefused) -> bool:
        with self.storage.transaction():
            self.storage.packages.change(package, state=PackageState.REFUSED, refusal=refused.message[:200])
            self._record(Tag.ORDER_PACKAGE_REFUSED, package)
            self._tell(package, what_to_do(self.storage.orders.get(package.order), package, refused))
        return True

    def _wait_for_role(self, package: Package, words: str) -> bool:
        with self.storage.transaction():
            self.storage.packages.change(
                package, next_try=self.clock.now() + _ROLE_WAIT, tries=package.tries + 1
            )
            self._tell(package, f"{words}. Give the application the role Inventory and Order Tracking.")
        return False

    def _back(self, package: Package) -> None:
        with self.storage.transaction():
            self.storage.packages.change(package, state=PackageState.REPORTED)

    def _postpone(self, package: Package) -> None:
        wait = longer_wait(package.tries, first=_FIRST_WAIT, longest=_LONGEST_WAIT)
        with self.storage.transaction():
            self.storage.packages.change(
                package,
                state=PackageState.INTENDED,
                next_try=self.clock.now() + wait,
                tries=package.tries + 1,
            )

    def _tell(self, package: Package, sentence: str) -> None:
        self.storage.orders.change(self.storage.orders.get(package.order), attention=sentence)

    def _record(self, tag: Tag, package: Package) -> None:
        self.trail.record(tag, actor=ACTOR, order=package.order, package=package.reference_id)


def _request(order: Order, package: Package) -> ConfirmRequest:
    carrier = carrier_of(package.carrier)
    return ConfirmRequest(
        marketplace_id=order.amazon.marketplace_id,
        reference_id=package.reference_id,
        carrier_code=carrier.code,
        carrier_name=carrier.name,
        shipping_method=package.service,
        tracking_number=package.tracking_number,
        ship_date=package.shipped_at,
        contents=package.contents,
    )
