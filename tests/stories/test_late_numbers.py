"""Tracking that comes for an order that somebody confirmed in Seller Central, and that parcel itself."""

import pytest

from day import Day, MakeDay
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.domain.shipment import PackageState
from spapi_simulator import Behaviours, Line

OURS = "1Z999AA10123456784"
FAR = Behaviours(numbers_packages_from=70)


def released(day: Day) -> str:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=2)
    return order_id


def shipped_by_hand(day: Day, order_id: str) -> str:
    """Somebody confirms it in Seller Central; returns the number they entered."""
    day.amazon.ship(order_id)
    day.run(minutes=3)
    (package,) = day.amazon.order(order_id).packages
    return package.tracking_number


def confirmed(day: Day) -> int:
    return sum(call.operation == "confirmShipment" for call in day.amazon.calls)


@pytest.mark.parametrize("written", ["{}", "https://www.ups.com/track?tracknum={}"])
def test_a_number_that_amazon_shows_already_is_matched_without_a_call(
    make_day: MakeDay, written: str
) -> None:
    day = make_day(behaviours=FAR)
    order_id = released(day)
    theirs = shipped_by_hand(day, order_id)
    assert f"as shipped with UPS {theirs}, but no warehouse" in day.order(order_id).attention
    day.ship(order_id, tracking_number=written.format(theirs))
    day.run(minutes=25)
    (package,) = day.packages(order_id)
    assert (package.state, package.amazon_reference) == (PackageState.VERIFIED, "70")
    assert package.told_number == theirs, "so that it is seen when another order is told of with it"
    assert day.order(order_id).state is OrderState.VERIFIED
    assert day.order(order_id).attention == "", "it was the warehouse's parcel"
    assert confirmed(day) == 0
    assert len(day.amazon.order(order_id).packages) == 1


@pytest.mark.parametrize("api", list(OrdersApi), ids=[api.value for api in OrdersApi])
def test_another_number_that_amazon_does_not_take_any_more_is_kept_for_a_person(
    make_day: MakeDay, api: OrdersApi
) -> None:
    day = make_day(behaviours=FAR, api=api)
    order_id = released(day)
    theirs = shipped_by_hand(day, order_id)
    day.ship(order_id, tracking_number=OURS)
    day.run(minutes=5)
    (package,) = day.packages(order_id)
    assert package.state is PackageState.REFUSED
    assert "PackageToUpdateNotFound" in package.refusal
    told = day.order(order_id).attention
    assert "enter it in Seller Central with Edit shipment" in told
    assert OURS in told
    assert (theirs in told) == (api is OrdersApi.V2026)


def test_another_number_under_the_same_reference_takes_the_place_of_what_was_entered(
    make_day: MakeDay,
) -> None:
    day = make_day()
    order_id = released(day)
    shipped_by_hand(day, order_id)
    day.ship(order_id, tracking_number=OURS)
    day.run(minutes=25)
    (package,) = day.amazon.order(order_id).packages
    assert (package.tracking_number, package.edits) == (OURS, 1)
    assert day.order(order_id).state is OrderState.VERIFIED
    assert day.order(order_id).attention == ""


@pytest.mark.parametrize("api", list(OrdersApi), ids=[api.value for api in OrdersApi])
def test_an_order_shipped_elsewhere_before_the_hand_over_reaches_no_warehouse(
    make_day: MakeDay, api: OrdersApi
) -> None:
    day = make_day(api=api)
    day.warehouse.down = True
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=2)
    assert day.order(order_id).state is OrderState.RELEASABLE
    shipped_by_hand(day, order_id)
    order = day.order(order_id)
    assert order.state is OrderState.HELD
    assert order.hold is not None
    assert order.hold.code == "shipped_elsewhere"
    assert order_id in order.hold.sentence
    day.warehouse.down = False
    day.run(minutes=20)
    assert day.warehouse.taken == []


def test_a_parcel_of_somebody_elses_in_a_partly_shipped_order_is_noticed(make_day: MakeDay) -> None:
    day = make_day(behaviours=FAR)
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1", quantity=2)])
    day.run(minutes=2)
    (line,) = day.warehouse.order(order_id)["lines"]
    day.ship(order_id, tracking_number=OURS, lines=[(line["line_id"], 1)])
    day.run(minutes=20)
    day.amazon.ship(order_id)
    day.run(minutes=15)
    theirs = day.amazon.order(order_id).packages[1].tracking_number
    assert (
        f"as shipped with UPS {theirs}, but no warehouse reported that parcel"
        in day.order(order_id).attention
    )
    day.ship(order_id, tracking_number=theirs, lines=[(line["line_id"], 1)])
    day.run(minutes=25)
    assert day.order(order_id).state is OrderState.VERIFIED
    assert [package.amazon_reference for package in day.packages(order_id)] == ["", "70"]
    assert day.order(order_id).attention == ""
