"""How warehouses are asked: each in the way its adapter has, and never while it may still get the order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.identifiers import ReleaseRef, WarehouseId, release_ref, revision_of
from dockseal.domain.order import Order, OrderState
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.shelf import ShelfKind
from dockseal.domain.stop import StopReason, StopState
from dockseal.domain.warehouse_message import StopReply
from dockseal.errors import BadInput, WarehouseUnavailable
from dockseal.fulfillment_processing.stopping import IN_FLIGHT, StopLane
from dockseal.fulfillment_processing.stops import Stops
from dockseal.monitoring_audit.stop_wishes import want_stops
from dockseal.monitoring_audit.verifying import verify
from dockseal.warehouses.port import Receipt, StopAnswer, StopRequest

RENO, SPARKS = WarehouseId("reno"), WarehouseId("sparks")
WHO = Actor(kind=ActorKind.PERSON, name="tester")
NewOrder = Callable[..., Order]
S, R, A = OrderState, StopReason, StopState


@dataclass
class Plain:
    """An adapter that can only be handed orders."""

    asked: list[ReleaseRef] = field(default_factory=list)
    answers: list[StopAnswer | None] = field(default_factory=list)
    has: Receipt | None = None

    def submit(self, hand_over: object) -> Receipt:
        raise AssertionError(hand_over)


class Pulled(Plain):
    pulled = True


class Stoppable(Plain):
    def stop(self, request: StopRequest) -> StopAnswer:
        self.asked.append(request.reference)
        answer = self.answers.pop(0) if self.answers else StopAnswer.ASKED
        if answer is None:
            raise WarehouseUnavailable("down")
        return answer


class Answering(Stoppable):
    def ask(self, reference: ReleaseRef) -> Receipt | None:
        del reference
        return self.has


class Desk:
    """A lane whose warehouses are adapters of the test."""

    def __init__(self, world: Any, adapter: Plain) -> None:
        self.world, self.adapter = world, adapter
        self.others: dict[WarehouseId, Plain] = {}
        self.stops = Stops(storage=world.storage, trail=world.trail, clock=world.clock)
        self.lane = StopLane(
            storage=world.storage,
            trail=world.trail,
            adapters=lambda known: self.others.get(known.id, adapter),  # type: ignore[arg-type]  # not Protocol
            clock=world.clock,
            silence=timedelta(hours=4),
        )

    def want(self, order: Order, reason: StopReason) -> None:
        with self.world.storage.transaction():
            now = self.world.clock.now()
            want_stops(self.world.storage, self.world.trail, order, reason, actor=WHO, at=now)

    def run(self, order: Order) -> None:
        self.lane.run(order.seller)

    def state(self, order: Order) -> list[StopState]:
        return [each.state for each in self.world.storage.stops.of_order(order.ref)]

    def releases(self, order: Order) -> list[ReleaseState]:
        return [each.state for each in self.world.storage.releases.of_order(order.ref)]


@pytest.fixture
def order(world: Any, new_order: NewOrder) -> Order:
    kept: Order = world.keep(new_order(S.RELEASED))
    world.sent(kept)
    return kept


def part(world: Any, order: Order, number: int, warehouse: WarehouseId) -> ReleaseRef:
    ref = release_ref(order.ref, order.revision, number)
    state, now = ReleaseState.ACCEPTED, world.clock.now()
    release = Release(ref=ref, order=order.ref, warehouse=warehouse, state=state, intended_at=now)
    with world.storage.transaction():
        world.storage.releases.intend(release)
    return ref


def test_a_warehouse_that_comes_for_its_orders_finds_the_wish_on_its_shelf(world: Any, order: Order) -> None:
    desk = Desk(world, Pulled())
    ref = release_ref(order.ref, 1)
    desk.want(order, R.ADDRESS)
    desk.run(order)
    desk.run(order)
    assert desk.state(order) == [A.ASKED]
    assert [each.kind for each in world.storage.shelf.of_release(ref)] == [ShelfKind.STOP]
    desk.stops.replied(RENO, StopReply(release=ref, stopped=True))
    assert [each.kind for each in world.storage.shelf.of_release(ref)] == [ShelfKind.STOP, ShelfKind.CLOSED]
    desk.run(order)
    assert world.order(order).state is S.ACCEPTED
    assert world.order(order).revision == 2
    assert verify(world.storage).rows > 0


def test_each_part_of_a_split_order_is_stopped_by_itself(world: Any, new_order: NewOrder) -> None:
    order = world.keep(new_order(S.RELEASED))
    first, second = part(world, order, 1, RENO), part(world, order, 2, SPARKS)
    desk = Desk(world, Stoppable(answers=[StopAnswer.STOPPED]))
    desk.others[SPARKS] = other = Stoppable()
    desk.want(order, R.ADDRESS)
    desk.run(order)
    assert desk.adapter.asked == [first]
    assert other.asked == [second]
    assert desk.state(order) == [A.STOPPED, A.ASKED]
    assert world.order(order).state is S.RELEASED, "not before the other is certain"
    desk.stops.replied(SPARKS, StopReply(release=second, stopped=True))
    desk.run(order)
    anew = world.order(order)
    assert (anew.state, anew.revision) == (S.ACCEPTED, 2)
    assert revision_of(first) != anew.revision
    assert desk.releases(order) == [ReleaseState.STOPPED] * 2


def test_a_person_records_what_one_of_several_warehouses_said(world: Any, new_order: NewOrder) -> None:
    order = world.keep(new_order(S.RELEASED))
    first, second = part(world, order, 1, RENO), part(world, order, 2, SPARKS)
    desk = Desk(world, Plain())
    desk.stops.want(order.ref, WHO)
    desk.run(order)
    assert world.order(order).attention.count("cannot be asked by itself") == 2
    desk.stops.record(order.ref, WHO, stopped=True, release=first)
    assert desk.state(order) == [A.STOPPED, A.ASKED]
    desk.stops.record(order.ref, WHO, stopped=False)
    desk.run(order)
    attention = world.order(order).attention
    assert f"Warehouse sparks ({second}) could not stop" in attention
    assert "cannot be asked" not in attention
    with pytest.raises(BadInput, match="no answer"):
        desk.stops.record(order.ref, WHO, stopped=True)


def test_what_may_still_reach_the_warehouse_is_asked_about_later(world: Any, new_order: NewOrder) -> None:
    order = world.keep(new_order(S.HELD))
    world.sent(order, ReleaseState.INTENDED)
    desk = Desk(world, Answering(answers=[StopAnswer.STOPPED], has=Receipt()))
    desk.want(order, R.ITEMS)
    desk.run(order)
    assert desk.adapter.asked == []
    world.clock.advance(IN_FLIGHT)
    desk.run(order)
    assert len(desk.adapter.asked) == 1
    assert desk.releases(order) == [ReleaseState.STOPPED]


def test_a_warehouse_that_surely_never_got_it_is_not_asked_to_stop_it(
    world: Any, new_order: NewOrder
) -> None:
    order = world.keep(new_order(S.CANCELLED))
    world.sent(order, ReleaseState.INTENDED)
    desk = Desk(world, Answering(has=None))
    desk.want(order, R.CANCELLED)
    world.clock.advance(IN_FLIGHT)
    desk.run(order)
    assert desk.adapter.asked == []
    assert desk.releases(order) == [ReleaseState.REFUSED]
    assert world.storage.stops.of_order(order.ref)[0].settled


def test_an_order_on_its_way_to_the_warehouse_is_not_asked_about_while_it_may_be_sent_again(
    world: Any, new_order: NewOrder
) -> None:
    order = world.keep(new_order(S.RELEASABLE))
    world.sent(order, ReleaseState.INTENDED)
    desk = Desk(world, Answering(has=None))
    desk.want(order, R.BUYER)
    world.clock.advance(2 * IN_FLIGHT)
    desk.run(order)
    assert desk.releases(order) == [ReleaseState.INTENDED]


def test_a_more_serious_reason_takes_the_place_of_the_one_before(world: Any, order: Order) -> None:
    desk = Desk(world, Stoppable())
    for reason, kept in ((R.ADDRESS, R.ADDRESS), (R.BUYER, R.BUYER), (R.ITEMS, R.BUYER)):
        desk.want(order, reason)
        desk.run(order)
        assert world.storage.stops.of_order(order.ref)[0].reason is kept
    assert len(desk.adapter.asked) == 1
    assert world.tags(order).count("order:stop:wanted") == 2


def test_a_warehouse_that_is_down_keeps_no_other_from_being_asked(world: Any, new_order: NewOrder) -> None:
    orders = [world.keep(new_order(S.RELEASED)) for _ in range(6)]
    for number, each in enumerate(orders):
        part(world, each, 1, SPARKS if number == 5 else RENO)
    desk = Desk(world, Stoppable(answers=[None] * 9))
    desk.others[SPARKS] = other = Stoppable()
    for each in orders:
        desk.want(each, R.ADDRESS)
    desk.run(orders[0])
    assert len(desk.adapter.asked) == 3, "it is left alone after three failures"
    assert len(other.asked) == 1


def test_a_warehouse_that_refuses_the_order_meanwhile_has_answered(world: Any, order: Order) -> None:
    desk = Desk(world, Stoppable())
    desk.want(order, R.ADDRESS)
    desk.run(order)
    row = world.storage.releases.of_order(order.ref)[0]
    with world.storage.transaction():
        world.storage.releases.stop(row, world.clock.now())
    world.clock.advance(timedelta(hours=4))
    desk.run(order)
    assert desk.state(order) == [A.STOPPED]
    assert world.order(order).state is S.ACCEPTED


def test_nothing_is_stopped_that_no_warehouse_has(world: Any, new_order: NewOrder) -> None:
    order = world.keep(new_order(S.ACCEPTED))
    desk = Desk(world, Stoppable())
    with pytest.raises(BadInput, match="nothing at a warehouse to stop"):
        desk.stops.want(order.ref, WHO)
    desk.want(order, R.ITEMS)
    assert desk.state(order) == []
    assert desk.lane.busy() == []
