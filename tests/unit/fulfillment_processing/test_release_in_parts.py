"""Orders whose lines go to different warehouses."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.domain.identifiers import OrderRef, ReleaseRef, WarehouseId, release_ref, revision_of
from dockseal.domain.order import AmazonStatus, Order, OrderState
from dockseal.domain.recipient import Field, Recipient
from dockseal.domain.release import ReleaseState
from dockseal.domain.shipment import Content, PackageState, ShipmentReport
from dockseal.fulfillment_processing.release import Releasing
from dockseal.fulfillment_processing.tracking import Tracking
from dockseal.pii_security.differing import note_what_a_try_lacked
from unit.fulfillment_processing.doors import (
    LINES,
    MUGS_AND_TEA,
    SELLER,
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


@pytest.fixture
def sparks() -> Door:
    return Door("sparks")


@pytest.fixture
def lane(releasing: Releasing, reno: Door, sparks: Door) -> Releasing:
    return releasing_to(releasing, reno, sparks)


def part(order: Order, number: int, revision: int = 1) -> ReleaseRef:
    return release_ref(order.ref, revision, number)


def reported(world: Any, ref: ReleaseRef, **contents: int) -> None:
    release = world.storage.releases.get(ref)
    Tracking(storage=world.storage, trail=world.trail, clock=world.clock).report(
        ShipmentReport(
            report_id=ref,
            warehouse=release.warehouse,
            release=ref,
            carrier="UPS Ground",
            tracking_number="1Z999AA10123456784",
            shipped_at=world.clock.now(),
            contents=tuple(
                Content(order_item_id=item.removeprefix("item"), quantity=units)
                for item, units in contents.items()
            ),
        )
    )


def test_the_parts_of_a_reference_can_be_read() -> None:
    ref = release_ref(OrderRef("k7w2"), 12, 3)
    assert (ref, revision_of(ref)) == ("k7w2-12-3", 12)
    assert revision_of(ReleaseRef("k7w2-4")) == 4


def test_an_order_is_split_and_released_once_every_part_is_taken(
    world: Any, lane: Releasing, reno: Door, sparks: Door, sealed: Sealed
) -> None:
    order = sealed(lines=LINES)
    assert lane.run(SELLER).done == 1
    assert world.order(order).state is S.RELEASED
    assert reno.taken == {part(order, 1): {"1": 2, "3": 3}}
    assert sparks.taken == {part(order, 2): {"2": 1}}
    first, second = world.storage.releases.of_order(order.ref)
    assert first.contents == (
        Content(order_item_id="1", quantity=2),
        Content(order_item_id="3", quantity=3),
    )
    assert (second.state, second.receipt) == (ReleaseState.ACCEPTED, "sparks-1")
    assert [tag for tag in world.tags(order) if not tag.startswith("order:data")] == [
        "order:life:routed",
        "order:life:routed",
        "order:release:intended",
        "order:release:intended",
        "order:release:taken",
        "order:release:taken",
        "order:life:released",
    ]
    rows = world.storage.audit.search(order=order.ref, tag="order:life:routed")
    assert [dict(row.fields) for row in reversed(rows)] == [
        {"warehouse": "reno", "part": "1", "rule": "1"},
        {"warehouse": "sparks", "part": "2", "rule": "2"},
    ]
    lane.run(SELLER)
    assert (len(reno.calls), len(sparks.calls)) == (1, 1)


def test_an_order_that_goes_to_one_warehouse_is_one_release(
    world: Any, lane: Releasing, sparks: Door, sealed: Sealed
) -> None:
    order = sealed(lines=LINES[1:2])
    lane.run(SELLER)
    assert sparks.taken == {release_ref(order.ref, 1): {"2": 1}}
    assert world.order(order).warehouse == "sparks"


def test_a_part_that_is_not_answered_is_sent_again_and_the_other_is_not(
    world: Any, lane: Releasing, reno: Door, sparks: Door, sealed: Sealed
) -> None:
    order = sealed(lines=LINES)
    sparks.script = ["lost"]
    assert lane.run(SELLER).done == 0
    parked = world.order(order)
    assert (parked.state, parked.tries) == (S.RELEASABLE, 1)
    world.clock.advance(timedelta(seconds=5))
    assert lane.run(SELLER).done == 1
    assert world.order(order).state is S.RELEASED
    assert reno.calls == [(part(order, 1),)]
    assert sparks.calls == [(part(order, 2),)] * 2


def test_a_refused_part_holds_the_order_and_says_who_has_what(
    world: Any, lane: Releasing, sparks: Door, sealed: Sealed
) -> None:
    order = sealed(lines=LINES)
    sparks.script = ["refuse"]
    lane.run(SELLER)
    held = world.order(order)
    assert (held.state, held.revision, held.hold.code) == (S.HELD, 2, "warehouse_refused")
    assert held.hold.sentence == (
        "Warehouse sparks has none of it. Warehouse reno has its part already (2 × MUG-1, 3 × MUG-2), as "
        f"{part(order, 1)}. Settle it with the warehouse, then examine the order again: only what no "
        "warehouse has is sent."
    )


def test_a_first_part_that_is_refused_does_not_keep_the_second_waiting(
    world: Any, lane: Releasing, reno: Door, sparks: Door, sealed: Sealed
) -> None:
    order = sealed(lines=LINES)
    reno.script = ["refuse"]
    lane.run(SELLER)
    assert list(sparks.taken) == [part(order, 2)]
    assert "Warehouse sparks has its part already (1 × TEA-1)" in world.order(order).hold.sentence


def test_a_later_try_sends_only_what_no_warehouse_has(
    world: Any, lane: Releasing, reno: Door, sparks: Door, sealed: Sealed
) -> None:
    order = sealed(lines=LINES)
    sparks.script = ["refuse"]
    lane.run(SELLER)
    examined_again(world, order)
    assert world.order(order).warehouse == "sparks"
    lane.run(SELLER)
    assert world.order(order).state is S.RELEASED
    assert list(reno.taken) == [part(order, 1)]
    assert sparks.taken == {part(order, 1, revision=2): {"2": 1}}
    assert everything(order, reno, sparks) == ordered(order)


def test_a_refused_part_of_a_part_leaves_both_with_what_they_have(
    world: Any, lane: Releasing, reno: Door, sparks: Door, sealed: Sealed
) -> None:
    order = sealed(lines=LINES)
    sparks.script = ["refuse", "refuse"]
    lane.run(SELLER)
    examined_again(world, order)
    lane.run(SELLER)
    assert world.order(order).revision == 3
    examined_again(world, order)
    lane.run(SELLER)
    assert sparks.taken == {part(order, 1, revision=3): {"2": 1}}
    assert everything(order, reno, sparks) == ordered(order)


def test_a_part_that_ships_while_the_other_is_held_keeps_the_order_held(
    world: Any, lane: Releasing, reno: Door, sparks: Door, sealed: Sealed
) -> None:
    order = sealed(lines=LINES)
    sparks.script = ["refuse"]
    lane.run(SELLER)
    reported(world, part(order, 1), item1=2, item3=3)
    assert world.order(order).state is S.HELD
    shown = world.order(order)
    lines = tuple(replace(line, shipped=line.ordered * (line.sku != "TEA-1")) for line in LINES)
    amazon = replace(shown.amazon, status=AmazonStatus.PARTIALLY_SHIPPED, lines=lines)
    world.storage.orders.change(shown, amazon=amazon)
    examined_again(world, order)
    lane.run(SELLER)
    assert world.order(order).state is S.PARTLY_SHIPPED
    reported(world, part(order, 1, revision=2), item2=1)
    assert world.order(order).state is S.SHIPPED
    assert everything(order, reno, sparks) == ordered(order)


def test_a_part_that_ships_before_the_other_is_answered_does_not_release_the_order(
    world: Any, lane: Releasing, sparks: Door, sealed: Sealed
) -> None:
    order = sealed(lines=LINES)
    sparks.script = ["down"]
    lane.run(SELLER)
    reported(world, part(order, 1), item1=2, item3=3)
    assert world.order(order).state is S.RELEASABLE
    world.clock.advance(timedelta(minutes=1))
    lane.run(SELLER)
    assert world.order(order).state is S.PARTLY_SHIPPED
    assert list(sparks.taken) == [part(order, 2)]


def test_where_the_refused_line_is_cancelled_the_order_goes_on_with_what_was_taken(
    world: Any, lane: Releasing, sparks: Door, sealed: Sealed
) -> None:
    order = sealed(lines=LINES)
    sparks.script = ["refuse"]
    lane.run(SELLER)
    reported(world, part(order, 1), item1=2, item3=3)
    (package,) = world.storage.packages.of_order(order.ref)
    world.storage.packages.change(package, state=PackageState.CONFIRMED, confirmed_at=world.clock.now())
    held = world.order(order)
    lines = tuple(replace(line, ordered=0) if line.sku == "TEA-1" else line for line in LINES)
    amazon = replace(held.amazon, lines=lines, status=AmazonStatus.SHIPPED)
    world.storage.orders.change(held, amazon=amazon)
    examined_again(world, order)
    lane.run(SELLER)
    assert world.order(order).state is S.CONFIRMED
    assert sparks.taken == {}


def test_what_a_warehouse_has_and_the_order_no_longer_has_is_for_a_person(
    world: Any, lane: Releasing, sparks: Door, sealed: Sealed
) -> None:
    order = sealed(lines=LINES)
    sparks.script = ["refuse"]
    lane.run(SELLER)
    held = world.order(order)
    lines = (replace(LINES[0], ordered=1), *LINES[1:])
    world.storage.orders.change(held, amazon=replace(held.amazon, lines=lines))
    examined_again(world, order)
    lane.run(SELLER)
    assert world.order(order).hold.code == "released_before"
    assert sparks.taken == {}


def test_a_part_refused_after_a_lost_answer_is_uncertain_and_keeps_its_reference(
    world: Any, lane: Releasing, sparks: Door, sealed: Sealed
) -> None:
    order = sealed(lines=LINES)
    sparks.script = ["lost", "refuse"]
    lane.run(SELLER)
    world.clock.advance(timedelta(seconds=5))
    lane.run(SELLER)
    held = world.order(order)
    assert (held.revision, held.hold.code) == (1, "release_uncertain")
    assert f"its part of order {order.id} (1 × TEA-1)" in held.hold.sentence
    assert "Warehouse reno has its part already" in held.hold.sentence
    examined_again(world, order)
    lane.run(SELLER)
    assert world.order(order).state is S.RELEASED
    assert list(sparks.taken) == [part(order, 2)]


def test_an_address_that_changed_between_the_parts_is_told(
    world: Any, pii: Any, lane: Releasing, sparks: Door, sealed: Sealed
) -> None:
    order = sealed(lines=LINES)
    sparks.script = ["down"]
    lane.run(SELLER)
    service = Actor(kind=ActorKind.SERVICE, name="retrieval")
    grant = pii.grants.issue(service, Purpose.HAND_OVER, seller=SELLER, order=order.ref)
    moved = Recipient({Field.NAME: "Testperson Alpha", Field.COUNTRY: "US", Field.CITY: "Inventville"})
    note_what_a_try_lacked(pii.vault, world.order(order), moved, grant)
    world.clock.advance(timedelta(seconds=5))
    lane.run(SELLER)
    words = world.order(order).attention
    for number, name in ((1, "reno"), (2, "sparks")):
        assert "(address line 1, city)" in words
        assert f"ask warehouse {name} which address reference {part(order, number)} has" in words


def test_a_warehouse_that_rests_does_not_keep_the_other_parts_waiting(
    world: Any, lane: Releasing, reno: Door, sparks: Door, sealed: Sealed
) -> None:
    soon = [
        sealed(lines=LINES[1:2], ship_by=world.clock.now() + timedelta(hours=hour)) for hour in range(1, 4)
    ]
    order = sealed(lines=LINES)
    sparks.script = ["down"] * 3
    lane.run(SELLER)
    assert len(sparks.calls) == len(soon)
    assert list(reno.taken) == [part(order, 1)]
    assert (world.order(order).state, world.order(order).tries) == (S.RELEASABLE, 0)
    lane.run(SELLER)
    assert world.order(order).state is S.RELEASED


def test_the_rules_may_change_and_what_is_intended_goes_where_it_was_intended(
    world: Any, lane: Releasing, reno: Door, sparks: Door, sealed: Sealed
) -> None:
    order = sealed(lines=LINES)
    sparks.script = ["lost"]
    lane.run(SELLER)
    world.clock.advance(timedelta(seconds=5))
    turned = replace(
        MUGS_AND_TEA,
        rules=tuple(
            replace(each, warehouse=WarehouseId({"reno": "sparks", "sparks": "reno"}[each.warehouse]))
            for each in MUGS_AND_TEA.rules
        ),
    )
    releasing_to(lane, reno, sparks, table=turned).run(SELLER)
    assert world.order(order).state is S.RELEASED
    assert everything(order, reno, sparks) == ordered(order)
