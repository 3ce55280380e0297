"""What goes with the next feed of packages: chosen, judged, and written as intents.

Only a package that Amazon can number in one way goes with one, and those that no call can tell of: Amazon
numbers the packages of a feed itself (docs/decisions/0022).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from dockseal.amazon.fulfillment_feed import MOST_BYTES, PackageMessage, size
from dockseal.amazon.operations import CONFIRM_SHIPMENT, CREATE_FEED, CREATE_FEED_DOCUMENT, Operation
from dockseal.domain.feed import Feed, FeedKind, FeedState
from dockseal.domain.identifiers import SellerId
from dockseal.domain.order import NOT_BY_US, Hold, Order
from dockseal.domain.quota import BucketState
from dockseal.domain.shipment import KNOWN_TO_AMAZON, Package, PackageState, WaitingPackage
from dockseal.errors import MoveRefused
from dockseal.shipment_confirmation.choosing import (
    FEED_TAKES,
    FEEDS_APART,
    MOST_IN_A_FEED,
    Supply,
    Waiting,
    choose,
    feed_at,
)
from dockseal.shipment_confirmation.comparison import covered
from dockseal.shipment_confirmation.judging import Sendable, is_cancelled
from dockseal.shipment_confirmation.outcomes import Outcomes

Judge = Callable[[Order, Package], Sendable | Hold]
"""Says what Amazon is told of a package."""
KIND = FeedKind.FULFILLMENT
_T = TypeVar("_T")
_LOOK_AHEAD = 20_000
"""So many waiting packages are chosen for at once."""
_TOGETHER = 100
"""So many packages are written in one transaction: other writers wait for that long."""
_STOPPED = frozenset({PackageState.HELD, PackageState.REFUSED})
_NOT_IN_TURN = (
    "Parcel {package.reference_id} has no tracking number, and goes to Amazon once Amazon knows of the other "
    "parcels of this order: see to the one that is held or refused."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundling:
    """Makes feeds of what waits.

    Attributes:
        outcomes: Writes down what becomes of each package.
        buckets: Tells how a bucket of Amazon's stands.
    """

    outcomes: Outcomes
    buckets: Callable[[SellerId, Operation], BucketState]

    def chosen(self, seller: SellerId, now: datetime, *, untracked: bool) -> list[int]:
        """Returns the numbers of what goes with a feed now.

        Args:
            seller: Whose packages.
            now: The present instant.
            untracked: Whether any may wait that no call can tell of.
        """
        last = self.outcomes.storage.feeds.latest(seller, KIND)
        at = self._feed_at(seller, _not_before(last), now)
        if at > now and not untracked:
            return []
        waiting = self.outcomes.storage.packages.waiting(seller, now=now, limit=_LOOK_AHEAD)
        forced = [each for each in waiting if each.untracked]
        if at > now:  # guidance is for many feeds, not for a parcel that would be late
            hurried = any(each.ship_by and now <= each.ship_by < at + FEED_TAKES for each in forced)
            at = self._feed_at(seller, _free_at(last), now) if hurried else at
        if at > now:
            return []
        chosen = self._best(seller, waiting, taken=len(forced), now=now)
        return [*(each.number for each in forced), *chosen][:MOST_IN_A_FEED]

    def _best(
        self, seller: SellerId, waiting: Sequence[WaitingPackage], *, taken: int, now: datetime
    ) -> tuple[int, ...]:
        either = [each for each in waiting if each.whole and each.untried and not each.untracked]
        supply = Supply(
            calls=self.buckets(seller, CONFIRM_SHIPMENT),
            feed_at=now,
            called=len(waiting) - len(either) - taken,
            most=MOST_IN_A_FEED - taken,
        )
        return choose(
            [Waiting(number=each.number, ship_by=each.ship_by) for each in either], supply, now
        ).by_feed

    def _feed_at(self, seller: SellerId, not_before: datetime | None, now: datetime) -> datetime:
        documents, feeds = self.buckets(seller, CREATE_FEED_DOCUMENT), self.buckets(seller, CREATE_FEED)
        return feed_at(documents, feeds, not_before, now)

    def bundled(
        self, seller: SellerId, numbers: Sequence[int], judge: Judge
    ) -> tuple[Feed | None, list[PackageMessage]]:
        """Writes the intents; a feed that is cut off here is sent with what it has by then."""
        storage = self.outcomes.storage
        feed: Feed | None = None
        messages: list[PackageMessage] = []
        room = MOST_BYTES
        for some in in_batches(numbers):
            with storage.transaction():
                for package in storage.packages.numbered(some):
                    order = storage.orders.get(package.order)
                    sendable = self._sendable(order, package, judge)
                    if sendable is None:
                        continue
                    message = PackageMessage(
                        number=package.number, order_id=order.id, request=sendable.request
                    )
                    if size(message) > room:
                        continue
                    feed = feed or storage.feeds.intend(seller, KIND, self.outcomes.clock.now())
                    if quietly(self.outcomes.intended, package, sendable, feed=feed.number):
                        messages.append(message)
                        room -= size(message)
        return feed, messages

    def _sendable(self, order: Order, package: Package, judge: Judge) -> Sendable | None:
        """Returns what a feed tells of a package; None if it does not go with one now."""
        if package.state is not PackageState.REPORTED or package.bought:
            return None
        if is_cancelled(order, package) or order.amazon.programs & NOT_BY_US:
            return None
        judged = judge(order, package)
        if isinstance(judged, Hold):
            quietly(self.outcomes.held, package, judged)
            return None
        return judged if self._countable(order, package, judged) else None

    def _countable(self, order: Order, package: Package, judged: Sendable) -> bool:
        """Tells whether Amazon will number it as we do, and no other parcel in its place."""
        packages = self.outcomes.storage.packages.of_order(order.ref)
        others = [each for each in packages if each.reference_id != package.reference_id]
        if not judged.only_by_feed:
            return not others and covered(order, packages)
        if any(each.state in _STOPPED for each in others):
            self.outcomes.tell(package, _NOT_IN_TURN.format(package=package))
        return package.reference_id == len(packages) and all(each.state in KNOWN_TO_AMAZON for each in others)


def _not_before(last: Feed | None) -> datetime | None:
    if last is None or last.state is FeedState.DROPPED:
        return _free_at(last)
    return last.intended_at + FEEDS_APART


def _free_at(last: Feed | None) -> datetime | None:
    """Returns before when nothing is to be tried again, after a feed that could not be sent."""
    return last.next_try if last is not None and last.state is FeedState.DROPPED else None


def in_batches(items: Iterable[_T]) -> Iterator[list[_T]]:
    """Yields so many items as are written in one transaction."""
    left = iter(items)
    while some := list(islice(left, _TOGETHER)):
        yield some


def quietly(act: Callable[..., object], *given: object, **more: object) -> bool:
    """Acts on one package; one that changed meanwhile is left as it is."""
    try:
        return bool(act(*given, **more))
    except MoveRefused:
        return False
