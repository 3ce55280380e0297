import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import (
    AmazonOrderId,
    ReleaseRef,
    SellerId,
    WarehouseId,
    new_order_ref,
    release_ref,
)
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Order, OrderLine, OrderState
from dockseal.domain.recipient import Field, Recipient
from dockseal.domain.release import Release, ReleaseState, Warehouse
from dockseal.domain.secret import LiveSecrets, Secret
from dockseal.domain.seller import Region, Seller
from dockseal.fulfillment_processing.release import Releasing
from dockseal.fulfillment_processing.tracking import Tracking
from dockseal.monitoring_audit.metrics import Metrics
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.epochs import Retention
from dockseal.pii_security.grants import Grants
from dockseal.pii_security.keys import FileKeyStore
from dockseal.pii_security.passing import Passing
from dockseal.pii_security.vault import Vault
from dockseal.storage.store import DatabasePlaces, Storage
from dockseal.warehouses.registry import Adapters

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
SELLER = SellerId("acme-us")
RENO = WarehouseId("reno")
SECRET = Secret("whsec_" + base64.b64encode(bytes(range(32))).decode())
LINES = (
    OrderLine(order_item_id="00000000000001", sku="MUG-BLUE", title="Blue mug", ordered=2),
    OrderLine(order_item_id="00000000000002", sku="MUG-RED", title="Red mug", ordered=1),
)
_numbers = count(1)


def make_order(state: OrderState = OrderState.ACCEPTED, **changes: Any) -> Order:
    """An order that breaks no rule; `changes` are fields of it or of what Amazon says of it."""
    amazon = AmazonOrder(
        amazon_order_id=AmazonOrderId(f"113-0000000-{next(_numbers):07}"),
        marketplace_id="ATVPDKIKX0DER",
        status=AmazonStatus.UNSHIPPED,
        fulfilled_by=FulfilledBy.MERCHANT,
        purchased_at=NOW - timedelta(hours=2),
        updated_at=NOW - timedelta(hours=1),
        ship_by=NOW + timedelta(hours=24),
        lines=LINES,
    )
    facts = {name: changes.pop(name) for name in list(changes) if hasattr(amazon, name)}
    values: dict[str, Any] = {
        "ref": new_order_ref(),
        "seller": SELLER,
        "state": state,
        "amazon": replace(amazon, **facts),
        "read_at": NOW,
        "accepted_at": NOW,
        "warehouse": None if state is OrderState.ACCEPTED else RENO,
    }
    return Order(**values | changes)


@dataclass(frozen=True, kw_only=True)
class World:
    """The tables, the trail and the clock of one test."""

    storage: Storage
    trail: Trail
    clock: ManualClock

    def keep(self, order: Order) -> Order:
        with self.storage.transaction():
            self.storage.orders.insert(order)
        return order

    def sent(self, order: Order, state: ReleaseState = ReleaseState.ACCEPTED) -> ReleaseRef:
        ref = release_ref(order.ref, order.revision)
        with self.storage.transaction():
            self.storage.releases.intend(
                Release(ref=ref, order=order.ref, warehouse=RENO, state=state, intended_at=self.clock.now())
            )
        return ref

    def order(self, order: Order) -> Order:
        return self.storage.orders.get(order.ref)

    def tags(self, order: Order) -> list[str]:
        return [row.tag for row in reversed(self.storage.audit.search(order=order.ref))]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    places = DatabasePlaces(operations=tmp_path / "operations.sqlite3", vault=tmp_path / "vault.sqlite3")
    storage = Storage.open(places, secret_key="only for tests")
    clock = ManualClock(start=NOW)
    storage.sellers.add(
        Seller(
            id=SELLER,
            region=Region.NA,
            marketplaces=("ATVPDKIKX0DER",),
            selling_partner_id="A00EXAMPLE",
            warehouse=RENO,
        )
    )
    for name in ("reno", "sparks"):
        storage.warehouses.add(Warehouse(id=WarehouseId(name), adapter="by_hand"))
    yield World(storage=storage, trail=Trail(storage, clock), clock=clock)
    storage.close()


