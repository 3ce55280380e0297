from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.identifiers import ReleaseRef, SellerId, WarehouseId
from dockseal.domain.order import Order, OrderState
from dockseal.domain.release import Release, ReleaseState, Warehouse
from dockseal.domain.shipment import ShipmentReport
from dockseal.domain.stop import StopReason, StopState
from dockseal.errors import BadInput, SettingsFault
from dockseal.fulfillment_processing.examination import Examination
from dockseal.fulfillment_processing.holds import Holds
from dockseal.fulfillment_processing.release import BATCH, Releasing
from dockseal.fulfillment_processing.tracking import Tracking
from dockseal.monitoring_audit.stop_wishes import want_stops

SELLER = SellerId("acme-us")
RENO = WarehouseId("reno")
NAME = "Testperson Alpha"
OPERATOR = Actor(kind=ActorKind.PERSON, name="operator")
S = OrderState
NewOrder = Callable[..., Order]


def ref(order: Order, revision: int = 1) -> ReleaseRef:
    return ReleaseRef(f"{order.ref}-{revision}")


def test_an_order_that_is_cancelled_while_another_is_sent_is_not_sent(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    first = sealed(ship_by=world.clock.now() + timedelta(hours=1))
    second = sealed(ship_by=world.clock.now() + timedelta(hours=2))
    far.meanwhile = lambda _: world.storage.orders.move(second, S.CANCELLED)
    releasing.run(SELLER)
    assert far.asked == [ref(first)]
    assert world.storage.releases.of_order(second.ref) == []


def test_orders_without_an_address_do_not_keep_a_sealed_one_with_more_time_waiting(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order], new_order: NewOrder
) -> None:
    soon = world.clock.now() + timedelta(hours=1)
    for _ in range(BATCH + 1):
        world.keep(new_order(S.RELEASABLE, ship_by=soon))
    ready = sealed(ship_by=soon + timedelta(hours=1))
    assert releasing.busy() == [SELLER]
    releasing.run(SELLER)
    assert far.asked == [ref(ready)]
    assert releasing.busy() == []


