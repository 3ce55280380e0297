"""Seeded hours in which what confirms meets every fault: no package stays behind, none is told twice."""

import os
import random
from datetime import timedelta

import pytest

from day import SELLER, Day, MakeDay
from dockseal.domain.feed import FeedKind
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.domain.shipment import PackageState
from dockseal.monitoring_audit.verifying import verify
from parcel_numbers import ups_of
from spapi_simulator import Fault, Line

SEEDS = int(os.environ.get("CONFIRM_SEEDS", "3"))
ORDERS = 20
OPERATIONS = (
    "confirmShipment",
    "createFeedDocument",
    "putDocument",
    "createFeed",
    "createFeed",
    "getFeed",
    "getFeeds",
    "getFeedDocument",
    "getDocument",
    "getOrder",
    "lwaToken",
)
KNOWN = frozenset({PackageState.CONFIRMED, PackageState.VERIFIED})


class Trouble:
    """Draws what goes wrong next on the way of a package to Amazon."""

    def __init__(self, day: Day, seed: int) -> None:
        self.day, self.draw = day, random.Random(seed)

    def strike(self) -> None:
        """Lets one to four things go wrong from now on."""
        for _ in range(self.draw.randint(1, 4)):
            status = self.draw.choice([429, 500, 503, None, None])
            fault = Fault(
                operation=self.draw.choice(OPERATIONS),
                status=status,
                body=self.draw.choice(["json", "html", None]),
                times=self.draw.randint(1, 4),
                effect=self.draw.choice(["before", "after", "after", "none"]),
            )
            self.day.amazon.faults.add(fault)
        if self.draw.random() < 0.3:
            self.day.restart()

    def calls(self) -> None:
        """Gives the seller few calls or many."""
        rate, burst = self.draw.choice([(0.01, 1), (0.01, 1), (0.01, 1), (0.05, 3), (2, 10)])
        self.day.amazon.limits.plan(self.day.account.seller_id, "confirmShipment", rate=rate, burst=burst)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_each_package_is_at_amazon_once_whatever_goes_wrong(make_day: MakeDay, seed: int) -> None:
    api = list(OrdersApi)[seed % 2]
    day = make_day(api=api, tick=timedelta(minutes=5), poll=timedelta(minutes=1))
    trouble = Trouble(day, seed)
    ids = [day.amazon.place_order(day.account, lines=[Line(sku="MUG-1", quantity=2)]) for _ in range(ORDERS)]
    day.run(minutes=5)
    assert len(day.warehouse.taken) == ORDERS
    trouble.calls()
    parcels: dict[str, list[str]] = {}
    for order_id in ids:
        if trouble.draw.random() < 0.3:
            trouble.calls()
            trouble.strike()
            day.app.lanes.wake("confirm")
            day.run(minutes=trouble.draw.choice([0.5, 2, 8]))
        (item,) = day.amazon.order(order_id).items
        quantities = [2] if trouble.draw.random() < 0.8 else [1, 1]
        parcels[order_id] = [ups_of(f"{order_id}{number}") for number in range(len(quantities))]
        for number, quantity in zip(parcels[order_id], quantities, strict=True):
            day.ship(order_id, tracking_number=number, lines=[(item.order_item_id, quantity)])
    trouble.calls()
    trouble.strike()
    day.run(minutes=30)
    day.amazon.faults.clear()
    day.amazon.limits.plan(day.account.seller_id, "confirmShipment", rate=2, burst=10)
    day.run(hours=4)

    for order_id in ids:
        there = [package.tracking_number for package in day.amazon.order(order_id).packages]
        assert sorted(there) == sorted(parcels[order_id])
        assert {package.state for package in day.packages(order_id)} <= KNOWN
        assert day.order(order_id).state in {OrderState.CONFIRMED, OrderState.VERIFIED}
        assert day.tags(order_id).count("order:package:confirmed") == len(parcels[order_id])
    assert day.app.storage.feeds.open(SELLER, FeedKind.FULFILLMENT) == []
    assert verify(day.app.storage).rows > 0
