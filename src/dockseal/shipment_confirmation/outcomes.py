"""Writes down what became of a package at Amazon, each with its audit row in one transaction.

However a package goes to Amazon, by a call or with a feed, it ends here.
"""

import contextlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dockseal.amazon.confirm_shipment import ConfirmRequest
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.attention import with_earlier, without
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import OrderRef
from dockseal.domain.lane import longer_wait
from dockseal.domain.order import Hold, OrderState
from dockseal.domain.parcel_hold import ParcelHold
from dockseal.domain.shipment import KNOWN_TO_AMAZON, Package, PackageState
from dockseal.errors import MoveRefused
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.shipment_confirmation.clearing import Clearing
from dockseal.shipment_confirmation.comparison import covered, standing
from dockseal.shipment_confirmation.judging import Sendable
from dockseal.shipment_confirmation.labels import number_of
from dockseal.storage.store import Storage

ACTOR = Actor(kind=ActorKind.SERVICE, name="shipment-confirmation")
_LONGEST_WORDS = 200
_MOST_AT_ONCE = 1000
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(minutes=5)
_ROLE_WAIT = timedelta(minutes=15)
_FEED_WAIT = timedelta(minutes=1)
_TELL_AFTER = 3
"""Looks at an order in vain, over some minutes, after which a person is told."""
_UNSETTLED = (
    "Nobody can tell whether Amazon knows of parcel {package.reference_id}, because Amazon does not show its "
    "order ({words}): it is asked again; if it cannot wait, compare the order in Seller Central."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """Changes packages. Every method raises `MoveRefused` when the package changed meanwhile."""

    storage: Storage
    trail: Trail
    clock: Clock

    def intended(
        self, package: Package, sendable: Sendable, *, feed: int | None = None, foreign: str = ""
    ) -> Package:
        """Writes, before Amazon is called, that it is about to be told; returns the package.

        Args:
            package: The package.
            sendable: What Amazon is told of it, and a person beside.
            feed: Our number of the feed it goes with; None: by a call of its own.
            foreign: The reference under which Amazon is told of it, where that is not ours.
        """
        request, warning = sendable.request, " ".join(sendable.warnings)
        told_carrier = request.carrier_name or request.carrier_code
        with self.storage.transaction():
            intended = self.storage.packages.change(
                package,
                state=PackageState.INTENDED,
                feed=feed,
                amazon_reference=foreign,
                next_try=None,
                told_number=request.tracking_number,
                told_carrier=told_carrier,
                warning=warning,
            )
            self._record(Tag.ORDER_PACKAGE_INTENDED, intended)
            if warning != package.warning:
                self._warned(package, warning)
            if (package.told_number, package.told_carrier) != (request.tracking_number, told_carrier):
                self._given_up(package.told_number)
            return intended

    def confirmed(self, package: Package, *, bought: bool = False, shown: str = "") -> bool:
        """Amazon accepted it, or knows of it otherwise; the order moves on once all of it is known.

        Args:
            package: The package.
            bought: Amazon knows of it by a label or a program of its own.
            shown: The number by which Amazon showed it before it was told; empty: Amazon was told.
        """
        now = self.clock.now()
        # From here on it is known by that number, not by the text that it was reported with.
        told = {"told_number": shown, "told_carrier": package.carrier} if shown else {}
        with self.storage.transaction():
            self.storage.packages.change(
                package,
                state=PackageState.CONFIRMED,
                confirmed_at=now,
                next_try=None,
                tries=0,
                refusal="",
                bought=package.bought or bought,
                **told,
            )
            self._record(Tag.ORDER_PACKAGE_CONFIRMED, package)
            self._order_known(package.order, now)
        return True

    def _order_known(self, ref: OrderRef, now: datetime) -> None:
        """Moves an order on that has left as a whole, and of which Amazon knows all that stands."""
        order = self.storage.orders.get(ref)
        packages = standing(self.storage.packages.of_order(ref))
        known = bool(packages) and all(each.state in KNOWN_TO_AMAZON for each in packages)
        if order.state is OrderState.SHIPPED and known and covered(order, packages):
            # The first time counts: Amazon does not take an edit for a late shipment.
            first = order.confirmed_at or now
            self.storage.orders.move(order, OrderState.CONFIRMED, confirmed_at=first)
            self.trail.record(Tag.ORDER_LIFE_CONFIRMED, actor=ACTOR, order=order.ref)

    def refused(self, package: Package, words: str, *, sentence: str = "") -> bool:
        """Amazon does not take it, in these words; `sentence` is what a person is told, if anything."""
        with self.storage.transaction():
            self.storage.packages.change(
                package, state=PackageState.REFUSED, refusal=words[:_LONGEST_WORDS], next_try=None, tries=0
            )
            self._record(Tag.ORDER_PACKAGE_REFUSED, package)
            if sentence:
                self.tell(package, sentence)
            self._order_known(package.order, self.clock.now())  # the other parcels may hold all of it
        return True

    def held(self, package: Package, hold: Hold) -> bool:
        """Stops it before Amazon is told, until a person or a correction lets it go on."""
        with self.storage.transaction():
            self.storage.packages.change(package, state=PackageState.HELD, hold=hold, next_try=None, tries=0)
            self.trail.record(
                Tag.ORDER_PACKAGE_HELD,
                actor=ACTOR,
                order=package.order,
                package=package.reference_id,
                code=hold.code,
            )
        return True

    def back(self, package: Package, *, before: Package | None = None) -> None:
        """Nothing was sent: it waits as if Amazon had never been thought of.

        Args:
            package: The package, as it was intended.
            before: As it was before that; None: what Amazon was told of it counts if that was confirmed.
        """
        told = before or (
            package if package.confirmed_at else replace(package, told_number="", told_carrier="")
        )
        with self.storage.transaction():
            self.storage.packages.change(
                package,
                state=PackageState.REPORTED,
                feed=before.feed if before else None,
                amazon_reference=told.amazon_reference,
                told_number=told.told_number,
                told_carrier=told.told_carrier,
            )

    def returned(self, package: Package, words: str) -> bool:
        """A feed did not bring it to Amazon, in these words; it goes by a call of its own."""
        with self.storage.transaction():
            self.storage.packages.change(
                package,
                state=PackageState.REPORTED,
                feed=None,
                refusal=words[:_LONGEST_WORDS],
                next_try=None,
                tries=package.tries + 1,
            )
            self._record(Tag.ORDER_PACKAGE_RETURNED, package)
        return True

    def waits_for_feed(self, package: Package, request: ConfirmRequest) -> bool:
        """No call can tell of it: it waits for the next feed, which takes it although it waits."""
        with self.storage.transaction():
            self.storage.packages.change(
                package,
                state=PackageState.REPORTED,
                feed=None,
                told_number=request.tracking_number,
                told_carrier=request.carrier_name or request.carrier_code,
                next_try=self.clock.now() + _FEED_WAIT,
                tries=package.tries + (package.state is PackageState.INTENDED),
            )
            self._given_up(package.told_number)
        return False

    def postponed(self, package: Package) -> None:
        """Amazon was down or its answer was lost: what was intended is settled later, ever less often."""
        (kept,) = self.storage.packages.numbered([package.number])
        with self.storage.transaction():
            self._looked_in_vain(kept)

    def unsettled(self, package: Package, words: str) -> bool:
        """Amazon was asked about its order, and answers nothing usable: it waits, and a person is told."""
        with self.storage.transaction():
            self._looked_in_vain(package)
            if package.untracked or package.tries >= _TELL_AFTER:
                said = words[:_LONGEST_WORDS].rstrip(".")
                self.tell(package, _UNSETTLED.format(package=package, words=said))
        return False

    def _looked_in_vain(self, package: Package) -> None:
        """Puts a package off; of one without a number only the feeds are counted that it went with."""
        tries, wait = package.tries, _LONGEST_WAIT
        if not package.untracked:
            tries, wait = tries + 1, longer_wait(tries, first=_FIRST_WAIT, longest=_LONGEST_WAIT)
        self.storage.packages.change(package, next_try=self.clock.now() + wait, tries=tries)

    def waits_for_role(self, package: Package, words: str) -> bool:
        """The application lacks a role: a person is told, and it is tried again."""
        with self.storage.transaction():
            self.storage.packages.change(
                package, next_try=self.clock.now() + _ROLE_WAIT, tries=package.tries + (not package.untracked)
            )
            self.tell(package, f"{words}. Give the application the role Inventory and Order Tracking.")
        return False

    def _given_up(self, number: str) -> None:
        """Has packages judged anew that were held because another one went under their number until now."""
        if not number:
            return
        clearing = Clearing(storage=self.storage, trail=self.trail, clock=self.clock)
        held = self.storage.packages.in_states(
            PackageState.HELD, held_for=ParcelHold.NUMBER_USED, limit=_MOST_AT_ONCE
        )
        for package in held:
            if number_of(package) == number:
                with contextlib.suppress(MoveRefused):
                    clearing.free(package, ACTOR)

    def _warned(self, package: Package, warning: str) -> None:
        """Tells a person what is to be known of it now, in place of what was before it was corrected."""
        order = self.storage.orders.get(package.order)
        known = without(order.attention, [package.warning]) if package.warning else order.attention
        self.storage.orders.change(order, attention=with_earlier(known, [warning] if warning else []))

    def tell(self, package: Package, sentence: str) -> None:
        """Tells a person of it, beside what they were told before; inside a transaction."""
        order = self.storage.orders.get(package.order)
        self.storage.orders.change(order, attention=with_earlier(order.attention, [sentence]))

    def _record(self, tag: Tag, package: Package) -> None:
        self.trail.record(tag, actor=ACTOR, order=package.order, package=package.reference_id)
