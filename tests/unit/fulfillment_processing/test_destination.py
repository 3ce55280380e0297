"""Rules that look at where an order goes: by yes and no, in the moment of the release."""

from collections.abc import Callable
from typing import Any

import pytest

from dockseal.domain.identifiers import WarehouseId, release_ref
from dockseal.domain.order import Order, OrderState
from dockseal.domain.recipient import Field
from dockseal.fulfillment_processing.examination import Examination
from dockseal.fulfillment_processing.explaining import explained
from dockseal.fulfillment_processing.release import Releasing
from dockseal.fulfillment_processing.routing import Routing, Ways
from dockseal.fulfillment_processing.routing_rules import Destination, Table
from unit.fulfillment_processing.conftest import make_order
from unit.fulfillment_processing.doors import (
    LINES,
    SELLER,
    Door,
    PulledDoor,
    everything,
    ordered,
    releasing_to,
    rule,
    somebody,
)

S = OrderState
WEST = Destination(country=("US",), postal_code=("89", "9"))
NEAR = Table(
    rules=(
        rule(1, "reno", sku=("MUG-*",), destination=WEST),
        rule(2, "sparks", sku=("MUG-*",)),
        rule(3, "labels", sku=("TEA-*",)),
    )
)
SPARED = Ways(without=frozenset({WarehouseId("labels")}))
PERSON = frozenset({Field.NAME, Field.COUNTRY, Field.REGION, Field.POSTAL_CODE})


@pytest.fixture
def doors(world: Any) -> tuple[Door, Door, Door]:
    return Door("reno"), Door("sparks"), Door("labels")


@pytest.fixture
def lane(releasing: Releasing, doors: tuple[Door, Door, Door]) -> Releasing:
    return releasing_to(releasing, *doors, table=NEAR, ways=SPARED)


@pytest.fixture(autouse=True)
def labels(world: Any) -> None:
    known = world.storage.warehouses.get(WarehouseId("sparks"))
    world.storage.warehouses.add(type(known)(id=WarehouseId("labels"), adapter="by_hand"))


@pytest.fixture
def bought(world: Any, pii: Any) -> Callable[..., Order]:
    """An order that was examined and whose personal data came, by the way that the examination found."""

    def make(table: Table = NEAR, ways: Ways = SPARED, lines: Any = LINES, **fields: str) -> Order:
        order = world.keep(make_order(lines=lines))
        routing = Routing(rules=lambda: table, ways=lambda: ways)
        Examination(storage=world.storage, trail=world.trail, clock=world.clock, routing=routing).run(SELLER)
        examined: Order = world.order(order)
        if examined.warehouse not in ways.without:
            pii.vault.keep(examined, somebody(**fields))
        return world.order(order)

    return make


def test_the_destination_decides_at_the_release(
    world: Any, lane: Releasing, doors: tuple[Door, Door, Door], bought: Callable[..., Order]
) -> None:
    near, far = bought(), bought(postal_code="10001")
    assert (near.warehouse, far.warehouse) == ("reno", "reno")
    row = world.storage.audit.search(order=near.ref, tag="order:life:routed")[0]
    assert dict(row.fields) == {"warehouse": "reno", "open": "true"}
    assert lane.run(SELLER).done == 2
    reno, sparks, labels = doors
    assert list(reno.taken) == [release_ref(near.ref, 1, 1)]
    assert list(sparks.taken) == [release_ref(far.ref, 1, 1)]
    assert sorted(labels.taken) == sorted(release_ref(order.ref, 1, 2) for order in (near, far))
    assert reno.people[release_ref(near.ref, 1, 1)] == PERSON
    assert set(labels.people.values()) == {frozenset()}, "it is handed nothing of them"
    assert (world.order(near).warehouse, world.order(far).warehouse) == ("reno", "sparks")
    for order in (near, far):
        assert everything(order, *doors) == ordered(order)


def test_the_answer_is_kept_and_what_was_looked_at_is_not(
    world: Any, lane: Releasing, bought: Callable[..., Order]
) -> None:
    order = bought(postal_code="10001", region="QUILLSTATE")
    lane.run(SELLER)
    rows = [dict(row.fields) for row in world.storage.audit.search(order=order.ref, tag="order:life:routed")]
    assert rows[1] == {"warehouse": "sparks", "part": "1", "rule": "2"}
    kept = repr(world.order(order)) + repr(world.storage.audit.rows())
    kept += repr(world.storage.releases.of_order(order.ref))
    assert "10001" not in kept
    assert "QUILLSTATE" not in kept
    assert world.tags(order).count("order:data:opened") == 1, "it was opened once, to be handed over"


def test_a_crash_after_the_decision_leaves_it_as_it_was(
    world: Any, lane: Releasing, doors: tuple[Door, Door, Door], bought: Callable[..., Order]
) -> None:
    order = bought(postal_code="10001")
    doors[1].script = ["crash after"]
    with pytest.raises(SystemExit):
        lane.run(SELLER)
    lane.run(SELLER)
    assert world.order(order).state is S.RELEASED
    assert everything(order, *doors) == ordered(order)


