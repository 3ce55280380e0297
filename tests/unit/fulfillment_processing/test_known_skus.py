"""The list of SKUs that a warehouse knows, and the orders that wait for one."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.order import Hold, Order, OrderLine, OrderState
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.causes import HELD_BY, Cause, reexamine
from dockseal.fulfillment_processing.examination import Examination
from dockseal.fulfillment_processing.known_skus import LONGEST_SKU, give_list, read_list, unknown_to
from dockseal.fulfillment_processing.release import Releasing
from dockseal.fulfillment_processing.routing import Part
from dockseal.fulfillment_processing.validation import to_ship

SELLER, RENO, SPARKS = SellerId("acme-us"), WarehouseId("reno"), WarehouseId("sparks")
PERSON = Actor(kind=ActorKind.PERSON, name="terminal-test")
NewOrder = Callable[..., Order]


@pytest.fixture
def examination(world: Any) -> Examination:
    return Examination(storage=world.storage, trail=world.trail, clock=world.clock)


def give(world: Any, *skus: str, warehouse: WarehouseId = RENO) -> int:
    return give_list(world.storage, world.trail, warehouse=warehouse, skus=skus, actor=PERSON)


def unknown(world: Any, order: Order) -> Hold | None:
    whole = Part(warehouse=RENO, lines=to_ship(order), rules=())
    return unknown_to(world.storage, order, [whole])


def test_without_a_list_a_warehouse_knows_every_sku(world: Any, new_order: NewOrder) -> None:
    assert unknown(world, new_order()) is None
    give(world, "TEA-9", warehouse=SPARKS)
    assert unknown(world, new_order()) is None


def test_an_order_with_a_sku_that_is_not_on_the_list_is_held_and_names_it(
    world: Any, examination: Examination, new_order: NewOrder
) -> None:
    give(world, "MUG-BLUE")
    order = world.keep(new_order())
    examination.run(SELLER)
    held = world.order(order)
    assert held.state is OrderState.HELD
    assert held.hold.code == "sku_unknown"
    assert "Warehouse reno does not know MUG-RED of order" in held.hold.sentence
    assert "dockseal warehouses skus reno FILE" in held.hold.sentence


def test_a_new_list_has_the_orders_that_wait_for_it_examined_again(
    world: Any, examination: Examination, new_order: NewOrder
) -> None:
    give(world, "MUG-BLUE")
    waiting = world.keep(new_order())
    other = world.keep(new_order(marketplace_id=""))
    examination.run(SELLER)
    assert give(world, "MUG-BLUE", "MUG-RED") == 1
    assert world.order(other).state is OrderState.HELD
    examination.run(SELLER)
    assert world.order(waiting).state is OrderState.RELEASABLE
    assert world.tags(waiting) == ["order:life:held", "order:life:unheld", "order:life:routed"]
    (row,) = world.storage.audit.search(tag="order:life:unheld")
    assert (row.actor, row.fields) == (str(PERSON), (("code", "sku_unknown"),))
    (row, *_) = world.storage.audit.search(tag="warehouse:skus:changed")
    assert row.fields == (("skus", "2"), ("warehouse", "reno"))


def test_a_list_that_still_lacks_the_sku_leaves_the_order_held(
    world: Any, examination: Examination, new_order: NewOrder
) -> None:
    give(world, "MUG-BLUE")
    order = world.keep(new_order())
    examination.run(SELLER)
    give(world, "MUG-BLUE", "TEA-9")
    examination.run(SELLER)
    assert world.order(order).hold.code == "sku_unknown"


def test_no_list_any_more_lets_every_order_pass(
    world: Any, examination: Examination, new_order: NewOrder
) -> None:
    give(world, "TEA-9")
    order = world.keep(new_order())
    examination.run(SELLER)
    assert give(world) == 1
    examination.run(SELLER)
    assert world.order(order).state is OrderState.RELEASABLE


def test_a_list_that_came_after_the_examination_holds_the_order_at_the_door(
    world: Any, releasing: Releasing, sealed: Callable[..., Order], far: Any
) -> None:
    order = sealed()
    give(world, "TEA-9")
    releasing.run(SELLER)
    assert world.order(order).hold.code == "sku_unknown"
    assert far.asked == []


def test_a_cancelled_line_needs_no_sku_that_is_known(world: Any, new_order: NewOrder) -> None:
    give(world, "MUG-BLUE")
    gone = OrderLine(order_item_id="2", sku="MUG-RED", ordered=0)
    kept = OrderLine(order_item_id="1", sku="MUG-BLUE", ordered=1)
    assert unknown(world, new_order(lines=(kept, gone))) is None


def test_a_thousand_lines_are_looked_up_and_five_of_them_named(world: Any, new_order: NewOrder) -> None:
    give(world, "MUG-BLUE")
    lines = tuple(OrderLine(order_item_id=str(n), sku=f"SKU-{n}", ordered=1) for n in range(1200))
    hold = unknown(world, new_order(lines=lines))
    assert hold is not None
    assert "SKU-0, SKU-1, SKU-2, SKU-3, SKU-4 and 1195 more of order" in hold.sentence


@pytest.mark.parametrize(
    ("text", "skus"),
    [
        ("MUG-1\nMUG-2\n", ("MUG-1", "MUG-2")),
        ("\ufeffsku\r\nMUG-1\r\n\r\nMUG-1\r\n", ("MUG-1",)),
        ('"MUG, blue",a note\n"MUG ""big"""\n', ("MUG, blue", 'MUG "big"')),
        ("MUG-1\nSKU\n", ("MUG-1", "SKU")),
        ("=cmd|x\n", ("=cmd|x",)),
    ],
)
def test_a_list_is_read_as_csv(text: str, skus: tuple[str, ...]) -> None:
    assert read_list(text) == skus


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "--clear"),
        ("sku\n", "--clear"),
        ("MUG-1\n" + "x" * (LONGEST_SKU + 1) + "\n", "line 2"),
        ('MUG-1\n"MUG-2\n', "line 2"),
        ('"a"b\n', "line 1"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_with_its_line(text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read_list(text)


@given(text=st.text(max_size=60))
def test_whatever_is_in_the_file_it_is_read_or_refused(text: str) -> None:
    try:
        skus = read_list(text)
    except BadInput:
        return
    assert skus
    assert all(sku == sku.strip() and 0 < len(sku) <= LONGEST_SKU for sku in skus)


def test_orders_are_examined_again_by_their_code_seller_and_warehouse(
    world: Any, new_order: NewOrder
) -> None:
    def held(code: str, warehouse: WarehouseId | None) -> Order:
        hold = Hold(code=code, sentence="")
        order: Order = world.keep(new_order(OrderState.HELD, hold=hold, warehouse=warehouse))
        return order

    mine, unrouted = held("does_not_fit", RENO), held("does_not_fit", None)
    others = [held("does_not_fit", SPARKS), held("warehouse_refused", RENO), held("release_uncertain", RENO)]
    args = {"actor": PERSON, "warehouse": RENO}
    assert reexamine(world.storage, world.trail, Cause.OPTIONS, seller=SellerId("another"), **args) == 0
    assert reexamine(world.storage, world.trail, Cause.OPTIONS, seller=SELLER, **args) == 2
    assert {world.order(each).state for each in (mine, unrouted)} == {OrderState.ACCEPTED}
    assert {world.order(each).state for each in others} == {OrderState.HELD}
    assert reexamine(world.storage, world.trail, Cause.OPTIONS, seller=SELLER, **args) == 0


def test_more_orders_than_are_moved_at_once_are_all_examined_again(world: Any, new_order: NewOrder) -> None:
    hold = Hold(code="sku_unknown", sentence="")
    for _ in range(230):
        world.keep(new_order(OrderState.HELD, hold=hold, warehouse=None))
    assert reexamine(world.storage, world.trail, Cause.SKUS, actor=PERSON) == 230


def test_what_a_warehouse_refused_waits_for_a_person() -> None:
    codes = frozenset().union(*HELD_BY.values())
    assert not codes & {"warehouse_refused", "release_uncertain", "released_before", "seal_broken"}
