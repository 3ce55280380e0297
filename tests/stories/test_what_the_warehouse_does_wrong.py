"""Lives of orders while the warehouse misbehaves."""

import httpx

from day import Day
from dockseal.domain.order import OrderState
from parcel_numbers import ups_of
from spapi_simulator import Line


def test_orders_wait_for_a_warehouse_that_is_down_for_an_hour(day: Day) -> None:
    day.warehouse.down = True
    orders = [day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")]) for _ in range(3)]
    day.run(hours=1)
    assert {day.order(order_id).state for order_id in orders} == {OrderState.RELEASABLE}
    day.warehouse.down = False
    day.run(minutes=6)
    assert sorted(order["amazon_order_id"] for order in day.warehouse.taken) == sorted(orders)
    assert {day.order(order_id).state for order_id in orders} == {OrderState.RELEASED}


def test_an_order_the_warehouse_refuses_is_held_with_its_words_and_the_others_flow_on(day: Day) -> None:
    day.warehouse.answers.append(httpx.Response(422, json={"error": "SKU MUG-1 is not stocked here"}))
    first = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=2)
    second = day.amazon.place_order(day.account, lines=[Line(sku="MUG-2")])
    day.run(minutes=2)
    held = day.order(first)
    assert held.state is OrderState.HELD
    assert held.hold is not None
    assert "SKU MUG-1 is not stocked here" in held.hold.sentence
    assert day.order(second).state is OrderState.RELEASED


def test_the_same_report_twice_is_one_package(day: Day) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=2)
    day.ship(order_id, report_id="R-1")
    day.ship(order_id, report_id="R-1", status=200)
    day.run(minutes=30)
    assert len(day.amazon.order(order_id).packages) == 1


def test_a_report_of_more_than_was_ordered_is_refused_with_a_sentence(day: Day) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1", quantity=1)])
    day.run(minutes=2)
    (line,) = day.warehouse.order(order_id)["lines"]
    answer = day.ship(order_id, lines=[(line["line_id"], 2)], status=400)
    assert "has 1 of 1 left to ship" in answer.json()["error"]
    assert day.order(order_id).state is OrderState.RELEASED


def test_a_restart_in_the_middle_of_the_day_changes_nothing(day: Day) -> None:
    orders = [day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")]) for _ in range(3)]
    day.run(minutes=1)
    day.restart()
    for order_id in orders:
        day.ship(order_id, tracking_number=ups_of(order_id))
    day.restart()
    day.run(minutes=30)
    assert {day.order(order_id).state for order_id in orders} == {OrderState.VERIFIED}
    assert len(day.warehouse.taken) == 3
