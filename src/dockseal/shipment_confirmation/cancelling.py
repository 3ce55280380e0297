"""Has Amazon cancel orders, many by one feed (POST_ORDER_ACKNOWLEDGEMENT_DATA).

An order waits for it held, and its wish is in a table before Amazon is asked. Amazon's processing report is
no proof: a cancellation is done once a reading of Amazon's shows it, which the intake brings.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dockseal.amazon.acknowledgement_feed import CancelMessage, acknowledgement_feed
from dockseal.amazon.feeds import Feeds
from dockseal.amazon.processing_report import ProcessingReport
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.attention import with_earlier
from dockseal.domain.cancellation import (
    BEING_CANCELLED,
    Cancellation,
    CancellationState,
    CancelReason,
    wishes_cancel,
)
from dockseal.domain.clock import Clock
from dockseal.domain.feed import Feed, FeedKind, FeedState
from dockseal.domain.identifiers import SellerId
from dockseal.domain.lane import Outcome, earliest, longer_wait
from dockseal.domain.order import OVER, Hold, Order, OrderState
from dockseal.errors import (
    AccessDenied,
    AmazonRefused,
    AmazonThrottled,
    AmazonUnavailable,
    AnswerUnreadable,
    MoveRefused,
    OutcomeUnknown,
)
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.shipment_confirmation.feeding import Feeding
from dockseal.storage.store import Storage

MOST_IN_A_FEED = 500
ACTOR = Actor(kind=ActorKind.SERVICE, name="shipment-confirmation")
_KIND = FeedKind.ACKNOWLEDGEMENT
_FIRST_LOOK = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(minutes=15)
_ROLE_WAIT = timedelta(minutes=15)
_SHOWN_WAIT = timedelta(hours=1)
_TELL_AFTER = 9
"""Looks, over about five hours, after which a person is told that Amazon does not show a cancellation."""
_S = CancellationState


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelling:
    """The lane that cancels orders at Amazon.

    Attributes:
        feeds: Amazon's Feeds API.
    """

    storage: Storage
    feeds: Feeds
    trail: Trail
    clock: Clock

    def busy(self) -> list[SellerId]:
        """Returns the sellers that have cancellations to send, or to hear of."""
        now = self.clock.now()
        waiting = self.storage.cancellations.sellers_due(now)
        return sorted({*waiting, *self.storage.feeds.sellers_due(_KIND, now)})

    def run(self, seller: SellerId) -> Outcome:
        """Hears of the feeds under way, and sends what waits.

        Raises:
            CredentialRefused: the seller's credentials ended.
        """
        now = self.clock.now()
        taken = self.storage.cancellations.due(_S.TAKEN, seller, now=now, limit=MOST_IN_A_FEED)
        done = sum(self._quietly(self._look, each) for each in taken)
        again_at = self.storage.cancellations.next_try(seller, after=now)
        try:
            done += self._feeds(seller, now)
        except AmazonThrottled as throttled:
            again_at = earliest(again_at, throttled.until)
        for feed in self.storage.feeds.open(seller, _KIND):
            again_at = earliest(again_at, feed.next_try)
        return Outcome(done=done, again_at=again_at)

    def _feeds(self, seller: SellerId, now: datetime) -> int:
        done, sending = 0, False
        for feed in self.storage.feeds.open(seller, _KIND):
            sending = sending or feed.state is FeedState.INTENDED
            if feed.next_try is None or feed.next_try <= now:
                step = self._hear if feed.state is FeedState.SENT else self._send_again
                done += self._tried(feed, step)
        if not sending:
            new = self._bundled(seller, now)
            if new is not None:
                done += self._tried(new, self._send)
        return done

    def _tried(self, feed: Feed, step: Callable[[Feed], int]) -> int:
        """Takes one step of a feed; what Amazon does not answer is tried again."""
        try:
            return step(feed)
        except (AmazonUnavailable, OutcomeUnknown, AnswerUnreadable, AmazonRefused):
            with contextlib.suppress(MoveRefused):  # it may have been taken back
                self._wait(feed)
                if feed.tries + 1 == _TELL_AFTER:
                    self._tell_all(self._held(feed), _NOT_HEARD)
            return 0

    def _wait(self, feed: Feed) -> None:
        wait = longer_wait(feed.tries, first=_FIRST_LOOK, longest=_LONGEST_WAIT)
        self.storage.feeds.change(feed, next_try=self.clock.now() + wait, tries=feed.tries + 1)

    def _bundled(self, seller: SellerId, now: datetime) -> Feed | None:
        """Puts everything that waits into one feed, as an intent; None if nothing does."""
        due = self.storage.cancellations.due(_S.WANTED, seller, now=now, limit=MOST_IN_A_FEED)
        still = [each for each in due if self._quietly(self._still_wanted, each)]
        if not still:
            return None
        with self.storage.transaction():
            feed = self.storage.feeds.intend(seller, _KIND, now)
            for each in still:
                self.storage.cancellations.change(each, state=_S.SENT, feed=feed.number, next_try=None)
        return feed

    def _still_wanted(self, cancellation: Cancellation) -> bool:
        """Drops what is not to be sent any more: the buyer changed its mind, or the order is over."""
        with self.storage.transaction():
            order = self.storage.orders.get(cancellation.order)
            if not _waits(order):
                state = _S.DONE if order.state in OVER else _S.DROPPED
                self._change(cancellation, state, _TOLD[state])
                return False
            if not _withdrawn(cancellation, order):
                return True
            self._change(cancellation, _S.DROPPED, Tag.ORDER_CANCELLATION_DROPPED)
            self._lift(order)
            return False

    def _send_again(self, feed: Feed) -> int:
        """Settles a lost answer: where Amazon refuses the look, nothing is known of what was sent."""
        feed_id = Feeding(storage=self.storage, feeds=self.feeds).found(feed)
        if feed_id is None:
            return self._send(feed, tried=True)
        return self._sent(feed, self._held(feed), feed_id)

    def _send(self, feed: Feed, *, tried: bool = False) -> int:
        home = self.storage.sellers.get(feed.seller)
        held = self._held(feed)
        if not held:  # all of it was refused, and this was cut off before the feed was over
            self._over(feed, held, {})
            return 0
        content = acknowledgement_feed(home.selling_partner_id, [self._message(each) for each in held])
        feeding = Feeding(storage=self.storage, feeds=self.feeds)
        try:
            feed_id = feeding.send(feed, content, marketplaces=home.marketplaces)
        except (AmazonThrottled, AmazonUnavailable) as fault:
            if not tried:  # nothing was sent: what comes meanwhile may go with it, or be withdrawn
                self._back(feed, held, until=self._again_at(fault, held))
            raise
        except AccessDenied as denied:
            self._back(feed, held, until=self.clock.now() + _ROLE_WAIT)
            self._tell_all(held, f"{denied}. Have Amazon give the application a role for order feeds.")
            return 0
        except AmazonRefused as refused:
            self._over(feed, held, {each.number: refused.message or refused.code for each in held})
            return len(held)
        return self._sent(feed, held, feed_id)

    def _sent(self, feed: Feed, held: list[Cancellation], feed_id: str) -> int:
        with self.storage.transaction():
            self.storage.feeds.change(
                feed,
                state=FeedState.SENT,
                feed_id=feed_id,
                next_try=self.clock.now() + _FIRST_LOOK,
                tries=0,
            )
            for each in held:
                self.trail.record(Tag.ORDER_CANCELLATION_SENT, actor=ACTOR, order=each.order, feed=feed_id)
        return len(held)

    def _message(self, cancellation: Cancellation) -> CancelMessage:
        return CancelMessage(
            number=cancellation.number,
            order_id=self.storage.orders.get(cancellation.order).id,
            items=cancellation.items,
            reason=cancellation.reason.value,
        )

    def _hear(self, feed: Feed) -> int:
        report = Feeding(storage=self.storage, feeds=self.feeds).report(feed)
        if report is None:
            self._wait(feed)
            return 0
        held = self._held(feed)
        self._over(feed, held, _faults(report, held))
        return len(held)

    def _held(self, feed: Feed) -> list[Cancellation]:
        """Returns what a feed is still to bring to Amazon, or to be heard of."""
        cancellations = self.storage.cancellations.of_feed(feed.number)
        return [each for each in cancellations if each.state is _S.SENT]

    def _over(self, feed: Feed, held: list[Cancellation], faults: dict[int, str]) -> None:
        """Writes down what became of each; killed in between, the next run goes on with the others."""
        judged = [self._quietly(self._judged, each, faults.get(each.number, "")) for each in held]
        if all(judged):
            self.storage.feeds.change(feed, state=FeedState.DONE, next_try=None, tries=0)
        else:
            self._wait(feed)

    def _judged(self, cancellation: Cancellation, fault: str) -> bool:
        with self.storage.transaction():
            order = self.storage.orders.get(cancellation.order)
            if fault and order.state not in OVER:
                self._refused(cancellation, order, fault)
            else:
                self._change(cancellation, _S.TAKEN, Tag.ORDER_CANCELLATION_TAKEN)
        return True

    def _refused(self, cancellation: Cancellation, order: Order, words: str) -> None:
        self._change(cancellation, _S.REFUSED, Tag.ORDER_CANCELLATION_REFUSED, words=words)
        hold = _not_cancelled(order, words)
        if not _waits(order):
            sentence = (
                f"Amazon did not cancel order {order.id} ({words.rstrip('.')}), which is {order.state} here: "
                "compare it with Seller Central."
            )
            attention = with_earlier(order.attention, [sentence])
            self.storage.orders.change(order, attention=attention)
        elif _withdrawn(cancellation, order):
            self._lift(order)
        else:
            self.storage.orders.change(order, hold=hold)
            self.trail.record(Tag.ORDER_LIFE_HELD, actor=ACTOR, order=order.ref, code=hold.code)

    def _look(self, cancellation: Cancellation) -> bool:
        """Looks whether the intake has seen at Amazon what Amazon took; costs no call."""
        with self.storage.transaction():
            order = self.storage.orders.get(cancellation.order)
            left = {line.order_item_id for line in order.amazon.lines if line.ordered > line.shipped}
            if order.state in OVER or not left & set(cancellation.items):
                self._change(cancellation, _S.DONE, Tag.ORDER_CANCELLATION_SHOWN)
                if _waits(order):
                    self._lift(order)
                return True
            wait = longer_wait(cancellation.tries, first=_FIRST_LOOK, longest=_SHOWN_WAIT)
            self.storage.cancellations.change(
                cancellation, next_try=self.clock.now() + wait, tries=cancellation.tries + 1
            )
            if cancellation.tries + 1 == _TELL_AFTER:
                self._tell_all([cancellation], _NOT_SHOWN)
        return False

    def _lift(self, order: Order) -> None:
        self.storage.orders.move(order, OrderState.ACCEPTED, hold=None)
        self.trail.record(Tag.ORDER_LIFE_UNHELD, actor=ACTOR, order=order.ref, code=BEING_CANCELLED)

    def _back(self, feed: Feed, held: list[Cancellation], *, until: datetime | None) -> None:
        with self.storage.transaction():
            self.storage.feeds.change(feed, state=FeedState.DROPPED)
            for each in held:
                self.storage.cancellations.change(
                    each, state=_S.WANTED, feed=None, next_try=until, tries=each.tries + 1
                )

    def _again_at(self, fault: AmazonThrottled | AmazonUnavailable, held: list[Cancellation]) -> datetime:
        if isinstance(fault, AmazonThrottled):
            return fault.until
        tries = min(each.tries for each in held)
        return self.clock.now() + longer_wait(tries, first=_FIRST_LOOK, longest=_LONGEST_WAIT)

    def _tell_all(self, held: list[Cancellation], sentence: str) -> None:
        for each in held:
            with contextlib.suppress(MoveRefused), self.storage.transaction():
                order = self.storage.orders.get(each.order)
                attention = with_earlier(order.attention, [sentence])
                self.storage.orders.change(order, attention=attention)

    def _change(self, cancellation: Cancellation, state: _S, tag: Tag, *, words: str = "") -> None:
        self.storage.cancellations.change(cancellation, state=state, words=words, next_try=None, tries=0)
        self.trail.record(tag, actor=ACTOR, order=cancellation.order)

    def _quietly(self, act: Callable[..., bool], cancellation: Cancellation, *more: str) -> bool:
        """Acts on one; what changed meanwhile is left to the next run."""
        try:
            return act(cancellation, *more)
        except MoveRefused:
            return False


_TOLD = {_S.DONE: Tag.ORDER_CANCELLATION_SHOWN, _S.DROPPED: Tag.ORDER_CANCELLATION_DROPPED}
_NOT_SHOWN = (
    "Amazon took its cancellation hours ago and does not show it cancelled: look at it in Seller Central, "
    "and cancel it there if it is not."
)


_NOT_HEARD = (
    "Amazon has not said for hours whether it cancelled it: look at it in Seller Central, and cancel it "
    "there if it is not."
)


def _waits(order: Order) -> bool:
    return order.state is OrderState.HELD and order.hold is not None and order.hold.code == BEING_CANCELLED


def _withdrawn(cancellation: Cancellation, order: Order) -> bool:
    return cancellation.reason is CancelReason.BUYER_CANCELED and not wishes_cancel(order.amazon)


def _faults(report: ProcessingReport, held: list[Cancellation]) -> dict[int, str]:
    return {each.number: fault for each in held if (fault := report.fault_of(each.number))}


def _not_cancelled(order: Order, words: str) -> Hold:
    return Hold(
        code="cancellation_refused",
        sentence=(
            f"Amazon did not cancel order {order.id} ({words.rstrip('.')}): cancel it in Seller Central, or "
            "examine it again to have it released."
        ),
    )
