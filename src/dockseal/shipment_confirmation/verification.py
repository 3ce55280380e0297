"""Verifies: acceptance is no proof, only a package that Amazon shows is.

Nothing is asked of Amazon here. A package waits until its order was read after Amazon took it, whoever read
it; where no sweep does so in time, or where more packages wait than the next sweep's page shows, a notice has
it read, by pages or by itself, whatever is soonest (`order_synchronization.planning`).

What Amazon shows otherwise is read again at the times of `_LOOKS`, since Amazon's reads may lag behind, and
then repaired (`repairing`). A verified order is followed until its parcels are delivered (`following`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.lane import NOTHING, Outcome, work_through
from dockseal.domain.notice import Notice, NoticeSource
from dockseal.domain.order import Order, OrderState
from dockseal.domain.shipment import Package, PackageState
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.shipment_confirmation.comparison import Comparison, compare, standing
from dockseal.shipment_confirmation.following import Following, follow_at
from dockseal.shipment_confirmation.repairing import Repairing, told_of_packages
from dockseal.shipment_confirmation.rest_cancelled import RestCancelled
from dockseal.storage.store import Storage

BATCH = 50
CROWD = 100
"""So many packages fit on a page of the next sweep, which costs nothing; more are asked for at once."""
_PARTLY = 500
"""So many orders that somebody else shipped the rest of may be among those looked at."""
ACTOR = Actor(kind=ActorKind.SERVICE, name="shipment-confirmation")
_TOLD_OF_ALL = frozenset({OrderState.SHIPPED, OrderState.CONFIRMED})
_LOOKS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 35, 75))
"""So long after Amazon took a package that it shows otherwise it is read again; the last time decides."""
_ASKED_AGAIN = timedelta(hours=1)
"""A notice is mostly answered long before; should it be lost, it is written again."""
_ANSWERED_BY = timedelta(minutes=3)
"""When a package that differed is looked at again, while a reading is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Verifies the packages that Amazon took.

    Attributes:
        after: How long after the confirmation a reading is asked for, where no sweep showed it.
    """

    storage: Storage
    trail: Trail
    clock: Clock
    after: timedelta

    def busy(self) -> list[SellerId]:
        """Returns the sellers that have packages to look at."""
        return self.storage.read_back.sellers_due(self.clock.now())

    def run(self, seller: SellerId) -> Outcome:
        """Verifies the seller's packages that are due, and looks after those that are under way."""
        now = self.clock.now()
        _each(self.storage.read_back.partly_shipped(seller, limit=_PARTLY), self._rest_cancelled.look)
        crowd = self.storage.read_back.unread(seller) > CROWD
        # Once there is a crowd nobody waits for the next sweep, nor who came before it was one.
        soon = now + min(self.after, _ASKED_AGAIN / 2) if crowd else None
        due = self.storage.read_back.due(seller, now=now, unread_until=soon, limit=BATCH)
        followed = self.storage.read_back.to_follow(seller, now=now, limit=BATCH)
        verified = _each(due, lambda order: self._look(order, crowd=crowd))
        looked_after = _each(followed, self._following.look)
        return Outcome(
            done=verified.done + looked_after.done,
            more=BATCH in {len(due), len(followed)},
            again_at=self.storage.read_back.next_try(seller, after=now),
        )

    @property
    def _repairing(self) -> Repairing:
        return Repairing(storage=self.storage, trail=self.trail, clock=self.clock, actor=ACTOR)

    @property
    def _rest_cancelled(self) -> RestCancelled:
        return RestCancelled(storage=self.storage, trail=self.trail, clock=self.clock, actor=ACTOR)

    @property
    def _following(self) -> Following:
        return Following(storage=self.storage, clock=self.clock)

    def _look(self, order: Order, *, crowd: bool) -> bool:
        """Looks at the packages of an order that Amazon took; tells whether something is to be done next."""
        packages = self.storage.packages.of_order(order.ref)
        found = compare(packages, order.amazon)
        open_ = [package for package in packages if package.state is PackageState.CONFIRMED]
        proven = [each for each in open_ if not found.of(each) and order.read_at >= self._sent_at(each)]
        others = [each for each in open_ if each not in proven]
        done = False
        with self.storage.transaction():
            for package in proven:
                self._verified(package, found)
            if proven or not open_:
                order = self._advanced(order, found)
                done = True
            wrong = []
            for package in others:
                if order.read_at < _told_at(package):
                    done |= self._wait(order, package, crowd=crowd)
                elif not self._look_again(order, package):
                    wrong.append(package)
            if wrong:
                done |= self._repairing.repair(order, wrong, found)
        return done

    def _sent_at(self, package: Package) -> datetime:
        """Returns since when a reading that shows a package as sent is a proof of it."""
        feed = package.feed
        return (feed is not None and self.storage.read_back.sent_at(feed)) or _told_at(package)

    def _verified(self, package: Package, found: Comparison) -> None:
        changes: dict[str, Any] = {"state": PackageState.VERIFIED, "next_try": None, "tries": 0}
        if package.reference_id in found.references:
            changes["amazon_reference"] = found.references[package.reference_id]
        self.storage.packages.change(package, **changes)
        self.trail.record(
            Tag.ORDER_PACKAGE_VERIFIED, actor=ACTOR, order=package.order, package=package.reference_id
        )

    def _advanced(self, order: Order, found: Comparison) -> Order:
        """Returns the order, verified once all of its packages are, without what needs nobody now."""
        packages = standing(self.storage.packages.of_order(order.ref))
        attention = told_of_packages(order, packages, found)
        if order.state is OrderState.CONFIRMED and all(
            package.state is PackageState.VERIFIED for package in packages
        ):
            next_try = follow_at(order, self.clock.now())
            order = self.storage.orders.move(
                order, OrderState.VERIFIED, attention=attention, next_try=next_try
            )
            self.trail.record(Tag.ORDER_LIFE_VERIFIED, actor=ACTOR, order=order.ref)
            return order
        return self.storage.orders.change(order, attention=attention)

    def _wait(self, order: Order, package: Package, *, crowd: bool) -> bool:
        """Waits for a reading that a sweep makes anyway, or asks for one."""
        now, told_at = self.clock.now(), _told_at(package)
        asked_at = told_at if crowd else told_at + self.after
        if now < asked_at:
            self.storage.packages.change(package, next_try=asked_at)
            return False
        self.storage.packages.change(package, next_try=now + _ASKED_AGAIN)
        return self._ask(order, told_at, f"{(now - told_at) // _ASKED_AGAIN}")

    def _look_again(self, order: Order, package: Package) -> bool:
        """Has an order read again whose package differs; False once it was read often enough."""
        now, told_at = self.clock.now(), _told_at(package)
        to_come = [told_at + look for look in _LOOKS if told_at + look > order.read_at]
        if not to_come:
            return False
        if now >= to_come[0]:
            turn = (now - to_come[0]) // _ASKED_AGAIN
            self._ask(order, to_come[0], f"again/{turn}", listed=False)
        next_try = max(to_come[0], now + _ANSWERED_BY)
        self.storage.packages.change(package, next_try=next_try, tries=package.tries + 1)
        return True

    def _ask(self, order: Order, since: datetime, turn: str, *, listed: bool = True) -> bool:
        """Has an order read as it is at `since` or later; the same wish twice is one.

        Args:
            order: Which order.
            since: What Amazon was told then is to be seen.
            turn: Tells wishes of one instant apart.
            listed: Amazon's lists may show it as changed since then.
        """
        notice = Notice(
            id=f"verify/{order.id}/{since.isoformat()}/{turn}",
            seller=order.seller,
            amazon_order_id=order.id,
            source=NoticeSource.VERIFICATION,
            noticed_at=since,
            tries=0 if listed else 1,
        )
        if not self.storage.notices.add(notice):  # it waits for its turn still
            return False
        if order.state in _TOLD_OF_ALL:
            # What was noticed before is the echo of what we told Amazon, and is answered by the same reading.
            self.storage.notices.close(order.seller, order.id, since, but=notice.id)
        return True


def _each(orders: Sequence[Order], look: Callable[[Order], bool]) -> Outcome:
    return work_through(orders, look, postpone=lambda _: None) if orders else NOTHING


def _told_at(package: Package) -> datetime:
    return package.confirmed_at or package.shipped_at
