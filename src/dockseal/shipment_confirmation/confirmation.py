"""Tells Amazon of each package, once (confirmShipment, Orders v0).

Amazon knows no idempotency key but `packageReferenceId`: the same id again edits the same package. The id is
ours, and the intent to send it is committed before the call. An intent whose answer was lost is settled by
reading Amazon back; only a package Amazon does not show is sent again, under the same id.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from dockseal.amazon.confirm_shipment import ConfirmRequest
from dockseal.amazon.orders import OrdersReader
from dockseal.domain.identifiers import AmazonOrderId, SellerId
from dockseal.domain.lane import NOTHING, Outcome, work_through
from dockseal.domain.order import NOT_BY_US, Hold, Order, OrderState
from dockseal.domain.shipment import Package, PackageState
from dockseal.errors import AccessDenied, AmazonRefused, AmazonThrottled
from dockseal.shipment_confirmation.already_shown import already_shown, what_to_do
from dockseal.shipment_confirmation.comparison import shown
from dockseal.shipment_confirmation.facts import Facts
from dockseal.shipment_confirmation.judging import Sendable, judge
from dockseal.shipment_confirmation.labels import number_of, use_of
from dockseal.shipment_confirmation.outcomes import Outcomes

BATCH = 50
_DUE = (PackageState.REPORTED, PackageState.INTENDED)
_CANCELLED = frozenset({OrderState.CANCELLED, OrderState.SHREDDED})
_CANCELLED_BEFORE = (
    "Amazon takes no parcel of a cancelled order: have the carrier bring it back, or settle it with the "
    "buyer in Seller Central"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """Confirms packages.

    Attributes:
        outcomes: Writes down what became of each.
        confirm: Amazon's confirmShipment for a seller's order.
        orders: Gives the reader of a seller's orders, to settle lost answers.
    """

    outcomes: Outcomes
    confirm: Callable[[SellerId, AmazonOrderId, ConfirmRequest], None]
    orders: Callable[[SellerId], OrdersReader]

    def busy(self) -> list[SellerId]:
        """Returns the sellers that have packages to confirm."""
        return self.outcomes.storage.packages.sellers_due(_DUE, self.outcomes.clock.now())

    def run(self, seller: SellerId) -> Outcome:
        """Confirms the seller's due packages, those to ship first before the others.

        Raises:
            AmazonUnavailable: Amazon is down; the rest waits.
            CredentialRefused: the seller's credentials ended.
        """
        packages, now = self.outcomes.storage.packages, self.outcomes.clock.now()
        due = packages.due(_DUE, seller=seller, now=now, limit=BATCH)
        outcome = work_through(due, self._confirm, postpone=self.outcomes.postponed) if due else NOTHING
        if outcome.again_at is not None:
            return outcome
        again_at = packages.next_try(_DUE, seller, after=now)
        return replace(outcome, more=len(due) == BATCH, again_at=again_at)

    def _confirm(self, package: Package) -> bool:
        order = self.outcomes.storage.orders.get(package.order)
        if order.state in _CANCELLED:  # tracking already asked for a person's attention
            return self.outcomes.refused(package, _CANCELLED_BEFORE)
        if package.bought or order.amazon.programs & NOT_BY_US:
            return self.outcomes.confirmed(package, bought=True)  # Amazon knows of it by its own label
        if already_shown(order, package):
            return self.outcomes.confirmed(package)
        if package.state is PackageState.INTENDED and self._amazon_has(order, package):
            return self.outcomes.confirmed(package)
        judged = judge(order, package, self._facts(package))
        if isinstance(judged, Hold):
            return self.outcomes.held(package, judged)
        return self._sent(order, package, judged)

    def _sent(self, order: Order, package: Package, sendable: Sendable) -> bool:
        intended = self.outcomes.intended(package, sendable.request)
        try:
            self.confirm(order.seller, order.id, sendable.request)
        except AmazonThrottled:
            if package.state is PackageState.REPORTED:  # nothing was sent: there is nothing to settle
                self.outcomes.back(intended)
            raise
        except AccessDenied as denied:
            return self.outcomes.waits_for_role(intended, str(denied))
        except AmazonRefused as refused:
            sentence = what_to_do(order, intended, refused)
            return self.outcomes.refused(intended, refused.message, sentence=sentence)
        return self.outcomes.confirmed(intended, warnings=sendable.warnings)

    def _amazon_has(self, order: Order, package: Package) -> bool:
        reading = self.orders(order.seller).get(order.id)
        return reading.packages is not None and shown(package, reading)

    def _facts(self, package: Package) -> Facts:
        storage, number = self.outcomes.storage, number_of(package)
        others = [each for each in storage.packages.with_number(number) if each.order != package.order]
        return Facts(
            now=self.outcomes.clock.now(),
            taught=storage.carrier_names.of(package.warehouse),
            same_number=tuple(use_of(storage.orders.get(each.order), each, number) for each in others),
            supply_source=storage.warehouses.get(package.warehouse).supply_source,
        )
