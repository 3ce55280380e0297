"""Seeded days on which everything goes wrong now and then: nothing is lost, nothing is done twice."""

import os
import random

import pytest

from day import Day
from dockseal.domain.order import OrderState
from dockseal.monitoring_audit.verifying import verify
from parcel_numbers import ups_of
from spapi_simulator import Fault, Line

ORDERS = 12
SEEDS = int(os.environ.get("FAULT_DAYS", "3"))
OPERATIONS = (
    "getOrder",
    "getOrderItems",
    "getOrderAddress",
    "createRestrictedDataToken",
    "searchOrders",
    "getOrders",
    "confirmShipment",
    "lwaToken",
    "ReceiveMessage",
    "DeleteMessageBatch",
    "*",
)


class Chaos:
    """Draws what goes wrong next."""

    def __init__(self, day: Day, seed: int) -> None:
        self.day = day
        self.draw = random.Random(seed)

    def strike(self) -> None:
        """Lets one to three things go wrong from now on."""
        for _ in range(self.draw.randint(1, 3)):
            self.draw.choice(
                [self._amazon, self._amazon, self._notifications, self._warehouse, self._restart]
            )()

    def end(self) -> None:
        """Lets everything be well again."""
        self.day.amazon.faults.clear()
        self.day.amazon.drop_notifications(0)
        self.day.amazon.duplicate_notifications(1)
        self.day.amazon.delay_notifications(0)
        self.day.warehouse.down = False
        self.day.warehouse.loses_answers = 0

    def _amazon(self) -> None:
        status = self.draw.choice([429, 500, 503, 503, None])
        fault = Fault(
            operation=self.draw.choice(OPERATIONS),
            status=status,
            body=self.draw.choice(["json", "html", None]),
            times=self.draw.randint(1, 6),
            effect=self.draw.choice(["before", "after", "none"]),
        )
        self.day.amazon.faults.add(fault)

    def _notifications(self) -> None:
        self.day.amazon.drop_notifications(self.draw.choice([0, 1, 2, 3]))
        self.day.amazon.duplicate_notifications(self.draw.choice([1, 2, 4]))
        self.day.amazon.delay_notifications(self.draw.choice([0, 45, 300]))
        self.day.amazon.shuffle_notifications()

    def _warehouse(self) -> None:
        self.day.warehouse.down = self.draw.random() < 0.5
        self.day.warehouse.loses_answers = self.draw.randint(0, 2)

    def _restart(self) -> None:
        self.day.amazon.expire_access_tokens()
        self.day.restart()


def ship_what_is_there(day: Day, chaos: Chaos, parcels: dict[str, list[str]]) -> None:
    """The warehouse ships some of what it has, whole or in two parcels."""
    for told in day.warehouse.taken:
        order_id = told["amazon_order_id"]
        if order_id in parcels or chaos.draw.random() < 0.5:
            continue
        (line,) = told["lines"]
        quantities = [line["quantity"]] if chaos.draw.random() < 0.6 else [1, line["quantity"] - 1]
        parcels[order_id] = [ups_of(f"{order_id}{number}") for number in range(len(quantities))]
        for number, quantity in zip(parcels[order_id], quantities, strict=True):
            day.ship(order_id, tracking_number=number, lines=[(line["line_id"], quantity)])


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_day_of_faults_ends_with_every_order_verified_once(day: Day, seed: int) -> None:
    chaos = Chaos(day, seed)
    orders: list[str] = []
    parcels: dict[str, list[str]] = {}
    for _ in range(ORDERS):
        orders.append(day.amazon.place_order(day.account, lines=[Line(sku="MUG-1", quantity=3)]))
        chaos.strike()
        day.run(minutes=chaos.draw.randint(1, 12))
        ship_what_is_there(day, chaos, parcels)
    chaos.end()
    day.run(hours=1)
    while len(parcels) < len(orders):
        before = len(parcels)
        ship_what_is_there(day, chaos, parcels)
        day.run(minutes=5)
        assert len(parcels) > before or len(day.warehouse.taken) == ORDERS, "an order was lost on the way"
    day.run(hours=2)

    assert sorted(told["amazon_order_id"] for told in day.warehouse.taken) == sorted(orders)
    for order_id in orders:
        assert day.order(order_id).state is OrderState.VERIFIED, day.order(order_id).attention
        packages = day.amazon.order(order_id).packages
        assert sorted(package.tracking_number for package in packages) == sorted(parcels[order_id])
        assert sum(content.quantity for package in packages for content in package.items) == 3
        assert day.tags(order_id).count("order:life:accepted") == 1
        assert day.tags(order_id).count("order:life:released") == 1
    assert verify(day.app.storage).rows > 0


def test_a_lost_answer_of_the_warehouse_is_a_repeat_for_it(day: Day) -> None:
    day.warehouse.loses_answers = 1
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=5)
    assert day.order(order_id).state is OrderState.RELEASED
    assert day.warehouse.repeats == 1
    assert len(day.warehouse.taken) == 1
