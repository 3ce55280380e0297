"""A warehouse that fails in every way it can, over many seeds: nothing is lost and nothing ships twice.

Each seed is an order with a fate of its own. `WAREHOUSE_SEEDS=1000` plays a thousand of them.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from day import Day, TestWarehouse
from dockseal.cli.warehouses import WarehouseSecrets
from dockseal.domain.order import OrderState
from dockseal.domain.shipment import PackageState
from parcel_numbers import ups_of
from spapi_simulator import Line

SEEDS = int(os.environ.get("WAREHOUSE_SEEDS", "60"))
AT_ONCE = 20
"""Orders of one day: as many seeds share a clock."""
FATES = (
    "takes it",
    "times out before it takes it",
    "times out after it took it",
    "answers 500 before it takes it",
    "answers 500 after it took it",
    "reports before it answers",
    "reports, and its answer is lost",
    "is busy",
)
_MOST = 6
"""So often a hand-over meets a fate that is drawn; then the warehouse is well."""


class FatefulWarehouse(TestWarehouse):
    """Meets each hand-over with a fate; packs each reference once, as the webhook specification asks."""

    __test__ = False

    def __init__(self, secrets: WarehouseSecrets) -> None:
        super().__init__(secrets)
        self.day: Day | None = None
        self.first_seed = 0
        self.met: Counter[str] = Counter()
        self._chances: dict[str, Random] = {}
        self._tries: Counter[str] = Counter()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        order = json.loads(request.read())
        fate = self._fate(order["amazon_order_id"])
        self.met[fate] += 1
        if "before it takes it" in fate or fate == "is busy":
            return self._failed(fate, request)
        answer = super().handle_request(request)
        if "reports" in fate:
            self._report(order)
        if "after it took it" in fate or "lost" in fate:
            return self._failed(fate, request)
        return answer

    def _fate(self, order_id: str) -> str:
        if order_id not in self._chances:
            self._chances[order_id] = Random(self.first_seed + len(self._chances))
        self._tries[order_id] += 1
        if self._tries[order_id] > _MOST:
            return "takes it"
        return self._chances[order_id].choice(FATES)

    def _failed(self, fate: str, request: httpx.Request) -> httpx.Response:
        if "500" in fate:
            return httpx.Response(500, text="<html>Internal Server Error</html>")
        if fate == "is busy":
            return httpx.Response(429, json={"error": "too many requests"})
        raise httpx.ReadTimeout("no answer", request=request)

    def _report(self, order: dict[str, Any]) -> None:
        """Reports its parcel while the hand-over is still waiting for its answer; a repeat is one report."""
        assert self.day is not None
        order_id = order["amazon_order_id"]
        known = [each.report_id for each in self.day.packages(order_id)]
        self.day.ship(
            order_id,
            report_id=f"{order_id}/1",
            tracking_number=ups_of(order_id),
            status=200 if known else 201,
        )


@pytest.fixture
def warehouse_day(tmp_path: Path) -> Iterator[Day]:
    day = Day(folder=tmp_path, make_warehouse=FatefulWarehouse)
    yield day
    day.close()


def fateful(day: Day, first_seed: int) -> FatefulWarehouse:
    warehouse = day.warehouse
    assert isinstance(warehouse, FatefulWarehouse)
    warehouse.day, warehouse.first_seed = day, first_seed
    return warehouse


@pytest.mark.parametrize("first_seed", range(0, SEEDS, AT_ONCE))
def test_nothing_is_lost_and_nothing_ships_twice(warehouse_day: Day, first_seed: int) -> None:
    day = warehouse_day
    warehouse = fateful(day, first_seed)
    count = min(AT_ONCE, SEEDS - first_seed)
    orders = [day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")]) for _ in range(count)]
    chance = Random(first_seed)
    for _ in range(8):
        day.run(minutes=chance.choice([1, 3, 7]))
        day.restart()
    day.run(hours=1)
    for order_id in orders:
        if not day.packages(order_id):
            day.ship(order_id, report_id=f"{order_id}/1", tracking_number=ups_of(order_id))
    day.run(hours=1)

    assert Counter(warehouse.references()).most_common(1)[0][1] == 1, "an order lies there twice"
    told = sorted(order["amazon_order_id"] for order in warehouse.taken)
    assert told == sorted(orders), "an order never came, or came under two references"
    for order_id in orders:
        (package,) = day.packages(order_id)
        assert package.state is PackageState.VERIFIED
        assert [each.tracking_number for each in day.amazon.order(order_id).packages] == [ups_of(order_id)]
        assert day.order(order_id).state is OrderState.VERIFIED


def test_the_seeds_meet_every_fate(warehouse_day: Day) -> None:
    warehouse = fateful(warehouse_day, 0)
    for _ in range(AT_ONCE):
        warehouse_day.amazon.place_order(warehouse_day.account, lines=[Line(sku="MUG-1")])
    warehouse_day.run(hours=1)
    assert set(warehouse.met) == set(FATES)
