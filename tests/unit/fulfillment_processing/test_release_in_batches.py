"""Warehouses that take many orders in one call."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dockseal.domain.identifiers import ReleaseRef, release_ref
from dockseal.domain.order import Order, OrderState
from dockseal.domain.release import ReleaseState
from dockseal.fulfillment_processing.release import Releasing
from dockseal.fulfillment_processing.routing_rules import Table
from unit.fulfillment_processing.doors import (
    LINES,
    SELLER,
    Door,
    WideDoor,
    everything,
    ordered,
    releasing_to,
)

S = OrderState
Sealed = Callable[..., Order]


@pytest.fixture
def wide() -> WideDoor:
    return WideDoor("reno")


@pytest.fixture
def lane(releasing: Releasing, wide: WideDoor) -> Releasing:
    return releasing_to(releasing, wide, table=Table())


def ref(order: Order) -> ReleaseRef:
    return release_ref(order.ref, order.revision)


def in_hours(world: Any, sealed: Sealed, *hours: int) -> list[Order]:
    return [sealed(ship_by=world.clock.now() + timedelta(hours=hour)) for hour in hours]


def test_orders_go_together_as_many_as_it_takes_the_earliest_ship_by_first(
    world: Any, lane: Releasing, wide: WideDoor, sealed: Sealed
) -> None:
    late, soon, later, first = in_hours(world, sealed, 7, 2, 9, 1)
    assert lane.run(SELLER).done == 4
    assert wide.calls == [(ref(first), ref(soon), ref(late)), (ref(later),)]
    for order in (late, soon, later, first):
        assert world.order(order).state is S.RELEASED
        tags = world.tags(order)
        assert tags[-3:] == ["order:release:intended", "order:data:opened", "order:life:released"]
    grants = [dict(row.fields)["grant"] for row in world.storage.audit.search(tag="order:data:opened")]
    assert len(set(grants)) == 4, "each was opened under a grant of its own"


def test_each_answer_is_settled_by_itself(
    world: Any, lane: Releasing, wide: WideDoor, sealed: Sealed
) -> None:
    orders = in_hours(world, sealed, 1, 2, 3)
    wide.script = ["ok", "refuse", "ok"]
    assert lane.run(SELLER).done == 3
    assert [world.order(order).state for order in orders] == [S.RELEASED, S.HELD, S.RELEASED]
    assert world.storage.releases.get(ref(orders[2])).receipt == "reno-2"


def test_a_warehouse_that_is_down_parks_all_of_them(
    world: Any, lane: Releasing, wide: WideDoor, sealed: Sealed
) -> None:
    orders = in_hours(world, sealed, 1, 2, 3, 4)
    wide.script = ["ok", "down", "ok"]
    assert lane.run(SELLER).done == 1
    parked = [world.order(order) for order in orders[:3]]
    assert [(order.state, order.tries) for order in parked] == [(S.RELEASABLE, 1)] * 3
    assert world.order(orders[3]).state is S.RELEASED, "one call that failed is no reason to stop"
    world.clock.advance(timedelta(seconds=5))
    lane.run(SELLER)
    assert wide.asked == [ref(order) for order in orders[:3]], "what it may have is asked for"
    assert wide.calls[-1] == (ref(orders[1]), ref(orders[2])), "and what it has is not sent again"
    assert all(world.order(order).state is S.RELEASED for order in orders)


def test_after_three_calls_it_is_left_alone(
    world: Any, lane: Releasing, wide: WideDoor, sealed: Sealed
) -> None:
    orders = in_hours(world, sealed, *range(1, 14))
    wide.script = ["down"] * 9
    lane.run(SELLER)
    assert len(wide.calls) == 3
    assert [world.order(order).tries for order in orders] == [1] * 9 + [0] * 4


def test_an_order_that_is_cancelled_while_it_waits_for_the_others_is_not_sent(
    world: Any, releasing: Releasing, wide: WideDoor, sealed: Sealed
) -> None:
    """It is cancelled while another warehouse is called, which takes its orders one by one."""
    sparks = Door("sparks")
    lane = releasing_to(releasing, wide, sparks)
    now = world.clock.now()
    second = sealed(lines=LINES[:1], ship_by=now + timedelta(hours=1))
    other = sealed(lines=LINES[:1], ship_by=now + timedelta(hours=2))
    sealed(lines=LINES[1:2], ship_by=now + timedelta(hours=3))
    sparks.meanwhile = lambda: world.storage.orders.move(world.order(second), S.CANCELLED)
    lane.run(SELLER)
    assert wide.calls == [(ref(other),)]
    assert world.order(second).attention == ""
    assert world.storage.releases.get(ref(second)).state is ReleaseState.REFUSED
    assert world.tags(second)[-2:] == ["order:release:intended", "order:release:refused"]


def test_an_adapter_that_answers_too_few_is_taken_for_one_that_is_down(
    world: Any, lane: Releasing, wide: WideDoor, sealed: Sealed
) -> None:
    (order, _) = in_hours(world, sealed, 1, 2)
    wide.short = True
    for _ in range(3):
        lane.run(SELLER)
        world.clock.advance(timedelta(minutes=1))
        wide.taken.clear()
    assert world.order(order).attention == (
        "warehouse reno answered 1 of 2 orders that were sent at once: have its adapter mended; they are "
        "sent again"
    )


def test_an_order_whose_address_is_gone_does_not_keep_the_others_back(
    world: Any, lane: Releasing, wide: WideDoor, sealed: Sealed
) -> None:
    orders = in_hours(world, sealed, 1, 2, 3)
    world.storage.sealed.delete(orders[1].ref)
    assert lane.run(SELLER).done == 2
    assert wide.calls == [(ref(orders[0]), ref(orders[2]))]
    assert (world.order(orders[1]).state, world.order(orders[1]).sealed_until) == (S.RELEASABLE, None)


def test_a_crash_in_the_call_leaves_every_intent_and_the_next_run_asks(
    world: Any, lane: Releasing, wide: WideDoor, sealed: Sealed
) -> None:
    orders = in_hours(world, sealed, 1, 2, 3)
    wide.script = ["ok", "crash after"]
    with pytest.raises(SystemExit):
        lane.run(SELLER)
    releases = [world.storage.releases.get(ref(order)) for order in orders]
    assert [release.state for release in releases] == [ReleaseState.INTENDED] * 3
    lane.run(SELLER)
    assert wide.calls[1:] == [(ref(orders[2]),)]
    assert all(world.order(order).state is S.RELEASED for order in orders)


def test_parts_go_by_themselves_and_with_others(
    world: Any, releasing: Releasing, wide: WideDoor, sealed: Sealed
) -> None:
    sparks = Door("sparks")
    lane = releasing_to(releasing, wide, sparks)
    orders = [sealed(lines=LINES), sealed(lines=LINES[:1]), sealed(lines=LINES[1:])]
    assert lane.run(SELLER).done == 3
    assert len(wide.calls) == 1
    assert len(sparks.calls) == 2
    for order in orders:
        assert world.order(order).state is S.RELEASED
        assert everything(order, wide, sparks) == ordered(order)


steps = st.lists(st.sampled_from(["ok", "lost", "down", "crash before", "crash after"]), max_size=6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=steps, second=steps, number=st.integers(1, 5), most=st.integers(1, 4))
def test_whatever_fails_every_order_arrives_once(
    world: Any,
    releasing: Releasing,
    *,
    sealed: Sealed,
    first: list[str],
    second: list[str],
    number: int,
    most: int,
) -> None:
    wide = WideDoor("reno", script=list(first), most_at_once=most)
    sparks = Door("sparks", script=list(second))
    lane = releasing_to(releasing, wide, sparks)
    orders = [sealed(lines=LINES[: 1 + turn % 3]) for turn in range(number)]
    for _ in range(40):
        try:
            lane.run(SELLER)
        except SystemExit:
            continue
        world.clock.advance(timedelta(minutes=5))
    assert [world.order(order).state for order in orders] == [S.RELEASED] * number
    for order in orders:
        assert everything(order, wide, sparks) == ordered(order)
