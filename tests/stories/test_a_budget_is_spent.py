"""A service that opened as much as an hour allows: orders wait, none is held, and all flow on later."""

from collections import Counter

from day import MakeDay
from dockseal.domain.order import OrderState
from spapi_simulator import Line


def test_orders_past_the_budget_wait_and_go_out_once_the_hour_has_passed(make_day: MakeDay) -> None:
    day = make_day(choices={"service_opens_an_hour": 3})
    ids = [day.amazon.place_order(day.account, lines=[Line(sku=f"SKU-{n}")]) for n in range(5)]
    day.run(minutes=10)
    states = Counter(day.order(each).state for each in ids)
    assert states == {OrderState.RELEASED: 3, OrderState.RELEASABLE: 2}
    assert all(not day.order(each).attention and day.order(each).hold is None for each in ids)
    told = {check.name for check in day.app.health().checks if not check.ok}
    assert "openings service:release" in told
    assert not any(lane.failing for lane in day.app.lanes.all())
    day.run(minutes=55)
    assert Counter(day.order(each).state for each in ids) == {OrderState.RELEASED: 5}
    assert sorted(day.warehouse.references()) == sorted(set(day.warehouse.references()))