@pytest.fixture(scope="session")
def new_order() -> Callable[..., Order]:
    return make_order


@dataclass(frozen=True, kw_only=True)
class Pii:
    """The vault of one test, with real keys."""

    vault: Vault
    grants: Grants


@pytest.fixture
def pii(world: World, tmp_path: Path) -> Pii:
    grants = Grants(world.clock)
    vault = Vault(
        storage=world.storage,
        keys=FileKeyStore.create(tmp_path / "keys", world.clock),
        trail=world.trail,
        grants=grants,
        clock=world.clock,
        retention=Retention(
            keep=timedelta(days=30), key_backups=timedelta(days=7), epoch_length=timedelta(days=1)
        ),
        metrics=Metrics(),
        passing=Passing(world.clock),
    )
    return Pii(vault=vault, grants=grants)


@dataclass
class FarSide:
    """A warehouse that takes every reference once, and fails as it is told to."""

    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    script: list[int | str] = field(default_factory=list)
    """What happens to the next calls: a status, `lost` (taken, answer lost), `down`, `crash before/after`."""
    says: str = "SKU MUG-RED is not stocked here"
    """Why it refuses."""
    meanwhile: Callable[[str], object] | None = None
    """Called once with the reference, while the order is being taken."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        order = json.loads(request.content)
        reference = order["reference"]
        self.asked.append(reference)
        step = self.script.pop(0) if self.script else 200
        if step == "crash before":
            raise SystemExit
        if step == "down":
            raise httpx.ConnectError("down", request=request)
        if isinstance(step, int) and step != 200:
            return httpx.Response(step, json={"error": self.says})
        known = self.taken.get(reference)
        if known is not None and known != order:
            return httpx.Response(409, json={"error": "this reference is known with other contents"})
        self.taken[reference] = order
        if self.meanwhile is not None:
            act, self.meanwhile = self.meanwhile, None
            act(reference)
        if step == "crash after":
            raise SystemExit
        if step == "lost":
            raise httpx.ReadTimeout("lost", request=request)
        return httpx.Response(200, json={"id": f"W-{len(self.taken)}"})


@pytest.fixture
def far() -> FarSide:
    return FarSide()


@pytest.fixture
def releasing(world: World, pii: Pii, far: FarSide) -> Releasing:
    warehouse = Warehouse(id=RENO, adapter="webhook", options=(("url", "https://reno.example.com/orders"),))
    adapters = Adapters(lambda _: LiveSecrets(newest=SECRET), world.clock, transport=httpx.MockTransport(far))
    return Releasing(
        storage=world.storage,
        vault=pii.vault,
        grants=pii.grants,
        trail=world.trail,
        adapters=lambda known: adapters(warehouse if known.id == RENO else known),
        clock=world.clock,
    )


@pytest.fixture
def sealed(world: World, pii: Pii) -> Callable[..., Order]:
    """Makes a releasable order whose personal data is in the vault."""

    def make(**changes: Any) -> Order:
        order = world.keep(make_order(OrderState.RELEASABLE, **changes))
        pii.vault.seal(
            order,
            Recipient(
                {
                    Field.NAME: "Testperson Alpha",
                    Field.ADDRESS_LINE_1: "1 Sample Street",
                    Field.CITY: "Exampleton",
                    Field.COUNTRY: "US",
                    Field.GIFT_MESSAGE: "Happy inventing day",
                }
            ),
        )
        kept: Order = world.order(order)
        assert kept.sealed_until is not None
        return kept

    return make


@pytest.fixture
def tracking(world: Any) -> Tracking:
    """What takes in the reports of warehouses."""
    return Tracking(storage=world.storage, trail=world.trail, clock=world.clock)


@pytest.fixture
def released(world: Any, new_order: Callable[..., Order]) -> Order:
    """An order that a warehouse has."""
    order: Order = world.keep(new_order(OrderState.RELEASED))
    world.sent(order)
    return order
