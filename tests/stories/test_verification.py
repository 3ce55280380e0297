"""What Amazon took is read back: in batches, parcel by parcel, repaired where it differs, till it arrives."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from day import Day, MakeDay
from dockseal.console.dossier import dossier
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.domain.shipment import PackageState
from parcel_numbers import ups
from spapi_simulator import Behaviours, Line

RIGHT, WRONG = ups(12345678), ups(12345679)


def calls_of(day: Day, seen: int) -> Counter[str]:
    return Counter(call.operation for call in day.amazon.calls[seen:])


def shipped(day: Day, **parcel: str) -> str:
    """An order whose one parcel Amazon was told of."""
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=2)
    day.ship(order_id, **parcel)
    day.run(minutes=1 if day.tick <= timedelta(minutes=1) else 15)
    return order_id


def bent(day: Day, order_id: str, **changes: object) -> None:
    """Amazon keeps something else of the first package, and its clock does not move."""
    packages = day.amazon.order(order_id).packages
    packages[0] = replace(packages[0], **changes)  # type: ignore[arg-type]  # changes by name


@pytest.mark.parametrize("api", list(OrdersApi), ids=[api.value for api in OrdersApi])
def test_a_crowd_of_confirmed_orders_is_read_back_by_pages_and_few_by_themselves(
    make_day: MakeDay, api: OrdersApi
) -> None:
    day = make_day(api=api)
    orders = [day.amazon.place_order(day.account, lines=[Line(sku=f"SKU-{n}")]) for n in range(130)]
    day.run(minutes=8)
    for number, order_id in enumerate(orders):
        day.ship(order_id, tracking_number=ups(number))
    seen = len(day.amazon.calls)
    day.run(minutes=22)
    states = Counter(day.order(order_id).state for order_id in orders)
    assert states == {OrderState.VERIFIED: 130}
    calls = calls_of(day, seen)
    assert calls["confirmShipment"] == 130
    assert calls["getOrder"] <= 80
    assert calls["getOrderItems"] <= 80, "what a page shows as shipped needs no items"


@pytest.mark.parametrize("api", list(OrdersApi), ids=[api.value for api in OrdersApi])
def test_a_parcel_of_a_partly_shipped_order_is_verified_by_itself(make_day: MakeDay, api: OrdersApi) -> None:
    day = make_day(api=api)
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1", quantity=3)])
    day.run(minutes=2)
    (line,) = day.warehouse.order(order_id)["lines"]
    day.ship(order_id, tracking_number=RIGHT, lines=[(line["line_id"], 2)])
    day.run(minutes=20)
    assert day.order(order_id).state is OrderState.PARTLY_SHIPPED
    assert [package.state for package in day.packages(order_id)] == [PackageState.VERIFIED]
    day.ship(order_id, tracking_number=WRONG, lines=[(line["line_id"], 1)])
    day.run(minutes=20)
    assert day.order(order_id).state is OrderState.VERIFIED


def test_with_v0_what_was_cancelled_of_a_shipped_order_is_read_from_its_items(make_day: MakeDay) -> None:
    day = make_day(api=OrdersApi.V0)
    lines = [Line(sku="MUG-1", quantity=2), Line(sku="TEA-9")]
    order_id = day.amazon.place_order(day.account, lines=lines)
    day.run(minutes=2)
    mugs, tea = day.warehouse.order(order_id)["lines"]
    day.ship(order_id, lines=[(mugs["line_id"], 2)])
    day.run(minutes=1)
    day.amazon.cancel_item(order_id, tea["line_id"], 1)
    day.run(minutes=20)
    ordered = {line.sku: line.ordered for line in day.order(order_id).amazon.lines}
    assert ordered == {"MUG-1": 2, "TEA-9": 0}
    assert day.amazon.order(order_id).status == "SHIPPED"


def test_another_number_at_amazon_is_named_and_repaired(make_day: MakeDay) -> None:
    day = make_day()
    order_id = shipped(day, tracking_number=RIGHT)
    bent(day, order_id, tracking_number=WRONG)
    day.run(minutes=30)
    (parcel,) = dossier(day.app, day.order(order_id).ref).parcels
    assert parcel.at_amazon.differs == (f"Amazon shows {WRONG} instead of {RIGHT}.",)
    day.run(hours=2)
    assert day.amazon.order(order_id).packages[0].tracking_number == RIGHT
    assert day.amazon.order(order_id).packages[0].edits == 1
    assert day.order(order_id).state is OrderState.VERIFIED
    assert day.order(order_id).attention == ""


def seen_by_a_sweep(day: Day, order_id: str) -> None:
    day.amazon.move_package(order_id, "1", "DELIVERED")


def seen_by_nobody(day: Day, order_id: str) -> None:
    bent(day, order_id, status="DELIVERED")


@pytest.mark.parametrize("arrives", [seen_by_a_sweep, seen_by_nobody])
def test_a_delivery_is_noticed_and_personal_data_ends_a_month_after_the_parcel_left_at_the_latest(
    make_day: MakeDay, arrives: Callable[[Day, str], None]
) -> None:
    day = make_day(tick=timedelta(minutes=10))
    order_id = shipped(day)
    day.run(minutes=30)
    left = day.order(order_id).shipped_at
    assert left is not None
    day.skip(days=2.9)
    arrives(day, order_id)
    day.skip(days=5)
    order = day.order(order_id)
    assert [package.status for package in order.amazon.packages or ()] == ["DELIVERED"]
    assert order.next_try is None, "nothing more is waited for"
    assert order.sealed_until is not None
    assert order.sealed_until <= left + timedelta(days=30)
    (parcel,) = dossier(day.app, order.ref).parcels
    assert parcel.at_amazon.status == "delivered"


def test_a_parcel_that_arrived_before_anybody_here_knew_that_it_left_moves_the_deadline(
    make_day: MakeDay,
) -> None:
    day = make_day(tick=timedelta(minutes=10))
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=5)
    sealed_until = day.order(order_id).sealed_until
    assert sealed_until is not None
    day.amazon.ship(order_id)
    day.skip(days=4)
    delivered_by = day.order(order_id).amazon.updated_at
    day.skip(days=1)
    shorter = day.order(order_id).sealed_until
    assert shorter is not None
    assert shorter <= min(sealed_until, delivered_by + timedelta(days=30))


def test_a_parcel_on_its_way_is_asked_after_once_a_day_and_no_longer_than_a_month(make_day: MakeDay) -> None:
    day = make_day(tick=timedelta(minutes=10), behaviours=Behaviours(delivered_after_seconds=60 * 86400))
    order_id = shipped(day)
    day.run(minutes=30)
    promised = day.order(order_id).amazon.deliver_by
    assert promised is not None
    asked = {True: Counter[int](), False: Counter[int]()}
    for _ in range(11):
        seen = len(day.amazon.calls)
        day.skip(days=1)
        asked[day.clock.now() > promised][calls_of(day, seen)["getOrder"]] += 1
    assert set(asked[False]) == {0}
    assert set(asked[True]) == {1}
    day.skip(days=21)
    assert day.order(order_id).next_try is None


def test_a_parcel_that_cannot_be_delivered_asks_for_a_person_once(make_day: MakeDay) -> None:
    day = make_day()
    order_id = shipped(day, tracking_number=RIGHT)
    day.run(minutes=20)
    day.amazon.move_package(order_id, "1", "UNDELIVERABLE")
    day.run(minutes=20)
    order = day.order(order_id)
    assert f"The parcel UPS {RIGHT} of order {order_id} does not reach the buyer" in order.attention
    assert "could not be delivered" in order.attention
    assert order.next_try is None
