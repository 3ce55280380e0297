"""What a warehouse says after a hand-over: that it has the order, or will not ship it after all."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from dockseal.domain.identifiers import ReleaseRef, WarehouseId, release_ref
from dockseal.domain.order import Hold, Order, OrderState
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.shipment import Content, ShipmentReport
from dockseal.domain.warehouse_message import LateRefusal, Taken
from dockseal.fulfillment_processing.inbox import Inbox
from dockseal.fulfillment_processing.tracking import Tracking

RENO, SPARKS = WarehouseId("reno"), WarehouseId("sparks")
ONE, TWO = "00000000000001", "00000000000002"
NewOrder = Callable[..., Order]
S, R = OrderState, ReleaseState


@pytest.fixture
def inbox(world: Any) -> Inbox:
    return Inbox(tracking=Tracking(storage=world.storage, trail=world.trail, clock=world.clock))


def report(release: str, report_id: str = "r-1", **changes: Any) -> ShipmentReport:
    values: dict[str, Any] = {
        "report_id": report_id,
        "warehouse": RENO,
        "release": ReleaseRef(release),
        "carrier": "UPS Ground",
        "tracking_number": "1Z5R89390357567127",
        "shipped_at": datetime(2026, 11, 2, 7, 30, tzinfo=UTC),
    }
    return ShipmentReport(**values | changes)


def sent(world: Any, new_order: NewOrder, state: OrderState, release: ReleaseState, **changes: Any) -> Order:
    order: Order = world.keep(new_order(state, **changes))
    world.sent(order, release)
    return order


def release_of(world: Any, order: Order) -> Release:
    release: Release = world.storage.releases.get(release_ref(order.ref, 1))
    return release


def test_a_warehouse_that_has_an_order_settles_its_release(
    world: Any, inbox: Inbox, new_order: NewOrder
) -> None:
    order = sent(world, new_order, S.RELEASABLE, R.INTENDED)
    taken = Taken(release=ReleaseRef(f"{order.ref}-1"), reference_at_warehouse="W-7")
    for _ in range(2):
        inbox.take(RENO, taken)
    assert (release_of(world, order).state, release_of(world, order).receipt) == (R.ACCEPTED, "W-7")
    assert world.order(order).state is S.RELEASED
    assert world.tags(order) == ["order:release:taken", "order:life:released"]


def test_an_answer_that_only_adds_the_warehouses_own_id_keeps_it(
    world: Any, inbox: Inbox, new_order: NewOrder
) -> None:
    order = sent(world, new_order, S.RELEASED, R.ACCEPTED)
    ref = ReleaseRef(f"{order.ref}-1")
    inbox.take(RENO, Taken(release=ref))
    assert world.tags(order) == []
    inbox.take(RENO, Taken(release=ref, reference_at_warehouse="W-7"))
    inbox.take(RENO, Taken(release=ref))
    assert release_of(world, order).receipt == "W-7"


@pytest.mark.parametrize("state", [S.HELD, S.CANCELLED])
def test_a_stopped_order_that_the_warehouse_has_all_the_same_asks_for_a_look(
    world: Any, inbox: Inbox, new_order: NewOrder, state: OrderState
) -> None:
    order = sent(world, new_order, state, R.INTENDED)
    inbox.take(RENO, Taken(release=ReleaseRef(f"{order.ref}-1")))
    assert world.order(order).state is state
    assert f"tell it not to ship reference {order.ref}-1" in world.order(order).attention


@pytest.mark.parametrize(("state", "release"), [(S.RELEASED, R.ACCEPTED), (S.RELEASABLE, R.INTENDED)])
def test_an_order_that_a_warehouse_gives_back_is_held_and_may_be_sent_anew(
    world: Any, inbox: Inbox, new_order: NewOrder, state: OrderState, release: ReleaseState
) -> None:
    order = sent(world, new_order, state, release)
    refusal = LateRefusal(release=ReleaseRef(f"{order.ref}-1"), words="SKU MUG-RED is out of stock")
    for _ in range(2):
        inbox.take(RENO, refusal)
    held = world.order(order)
    assert (held.state, held.revision) == (S.HELD, order.revision + 1)
    assert held.hold == Hold(
        code="warehouse_refused",
        sentence=f"Warehouse reno took order {order.id} and will not ship it after all: SKU MUG-RED is "
        "out of stock. Settle it with the warehouse, then examine the order again.",
    )
    assert release_of(world, order).state is R.REFUSED
    assert world.tags(order) == ["order:release:refused", "order:life:held"]


def test_a_refusal_after_a_parcel_left_is_told_and_changes_nothing(
    world: Any, inbox: Inbox, new_order: NewOrder
) -> None:
    order = sent(world, new_order, S.RELEASED, R.ACCEPTED)
    ref = f"{order.ref}-1"
    inbox.take(RENO, report(ref, contents=(Content(order_item_id=ONE, quantity=1),)))
    for _ in range(2):
        inbox.take(RENO, LateRefusal(release=ReleaseRef(ref), words="out of stock"))
    told = world.order(order)
    assert (told.state, release_of(world, order).state) == (S.PARTLY_SHIPPED, R.ACCEPTED)
    assert told.attention == (
        f"Warehouse reno will not ship the rest of order {order.id}: out of stock. Parcels of it left "
        "already: settle the rest with the warehouse, or with the buyer in Seller Central."
    )


def test_a_part_that_is_given_back_does_not_hold_what_others_are_packing(
    world: Any, inbox: Inbox, new_order: NewOrder
) -> None:
    order = world.keep(new_order(S.RELEASED))
    with world.storage.transaction():
        for number, (warehouse, item) in enumerate(((RENO, ONE), (SPARKS, TWO)), start=1):
            world.storage.releases.intend(
                Release(
                    ref=release_ref(order.ref, 1, number),
                    order=order.ref,
                    warehouse=warehouse,
                    state=R.ACCEPTED,
                    intended_at=world.clock.now(),
                    contents=(Content(order_item_id=item, quantity=1),),
                )
            )
    inbox.take(SPARKS, LateRefusal(release=release_ref(order.ref, 1, 2), words=""))
    assert world.order(order).state is S.RELEASED
    assert world.order(order).attention == (
        f"Warehouse sparks took order {order.id} and will not ship it after all. See that somebody ships "
        f"what reference {order.ref}-1-2 held."
    )


def test_a_cancelled_order_that_is_given_back_needs_nobody(
    world: Any, inbox: Inbox, new_order: NewOrder
) -> None:
    order = sent(world, new_order, S.CANCELLED, R.ACCEPTED)
    inbox.take(RENO, LateRefusal(release=ReleaseRef(f"{order.ref}-1"), words="cancelled"))
    assert (world.order(order).attention, release_of(world, order).state) == ("", R.REFUSED)


def test_a_warehouse_that_says_both_is_asked_which(world: Any, inbox: Inbox, new_order: NewOrder) -> None:
    order = sent(world, new_order, S.RELEASED, R.ACCEPTED)
    ref = ReleaseRef(f"{order.ref}-1")
    inbox.take(RENO, LateRefusal(release=ref, words="out of stock"))
    inbox.take(RENO, Taken(release=ref))
    assert "ask it which of both is so" in world.order(order).attention
    assert release_of(world, order).state is R.REFUSED
