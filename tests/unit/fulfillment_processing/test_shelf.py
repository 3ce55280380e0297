"""What a warehouse that comes and gets its orders finds and opens, over the real vault."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.domain.fields import Field
from dockseal.domain.identifiers import ReleaseRef, SellerId, WarehouseId, release_ref
from dockseal.domain.order import Order, OrderState
from dockseal.domain.release import Release, ReleaseState, Warehouse
from dockseal.domain.shelf import ShelfKind
from dockseal.domain.shipment import Content, ShipmentReport
from dockseal.errors import BadInput, GrantRefused, NothingSealed, OpensExhausted
from dockseal.fulfillment_processing.parts import lines_of
from dockseal.fulfillment_processing.release import Releasing
from dockseal.fulfillment_processing.shelf import Shelf
from dockseal.fulfillment_processing.tracking import Tracking
from dockseal.order_synchronization.keeping import Keeping
from dockseal.pii_security.budgets import Budgets
from dockseal.pii_security.vault import Vault
from dockseal.warehouses.port import AdapterParts
from dockseal.warehouses.rest import Rest

SELLER, RENO, SPARKS = SellerId("acme-us"), WarehouseId("reno"), WarehouseId("sparks")
S = OrderState
Sealed = Callable[..., Order]


@pytest.fixture
def shelf(world: Any, pii: Any) -> Shelf:
    return Shelf(storage=world.storage, vault=pii.vault, grants=pii.grants)


@pytest.fixture
def pulled(world: Any, pii: Any) -> Releasing:
    """Releases to a warehouse that comes and gets its orders."""

    def adapter(warehouse: Warehouse) -> Rest:
        return Rest(AdapterParts(warehouse=warehouse, secret=None, transport=None, clock=world.clock))

    return Releasing(
        storage=world.storage,
        vault=pii.vault,
        grants=pii.grants,
        trail=world.trail,
        adapters=adapter,
        clock=world.clock,
    )


def ref(order: Order) -> ReleaseRef:
    return release_ref(order.ref, order.revision)


@pytest.fixture
def put(pulled: Releasing, sealed: Sealed) -> Sealed:
    """Makes an order that lies on the shelf."""

    def make(**changes: Any) -> Order:
        order = sealed(**changes)
        pulled.run(SELLER)
        return order

    return make


def kinds(world: Any, order: Order) -> list[str]:
    return [each.kind.value for each in world.storage.shelf.of_release(ref(order))]


def test_a_released_order_lies_on_the_shelf_and_nothing_was_opened(
    world: Any, shelf: Shelf, put: Sealed
) -> None:
    order = put()
    (found,) = shelf.after(RENO, 0, limit=10)
    assert (found.entry.kind, found.release.ref, found.order.id) == (ShelfKind.RELEASED, ref(order), order.id)
    assert "order:data:opened" not in world.tags(order)
    assert shelf.after(SPARKS, 0, limit=10) == []


def test_only_the_fields_that_are_asked_for_are_opened_and_the_trail_names_them(
    world: Any, shelf: Shelf, put: Sealed
) -> None:
    order = put()
    opened = shelf.open(RENO, ref(order), frozenset({Field.CITY, Field.COUNTRY, Field.PHONE}))
    assert opened.fields() == {Field.CITY, Field.COUNTRY}
    row = world.storage.audit.search(order=order.ref)[0]
    told = dict(row.fields)
    assert (row.tag, row.actor) == ("order:data:opened", "warehouse:reno")
    assert (told["field_names"], told["fields"], told["purpose"]) == ("city,country,phone", "3", "hand_over")


def test_all_that_a_hand_over_has_is_opened_where_nothing_is_named(shelf: Shelf, put: Sealed) -> None:
    assert Field.GIFT_MESSAGE in shelf.open(RENO, ref(put())).fields()


def test_what_no_hand_over_has_is_not_granted(shelf: Shelf, put: Sealed) -> None:
    with pytest.raises(GrantRefused, match="leave the others out"):
        shelf.open(RENO, ref(put()), frozenset({Field.BUYER_EMAIL}))


def test_no_warehouse_opens_what_is_anothers(world: Any, shelf: Shelf, put: Sealed) -> None:
    order = put()
    with pytest.raises(BadInput):
        shelf.open(SPARKS, ref(order))
    assert shelf.find(SPARKS, ref(order)) is None
    assert "order:data:opened" not in world.tags(order)


def test_each_warehouse_has_a_budget_of_its_own_for_each_hour(world: Any, pii: Any, put: Sealed) -> None:
    vault: Vault = replace(pii.vault, budgets=Budgets(warehouses=2))
    shelf = Shelf(storage=world.storage, vault=vault, grants=pii.grants)
    order = put()
    for _ in range(2):
        shelf.open(RENO, ref(order))
    with pytest.raises(OpensExhausted, match="raise DOCKSEAL_WAREHOUSE_OPENS_AN_HOUR") as spent:
        shelf.open(RENO, ref(order))
    service = Actor(kind=ActorKind.SERVICE, name="release")
    vault.open(order.ref, pii.grants.issue(service, Purpose.HAND_OVER, seller=SELLER, order=order.ref))
    world.clock.advance(spent.value.until - world.clock.now())
    shelf.open(RENO, ref(order))


def test_shipping_all_of_an_order_closes_it(world: Any, put: Sealed) -> None:
    order = put()
    tracking = Tracking(storage=world.storage, trail=world.trail, clock=world.clock)

    def ship(n: int, quantity: int) -> None:
        tracking.report(
            ShipmentReport(
                report_id=f"R-{n}",
                warehouse=RENO,
                release=ref(order),
                carrier="UPS",
                tracking_number=f"1Z{n}",
                shipped_at=world.clock.now(),
                contents=(Content(order_item_id="00000000000001", quantity=quantity),) if quantity else (),
            )
        )

    ship(1, 1)
    assert kinds(world, order) == ["released"]
    ship(2, 0)
    assert kinds(world, order) == ["released", "closed"]


def cancel(world: Any, order: Order) -> None:
    kept = world.order(order)
    reading = replace(
        kept.amazon,
        status=type(kept.amazon.status).CANCELLED,
        updated_at=kept.amazon.updated_at + timedelta(minutes=1),
    )
    keeping = Keeping(storage=world.storage, trail=world.trail, clock=world.clock)
    keeping.keep(SELLER, reading, read_at=world.clock.now() + timedelta(minutes=1))


def test_an_order_that_amazon_cancels_is_to_be_stopped_and_is_closed_once_it_was(
    world: Any, put: Sealed
) -> None:
    order = put()
    cancel(world, order)
    assert world.order(order).state is S.CANCELLED
    assert kinds(world, order) == ["released", "stop"]
    world.storage.shelf.close(ref(order), world.clock.now())
    assert kinds(world, order) == ["released", "stop", "closed"]


def test_an_order_that_was_to_be_stopped_before_is_closed_when_it_is_cancelled(
    world: Any, put: Sealed
) -> None:
    order = put()
    world.storage.shelf.put(RENO, ref(order), ShelfKind.STOP, world.clock.now())
    cancel(world, order)
    assert kinds(world, order) == ["released", "stop", "closed"]


def test_what_was_pushed_is_on_no_shelf(world: Any, releasing: Releasing, sealed: Sealed) -> None:
    order = sealed()
    releasing.run(SELLER)
    cancel(world, order)
    world.storage.shelf.close(ref(order), world.clock.now())
    assert kinds(world, order) == []


def test_a_release_of_a_part_shows_that_part(world: Any, new_order: Callable[..., Order]) -> None:
    order = new_order(S.RELEASED)
    part = Release(
        ref=release_ref(order.ref, 1, part=1),
        order=order.ref,
        warehouse=RENO,
        state=ReleaseState.ACCEPTED,
        intended_at=world.clock.now(),
        contents=(Content(order_item_id="00000000000001", quantity=1),),
    )
    assert [(line.order_item_id, line.ordered) for line in lines_of(order, part)] == [("00000000000001", 1)]
    assert [line.ordered for line in lines_of(order, replace(part, contents=()))] == [2, 1]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("", ""),
        ("no MUG-RED left", "no MUG-RED left"),
        ("nobody at 1 Sample Street", "its reason was left out: it repeats the buyer's data"),
        ("x" * 301, "its reason was left out: it is no short plain text"),
    ],
)
def test_words_of_a_warehouse_are_compared_with_the_buyers_data(
    shelf: Shelf, put: Sealed, said: str, kept: str
) -> None:
    assert shelf.words(RENO, ref(put()), said) == kept


def test_words_are_left_out_where_there_is_nothing_to_compare_them_with(
    world: Any, pii: Any, shelf: Shelf, put: Sealed
) -> None:
    order = put()
    pii.vault.erase(order.ref)
    with pytest.raises(NothingSealed):
        shelf.open(RENO, ref(order))
    assert "nothing left" not in shelf.words(RENO, ref(order), "no MUG-RED left")
    assert "no buyer's data left to compare it with" in shelf.words(RENO, ref(order), "no MUG-RED left")
    assert shelf.words(SPARKS, ref(order), "no MUG-RED left") == ""


def test_words_of_a_warehouse_that_gets_no_personal_data_can_repeat_none(
    world: Any, shelf: Shelf, new_order: Callable[..., Order]
) -> None:
    world.storage.warehouses.change(world.storage.warehouses.get(RENO), options=(("personal_data", "none"),))
    order = world.keep(new_order(S.RELEASED))
    world.sent(order)
    assert shelf.words(RENO, ref(order), "no MUG-RED left") == "no MUG-RED left"
