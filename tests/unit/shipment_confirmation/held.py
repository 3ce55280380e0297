"""Packages that are held before Amazon is told of them, over real tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import AmazonOrderId, SellerId, WarehouseId, new_order_ref
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Hold, Order, OrderLine, OrderState
from dockseal.domain.release import Warehouse
from dockseal.domain.seller import Region, Seller
from dockseal.domain.shipment import Content, Package, PackageState
from dockseal.monitoring_audit.trail import Trail
from dockseal.shipment_confirmation.clearing import Clearing
from dockseal.shipment_confirmation.teaching import Teaching
from dockseal.storage.store import DatabasePlaces, Storage

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
RENO, SPARKS = WarehouseId("reno"), WarehouseId("sparks")
ANNA = Actor(kind=ActorKind.PERSON, name="anna")


@dataclass(kw_only=True)
class Yard:
    """The tables, and the means to fill them."""

    storage: Storage
    trail: Trail
    clock: ManualClock
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def clearing(self) -> Clearing:
        return Clearing(storage=self.storage, trail=self.trail, clock=self.clock)

    @property
    def teaching(self) -> Teaching:
        return Teaching(clearing=self.clearing)

    def order(self, state: OrderState = OrderState.SHIPPED) -> Order:
        number = next(self.numbers)
        amazon = AmazonOrder(
            amazon_order_id=AmazonOrderId(f"113-0000000-{number:07}"),
            marketplace_id="ATVPDKIKX0DER",
            status=AmazonStatus.UNSHIPPED,
            fulfilled_by=FulfilledBy.MERCHANT,
            purchased_at=NOW - timedelta(hours=2),
            updated_at=NOW,
            ship_by=NOW + timedelta(hours=number),
            lines=(OrderLine(order_item_id="1", sku="MUG", title="Mug", ordered=1),),
        )
        order = Order(
            ref=new_order_ref(),
            seller=SellerId("acme-us"),
            state=state,
            amazon=amazon,
            read_at=NOW,
            accepted_at=NOW,
            warehouse=RENO,
        )
        self.storage.orders.insert(order)
        return order

    def package(
        self, order: Order | None = None, *, code: str = "", warehouse: WarehouseId = RENO, **changes: Any
    ) -> Package:
        """Keeps a package of an order, held for a code if one is given."""
        values: dict[str, Any] = {
            "order": (order or self.order()).ref,
            "reference_id": 1,
            "carrier": "Parcel Fox",
            "service": "24h",
            "tracking_number": f"PF{next(self.numbers)}",
            "shipped_at": NOW - timedelta(hours=1),
            "contents": (Content(order_item_id="1", quantity=1),),
            "state": PackageState.HELD if code else PackageState.REPORTED,
            "hold": Hold(code=code, sentence="Look at it.") if code else None,
            "report_id": f"r-{next(self.numbers)}",
        }
        return self.storage.packages.add(Package(**values | changes), warehouse=warehouse)

    def now(self, package: Package) -> Package:
        return self.storage.packages.of_order(package.order)[package.reference_id - 1]

    def tags(self, package: Package) -> list[str]:
        return [row.tag for row in reversed(self.storage.audit.search(order=package.order))]


@contextmanager
def opened_yard(folder: Path) -> Iterator[Yard]:
    """Opens fresh tables with a seller and two warehouses."""
    places = DatabasePlaces(operations=folder / "operations.sqlite3", vault=folder / "vault.sqlite3")
    storage = Storage.open(places, secret_key="only for tests")
    clock = ManualClock(start=NOW)
    storage.sellers.add(
        Seller(
            id=SellerId("acme-us"),
            region=Region.NA,
            marketplaces=("ATVPDKIKX0DER",),
            selling_partner_id="A00EXAMPLE",
            warehouse=RENO,
        )
    )
    for name in (RENO, SPARKS):
        storage.warehouses.add(Warehouse(id=name, adapter="by_hand"))
    yield Yard(storage=storage, trail=Trail(storage, clock), clock=clock)
    storage.close()
