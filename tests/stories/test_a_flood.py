"""So many orders wait that an order report has them in sooner than they can be read."""

from collections import Counter
from datetime import timedelta

import pytest

from day import SELLER, US, Day, MakeDay, encodings
from dockseal.amazon.operations import (
    GET_ORDER,
    GET_ORDER_ITEMS_V0,
    GET_ORDER_V0,
    GET_ORDERS_V0,
    SEARCH_ORDERS,
)
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.domain.order_report import ReportTerms
from dockseal.domain.sync_run import SyncOutcome, SyncRun, SyncSource
from spapi_simulator import Line, Role

FLOOD = ReportTerms(flood=20, takes=timedelta(minutes=3), lag=timedelta())
READS = {
    OrdersApi.V2026: (GET_ORDER, SEARCH_ORDERS),
    OrdersApi.V0: (GET_ORDER_V0, GET_ORDER_ITEMS_V0, GET_ORDERS_V0),
}


def pace(day: Day, rate: float) -> None:
    """Changes the seller's quotas for reading orders, at Amazon and in what we know of them."""
    for operation in READS[day.api]:
        name = "getOrder 2026-01-01" if operation is GET_ORDER else operation.name.removesuffix(" v0")
        day.amazon.limits.plan(day.account.seller_id, name, rate=rate, burst=30)
        day.app.amazon.quotas.learn(SELLER, operation, str(rate))


def dry(day: Day) -> None:
    """Leaves nothing of the quotas for reading orders, and lets them refill slowly."""
    pace(day, 0.002)
    for operation in READS[day.api]:
        while day.app.amazon.quotas.left(SELLER, operation) >= 1:
            day.app.amazon.quotas.take(SELLER, operation)


def flood(day: Day, count: int = 25) -> list[str]:
    day.run(minutes=1)
    dry(day)
    orders = [day.amazon.place_order(day.account, lines=[Line(sku=f"SKU-{n}")]) for n in range(count)]
    day.clock.advance(timedelta(minutes=1))
    return orders


def calls(day: Day) -> Counter[str]:
    return Counter(call.operation for call in day.amazon.calls)


def rows(day: Day) -> list[SyncRun]:
    """What the ledger says of reports, oldest first."""
    return day.app.storage.sync_runs.latest(SELLER, 50, SyncSource.REPORT)[::-1]


@pytest.mark.parametrize("api", list(OrdersApi), ids=str)
def test_a_flood_is_taken_in_by_one_report_with_its_addresses(make_day: MakeDay, api: OrdersApi) -> None:
    day = make_day(api=api, reports=FLOOD)
    orders = flood(day)
    day.run(minutes=3)
    assert {day.order(order_id).state for order_id in orders} == {OrderState.RELEASED}
    assert calls(day)["getOrder"] + calls(day)["getOrderAddress"] == 0, "the report has the addresses"
    asked, read = rows(day)
    assert asked.outcome is SyncOutcome.UNFINISHED
    assert (read.outcome, read.news) == (SyncOutcome.COMPLETE, len(orders))
    assert (calls(day)["createReport"], calls(day)["getReportDocument"]) == (1, 1)
    found = [dict(row.fields) for row in day.app.storage.audit.search(tag="seller:data:read_ahead")]
    assert {"seller": SELLER, "source": "report", "orders": str(len(orders))} in found
    assert day.app.storage.notices.open_count(SELLER) == 0
    day.app.close()
    people = [day.amazon.order(order_id).recipient.name for order_id in orders]
    written = b"".join(path.read_bytes() for path in day.folder.rglob("*") if path.is_file())
    assert [name for name in people for form in encodings(name) if form in written] == []


def test_what_a_report_does_not_show_is_read_and_alarms_nobody_about_the_others(make_day: MakeDay) -> None:
    day = make_day(reports=FLOOD)
    orders = flood(day)
    wished, cancelled = orders[7], orders[8]
    day.amazon.request_cancel(wished)
    day.run(minutes=2)
    assert not day.knows(wished), "it is left to be read by itself"
    day.amazon.cancel(cancelled)
    pace(day, 1)
    day.run(minutes=9)
    assert day.tags(cancelled).count("order:life:cancelled") == 1
    hold = day.order(wished).hold
    assert hold is not None
    assert hold.code == "buyer_wants_cancel"
    others = [day.order(order_id) for order_id in orders if order_id not in {wished, cancelled}]
    assert {(order.state, order.attention) for order in others} == {(OrderState.RELEASED, "")}
    assert all(order.amazon.packages == () for order in others), "a reading took the place of the report"
    assert day.app.storage.notices.open_count(SELLER) == 0
    assert calls(day)["createReport"] == 1


def test_without_the_role_the_flood_is_read_by_pages_and_no_report_is_asked_for_again(
    make_day: MakeDay,
) -> None:
    day = make_day(reports=FLOOD, roles=[Role.INVENTORY_AND_ORDER_TRACKING])
    orders = flood(day)
    day.run(minutes=3)
    (row,) = rows(day)
    assert row.outcome is SyncOutcome.FAILED
    assert f"No order report of marketplace {US}" in row.sentence
    assert calls(day)["createReport"] == 1
    pace(day, 1)
    day.run(minutes=9)
    assert all(day.knows(order_id) for order_id in orders)
