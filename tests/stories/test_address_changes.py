"""The buyer's address changes: before the release it is retrieved again, after it a person is asked."""

from datetime import timedelta

import pytest

from day import Day, MakeDay
from dockseal.domain.order import OrdersApi, OrderState
from spapi_simulator import Fault, Line


@pytest.fixture
def day(make_day: MakeDay) -> Day:
    """A day with Orders v2026-01-01, which shows that something changed."""
    return make_day(api=OrdersApi.V2026)


def moves(day: Day, order_id: str) -> None:
    """The buyer moves to another street, and Amazon shows that something changed."""
    day.amazon.change_address(order_id, address_line_1="99 Invented Lane")
    day.amazon.change_delivery_tip(order_id)


def touch(day: Day, order_id: str) -> None:
    """Something of the order changes that Amazon does not show, and its clock moves."""
    day.amazon.change_address(order_id, buyer_email="other@marketplace.example")
    day.amazon.change_delivery_tip(order_id)


def placed(day: Day) -> str:
    return day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])


def test_an_order_that_is_not_released_yet_goes_out_to_the_new_address(day: Day) -> None:
    day.warehouse.down = True
    order_id = placed(day)
    day.run(minutes=3)
    assert day.order(order_id).sealed_until is not None
    moves(day, order_id)
    day.run(minutes=20)
    day.warehouse.down = False
    day.run(minutes=10)
    assert "99 Invented Lane" in str(day.warehouse.order(order_id))
    assert len(day.warehouse.taken) == 1


def test_of_an_order_at_the_warehouse_a_person_is_told_which_field_changed_and_not_to_what(day: Day) -> None:
    day.warehouse.stops = False
    order_id = placed(day)
    day.run(minutes=3)
    day.clock.advance(timedelta(minutes=1))
    moves(day, order_id)
    day.run(minutes=20)
    order = day.order(order_id)
    assert order.state is OrderState.RELEASED
    assert "Amazon changed the delivery address after the release (address line 1)" in order.attention
    assert "Invented" not in order.attention
    assert order.attention.count("delivery address") == 1
    assert len(day.warehouse.taken) == 1


def test_a_warehouse_that_stops_it_in_time_gets_the_new_address_under_a_new_reference(day: Day) -> None:
    order_id = placed(day)
    day.run(minutes=3)
    day.clock.advance(timedelta(minutes=1))
    moves(day, order_id)
    day.run(minutes=20)
    assert day.order(order_id).state is OrderState.RELEASED
    before, after = day.warehouse.taken
    assert day.warehouse.stopped == [before["reference"]]
    assert before["reference"] != after["reference"]
    assert before["ship_to"]["address_line_1"] != after["ship_to"]["address_line_1"]
    assert day.order(order_id).attention == ""


def test_a_person_is_told_too_where_the_new_address_cannot_be(day: Day) -> None:
    day.warehouse.stops = False
    order_id = placed(day)
    day.run(minutes=3)
    day.clock.advance(timedelta(minutes=1))
    day.amazon.change_address(order_id, postal_code="SW1A 1AA")
    day.amazon.change_delivery_tip(order_id)
    day.run(minutes=20)
    assert "after the release (postal code)" in day.order(order_id).attention


def test_after_an_unanswered_hand_over_a_person_is_told_to_ask_which_address_the_warehouse_has(
    day: Day,
) -> None:
    day.warehouse.loses_answers = 3
    order_id = placed(day)
    while not day.warehouse.taken:
        day.run(minutes=0.1)
    day.warehouse.down = True
    moves(day, order_id)
    day.run(minutes=20)
    day.warehouse.down, day.warehouse.loses_answers = False, 0
    day.run(minutes=10)
    order = day.order(order_id)
    assert order.state is OrderState.RELEASED
    assert day.warehouse.repeats >= 1
    assert "Invented" not in str(day.warehouse.order(order_id)), "it keeps the address it was told first"
    assert "(address line 1)" in order.attention
    assert "ask it which address reference" in order.attention
    assert "Invented" not in order.attention


def test_an_unanswered_hand_over_to_the_same_address_is_no_alarm(day: Day) -> None:
    day.warehouse.loses_answers = 1
    order_id = placed(day)
    while not day.warehouse.taken:
        day.run(minutes=0.1)
    touch(day, order_id)
    day.run(minutes=20)
    assert day.warehouse.repeats == 1
    assert day.order(order_id).attention == ""


def test_what_is_left_of_a_partly_shipped_order_is_compared_too(make_day: MakeDay) -> None:
    day = make_day(api=OrdersApi.V2026)
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1"), Line(sku="TEA-9")])
    day.run(minutes=3)
    first, _ = day.amazon.order(order_id).items
    day.clock.advance(timedelta(minutes=1))
    day.amazon.faults.add(Fault(operation="getOrder", dataset="RECIPIENT", status=503, times=4))
    moves(day, order_id)
    while day.order(order_id).next_try is None:
        day.run(minutes=0.25)
    day.ship(order_id, lines=[(first.order_item_id, 1)])
    assert day.order(order_id).state is OrderState.PARTLY_SHIPPED
    day.run(hours=1)
    assert "Amazon changed the delivery address after the release (address line 1)" in (
        day.order(order_id).attention
    )


def test_a_change_that_leaves_the_address_alone_is_no_alarm(day: Day) -> None:
    order_id = placed(day)
    day.run(minutes=3)
    read_at = day.order(order_id).read_at
    touch(day, order_id)
    day.run(minutes=20)
    assert day.order(order_id).read_at > read_at
    assert day.order(order_id).attention == ""
    assert day.order(order_id).next_try is None


def test_the_scan_of_a_parcel_is_no_alarm(make_day: MakeDay) -> None:
    day = make_day(api=OrdersApi.V2026, tick=timedelta(minutes=5), poll=timedelta(minutes=1))
    order_id = placed(day)
    day.run(minutes=3)
    day.ship(order_id)
    day.run(hours=8)
    assert day.order(order_id).attention == ""
