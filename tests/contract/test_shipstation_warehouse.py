"""The warehouse contract over the ShipStation adapter: its far side is an account that walks the export."""

import threading
from collections.abc import Sequence

import pytest

from daily import make_day  # noqa: F401  a fixture: pytest finds it here by its name
from day import WAREHOUSE, Day, MakeDay
from dockseal.cli.warehouses import add_warehouse, new_secrets
from dockseal.domain.clock import SystemClock
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.release import Warehouse
from dockseal.warehouses.contract import WarehouseContract, hand_over
from dockseal.warehouses.port import AdapterParts, HandOver, Receipt, WarehouseAdapter
from dockseal.warehouses.shipstation import ShipStation
from shelving import put_on_shelf
from shipstation_double import ShipStationAccount, StoreCheck, account

OTHER = WarehouseId("shed")


class Shelving:
    """The adapter, and what the lane does with its yes: the order is put on the shelf."""

    def __init__(self, day: Day) -> None:
        self._day = day
        self._lock = threading.Lock()
        warehouse = Warehouse(id=WAREHOUSE, adapter="shipstation")
        self._adapter = ShipStation(
            AdapterParts(warehouse=warehouse, secret=None, transport=None, clock=SystemClock())
        )

    def submit(self, hand_over: HandOver) -> Receipt:
        receipt = self._adapter.submit(hand_over)
        with self._lock:
            if self._day.app.storage.releases.get(hand_over.reference) is None:
                put_on_shelf(self._day, hand_over)
        return receipt


class TestShipStation(WarehouseContract):
    @pytest.fixture(autouse=True)
    def _with(self, make_day: MakeDay) -> None:  # noqa: F811  the fixture of this name
        self.day = make_day(adapter="shipstation")
        self.account = account(self.day.app, WAREHOUSE, self.day.warehouse.secrets.api_key.reveal())

    def adapter(self) -> WarehouseAdapter:
        return Shelving(self.day)

    def taken(self) -> Sequence[str]:
        self.account.refresh()
        return [order.fields["OrderID"] for order in self.account.orders.values()]

    def refusing(self) -> None:
        return None

    def failing(self) -> Sequence[WarehouseAdapter]:
        return ()


Stores = tuple[Day, ShipStationAccount, ShipStationAccount]


@pytest.fixture
def stores(make_day: MakeDay) -> Stores:  # noqa: F811  the fixture of this name
    """A day with two ShipStation warehouses, each with an account and an order."""
    day = make_day(adapter="shipstation")
    keys = new_secrets()
    add_warehouse(day.app, OTHER, kind="shipstation", options={}, keys=keys)
    put_on_shelf(day, hand_over(warehouse=Warehouse(id=WAREHOUSE, adapter="shipstation")))
    theirs = hand_over("theirreference234567-1", warehouse=Warehouse(id=OTHER, adapter="shipstation"))
    put_on_shelf(day, theirs)
    ours = account(day.app, WAREHOUSE, day.warehouse.secrets.api_key.reveal())
    return day, ours, account(day.app, OTHER, keys.api_key.reveal())


def test_a_store_check_finds_nothing(stores: Stores) -> None:
    _, ours, other = stores
    assert StoreCheck(ours=ours, other=other).faults() == []


def test_a_store_check_finds_a_store_that_knows_no_tenants(stores: Stores) -> None:
    _, ours, _ = stores
    found = StoreCheck(ours=ours, other=ours).faults()
    assert "TENANT: the account of another store is let in" in found
    assert "TENANT: two stores have one order" in found


def test_each_account_has_its_own_orders(stores: Stores) -> None:
    _, ours, other = stores
    ours.refresh()
    other.refresh()
    assert [order.fields["OrderID"] for order in ours.orders.values()] == ["testreference2345678-1"]
    assert [order.fields["OrderID"] for order in other.orders.values()] == ["theirreference234567-1"]
    answer = other.notify(next(iter(ours.orders)), "USPS", "9400111899223197428490", b"")
    assert answer.status_code == 404, "a warehouse ships another's order"
