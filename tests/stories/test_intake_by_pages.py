"""Many waiting orders are taken in by pages, few by themselves, and the echo of our own doing by nothing."""

from collections import Counter
from datetime import timedelta

from day import SELLER, Day, MakeDay
from dockseal.domain.order import OrdersApi, OrderState
from spapi_simulator import Line

READS = ("getOrder", "getOrders", "searchOrders", "getOrderItems")


def placed(day: Day, count: int) -> list[str]:
    return [day.amazon.place_order(day.account, lines=[Line(sku=f"SKU-{n}")]) for n in range(count)]


def calls_of(day: Day, seen: int) -> Counter[str]:
    return Counter(call.operation for call in day.amazon.calls[seen:])


def test_a_crowd_of_orders_is_read_by_a_page_and_not_one_by_one(make_day: MakeDay) -> None:
    day = make_day()
    day.run(minutes=1)
    seen = len(day.amazon.calls)
    orders = placed(day, 90)
    day.run(minutes=5)
    assert all(day.knows(order_id) for order_id in orders)
    assert day.app.storage.notices.open_count(SELLER) == 0
    calls = calls_of(day, seen)
    assert len(day.warehouse.taken) == 90
    assert calls["searchOrders"] <= 2
    assert calls["getOrder"] <= 40


def test_a_crowd_in_v0_costs_a_page_and_its_items(make_day: MakeDay) -> None:
    day = make_day(api=OrdersApi.V0)
    orders = placed(day, 60)
    day.clock.advance(timedelta(minutes=10))
    day.run(minutes=5)
    assert all(day.knows(order_id) for order_id in orders)
    calls = calls_of(day, 0)
    assert calls["getOrder"] == 0
    assert calls["getOrderItems"] == 60


def test_an_order_alone_is_read_within_seconds_by_one_call(day: Day) -> None:
    day.run(minutes=1)
    seen = len(day.amazon.calls)
    (order_id,) = placed(day, 1)
    day.run(minutes=0.5)
    assert day.order(order_id).state is OrderState.RELEASED
    reads = calls_of(day, seen)
    assert reads["searchOrders"] + reads["getOrders"] == 0
    assert reads["getOrder"] == 1, "the address comes with it, or has a call of its own in v0"


def test_our_own_confirmation_is_verified_by_the_sweep_and_costs_no_reading(make_day: MakeDay) -> None:
    day = make_day()
    (order_id,) = placed(day, 1)
    day.run(minutes=1)
    day.ship(order_id)
    seen = len(day.amazon.calls)
    day.run(minutes=25)
    assert day.order(order_id).state is OrderState.VERIFIED
    calls = calls_of(day, seen)
    assert calls["confirmShipment"] == 1
    assert calls["getOrder"] == 0


def test_while_the_echo_of_our_confirmation_waits_for_a_sweep_it_is_hardly_looked_at(day: Day) -> None:
    (order_id,) = placed(day, 1)
    day.run(minutes=1)
    day.ship(order_id)
    (take_in,) = [lane for lane in day.app.lanes.all() if lane.step.name == "take_in"]
    day.run(minutes=3)
    assert day.app.storage.notices.open_count() == 1
    before = take_in.runs
    day.run(minutes=5)
    assert day.app.storage.notices.open_count() == 1
    assert take_in.runs - before <= 2


def test_a_restart_in_the_middle_of_a_crowd_in_v0_loses_none(make_day: MakeDay) -> None:
    day = make_day(api=OrdersApi.V0)
    orders = placed(day, 70)
    day.clock.advance(timedelta(minutes=10))
    day.run(minutes=0.5)
    day.restart()
    day.run(minutes=10)
    assert all(day.knows(order_id) for order_id in orders)
    assert day.app.storage.notices.open_count(SELLER) == 0