def test_a_refused_order_that_is_lifted_goes_out_under_a_new_reference(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    order = sealed()
    far.script = [422]
    releasing.run(SELLER)
    Holds(storage=world.storage, trail=world.trail).lift(order.ref, OPERATOR)
    Examination(storage=world.storage, trail=world.trail, clock=world.clock).run(SELLER)
    assert releasing.run(SELLER).done == 1
    assert list(far.taken) == [ref(order, 2)]
    assert world.order(order).state is S.RELEASED


def test_an_order_refused_after_a_lost_answer_is_held_as_uncertain_and_never_gets_a_new_reference(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    order = sealed()
    far.script = ["lost", 409]
    releasing.run(SELLER)
    world.clock.advance(timedelta(seconds=5))
    releasing.run(SELLER)
    held = world.order(order)
    assert (held.state, held.revision, held.hold.code) == (S.HELD, 1, "release_uncertain")
    assert held.hold.sentence == (
        f"Warehouse reno refused order {order.id} (409): SKU MUG-RED is not stocked here. It may have taken "
        f"order {order.id} in an earlier try whose answer was lost: ask it about reference {ref(order)} "
        "before you examine the order again, or it may ship twice."
    )
    Holds(storage=world.storage, trail=world.trail).lift(order.ref, OPERATOR)
    Examination(storage=world.storage, trail=world.trail, clock=world.clock).run(SELLER)
    releasing.run(SELLER)
    assert world.order(order).state is S.RELEASED
    assert list(far.taken) == [ref(order)]


def test_an_order_that_changed_after_it_was_sent_is_not_sent_a_second_time(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    order = sealed()
    far.script = ["lost"]
    releasing.run(SELLER)
    parked = world.order(order)
    world.storage.orders.change(parked, revision=2, next_try=None)
    releasing.run(SELLER)
    held = world.order(order)
    assert (held.state, held.hold.code) == (S.HELD, "released_before")
    assert held.hold.sentence == (
        f"Order {order.id} changed after it was sent to warehouse reno as {ref(order)}: ask the warehouse. "
        "If it has the order, let it report its parcels under that reference; if not, examine the order "
        "again."
    )
    assert far.asked == [ref(order)]


def test_lifting_gives_up_a_reference_that_the_warehouse_does_not_have(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    order = sealed()
    far.script = ["down"]
    releasing.run(SELLER)
    world.storage.orders.change(world.order(order), revision=2, next_try=None)
    releasing.run(SELLER)
    Holds(storage=world.storage, trail=world.trail).lift(order.ref, OPERATOR)
    Examination(storage=world.storage, trail=world.trail, clock=world.clock).run(SELLER)
    releasing.run(SELLER)
    assert list(far.taken) == [ref(order, 2)]
    assert world.storage.releases.get(ref(order)).state is ReleaseState.REFUSED


def test_lifting_what_is_not_held_is_refused(world: Any, new_order: NewOrder) -> None:
    order = world.keep(new_order(S.RELEASED))
    with pytest.raises(BadInput) as caught:
        Holds(storage=world.storage, trail=world.trail).lift(order.ref, OPERATOR)
    assert str(caught.value) == (f"order {order.id} is released, not held: there is nothing to examine again")


def test_an_order_whose_data_is_gone_is_retrieved_again(
    world: Any, pii: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    order = sealed()
    world.storage.sealed.delete(order.ref)
    assert releasing.run(SELLER).done == 0
    assert (world.order(order).state, world.order(order).sealed_until) == (S.RELEASABLE, None)
    assert far.asked == []


def test_an_order_whose_data_is_past_its_deadline_is_retrieved_again(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    order = sealed()
    world.clock.advance(order.sealed_until - world.clock.now() + timedelta(seconds=1))
    releasing.run(SELLER)
    assert (world.order(order).state, world.order(order).sealed_until) == (S.RELEASABLE, None)
    assert far.asked == []


def test_an_order_whose_seal_was_broken_is_held(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    order = sealed()
    record = world.storage.sealed.get(order.ref)
    world.storage.sealed.delete(order.ref)
    world.storage.sealed.put(replace(record, ciphertext=record.ciphertext[:-1] + b"\0"))
    releasing.run(SELLER)
    held = world.order(order)
    assert (held.state, held.hold.code, held.sealed_until) == (S.HELD, "seal_broken", None)
    assert held.hold.sentence == (
        f"The sealed address of order {order.id} was altered and is not used: tell your security officer, "
        "then examine the order again to have the address retrieved anew."
    )
    assert far.asked == []


def test_an_order_that_stopped_being_valid_is_held_at_the_door(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    order = sealed()
    line = replace(order.amazon.lines[0], buyer_wants_cancel=True)
    world.storage.orders.change(order, amazon=replace(order.amazon, lines=(line,)))
    releasing.run(SELLER)
    assert world.order(order).hold.code == "buyer_wants_cancel"
    assert far.asked == []


def test_an_order_without_a_warehouse_is_held(
    world: Any, releasing: Releasing, sealed: Callable[..., Order]
) -> None:
    order = sealed(warehouse=None)
    releasing.run(SELLER)
    assert world.order(order).hold.sentence == (
        f"Order {order.id} is routed to no warehouse: give seller acme-us one, then examine the order again."
    )


def test_an_order_cancelled_while_the_warehouse_takes_it_tells_a_person(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    order = sealed()
    far.meanwhile = lambda _: world.storage.orders.move(world.order(order), S.CANCELLED)
    releasing.run(SELLER)
    cancelled = world.order(order)
    assert cancelled.state is S.CANCELLED
    assert cancelled.attention == (
        f"Warehouse reno took order {order.id} while it was being stopped; tell it not to ship reference "
        f"{ref(order)}."
    )
    assert world.storage.releases.get(ref(order)).state is ReleaseState.ACCEPTED


def test_an_order_that_is_to_be_stopped_when_the_warehouse_has_taken_it_needs_no_person(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    order = sealed()

    def cancelled(_: str) -> None:
        with world.storage.transaction():
            moved = world.storage.orders.move(world.order(order), S.CANCELLED)
            now = world.clock.now()
            want_stops(world.storage, world.trail, moved, StopReason.CANCELLED, actor=OPERATOR, at=now)

    far.meanwhile = cancelled
    releasing.run(SELLER)
    assert world.order(order).attention == ""
    (stop,) = world.storage.stops.of_order(order.ref)
    assert (stop.release, stop.state) == (ref(order), StopState.WANTED)


def test_an_order_that_is_to_be_stopped_is_not_handed_over_again(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    order = sealed()
    far.script = ["lost"]
    releasing.run(SELLER)
    with world.storage.transaction():
        now = world.clock.now()
        want_stops(world.storage, world.trail, order, StopReason.BUYER, actor=OPERATOR, at=now)
    world.clock.advance(timedelta(minutes=1))
    releasing.run(SELLER)
    assert far.asked == [ref(order)]
    held = world.order(order)
    assert (held.state, held.hold.code) == (S.HELD, "stop_wanted")


def test_an_order_read_anew_while_the_warehouse_takes_it_is_released(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    order = sealed()
    far.meanwhile = lambda _: world.storage.orders.change(world.order(order), read_at=world.clock.now())
    releasing.run(SELLER)
    assert world.order(order).state is S.RELEASED


def test_an_order_revised_while_the_warehouse_takes_it_tells_a_person(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    order = sealed()
    far.meanwhile = lambda _: world.storage.orders.change(world.order(order), revision=2)
    releasing.run(SELLER)
    assert world.order(order).state is S.RELEASED
    assert world.order(order).attention == (
        f"Order {order.id} changed while warehouse reno took it; tell the warehouse what Amazon shows now, "
        f"under reference {ref(order)}."
    )
    releasing.run(SELLER)
    assert list(far.taken) == [ref(order)]


def test_a_warehouse_may_report_before_its_answer_arrives(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    order = sealed()
    tracking = Tracking(storage=world.storage, trail=world.trail, clock=world.clock)

    def report(reference: str) -> None:
        tracking.report(
            ShipmentReport(
                report_id="r-1",
                warehouse=RENO,
                release=ReleaseRef(reference),
                carrier="usps",
                tracking_number="9400111201080805483016",
                shipped_at=world.clock.now(),
            )
        )

    far.meanwhile = report
    releasing.run(SELLER)
    assert world.order(order).state is S.SHIPPED
    assert world.tags(order).count("order:life:released") == 1
    assert world.storage.releases.get(ref(order)).receipt == "W-1"


def test_an_order_routed_anew_still_goes_where_it_may_already_be(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    order = sealed()
    far.script = ["lost"]
    releasing.run(SELLER)
    world.storage.orders.change(world.order(order), warehouse=WarehouseId("sparks"), next_try=None)
    releasing.run(SELLER)
    assert world.order(order).warehouse == RENO
    assert list(far.taken) == [ref(order)]


def test_an_adapter_that_cannot_be_built_leaves_every_order_as_it_was(
    world: Any, releasing: Releasing, sealed: Callable[..., Order]
) -> None:
    order = sealed()

    def no_adapter(warehouse: Warehouse) -> Any:
        raise SettingsFault((f"warehouse {warehouse.id} has no url",))

    with pytest.raises(SettingsFault):
        replace(releasing, adapters=no_adapter).run(SELLER)
    assert world.order(order) == order
    assert world.storage.releases.of_order(order.ref) == []


def test_a_warehouse_that_repeats_the_order_leaves_no_trace_of_the_buyer(
    world: Any, releasing: Releasing, sealed: Callable[..., Order], far: Any
) -> None:
    order = sealed()
    far.says = f"unknown {NAME}"
    far.script = [400]
    releasing.run(SELLER)
    held = world.order(order)
    assert held.hold.sentence.startswith(
        f"Warehouse reno refused order {order.id} (400): its reason was left"
    )
    assert "Testperson" not in repr(held) + repr(world.storage.audit.rows())


def test_a_refused_release_that_lost_a_race_is_held_under_a_new_reference(
    world: Any, releasing: Releasing, far: Any, sealed: Callable[..., Order]
) -> None:
    order = sealed()
    now = world.clock.now()
    with world.storage.transaction():
        release = world.storage.releases.intend(
            Release(
                ref=ref(order), order=order.ref, warehouse=RENO, state=ReleaseState.INTENDED, intended_at=now
            )
        )
        world.storage.releases.settle(release, ReleaseState.REFUSED, now)
    releasing.run(SELLER)
    held = world.order(order)
    assert (held.revision, held.hold.code, far.asked) == (2, "warehouse_refused", [])
