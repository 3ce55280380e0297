"""Asks warehouses not to ship what they have, and has orders go on from their answers.

The wish is written before a warehouse is asked, by whoever noticed why. Whatever cuts the work off in
between, the next run asks again under the same reference, and the warehouse sees a repeat. An order goes on
only once every warehouse that has a part of it answered: nothing is released anew before it is certain.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.attention import with_earlier, without
from dockseal.domain.cancellation import CancelReason
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import OrderRef, SellerId, WarehouseId, revision_of
from dockseal.domain.lane import Outcome, longer_wait
from dockseal.domain.order import Order, OrderState
from dockseal.domain.release import Release, ReleaseState, Warehouse
from dockseal.domain.shelf import ShelfKind
from dockseal.domain.stop import ANSWERED, Stop, StopState
from dockseal.errors import MoveRefused, WarehouseError
from dockseal.fulfillment_processing.anew import fresh
from dockseal.fulfillment_processing.cancelling_wish import intend_cancellation
from dockseal.fulfillment_processing.stop_endings import End, Ending, end_of
from dockseal.fulfillment_processing.stop_words import (
    ask_yourself,
    not_reached,
    over_now,
    silent,
    stopped_by_a_person,
)
from dockseal.fulfillment_processing.stops import answered
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage
from dockseal.warehouses.calls import Act, Calling, untold
from dockseal.warehouses.personal_data import is_pulled
from dockseal.warehouses.port import Asking, StopAnswer, Stopping, StopRequest, WarehouseAdapter

BATCH = 50
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
TELL_AFTER = 3
"""Tries after which a person is told that a warehouse could not be asked."""
GIVE_UP_AFTER = 3
"""Failures in a row after which a warehouse is left alone until the next run."""
IN_FLIGHT = timedelta(minutes=5)
"""A hand-over that was begun before the wish has surely ended by then."""
_OTHERS = timedelta(hours=1)
"""An answered stop is woken by the answers of the others; so often it is looked at besides."""

STOPPER = Actor(kind=ActorKind.SERVICE, name="stopping")


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLane:
    """The lane that asks warehouses to stop orders, and has the orders go on from what they say.

    Attributes:
        adapters: Gives the adapter of a warehouse.
        silence: How long an answer is waited for before a person is told.
        calling: Surrounds each call to a warehouse.
    """

    storage: Storage
    trail: Trail
    adapters: Callable[[Warehouse], WarehouseAdapter]
    clock: Clock
    silence: timedelta
    calling: Calling = untold

    def busy(self) -> list[SellerId]:
        """Returns the sellers that have orders to stop."""
        return self.storage.stops.sellers_due(self.clock.now())

    def run(self, seller: SellerId) -> Outcome:
        """Takes the next step of each stop of a seller that is due.

        Raises:
            SettingsFault: a warehouse's adapter cannot be built.
        """
        now = self.clock.now()
        due = self.storage.stops.due(seller, now=now, limit=BATCH)
        failures: Counter[WarehouseId] = Counter()
        done = 0
        for stop in due:
            try:
                done += self._step(stop, failures)
            except MoveRefused:
                continue  # changed meanwhile; the next run takes it as it is
        return Outcome(
            done=done,
            more=len(due) == BATCH and not failures,
            again_at=self.storage.stops.next_try(seller, after=now),
        )

    def _step(self, stop: Stop, failures: Counter[WarehouseId]) -> bool:
        if stop.state in ANSWERED:
            return self._go_on(stop.order)
        if stop.state is StopState.ASKED:
            return self._unanswered(stop)
        if failures[stop.warehouse] >= GIVE_UP_AFTER:
            # Many of them must not crowd out those of other warehouses.
            self.storage.stops.change(stop, next_try=self.clock.now() + FIRST_WAIT)
            return False
        return self._ask(stop, failures)

    def _ask(self, stop: Stop, failures: Counter[WarehouseId]) -> bool:
        release = self.storage.releases.get(stop.release)
        if release is None or not release.live:
            return self._said(stop, stopped=True)  # it never took it
        order = self.storage.orders.get(stop.order)
        if release.state is ReleaseState.INTENDED and (until := self._in_flight(order, release, stop)):
            self.storage.stops.change(stop, next_try=until)
            return False
        warehouse = self.storage.warehouses.get(stop.warehouse)
        try:
            return self._put(stop, order, release, warehouse)
        except WarehouseError as fault:
            failures[stop.warehouse] += 1
            words = str(fault)
        self._postpone(stop, words)
        return False

    def _put(self, stop: Stop, order: Order, release: Release, warehouse: Warehouse) -> bool:
        """Puts the wish to the warehouse in the way that its adapter has."""
        adapter = self.adapters(warehouse)
        if self._never_taken(release, adapter):
            return self._said(stop, stopped=True)
        if is_pulled(adapter):
            return self._on_shelf(stop)
        if not isinstance(adapter, Stopping):
            return self._by_a_person(stop)
        request = StopRequest(reference=stop.release, warehouse=warehouse, amazon_order_id=order.id)
        with self.calling(warehouse.id, Act.STOP, 1):
            answer = adapter.stop(request)
        if answer is not StopAnswer.ASKED:
            return self._said(stop, stopped=answer is StopAnswer.STOPPED)
        with self.storage.transaction():
            self._keep_asked(stop, by="warehouse")
        return True

    def _in_flight(self, order: Order, release: Release, stop: Stop) -> datetime | None:
        """Returns until when a hand-over without an answer may still reach the warehouse; None: not now."""
        now = self.clock.now()
        current = revision_of(release.ref) == order.revision
        if order.state is OrderState.RELEASABLE and current:
            return now + FIRST_WAIT  # it may be handed over again: the release lane holds it first
        ends = stop.wanted_at + IN_FLIGHT
        return ends if now < ends else None

    def _never_taken(self, release: Release, adapter: WarehouseAdapter) -> bool:
        """Tells whether a hand-over without an answer surely did not reach the warehouse; then it is over."""
        if release.state is not ReleaseState.INTENDED:
            return False
        if not is_pulled(adapter) and not self._is_unknown(release, adapter):
            return False
        self.storage.releases.settle(release, ReleaseState.REFUSED, self.clock.now())
        return True

    def _is_unknown(self, release: Release, adapter: WarehouseAdapter) -> bool:
        """Tells whether a warehouse that can be asked surely does not have a release."""
        if not isinstance(adapter, Asking):
            return False
        with self.calling(release.warehouse, Act.ASK, 1):
            return adapter.ask(release.ref) is None

    def _said(self, stop: Stop, *, stopped: bool) -> bool:
        """Keeps an answer, and has the order go on from it."""
        with self.storage.transaction():
            answered(self.storage, self.trail, stop, stopped=stopped, actor=STOPPER, at=self.clock.now())
        return self._go_on(stop.order)

    def _on_shelf(self, stop: Stop) -> bool:
        with self.storage.transaction():
            self.storage.shelf.put(stop.warehouse, stop.release, ShelfKind.STOP, self.clock.now())
            self._keep_asked(stop, by="shelf")
        return True

    def _by_a_person(self, stop: Stop) -> bool:
        with self.storage.transaction():
            order = self.storage.orders.get(stop.order)
            self._tell(order, ask_yourself(order, stop))
            self._keep_asked(stop, by="person")
        return True

    def _keep_asked(self, stop: Stop, *, by: str) -> None:
        now = self.clock.now()
        self.storage.stops.change(
            stop, state=StopState.ASKED, asked_at=now, next_try=now + self.silence, tries=0
        )
        self.trail.record(
            Tag.ORDER_STOP_ASKED,
            actor=STOPPER,
            order=stop.order,
            release=stop.release,
            warehouse=stop.warehouse,
            by=by,
        )

    def _unanswered(self, stop: Stop) -> bool:
        release = self.storage.releases.get(stop.release)
        if release is None or not release.live:
            return self._said(stop, stopped=True)  # it was refused meanwhile, which is an answer too
        with self.storage.transaction():
            self.storage.stops.change(stop, state=StopState.SILENT, next_try=None)
            self.trail.record(
                Tag.ORDER_STOP_UNANSWERED,
                actor=STOPPER,
                order=stop.order,
                release=stop.release,
                warehouse=stop.warehouse,
            )
            order = self.storage.orders.get(stop.order)
            left = without(order.attention, [ask_yourself(order, stop)])
            self.storage.orders.change(order, attention=with_earlier(left, [silent(order, stop)]))
        return True

    def _postpone(self, stop: Stop, words: str) -> None:
        wait = longer_wait(stop.tries, first=FIRST_WAIT, longest=LONGEST_WAIT)
        with self.storage.transaction():
            self.storage.stops.change(stop, next_try=self.clock.now() + wait, tries=stop.tries + 1)
            if stop.tries + 1 == TELL_AFTER:
                order = self.storage.orders.get(stop.order)
                self._tell(order, not_reached(order, stop, words))

    def _go_on(self, ref: OrderRef) -> bool:
        """Has an order go on once all of its warehouses answered; tells whether it did."""
        with self.storage.transaction():
            order = self.storage.orders.get(ref)
            stops = [stop for stop in self.storage.stops.of_order(ref) if not stop.settled]
            if not stops:
                return False
            end = end_of(order, stops)
            if end.what is Ending.WAIT:
                for stop in stops:
                    if stop.state in ANSWERED:
                        self.storage.stops.change(stop, next_try=self.clock.now() + _OTHERS)
                return False
            for stop in stops:
                self.storage.stops.change(stop, settled=True, next_try=None)
            self._end(order, end, stops)
            return True

    def _end(self, order: Order, end: End, stops: list[Stop]) -> None:
        if end.what is Ending.CANCEL:
            reason = CancelReason.BUYER_CANCELED
            intend_cancellation(self.storage, self.trail, order, reason, actor=STOPPER, at=self.clock.now())
        elif end.what is Ending.HOLD:
            self._hold(order)
        elif end.what is Ending.ANEW:
            self._anew(order)
        elif end.what is Ending.SHIPS:
            self._tell(order, end.sentence)
        else:
            over = [sentence for stop in stops for sentence in over_now(order, stop)]
            left = without(order.attention, over)
            if left != order.attention:
                self.storage.orders.change(order, attention=left)

    def _hold(self, order: Order) -> None:
        hold = stopped_by_a_person(order)
        changes = fresh(self.storage, order)
        if order.state is OrderState.HELD:
            self.storage.orders.change(order, hold=hold, **changes)
        else:
            self.storage.orders.move(order, OrderState.HELD, hold=hold, **changes)
        self.trail.record(Tag.ORDER_LIFE_HELD, actor=STOPPER, order=order.ref, code=hold.code)

    def _anew(self, order: Order) -> None:
        """Sends an order back to examination: its personal data is retrieved again, its reference is new."""
        changes = fresh(self.storage, order)
        if order.state is OrderState.ACCEPTED:
            self.storage.orders.change(order, **changes)
            return
        if order.state is not OrderState.HELD:
            order = self.storage.orders.move(order, OrderState.HELD)
            self.trail.record(Tag.ORDER_LIFE_HELD, actor=STOPPER, order=order.ref, code="stopped")
        self.storage.orders.move(order, OrderState.ACCEPTED, hold=None, **changes)
        self.trail.record(Tag.ORDER_LIFE_UNHELD, actor=STOPPER, order=order.ref)

    def _tell(self, order: Order, sentence: str) -> None:
        self.storage.orders.change(order, attention=with_earlier(order.attention, [sentence]))
