"""Tells Amazon of each package, once (confirmShipment, Orders v0).

Amazon knows no idempotency key but `packageReferenceId`: the same id again edits the same package. The id is
ours, and the intent to send it is committed before the call. An intent whose answer was lost is settled by
reading Amazon back; only a package Amazon does not show is sent again, under the same id.

A backlog that calls would be too slow for goes with a feed, and so does a package that no call can tell of:
see `bulk`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from dockseal.amazon.confirm_shipment import ConfirmRequest
from dockseal.amazon.orders import OrdersReader
from dockseal.domain.identifiers import AmazonOrderId, SellerId
from dockseal.domain.lane import NOTHING, Outcome, earliest, work_through
from dockseal.domain.order import NOT_BY_US, OVER, Hold, Order
from dockseal.domain.parcel_hold import ParcelHold
from dockseal.domain.shipment import Package, PackageState
from dockseal.errors import (
    AccessDenied,
    AmazonRefused,
    AmazonThrottled,
    AmazonUnavailable,
    AnswerUnreadable,
    OutcomeUnknown,
)
from dockseal.shipment_confirmation.already_shown import already_shown, number_as_shown, reason, what_to_do
from dockseal.shipment_confirmation.bulk import Bulk
from dockseal.shipment_confirmation.comparison import shown, standing
from dockseal.shipment_confirmation.facts import Facts
from dockseal.shipment_confirmation.judging import Sendable, is_cancelled, judge
from dockseal.shipment_confirmation.labels import number_of, use_of
from dockseal.shipment_confirmation.outcomes import Outcomes
from dockseal.shipment_confirmation.references import reference_at_amazon

BATCH = 50
_DUE = (PackageState.REPORTED, PackageState.INTENDED)
_FEEDS_IN_VAIN = 3
_IN_VAIN = (
    "Parcel {package.reference_id}, which has no tracking number, went to Amazon with several feeds, and "
    "Amazon does not show it: confirm it in Seller Central, or report a number."
)
_CANCELLED_BEFORE = (
    "Amazon takes no parcel of a cancelled order: have the carrier bring it back, or settle it with the "
    "buyer in Seller Central"
)
CANCELLED_SINCE = (
    "Amazon has cancelled what lies in parcel {package.reference_id}, and takes it no more: have the carrier "
    "bring it back, or settle it with the buyer in Seller Central."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """Confirms packages.

    Attributes:
        outcomes: Writes down what became of each.
        confirm: Amazon's confirmShipment for a seller's order.
        orders: Gives the reader of a seller's orders, to settle lost answers.
        bulk: Sends feeds.
    """

    outcomes: Outcomes
    confirm: Callable[[SellerId, AmazonOrderId, ConfirmRequest], None]
    orders: Callable[[SellerId], OrdersReader]
    bulk: Bulk

    def busy(self) -> list[SellerId]:
        """Returns the sellers that have packages to confirm, or feeds to hear of."""
        waiting = self.outcomes.storage.packages.sellers_due(_DUE, self.outcomes.clock.now())
        return sorted({*waiting, *self.bulk.busy()})

    def run(self, seller: SellerId) -> Outcome:
        """Confirms the seller's due packages: lost answers first, and of each kind those to ship first.

        Raises:
            AmazonUnavailable: Amazon is down; the rest waits.
            CredentialRefused: the seller's credentials ended.
        """
        packages, now = self.outcomes.storage.packages, self.outcomes.clock.now()
        heard = self.bulk.hear(seller, self._judged)
        # Reading back has a quota of its own: what is only to be told does not wait for it, nor for its end.
        asked = packages.due(PackageState.INTENDED, seller=seller, now=now, limit=BATCH)
        settled, fault = self._settled(asked)
        due = packages.due(PackageState.REPORTED, seller=seller, now=now, limit=BATCH)
        called = work_through(due, self._tried, postpone=self.outcomes.postponed) if due else NOTHING
        if fault is not None:
            raise fault
        # More waits than there are calls, or than one batch.
        crowd = called.again_at is not None or len(due) == BATCH
        untracked = any(package.untracked for package in due)
        sent = NOTHING
        if crowd or untracked:
            sent = self.bulk.send(seller, self._judged, untracked=untracked)
        again_at = earliest(heard.again_at, settled.again_at, called.again_at, sent.again_at)
        if called.again_at is None:
            again_at = earliest(again_at, packages.next_try(_DUE, seller, after=now))
        return Outcome(
            done=heard.done + settled.done + called.done + sent.done,
            more=_more(called, due) or _more(settled, asked),
            again_at=again_at,
        )

    def _settled(self, asked: Sequence[Package]) -> tuple[Outcome, AmazonUnavailable | OutcomeUnknown | None]:
        """Settles lost answers; returns also what ended that, for those that are told of first."""
        if not asked:
            return NOTHING, None
        try:
            return work_through(asked, self._tried, postpone=self.outcomes.postponed), None
        except (AmazonUnavailable, OutcomeUnknown) as fault:
            return NOTHING, fault

    def _tried(self, package: Package) -> bool:
        """Confirms one; an order that Amazon does not let us read keeps no other one waiting."""
        try:
            return self._confirm(package)
        except AccessDenied as denied:
            return self.outcomes.waits_for_role(package, str(denied))
        except (AmazonRefused, AnswerUnreadable) as fault:
            return self.outcomes.unsettled(package, str(fault))

    def _confirm(self, package: Package) -> bool:
        order = self.outcomes.storage.orders.get(package.order)
        if is_cancelled(order, package):
            over = order.state in OVER  # then tracking already asked for a person's attention
            sentence = "" if over else CANCELLED_SINCE.format(package=package)
            return self.outcomes.refused(package, _CANCELLED_BEFORE, sentence=sentence)
        labelled = package.bought or bool(order.amazon.programs & NOT_BY_US)
        ours = self.outcomes.storage.packages.of_order(order.ref) if order.amazon.packages else ()
        if labelled or already_shown(order, package, among=ours):  # by its own label, or by a person's hand
            told = labelled or package.state is PackageState.INTENDED
            shown_as = "" if told else number_as_shown(package)
            return self.outcomes.confirmed(package, bought=labelled, shown=shown_as)
        if package.state is PackageState.INTENDED and self._amazon_has(order, package):
            return self.outcomes.confirmed(package)
        judged = self._judged(order, package)
        if isinstance(judged, Hold):
            return self.outcomes.held(package, judged)
        if judged.only_by_feed:
            return self._left_to_a_feed(order, package, judged)
        return self._sent(order, package, judged)

    def _judged(self, order: Order, package: Package) -> Sendable | Hold:
        return judge(order, package, self._facts(package))

    def _left_to_a_feed(self, order: Order, package: Package, sendable: Sendable) -> bool:
        if not self.bulk.enabled:
            return self.outcomes.held(package, _feeds_off(order, package))
        if package.tries >= _FEEDS_IN_VAIN:
            words = "Amazon does not show it after several feeds"
            return self.outcomes.refused(package, words, sentence=_IN_VAIN.format(package=package))
        return self.outcomes.waits_for_feed(package, sendable.request)

    def _sent(self, order: Order, package: Package, sendable: Sendable) -> bool:
        reference = self._reference(order, package)
        foreign = "" if reference == str(package.reference_id) else reference
        request = replace(sendable.request, reference=reference)
        intended = self.outcomes.intended(package, replace(sendable, request=request), foreign=foreign)
        try:
            self.confirm(order.seller, order.id, request)
        except AmazonThrottled:
            if package.state is PackageState.REPORTED:  # nothing was sent: there is nothing to settle
                self.outcomes.back(intended, before=package)
            raise
        except AccessDenied as denied:
            return self.outcomes.waits_for_role(intended, str(denied))
        except AmazonRefused as refused:
            sentence = what_to_do(order, intended, refused)
            return self.outcomes.refused(intended, refused.message or reason(refused), sentence=sentence)
        return self.outcomes.confirmed(intended)

    def _reference(self, order: Order, package: Package) -> str:
        """Returns the reference under which Amazon is told; only a feed leads to another one than ours."""
        storage = self.outcomes.storage.packages
        ours = storage.of_order(order.ref)
        if package.amazon_reference.isdecimal():
            return package.amazon_reference
        if all(each.feed is None and not each.amazon_reference for each in ours):
            return str(package.reference_id)
        theirs = self.orders(order.seller).get(order.id).packages
        if theirs is None:  # v0 shows none, and a feed took only what Amazon numbers as we do
            return str(package.reference_id)
        numbers = {package.number_at_amazon, number_of(package), *storage.former_numbers(package)}
        return reference_at_amazon(package, numbers=numbers, ours=ours, theirs=theirs)

    def _amazon_has(self, order: Order, package: Package) -> bool:
        """Tells whether Amazon shows it; v0, which shows no packages, tells of one that went with a feed.

        That one was to hold all of the order, or all that was left: if Amazon counts it as shipped beside
        the others, the feed did it.
        """
        reading = self.orders(order.seller).get(order.id)
        packages = self.outcomes.storage.packages.of_order(order.ref)
        telling = reading.packages is not None or package.feed is not None
        return telling and shown(package, reading, among=packages)

    def _facts(self, package: Package) -> Facts:
        storage, number = self.outcomes.storage, number_of(package)
        same = storage.packages.with_number(number)
        others = [each for each in same if each.order != package.order]
        of_order = [each for each in same if each.order == package.order]
        return Facts(
            now=self.outcomes.clock.now(),
            taught=storage.carrier_names.of(package.warehouse),
            same_number=tuple(use_of(storage.orders.get(each.order), each, number) for each in others),
            beside=tuple(each for each in standing(of_order) if each.reference_id != package.reference_id),
            supply_source=storage.warehouses.get(package.warehouse).supply_source,
        )


def _more(worked: Outcome, batch: Sequence[Package]) -> bool:
    return worked.again_at is None and len(batch) == BATCH


def _feeds_off(order: Order, package: Package) -> Hold:
    return Hold(
        code=ParcelHold.FEEDS_OFF,
        sentence=f"Parcel {package.reference_id} of order {order.id} has no tracking number: Amazon takes "
        "such a parcel by feed alone, and feeds are switched off (DOCKSEAL_CONFIRMATION_FEEDS). Give it a "
        "number, confirm it in Seller Central, or switch feeds on and send it as it is.",
    )
