"""Lost answers and crashes, with warehouses that can be asked and with those that cannot."""

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
from unit.fulfillment_processing.doors import (
    LINES,
    SELLER,
    AskedDoor,
    Door,
    everything,
    examined_again,
    ordered,
    releasing_to,
)

S = OrderState
Sealed = Callable[..., Order]


@pytest.fixture
def reno() -> Door:
    return Door("reno")


def part(order: Order, number: int) -> ReleaseRef:
    return release_ref(order.ref, 1, number)


def test_an_asked_warehouse_settles_a_lost_answer_and_is_not_sent_it_again(
    world: Any, releasing: Releasing, reno: Door, sealed: Sealed
) -> None:
    sparks = AskedDoor("sparks", script=["lost"])
    lane = releasing_to(releasing, reno, sparks)
    order = sealed(lines=LINES)
    lane.run(SELLER)
    assert sparks.asked == []
    world.clock.advance(timedelta(seconds=5))
    lane.run(SELLER)
    assert (sparks.asked, sparks.calls) == ([part(order, 2)], [(part(order, 2),)])
    assert world.order(order).state is S.RELEASED
    assert world.storage.releases.get(part(order, 2)).receipt == "sparks-asked"


def test_what_an_asked_warehouse_surely_does_not_have_may_be_refused_for_good(
    world: Any, releasing: Releasing, reno: Door, sealed: Sealed
) -> None:
    sparks = AskedDoor("sparks", script=["down", "refuse"])
    lane = releasing_to(releasing, reno, sparks)
    order = sealed(lines=LINES)
    lane.run(SELLER)
    world.clock.advance(timedelta(seconds=5))
    lane.run(SELLER)
    assert (world.order(order).revision, world.order(order).hold.code) == (2, "warehouse_refused")


def test_a_warehouse_that_cannot_be_asked_is_sent_nothing(
    world: Any, releasing: Releasing, reno: Door, sealed: Sealed
) -> None:
    sparks = AskedDoor("sparks", script=["lost"], deaf=True)
    lane = releasing_to(releasing, reno, sparks)
    order = sealed(lines=LINES)
    lane.run(SELLER)
    world.clock.advance(timedelta(seconds=5))
    lane.run(SELLER)
    assert (len(sparks.calls), world.order(order).tries) == (1, 2)


steps = st.lists(st.sampled_from(["ok", "lost", "down", "crash before", "crash after", "refuse"]), max_size=5)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=steps, second=steps, asks=st.booleans(), together=st.booleans())
def test_whatever_fails_and_wherever_it_is_cut_off_every_line_arrives_exactly_once(
    world: Any,
    releasing: Releasing,
    *,
    sealed: Sealed,
    first: list[str],
    second: list[str],
    asks: bool,
    together: bool,
) -> None:
    reno = Door("reno", script=list(first))
    sparks = (AskedDoor if asks else Door)("sparks", script=list(second))
    lane = releasing_to(releasing, reno, sparks)
    orders = [sealed(lines=LINES), *([sealed(lines=LINES[:2])] if together else [])]
    for _ in range(40):
        try:
            lane.run(SELLER)
        except SystemExit:
            continue
        for order in orders:
            if world.order(order).state is S.HELD:
                examined_again(world, order)
        world.clock.advance(timedelta(minutes=5))
    assert [world.order(order).state for order in orders] == [S.RELEASED] * len(orders)
    for order in orders:
        assert everything(order, reno, sparks) == ordered(order)
        for release in world.storage.releases.of_order(order.ref):
            assert release.state is not ReleaseState.INTENDED
