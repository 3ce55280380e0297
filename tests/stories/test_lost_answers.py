"""Answers that are lost, and orders that Amazon does not show: no other parcel waits for them."""

import json

import httpx
import pytest

from day import Day, MakeDay
from dockseal.domain.order import OrderState
from dockseal.domain.shipment import PackageState
from parcel_numbers import ups
from spapi_simulator import Fault, Line

KNOWN = frozenset({PackageState.CONFIRMED, PackageState.VERIFIED})


class Hiding(httpx.BaseTransport):
    """Answers what is asked about one order with nothing that can be used."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self.order_id = "none"
        self.status = 200

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        if request.method != "GET" or not request.url.path.endswith(self.order_id):
            return answer
        if self.status != 200:
            return httpx.Response(self.status, json={"errors": [{"code": "Odd", "message": "Not now."}]})
        body = json.loads(answer.read())
        body["order"]["orderItems"] = None
        return httpx.Response(200, json=body)


def shipped_and_lost(day: Day) -> tuple[str, str]:
    """The answer about one parcel is lost, and then Amazon hides its order; another parcel comes after it."""
    line = day.line
    assert isinstance(line, Hiding)
    hidden, other = (day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")]) for _ in range(2))
    day.run(minutes=2)
    day.amazon.faults.add(Fault(operation="confirmShipment", status=None, times=1, effect="none"))
    day.ship(hidden)
    day.run(minutes=0.1)
    line.order_id = hidden
    day.run(minutes=1)
    day.ship(other)
    return hidden, other


@pytest.mark.parametrize(("status", "minutes"), [(200, 15), (403, 75), (404, 15)])
def test_an_order_that_amazon_does_not_show_keeps_no_other_parcel_waiting(
    make_day: MakeDay, status: int, minutes: int
) -> None:
    day = make_day(carry=Hiding)
    assert isinstance(day.line, Hiding)
    day.line.status = status
    hidden, other = shipped_and_lost(day)
    day.run(minutes=minutes)
    assert {package.state for package in day.packages(other)} <= KNOWN
    (package,) = day.packages(hidden)
    assert package.state is PackageState.INTENDED
    assert package.next_try is not None
    assert package.next_try > day.clock.now(), "it is tried again, and not at every look"
    told = day.order(hidden).attention
    assert (
        "Inventory and Order Tracking" if status == 403 else "compare the order in Seller Central"
    ) in told
    day.line.order_id = "none"
    day.run(minutes=40)
    assert {each.state for each in day.packages(hidden)} <= KNOWN
    assert len(day.amazon.order(hidden).packages) == 1


def test_parcels_that_are_to_be_told_do_not_wait_for_those_that_are_to_be_read_back(
    make_day: MakeDay,
) -> None:
    day = make_day()
    lost = [day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")]) for _ in range(3)]
    fresh = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=2)
    day.amazon.faults.add(Fault(operation="confirmShipment", status=None, times=3, effect="none"))
    for order_id in lost:
        day.ship(order_id)
    day.run(minutes=0.1)
    day.amazon.limits.plan(day.account.seller_id, "getOrder 2026-01-01", rate=0.0005, burst=1)
    day.run(minutes=3)
    day.ship(fresh)
    day.run(minutes=2)
    assert {each.state for each in day.packages(fresh)} <= KNOWN
    assert PackageState.INTENDED in {day.packages(each)[0].state for each in lost}


def test_a_parcel_of_an_order_that_amazon_cancelled_before_it_was_told_comes_back(
    day: Day,
) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=2)
    day.amazon.faults.add(Fault(operation="confirmShipment", status=503, times=6, effect="none"))
    day.ship(order_id)
    day.run(minutes=1)
    day.amazon.cancel(order_id)
    day.run(minutes=20)
    (package,) = day.packages(order_id)
    assert package.state is PackageState.REFUSED
    assert "takes no parcel of a cancelled order" in package.refusal
    assert "have the carrier bring it back" in day.order(order_id).attention


def test_the_parcel_of_a_line_that_amazon_cancelled_keeps_the_rest_of_its_order_from_nothing(
    make_day: MakeDay,
) -> None:
    day = make_day()
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1"), Line(sku="TEA-1")])
    day.run(minutes=2)
    kept, gone = (item.order_item_id for item in day.amazon.order(order_id).items)
    day.ship(order_id, tracking_number=ups(1), lines=[(kept, 1)])
    day.run(minutes=1)
    day.amazon.faults.add(Fault(operation="confirmShipment", status=503, times=6, effect="none"))
    day.ship(order_id, tracking_number=ups(2), lines=[(gone, 1)])
    day.run(minutes=1)
    day.amazon.cancel_item(order_id, gone, 1)
    day.run(minutes=40)
    first, second = day.packages(order_id)
    assert (first.state, second.state) == (PackageState.VERIFIED, PackageState.REFUSED)
    assert "have the carrier bring it back" in day.order(order_id).attention
    assert day.order(order_id).state is OrderState.VERIFIED
