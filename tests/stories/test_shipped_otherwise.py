"""Orders that Amazon wants shipped otherwise never reach the warehouse; the others flow on."""

import pytest

from day import Day, MakeDay
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.order import AmazonStatus, OrdersApi, OrderState
from spapi_simulator import Line

PERSON = Actor(kind=ActorKind.PERSON, name="operator")


@pytest.fixture(params=list(OrdersApi), ids=[api.value for api in OrdersApi])
def day(request: pytest.FixtureRequest, make_day: MakeDay) -> Day:
    """A day with each Orders API."""
    return make_day(api=request.param)


def held(day: Day, order_id: str) -> str:
    """The code of an order's hold."""
    order = day.order(order_id)
    assert order.state is OrderState.HELD
    assert order.hold is not None
    assert order_id in order.hold.sentence
    return order.hold.code


def test_programs_that_ship_otherwise_are_held_and_ordinary_orders_go_out(day: Day) -> None:
    place, account = day.amazon.place_order, day.account
    expected = {
        place(account, lines=[Line(sku="MUG-1")], programs=["IN_STORE_PICK_UP"]): "program_store_pick_up",
        place(account, lines=[Line(sku="MUG-1")], programs=["AMAZON_EASY_SHIP"]): "program_easy_ship",
    }
    if day.api is OrdersApi.V2026:
        ship_plus = place(account, lines=[Line(sku="MUG-1")], programs=["FBM_SHIP_PLUS"])
        by_amazon = place(account, lines=[Line(sku="MUG-1")], programs=["DELIVERY_BY_AMAZON"])
        expected |= {ship_plus: "program_ship_plus", by_amazon: "program_delivery_by_amazon"}
    ordinary = place(account, lines=[Line(sku="MUG-1")], programs=["PRIME"])
    day.run(minutes=3)
    assert {order_id: held(day, order_id) for order_id in expected} == expected
    assert [order["amazon_order_id"] for order in day.warehouse.taken] == [ordinary]


@pytest.mark.parametrize("day", [OrdersApi.V0], indirect=True)
def test_regulated_items_wait_for_their_verification_and_are_read_again_when_a_person_says_so(
    day: Day,
) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="TABLETS", prescription=True)])
    day.run(minutes=3)
    assert held(day, order_id) == "verification_open"
    day.app.holds.lift(day.order(order_id).ref, PERSON)
    day.run(minutes=3)
    assert held(day, order_id) == "verification_open"

    regulation = day.amazon.order(order_id).regulation
    assert regulation is not None
    regulation.status = "Approved"
    day.run(minutes=20)
    assert held(day, order_id) == "verification_open"  # Amazon tells nobody
    day.app.holds.lift(day.order(order_id).ref, PERSON)
    day.run(minutes=3)
    assert day.order(order_id).state is OrderState.RELEASED


@pytest.mark.parametrize("day", [OrdersApi.V0], indirect=True)
def test_regulated_items_that_were_approved_before_we_looked_go_out_at_once(day: Day) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="TABLETS", prescription=True)])
    regulation = day.amazon.order(order_id).regulation
    assert regulation is not None
    regulation.status = "Approved"
    day.run(minutes=3)
    assert day.order(order_id).state is OrderState.RELEASED


def test_a_partly_shipped_order_is_whole_once_amazon_cancels_the_rest(make_day: MakeDay) -> None:
    day = make_day()
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1", quantity=2)])
    day.run(minutes=2)
    (item,) = day.amazon.order(order_id).items
    day.ship(order_id, lines=[(item.order_item_id, 1)])
    day.run(minutes=20)
    assert day.order(order_id).state is OrderState.PARTLY_SHIPPED
    day.amazon.cancel_item(order_id, item.order_item_id, 1)
    day.run(minutes=25)
    order = day.order(order_id)
    assert order.amazon.status is AmazonStatus.SHIPPED
    assert (order.state, order.attention) == (OrderState.VERIFIED, "")
    (package,) = day.packages(order_id)
    assert (order.shipped_at, order.confirmed_at) == (package.shipped_at, package.confirmed_at)
