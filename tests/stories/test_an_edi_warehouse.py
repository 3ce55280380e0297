"""A warehouse that speaks X12: orders leave as 940s, and its 945s bring them to verified."""

from dataclasses import replace
from pathlib import Path

import pytest

from day import Day, MakeDay
from dockseal.cli.warehouses import add_warehouse, new_secrets
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.domain.shipment import PackageState, ShipmentReport
from dockseal.warehouses.port import Collecting
from edi_counterparty import Box, Counterparty, Order, Packed, packed, write_profile
from parcel_numbers import ups
from scanner import Scanner
from spapi_simulator import Line, Recipient

MARK = "CnryE7dI"
EDI = WarehouseId("reno-edi")
ONE, TWO = "1Z999AA10123456784", "1Z999AA10123456793"


class Yard:
    """A day whose warehouse exchanges files with us."""

    def __init__(self, day: Day, folder: Path) -> None:
        self.day = day
        self.mailbox = folder / "mailbox"
        self.far = Counterparty(root=self.mailbox)
        profile = write_profile(folder)
        options = {"root": str(self.mailbox), "profile": str(profile)}
        add_warehouse(day.app, EDI, kind="edi", options=options, keys=new_secrets())
        day.seller = replace(day.seller, warehouse=EDI)
        day.authorise_again()

    def place(self, *lines: Line) -> str:
        recipient = Recipient(
            name=f"{MARK}name",
            address_line_1=f"{MARK}street",
            city="Exampleton",
            postal_code="00000",
            country_code="US",
        )
        return self.day.amazon.place_order(self.day.account, lines=list(lines), recipient=recipient)

    def received(self) -> dict[str, Order]:
        """What lies at the warehouse, by Amazon's order id."""
        self.far.look()
        self.far.day = f"{self.day.clock.now():%Y%m%d}"
        return {order.purchase_order: order for order in self.far.orders}

    def collect(self) -> list[str]:
        """Looks into the mailbox, as the lane does; returns the sentences about what was wrong."""
        app = self.day.app
        adapter = app.adapters(app.storage.warehouses.get(EDI))
        assert isinstance(adapter, Collecting)
        sentences = []
        for delivery in adapter.collect():
            for message in delivery.messages:
                if isinstance(message, ShipmentReport):
                    app.inbox.take(EDI, message)
            sentences.extend(delivery.faults)
            adapter.done(delivery)
        return sentences


@pytest.fixture
def make_yard(make_day: MakeDay, tmp_path: Path):
    def make(api: OrdersApi = OrdersApi.V2026) -> Yard:
        return Yard(make_day(api=api), tmp_path)

    return make


@pytest.mark.parametrize("api", list(OrdersApi), ids=str)
def test_orders_flow_over_940_997_and_945_to_verified(make_yard, api: OrdersApi) -> None:
    yard = make_yard(api)
    orders = [yard.place(Line(sku="MUG-BLUE", quantity=2)) for _ in range(3)]
    yard.day.run(minutes=5)
    received = yard.received()
    assert set(received) == set(orders)
    yard.far.acknowledge([received[orders[0]]])
    for n, order_id in enumerate(orders):
        order = received[order_id]
        assert order.first("N1", "ST")[1] == f"{MARK}name"
        yard.far.ship(order, [Box(tracking=ups(n), lines=packed(order))], bill=f"BM{n}")
    yard.day.run(minutes=1)
    yard.collect()
    yard.day.run(minutes=30)
    for order_id in orders:
        assert "order:life:verified" in yard.day.tags(order_id)
        (package,) = yard.day.packages(order_id)
        assert package.state is PackageState.VERIFIED
        assert package.carrier == "UPS"


def test_an_order_in_two_parcels_that_is_told_of_twice(make_yard) -> None:
    yard = make_yard()
    order_id = yard.place(Line(sku="MUG-BLUE", quantity=2))
    yard.day.run(minutes=5)
    order = yard.received()[order_id]
    (line,) = order.lines
    boxes = [
        Box(tracking=each, lines=[Packed(sku=line.sku, shipped=1, ordered=2, item=line.item)])
        for each in (ONE, TWO)
    ]
    for _ in range(2):
        yard.far.ship(order, boxes)
        yard.day.run(minutes=1)
        yard.collect()
    yard.day.run(minutes=30)
    assert [package.tracking_number for package in yard.day.packages(order_id)] == [ONE, TWO]
    assert "order:life:verified" in yard.day.tags(order_id)


def test_a_short_shipment_stays_partly_shipped(make_yard) -> None:
    yard = make_yard()
    order_id = yard.place(Line(sku="MUG-BLUE", quantity=2))
    yard.day.run(minutes=5)
    order = yard.received()[order_id]
    (line,) = order.lines
    short = [Packed(sku=line.sku, shipped=1, ordered=2, item=line.item, status="BP")]
    yard.far.ship(order, [Box(tracking=ONE, lines=short)])
    yard.collect()
    yard.day.run(minutes=30)
    assert yard.day.order(order_id).state is OrderState.PARTLY_SHIPPED


def test_a_restart_between_the_file_and_its_note_sends_nothing_twice(make_yard) -> None:
    yard = make_yard()
    orders = [yard.place(Line(sku=f"SKU-{n}")) for n in range(2)]
    yard.day.run(minutes=5)
    yard.day.restart()
    yard.day.run(minutes=30)
    yard.received()
    assert sorted(order.purchase_order for order in yard.far.orders) == sorted(orders)


def test_nothing_of_the_buyer_stays_outside_the_vault_once_the_warehouse_is_done(
    make_yard, tmp_path: Path
) -> None:
    yard = make_yard()
    order_id = yard.place(Line(sku="MUG-BLUE"))
    yard.day.run(minutes=5)
    order = yard.received()[order_id]
    yard.far.acknowledge([order])
    yard.far.ship_all(order, ONE)
    yard.collect()
    yard.day.run(minutes=30)
    assert "order:life:verified" in yard.day.tags(order_id)
    assert Scanner(EDI).in_folder(tmp_path), "the files were read"
    assert Scanner(MARK).in_folder(tmp_path) == {}