def test_an_order_that_no_rule_of_the_destination_could_take_is_not_opened_to_be_routed(
    world: Any, lane: Releasing, doors: tuple[Door, Door, Door], bought: Callable[..., Order]
) -> None:
    order = bought(lines=LINES[1:2])
    assert order.warehouse == "labels"
    lane.run(SELLER)
    assert world.order(order).state is S.RELEASED
    assert "order:data:opened" not in world.tags(order)
    assert list(doors[2].taken) == [release_ref(order.ref, 1)]


PASSING = Table(rules=(rule(1, "reno", destination=WEST), rule(2, "sparks")))
MEMORY = Ways(passed=frozenset({WarehouseId("reno")}))


@pytest.mark.parametrize("far_side", [Door, PulledDoor])
def test_what_may_be_passed_on_is_not_sealed_until_it_surely_goes_to_who_has_it_kept(
    world: Any,
    pii: Any,
    releasing: Releasing,
    *,
    bought: Callable[..., Order],
    far_side: type[Door],
) -> None:
    pii.vault.passing._warehouses = lambda: MEMORY.passed
    reno, sparks = Door("reno"), far_side("sparks")
    lane = releasing_to(releasing, reno, sparks, table=PASSING, ways=MEMORY)
    near, far = bought(PASSING, MEMORY), bought(PASSING, MEMORY, postal_code="10001")
    assert (near.sealed_until, far.sealed_until) == (None, None)
    lane.run(SELLER)
    assert world.order(near).state is S.RELEASED
    assert world.storage.sealed.get(near.ref) is None
    turned = world.order(far)
    assert (turned.state, turned.warehouse) == (S.RELEASABLE, "sparks")
    assert far.ref not in pii.vault.passing.orders(), "it is retrieved again, and sealed this time"
    assert sparks.taken == {}
    pii.vault.keep(turned, somebody(postal_code="10001"))
    lane.run(SELLER)
    assert world.order(far).state is S.RELEASED
    assert list(sparks.taken) == [release_ref(far.ref, 1)]
    shelf = world.storage.shelf.of_release(release_ref(far.ref, 1))
    assert bool(shelf) == (far_side is PulledDoor)


def test_rules_that_changed_since_have_the_address_retrieved_first(
    world: Any, releasing: Releasing, doors: tuple[Door, Door, Door], bought: Callable[..., Order]
) -> None:
    order = bought(lines=LINES[1:2])
    changed = Table(rules=(rule(1, "sparks", sku=("TEA-*",)),))
    releasing_to(releasing, *doors, table=changed, ways=SPARED).run(SELLER)
    assert (world.order(order).state, world.order(order).warehouse) == (S.RELEASABLE, "sparks")
    assert everything(order, *doors) == {}


def told(world: Any, order: Order, table: Table = NEAR) -> list[str]:
    return list(
        explained(
            world.order(order),
            table=table,
            home=WarehouseId("home"),
            releases=world.storage.releases.of_order(order.ref),
            rows=reversed(world.storage.audit.search(order=order.ref)),
        )
    )


def test_an_explanation_says_what_the_destination_decides_and_opens_nothing(
    world: Any, bought: Callable[..., Order]
) -> None:
    order = bought(lines=LINES[:2])
    assert told(world, order) == [
        f"Order {order.id} is releasable: nothing of it was handed over yet.",
        "By the rules as they are now:",
        "  2 × MUG-1 (item 1): the destination decides; it is sealed, and is not opened for this",
        "    rule 1 takes it to warehouse reno if it goes to country US and postal code beginning with 89 or "
        "9",
        "    else warehouse sparks, by rule 2",
        "  1 × TEA-1 (item 2): warehouse labels, by rule 3",
        "    rule 1 does not take it: its SKU is not MUG-*",
        "    rule 2 does not take it: its SKU is not MUG-*",
    ]
    assert "order:data:opened" not in world.tags(order)


def test_an_explanation_says_what_was_decided(
    world: Any, lane: Releasing, doors: tuple[Door, Door, Door], bought: Callable[..., Order]
) -> None:
    order = bought()
    doors[2].script = ["refuse"]
    lane.run(SELLER)
    assert told(world, order) == [
        f"Order {order.id} is held. What was handed over stays where it is:",
        f"  2 × MUG-1, 3 × MUG-2: warehouse reno as {order.ref}-1-1, by rule 1 (taken)",
        f"  1 × TEA-1: warehouse labels as {order.ref}-1-2, by rule 3 (refused)",
        "By the rules as they are now:",
        "  1 × TEA-1 (item 2): warehouse labels, by rule 3",
        "    rule 1 does not take it: its SKU is not MUG-*",
        "    rule 2 does not take it: its SKU is not MUG-*",
    ]
    lane.run(SELLER)
    assert told(world, order, Table())[-1] == (
        "There are no routing rules: all of it goes to the seller's own warehouse, home."
    )
