"""Tells Amazon of many packages with one feed (POST_ORDER_FULFILLMENT_DATA), where calls would be too slow.

The feed and its packages are intents in the tables before Amazon is called (`bundling`). A feed that Amazon
does not end in time, or whose end nobody can read, is over for us: its packages are settled by reading Amazon
back, as every other lost answer.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from dockseal.amazon.feeds import Feeds
from dockseal.amazon.fulfillment_feed import PackageMessage, fulfillment_feed
from dockseal.domain.feed import Feed, FeedState
from dockseal.domain.identifiers import SellerId
from dockseal.domain.lane import NOTHING, Outcome, earliest, longer_wait
from dockseal.domain.order import Hold
from dockseal.domain.shipment import Package, PackageState
from dockseal.errors import (
    AmazonRefused,
    AmazonThrottled,
    AmazonUnavailable,
    AnswerUnreadable,
    OutcomeUnknown,
)
from dockseal.monitoring_audit.tags import Tag
from dockseal.shipment_confirmation.bundling import KIND, Bundling, Judge, in_batches, quietly
from dockseal.shipment_confirmation.feeding import Feeding, Heard
from dockseal.shipment_confirmation.judging import is_cancelled
from dockseal.shipment_confirmation.outcomes import ACTOR, Outcomes
from dockseal.shipment_confirmation.verdicts import Fate, Verdict, verdicts

_FIRST_LOOK = timedelta(seconds=30)
_OFTEN = 20
"""So many looks come one after the other in `_FIRST_LOOK`; later ones ever less often."""
_LONGEST_WAIT = timedelta(minutes=15)
_AGAIN = timedelta(minutes=5)
"""After a feed that could not be sent."""
_REFUSED_WAIT = timedelta(hours=1)
_PATIENCE = timedelta(hours=2)
"""A feed that is not over by then is not waited for."""
_UNREADABLE = timedelta(minutes=15)
"""The same of a feed whose end cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """The feeds of packages.

    Attributes:
        outcomes: Writes down what became of each package.
        feeds: Amazon's Feeds API.
        bundling: Makes feeds of what waits.
        enabled: Whether new feeds are sent.
    """

    outcomes: Outcomes
    feeds: Feeds
    bundling: Bundling
    enabled: bool = True

    def busy(self) -> list[SellerId]:
        """Returns the sellers that have a feed to send again, or to hear of."""
        return self.outcomes.storage.feeds.sellers_due(KIND, self.outcomes.clock.now())

    def hear(self, seller: SellerId, judge: Judge) -> Outcome:
        """Takes a step with each feed that is not over.

        Args:
            seller: Whose feeds.
            judge: Says what Amazon is told of a package.

        Raises:
            CredentialRefused: the seller's credentials ended.
        """
        feeds, now, done = self.outcomes.storage.feeds, self.outcomes.clock.now(), 0
        for feed in feeds.open(seller, KIND):
            if feed.next_try is None or feed.next_try <= now:
                done += self._tried(feed, judge)
        again_at = earliest(*(feed.next_try for feed in feeds.open(seller, KIND)))
        return Outcome(done=done, again_at=again_at)

    def send(self, seller: SellerId, judge: Judge, *, untracked: bool) -> Outcome:
        """Sends a feed, if that is best for what waits.

        Args:
            seller: Whose packages.
            judge: Says what Amazon is told of a package.
            untracked: Whether any may wait that no call can tell of.

        Raises:
            CredentialRefused: the seller's credentials ended.
        """
        storage, now = self.outcomes.storage, self.outcomes.clock.now()
        if not self.enabled or storage.feeds.open(seller, KIND):
            return NOTHING
        chosen = self.bundling.chosen(seller, now, untracked=untracked)
        if not chosen:
            return NOTHING
        feed, messages = self.bundling.bundled(seller, chosen, judge)
        if feed is None:
            return NOTHING
        done = self._guarded(feed, lambda: self._send(feed, messages))
        return Outcome(done=done, again_at=now + _FIRST_LOOK)

    def _tried(self, feed: Feed, judge: Judge) -> int:
        if feed.state is FeedState.SENT:
            return self._guarded(feed, lambda: self._hear(feed))
        return self._guarded(feed, lambda: self._send_again(feed, judge))

    def _guarded(self, feed: Feed, step: Callable[[], int]) -> int:
        """Takes one step of a feed; what Amazon does not answer is tried again, for as long as is wise."""
        try:
            return step()
        except AmazonThrottled as throttled:
            self.outcomes.storage.feeds.change(feed, next_try=throttled.until)
        except (AmazonUnavailable, OutcomeUnknown, AmazonRefused):
            return self._wait(feed)
        except AnswerUnreadable:
            return self._wait(feed, patience=_UNREADABLE)
        return 0

    def _wait(self, feed: Feed, *, patience: timedelta = _PATIENCE) -> int:
        now = self.outcomes.clock.now()
        if now - feed.intended_at >= patience:
            return self._over(feed, None)
        wait = longer_wait(max(0, feed.tries - _OFTEN), first=_FIRST_LOOK, longest=_LONGEST_WAIT)
        self.outcomes.storage.feeds.change(feed, next_try=now + wait, tries=feed.tries + 1)
        return 0

    def _send(self, feed: Feed, messages: Sequence[PackageMessage]) -> int:
        """Sends a feed that surely was not sent before; what could not be sent is free again at once."""
        now = self.outcomes.clock.now()
        try:
            feed_id = self._create(feed, messages)
        except AmazonThrottled as throttled:
            self._drop(feed, until=throttled.until)
        except AmazonUnavailable:
            self._drop(feed, until=now + _AGAIN)
        except AmazonRefused as refused:  # a role is missing, or Amazon takes no feeds: calls go on
            self._drop(feed, until=now + _REFUSED_WAIT, words=str(refused))
        else:
            return self._sent(feed, feed_id, [message.number for message in messages])
        return 0

    def _send_again(self, feed: Feed, judge: Judge) -> int:
        """Settles a lost answer: looks for the feed, and sends it only if Amazon does not show it."""
        feed_id = self._feeding().found(feed)
        if feed_id is not None:
            return self._sent(feed, feed_id, None)
        messages = list(self._again(feed, judge))
        if not messages:
            self._drop(feed, until=None)
            return 0
        return self._sent(feed, self._create(feed, messages), [message.number for message in messages])

    def _again(self, feed: Feed, judge: Judge) -> Iterator[PackageMessage]:
        for package in self._held(feed):
            order = self.outcomes.storage.orders.get(package.order)
            if is_cancelled(order, package):  # the lane says so, as of every other one
                quietly(self.outcomes.back, package)
                continue
            judged = judge(order, package)
            if isinstance(judged, Hold):  # it was found out since
                quietly(self.outcomes.held, package, judged)
            else:
                yield PackageMessage(number=package.number, order_id=order.id, request=judged.request)

    def _create(self, feed: Feed, messages: Sequence[PackageMessage]) -> str:
        home = self.outcomes.storage.sellers.get(feed.seller)
        # Amazon may work through it in turn, and the intake reads what changed at one instant by order id.
        in_turn = sorted(messages, key=attrgetter("order_id"))
        content = fulfillment_feed(home.selling_partner_id, in_turn)
        return self._feeding().send(feed, content, marketplaces=home.marketplaces)

    def _sent(self, feed: Feed, feed_id: str, numbers: Sequence[int] | None) -> int:
        """Amazon has the feed; `numbers` is what is in it, if that is known."""
        storage, inside = self.outcomes.storage, frozenset(numbers or ())
        next_try = self.outcomes.clock.now() + _FIRST_LOOK
        storage.feeds.change(feed, state=FeedState.SENT, feed_id=feed_id, next_try=next_try, tries=0)
        for some in in_batches(storage.packages.of_feed(feed.number)):
            with storage.transaction():
                for package in some:
                    if numbers is not None and package.number not in inside:  # changed before it was sent
                        quietly(storage.packages.change, package, feed=None)
                    else:
                        self._record(package, feed_id)
        return len(inside)

    def _record(self, package: Package, feed_id: str) -> None:
        self.outcomes.trail.record(
            Tag.ORDER_PACKAGE_SENT,
            actor=ACTOR,
            order=package.order,
            package=package.reference_id,
            feed=feed_id,
        )

    def _hear(self, feed: Feed) -> int:
        heard = self._feeding().heard(feed)
        return self._wait(feed) if heard is None else self._over(feed, heard)

    def _over(self, feed: Feed, heard: Heard | None) -> int:
        """Writes down what became of each; killed in between, the next run goes on with the others."""
        storage, done = self.outcomes.storage, 0
        sent = storage.packages.of_feed(feed.number)
        fates = verdicts(heard, [package.number for package in sent])
        # Those that leave the feed go last: cut off here, the report still fits what is left of it.
        held = sorted(self._held(feed), key=lambda package: fates[package.number].fate is Fate.RETURNED)
        for some in in_batches(held):
            with storage.transaction():
                done += sum(quietly(self._judged, package, fates[package.number]) for package in some)
        storage.feeds.change(feed, state=FeedState.DONE, next_try=None, tries=0)
        return done

    def _judged(self, package: Package, verdict: Verdict) -> bool:
        """Acts on a verdict; a package that nobody can say anything of stays an intent, and is read back."""
        words = verdict.words
        if verdict.fate is Fate.CONFIRMED:
            self.outcomes.confirmed(package)
            if words:
                self.outcomes.tell(package, _WARNED.format(package=package, words=words))
        elif verdict.fate is Fate.RETURNED and not package.untracked:
            self.outcomes.returned(package, words)
        elif verdict.fate is not Fate.UNSURE:
            self.outcomes.refused(package, words, sentence=_REFUSED.format(package=package, words=words))
        return True

    def _drop(self, feed: Feed, *, until: datetime | None, words: str = "") -> None:
        """Nothing was sent: what it held goes by call, or with another feed, which is not sent before."""
        storage = self.outcomes.storage
        for some in in_batches(self._held(feed)):
            with storage.transaction():
                for package in some:
                    if words and package.untracked:
                        quietly(self.outcomes.tell, package, _NO_FEEDS.format(package=package, words=words))
                    quietly(self.outcomes.back, package)
        storage.feeds.change(feed, state=FeedState.DROPPED, next_try=until)

    def _held(self, feed: Feed) -> list[Package]:
        """Returns the packages that wait for a feed; those that were corrected meanwhile do not."""
        packages = self.outcomes.storage.packages.of_feed(feed.number)
        return [package for package in packages if package.state is PackageState.INTENDED]

    def _feeding(self) -> Feeding:
        return Feeding(storage=self.outcomes.storage, feeds=self.feeds)


_WARNED = "Amazon took parcel {package.reference_id} with a warning ({words}): compare it in Seller Central."
_REFUSED = (
    "Amazon refused parcel {package.reference_id} ({words}): correct it, or have the warehouse report it "
    "again under a new report id."
)
_NO_FEEDS = (
    "Parcel {package.reference_id} has no tracking number and goes to Amazon by feed alone, which Amazon "
    "does not take ({words}). Give the application the role Inventory and Order Tracking, or report a number."
)
