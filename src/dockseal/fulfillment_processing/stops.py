"""Takes in who wants an order stopped, and what warehouses say to it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.attention import with_earlier, without
from dockseal.domain.cancellation import CancelReason
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import OrderRef, ReleaseRef, WarehouseId
from dockseal.domain.order import Order, OrderState
from dockseal.domain.release import Release
from dockseal.domain.shelf import ShelfKind
from dockseal.domain.stop import ANSWERED, Stop, StopReason, StopState
from dockseal.domain.warehouse_message import StopReply
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.cancelling_wish import intend_cancellation
from dockseal.fulfillment_processing.stop_words import answered_twice, over_now, shipped_all_the_same
from dockseal.monitoring_audit.stop_wishes import want_stops
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.planting import refuse_canary
from dockseal.storage.store import Storage

_CANCELLABLE = frozenset({OrderState.ACCEPTED, OrderState.HELD, OrderState.RELEASABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stops:
    """Stops as people and warehouses speak of them. The same said twice changes nothing."""

    storage: Storage
    trail: Trail
    clock: Clock
    canaries: Callable[[], frozenset[OrderRef]] = frozenset

    def want(self, ref: OrderRef, actor: Actor) -> None:
        """Has the warehouses of an order asked not to ship it, because a person wants that.

        Raises:
            BadInput: no warehouse has it, or all of it has left.
        """
        with self.storage.transaction():
            order = self.storage.orders.get(ref)
            refuse_canary(self.canaries(), order)
            live = [each for each in self.storage.releases.of_order(ref) if each.live]
            if not live or order.state in {OrderState.SHIPPED, OrderState.CONFIRMED, OrderState.VERIFIED}:
                raise BadInput(f"order {order.id} is {order.state}: there is nothing at a warehouse to stop")
            want_stops(self.storage, self.trail, order, StopReason.PERSON, actor=actor, at=self.clock.now())

    def record(
        self, ref: OrderRef, actor: Actor, *, stopped: bool, release: ReleaseRef | None = None
    ) -> None:
        """Takes in what a warehouse told a person.

        Args:
            ref: Of which order.
            actor: Who was told.
            stopped: False: it was too late.
            release: For which of its releases; None: for each that no answer is known of.

        Raises:
            BadInput: no such answer is waited for.
            MoveRefused: the order changed at the same moment; record it again.
        """
        with self.storage.transaction():
            order = self.storage.orders.get(ref)
            waiting = [
                stop
                for stop in self.storage.stops.of_order(ref)
                if (release is None and stop.state not in ANSWERED) or stop.release == release
            ]
            if not waiting:
                raise BadInput(
                    f"no answer of a warehouse is waited for about order {order.id}: have it stopped first, "
                    f"with `dockseal orders stop {order.id}`"
                )
            for stop in waiting:
                answered(self.storage, self.trail, stop, stopped=stopped, actor=actor, at=self.clock.now())

    def replied(self, warehouse: WarehouseId, reply: StopReply, *, actor: Actor | None = None) -> None:
        """Takes in what a warehouse says to a stop.

        Args:
            warehouse: Who says it.
            reply: What it says.
            actor: Who brings it; the warehouse itself if left out.

        Raises:
            BadInput: it was not asked that.
            MoveRefused: the order changed at the same moment; take it again.
        """
        who = actor or Actor(kind=ActorKind.WAREHOUSE, name=warehouse)
        with self.storage.transaction():
            stop = self.storage.stops.get(reply.release)
            if stop is None or stop.warehouse != warehouse:
                raise BadInput(
                    f"warehouse {warehouse} was not asked to stop an order under this reference: send the "
                    "reference exactly as it came with the order"
                )
            answered(self.storage, self.trail, stop, stopped=reply.stopped, actor=who, at=self.clock.now())

    def cancel(self, ref: OrderRef, reason: CancelReason, actor: Actor) -> None:
        """Has an order cancelled at Amazon that no warehouse has.

        Raises:
            BadInput: a warehouse has it or may have it, nothing of it is left, or it is being cancelled.
            MoveRefused: the order changed at the same moment; say it again.
        """
        with self.storage.transaction():
            order = self.storage.orders.get(ref)
            if any(each.live for each in self.storage.releases.of_order(ref)):
                raise BadInput(
                    f"order {order.id} is at a warehouse, or may be: have it stopped first, with `dockseal "
                    f"orders stop {order.id}`, and cancel it once it is"
                )
            if order.state not in _CANCELLABLE:
                raise BadInput(f"order {order.id} is {order.state}: it cannot be cancelled any more")
            if self.storage.cancellations.open(ref) is not None:
                raise BadInput(f"order {order.id} is being cancelled already: wait for Amazon's answer")
            if not any(line.ordered > line.shipped for line in order.amazon.lines):
                raise BadInput(f"Amazon shows nothing left of order {order.id} to cancel")
            intend_cancellation(self.storage, self.trail, order, reason, actor=actor, at=self.clock.now())


def note_parcel(
    storage: Storage, trail: Trail, order: Order, release: Release, *, actor: Actor, at: datetime
) -> Order:
    """Takes note that a parcel of a release left, which was perhaps to be stopped; inside a transaction.

    Args:
        storage: Keeps the stops.
        trail: Is told.
        order: Whose parcel.
        release: Under which reference the warehouse had it.
        actor: Who reported it.
        at: When.

    Returns:
        The order as it is now.
    """
    stop = storage.stops.get(release.ref)
    if stop is None or stop.state is StopState.TOO_LATE:
        return order
    if stop.state is StopState.STOPPED:
        sentence = shipped_all_the_same(order, release)
        return storage.orders.change(order, attention=with_earlier(order.attention, [sentence]))
    answered(storage, trail, stop, stopped=False, actor=actor, at=at)
    return storage.orders.get(order.ref)


def answered(
    storage: Storage, trail: Trail, stop: Stop, *, stopped: bool, actor: Actor, at: datetime
) -> None:
    """Writes down what became of a stop; the lane goes on from it. Inside a transaction.

    Args:
        storage: Keeps it.
        trail: Is told.
        stop: As it is kept.
        stopped: False: it was too late.
        actor: Who says so.
        at: When.
    """
    state = StopState.STOPPED if stopped else StopState.TOO_LATE
    order = storage.orders.get(stop.order)
    if stop.state is state:
        return
    if stop.state is StopState.STOPPED:
        # It may have gone on already: it is never stopped twice, and a person must look.
        attention = with_earlier(order.attention, [answered_twice(order, stop)])
        storage.orders.change(order, attention=attention)
        return
    storage.stops.change(stop, state=state, answered_at=at, settled=False, next_try=None, tries=0)
    _wake(storage, storage.stops.of_order(stop.order))
    if stopped:
        _free(storage, stop, at)
    trail.record(
        Tag.ORDER_STOP_ANSWERED,
        actor=actor,
        order=stop.order,
        release=stop.release,
        warehouse=stop.warehouse,
        answer=state,
    )
    left = without(order.attention, over_now(order, stop))
    if left != order.attention:
        storage.orders.change(order, attention=left)


def _free(storage: Storage, stop: Stop, at: datetime) -> None:
    """Writes down that the warehouse does not have it any more."""
    release = storage.releases.get(stop.release)
    if release is not None and release.live:
        storage.releases.stop(release, at)
    if storage.shelf.of_release(stop.release):
        storage.shelf.put(stop.warehouse, stop.release, ShelfKind.CLOSED, at)


def _wake(storage: Storage, stops: Iterable[Stop]) -> None:
    """Has those looked at now that waited for the others."""
    for stop in stops:
        if not stop.settled and stop.state in ANSWERED and stop.next_try is not None:
            storage.stops.change(stop, next_try=None)
