"""What Amazon's answers should not look like, and do: one order is held or waits, the others flow on."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from day import Day, MakeDay
from dockseal.domain.order import OrdersApi, OrderState
from spapi_simulator import Line

Bend = Callable[[dict[str, Any]], None]
V2026_ORDER = "/orders/2026-01-01/orders/"


class Bending(httpx.BaseTransport):
    """Carries requests to the simulator, and bends the answers about one order."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self.order_id = ""
        self.bend: Bend = lambda _: None
        self.html = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        about_it = request.url.path == f"{V2026_ORDER}{self.order_id}"
        if not about_it:
            return answer
        if self.html:
            return httpx.Response(503, text="<html><body>Service Unavailable</body></html>")
        body = json.loads(answer.read())
        self.bend(body["order"])
        return httpx.Response(200, json=body, headers={"x-amzn-RequestId": "bent"})


@pytest.fixture
def day(make_day: MakeDay) -> Day:
    """A day over a line that bends answers."""
    return make_day(api=OrdersApi.V2026, carry=Bending)


def place_two(day: Day, bend: Bend) -> tuple[str, str]:
    """Places one order whose answers are bent, and an ordinary one."""
    line = day.line
    assert isinstance(line, Bending)
    bent = day.amazon.place_order(day.account, lines=[Line(sku="BENT", quantity=2)])
    line.order_id, line.bend = bent, bend
    ordinary = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=2)
    return bent, ordinary


def held(day: Day, order_id: str) -> tuple[str, str]:
    """Code and sentence of an order's hold."""
    order = day.order(order_id)
    assert order.state is OrderState.HELD
    assert order.hold is not None
    return order.hold.code, order.hold.sentence


def test_a_status_nobody_knows_holds_the_order_and_quotes_the_word(day: Day) -> None:
    def bend(order: dict[str, Any]) -> None:
        order["fulfillment"]["fulfillmentStatus"] = "SHIPPED_BY_BALLOON"

    bent, ordinary = place_two(day, bend)
    assert "SHIPPED_BY_BALLOON" in held(day, bent)[1]
    assert day.order(ordinary).state is OrderState.RELEASED


def test_an_answer_without_any_status_holds_the_order(day: Day) -> None:
    bent, ordinary = place_two(day, lambda order: order.pop("fulfillment"))
    assert held(day, bent)[1]
    assert day.order(ordinary).state is OrderState.RELEASED


def test_fields_and_programs_nobody_knows_are_no_obstacle(day: Day) -> None:
    def bend(order: dict[str, Any]) -> None:
        order["newField"] = {"deep": [1, None, {"er": "x"}]}
        order["programs"] = ["FLOWN_BY_PIGEON"]
        order["orderItems"][0]["newField"] = None

    bent, _ = place_two(day, bend)
    assert day.order(bent).state is OrderState.RELEASED


def test_absent_optional_fields_and_nulls_are_no_obstacle(day: Day) -> None:
    def bend(order: dict[str, Any]) -> None:
        order.pop("programs", None)
        order["associatedOrders"] = None
        order["packages"] = None
        order["fulfillment"]["deliverByWindow"] = None
        order["orderItems"][0]["product"]["title"] = None

    bent, _ = place_two(day, bend)
    assert day.order(bent).state is OrderState.RELEASED


def test_an_answer_without_an_items_quantity_holds_the_order_naming_order_and_field(day: Day) -> None:
    bent, ordinary = place_two(day, lambda order: order["orderItems"][0].pop("quantityOrdered"))
    code, sentence = held(day, bent)
    assert code == "unreadable"
    assert bent in sentence
    assert "quantityOrdered" in sentence
    assert day.order(ordinary).state is OrderState.RELEASED


def test_an_unreadable_order_is_taken_in_once_amazon_answers_well(day: Day) -> None:
    bent, _ = place_two(day, lambda order: order["orderItems"][0].pop("quantityOrdered"))
    line = day.line
    assert isinstance(line, Bending)
    line.bend = lambda _: None
    day.run(minutes=15)
    assert day.order(bent).state is OrderState.RELEASED


def test_an_item_with_quantity_zero_is_not_handed_over(day: Day) -> None:
    def bend(order: dict[str, Any]) -> None:
        order["orderItems"][0]["quantityOrdered"] = 0

    bent, ordinary = place_two(day, bend)
    assert held(day, bent)[1]
    assert [order["amazon_order_id"] for order in day.warehouse.taken] == [ordinary]


def test_an_address_with_only_a_city_holds_the_order_without_quoting_it(day: Day) -> None:
    def bend(order: dict[str, Any]) -> None:
        order["recipient"] = {"deliveryAddress": {"city": "Onlysampleton"}}

    bent, ordinary = place_two(day, bend)
    _, sentence = held(day, bent)
    assert "Onlysampleton" not in sentence
    assert bent in sentence or "acme-us" in sentence
    assert day.order(ordinary).state is OrderState.RELEASED


def test_html_for_one_order_delays_that_order_alone(day: Day) -> None:
    line = day.line
    assert isinstance(line, Bending)
    line.html = True
    bent, ordinary = place_two(day, lambda _: None)
    assert day.order(ordinary).state is OrderState.RELEASED
    line.html = False
    day.run(minutes=15)
    assert day.order(bent).state is OrderState.RELEASED


def test_an_empty_answer_is_waited_out(day: Day) -> None:
    bent, ordinary = place_two(day, lambda order: order.clear())
    assert not day.knows(bent) or day.order(bent).state is OrderState.HELD
    assert day.order(ordinary).state is OrderState.RELEASED
