from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dockseal.domain.identifiers import ReleaseRef, SellerId
from dockseal.domain.order import Order, OrderLine, OrderState
from dockseal.domain.release import ReleaseState
from dockseal.fulfillment_processing.release import BATCH, Releasing
from dockseal.monitoring_audit.verifying import verify

SELLER = SellerId("acme-us")
NAME = "Testperson Alpha"
S = OrderState
NewOrder = Callable[..., Order]


def ref(order: Order, revision: int = 1) -> ReleaseRef:
    return ReleaseRef(f"{order.ref}-{revision}")


def test_a_sealed_order_is_handed_to_its_warehouse(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    order = sealed()
    assert releasing.run(SELLER).done == 1
    assert world.order(order).state is S.RELEASED
    release = world.storage.releases.get(ref(order))
    assert (release.state, release.receipt) == (ReleaseState.ACCEPTED, "W-1")
    sent = far.taken[ref(order)]
    assert sent["ship_to"]["name"] == NAME
    assert sent["gift_message"] == "Happy inventing day"
    assert [line["quantity"] for line in sent["lines"]] == [2, 1]
    tags = world.tags(order)
    assert tags[-3:] == ["order:release:intended", "order:data:opened", "order:life:released"]
    assert verify(world.storage).rows == world.storage.audit.head().seq


def test_running_again_sends_nothing(releasing: Releasing, far: Any, sealed: Callable[..., Order]) -> None:
    sealed()
    releasing.run(SELLER)
    assert releasing.run(SELLER).done == 0
    assert len(far.asked) == 1


def test_an_order_without_sealed_data_is_left_alone(
    world: Any, releasing: Releasing, far: Any, new_order: NewOrder
) -> None:
    order = world.keep(new_order(S.RELEASABLE))
    assert releasing.run(SELLER).done == 0
    assert world.order(order) == order
    assert far.asked == []


def test_the_earliest_ship_by_goes_first(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    late = sealed(ship_by=world.clock.now() + timedelta(hours=9))
    soon = sealed(ship_by=world.clock.now() + timedelta(hours=1))
    releasing.run(SELLER)
    assert far.asked == [ref(soon), ref(late)]


def test_lines_of_which_nothing_is_ordered_are_not_sent(
    releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    order = sealed(
        lines=(
            OrderLine(order_item_id="1", sku="MUG-BLUE", ordered=0),
            OrderLine(order_item_id="2", sku="MUG-RED", ordered=1),
        )
    )
    releasing.run(SELLER)
    assert [line["line_id"] for line in far.taken[ref(order)]["lines"]] == ["2"]


def test_an_order_a_down_warehouse_did_not_answer_is_sent_again_as_it_was(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    order = sealed()
    far.script = ["lost"]
    outcome = releasing.run(SELLER)
    parked = world.order(order)
    assert (parked.state, parked.tries) == (S.RELEASABLE, 1)
    assert outcome.again_at == parked.next_try == world.clock.now() + timedelta(seconds=5)
    assert world.storage.releases.get(ref(order)).state is ReleaseState.INTENDED
    assert releasing.run(SELLER).done == 0
    world.clock.advance(timedelta(seconds=5))
    assert releasing.run(SELLER).done == 1
    assert far.asked == [ref(order), ref(order)]
    assert list(far.taken) == [ref(order)]
    assert world.order(order).state is S.RELEASED
    assert world.tags(order).count("order:release:intended") == 1


def test_waits_double_up_to_five_minutes_and_a_person_is_told_after_three_tries(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    order = sealed()
    far.script = ["down"] * 8
    waits = []
    for tries in range(1, 9):
        releasing.run(SELLER)
        parked = world.order(order)
        waits.append((parked.next_try - world.clock.now()).total_seconds())
        assert bool(parked.attention) == (tries >= 3)
        world.clock.advance(parked.next_try - world.clock.now())
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300]
    assert world.order(order).attention == (
        f"warehouse reno gave no answer to order {order.id} (ConnectError); it is sent again"
    )
    releasing.run(SELLER)
    assert (world.order(order).state, world.order(order).attention) == (S.RELEASED, "")


def test_a_warehouse_that_is_down_is_left_alone_after_three_tries(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    orders = [sealed() for _ in range(5)]
    far.script = ["down", 503, 429]
    outcome = releasing.run(SELLER)
    assert len(far.asked) == 3
    assert not outcome.more
    untouched = [order for order in orders if world.order(order) == order]
    assert len(untouched) == 2
    assert all(world.storage.releases.of_order(order.ref) == [] for order in untouched)


def test_a_down_warehouse_is_not_hurried_by_a_long_queue(
    releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    for _ in range(BATCH + 1):
        sealed()
    far.script = ["down"] * 3
    assert not releasing.run(SELLER).more


def test_one_order_that_does_not_get_through_does_not_stop_the_others(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    orders = [sealed() for _ in range(6)]
    far.script = [503, 503, 200, 503, 503, 200]
    assert releasing.run(SELLER).done == 2
    assert [world.order(order).state for order in orders].count(S.RELEASED) == 2


def test_more_than_a_batch_asks_to_be_run_again(
    releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    for _ in range(BATCH + 1):
        sealed()
    outcome = releasing.run(SELLER)
    assert (outcome.done, outcome.more) == (BATCH, True)
    assert releasing.run(SELLER).done == 1


def test_an_order_the_warehouse_refuses_is_held_with_its_words(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    order = sealed()
    far.script = [422]
    assert releasing.run(SELLER).done == 1
    held = world.order(order)
    assert (held.state, held.revision) == (S.HELD, 2)
    assert held.hold.code == "warehouse_refused"
    assert held.hold.sentence == (
        f"Warehouse reno refused order {order.id} (422): SKU MUG-RED is not stocked here. Settle it with the "
        "warehouse, then examine the order again."
    )
    assert world.storage.releases.get(ref(order)).state is ReleaseState.REFUSED
    assert world.tags(order)[-2:] == ["order:release:refused", "order:life:held"]


@pytest.mark.parametrize("when", ["crash before", "crash after"])
def test_a_crash_around_the_call_sends_the_same_reference_again(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order], when: str
) -> None:
    order = sealed()
    far.script = [when]
    with pytest.raises(SystemExit):
        releasing.run(SELLER)
    assert world.storage.releases.get(ref(order)).state is ReleaseState.INTENDED
    releasing.run(SELLER)
    assert (list(far.taken), world.order(order).state) == ([ref(order)], S.RELEASED)


def test_a_release_that_is_known_as_accepted_is_not_sent(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    order = sealed()
    world.sent(order, ReleaseState.ACCEPTED)
    assert releasing.run(SELLER).done == 1
    assert (world.order(order).state, far.asked) == (S.RELEASED, [])


steps = st.lists(
    st.sampled_from(["lost", "down", "crash before", "crash after", 500, 503, 429, 404, 200]), max_size=6
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=steps, orders=st.integers(1, 3))
def test_whatever_fails_every_order_arrives_once(
    world: Any,
    releasing: Releasing,
    far: Any,
    *,
    sealed: Callable[..., Order],
    script: list[int | str],
    orders: int,
) -> None:
    far.taken.clear()
    mine = [sealed() for _ in range(orders)]
    far.script = list(script)
    for _ in range(20):
        try:
            outcome = releasing.run(SELLER)
        except SystemExit:
            continue
        if all(world.order(order).state is S.RELEASED for order in mine):
            break
        if outcome.again_at is not None:
            world.clock.advance(outcome.again_at - world.clock.now())
    assert [world.order(order).state for order in mine] == [S.RELEASED] * orders
    assert sorted(far.taken) == sorted(ref(order) for order in mine)
