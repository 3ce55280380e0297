from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dockseal.domain.identifiers import SellerId
from dockseal.domain.lane import Outcome
from dockseal.domain.order import AmazonStatus, Order, OrderState
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.examination import BATCH, UNPAID_WAIT, Examination
from dockseal.fulfillment_processing.routing import Ways

SELLER = SellerId("acme-us")
NewOrder = Callable[..., Order]


@pytest.fixture
def examination(world: Any) -> Examination:
    return Examination(storage=world.storage, trail=world.trail, clock=world.clock)


def test_a_valid_order_is_routed_to_its_sellers_warehouse(
    world: Any, examination: Examination, new_order: NewOrder
) -> None:
    order = world.keep(new_order(attention="old news"))
    assert examination.run(SELLER) == Outcome(done=1)
    examined = world.order(order)
    assert (examined.state, examined.warehouse) == (OrderState.RELEASABLE, "reno")
    assert examined.attention == ""
    assert world.tags(order) == ["order:life:routed"]


def test_an_order_that_breaks_a_rule_is_held_with_all_its_sentences(
    world: Any, examination: Examination, new_order: NewOrder
) -> None:
    order = world.keep(new_order(marketplace_id="", status=AmazonStatus.SHIPPED))
    examination.run(SELLER)
    examined = world.order(order)
    assert examined.state is OrderState.HELD
    assert examined.hold is not None
    assert examined.hold.code == "shipped_elsewhere"
    assert "names no marketplace" in examined.hold.sentence
    assert world.tags(order) == ["order:life:held"]
    assert world.storage.audit.head().fields == (("code", "shipped_elsewhere"),)


def test_a_cancelled_order_is_cancelled(world: Any, examination: Examination, new_order: NewOrder) -> None:
    order = world.keep(new_order(status=AmazonStatus.CANCELLED, lines=()))
    assert examination.run(SELLER).done == 1
    assert world.order(order).state is OrderState.CANCELLED
    assert world.tags(order) == ["order:life:cancelled"]


@pytest.mark.parametrize("status", [AmazonStatus.PENDING, AmazonStatus.PENDING_AVAILABILITY])
def test_an_unpaid_order_waits_and_needs_nobody(
    world: Any, examination: Examination, new_order: NewOrder, status: AmazonStatus
) -> None:
    order = world.keep(new_order(status=status, lines=(), attention="old news"))
    outcome = examination.run(SELLER)
    waiting = world.order(order)
    assert (waiting.state, waiting.attention, waiting.hold) == (OrderState.ACCEPTED, "", None)
    assert outcome == Outcome(done=0, again_at=world.clock.now() + UNPAID_WAIT)
    assert world.tags(order) == []


def test_an_order_that_is_paid_is_examined_when_its_new_reading_makes_it_due(
    world: Any, examination: Examination, new_order: NewOrder
) -> None:
    order = world.keep(new_order(status=AmazonStatus.PENDING))
    examination.run(SELLER)
    waiting = world.order(order)
    paid = replace(waiting.amazon, status=AmazonStatus.UNSHIPPED)
    world.storage.orders.change(waiting, amazon=paid, next_try=None)
    assert examination.run(SELLER).done == 1
    assert world.order(order).state is OrderState.RELEASABLE


def test_many_unpaid_orders_do_not_keep_a_paid_one_waiting(
    world: Any, examination: Examination, new_order: NewOrder
) -> None:
    soon = world.clock.now() + timedelta(hours=1)
    with world.storage.transaction():
        for _ in range(BATCH):
            world.storage.orders.insert(new_order(status=AmazonStatus.PENDING, ship_by=soon))
    paid = world.keep(new_order())
    assert examination.run(SELLER).more
    examination.run(SELLER)
    assert world.order(paid).state is OrderState.RELEASABLE


def test_running_again_changes_nothing(world: Any, examination: Examination, new_order: NewOrder) -> None:
    order = world.keep(new_order())
    examination.run(SELLER)
    assert examination.run(SELLER) == Outcome()
    assert world.tags(order) == ["order:life:routed"]


def test_only_the_sellers_own_orders_are_examined(
    world: Any, examination: Examination, new_order: NewOrder
) -> None:
    other = world.keep(new_order(seller=SellerId("other-us")))
    assert examination.run(SELLER).done == 0
    assert world.order(other).state is OrderState.ACCEPTED


def test_an_unknown_seller_is_refused(examination: Examination) -> None:
    with pytest.raises(BadInput):
        examination.run(SellerId("nobody"))


def test_an_order_that_changed_while_it_was_examined_is_left_to_the_next_run(
    world: Any, examination: Examination, new_order: NewOrder
) -> None:
    order = world.keep(new_order())
    seen = world.storage.orders.due(OrderState.ACCEPTED, now=world.clock.now())[0]
    world.storage.orders.change(order, attention="read anew")
    seller = world.storage.sellers.get(SELLER)
    assert not examination._examine(seen, seller, Ways(), now=world.clock.now())
    assert world.tags(order) == []
    assert examination.run(SELLER).done == 1
