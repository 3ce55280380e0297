"""A small App over real storage, trail and tracking, filled with orders in every state."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dockseal.console.parts import parts
from dockseal.domain.access import FIELDS, Actor, ActorKind, Grant, Purpose
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import (
    AmazonOrderId,
    OrderRef,
    SellerId,
    WarehouseId,
    new_order_ref,
    release_ref,
)
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Hold, Order, OrderLine, OrderState
from dockseal.domain.recipient import Field, Recipient
from dockseal.domain.release import Release, ReleaseState, Warehouse
from dockseal.domain.secret import LiveSecrets, Secret
from dockseal.domain.seller import Region, Seller
from dockseal.domain.working_hours import DayPlan, Span, WorkingHours
from dockseal.errors import BadInput, GrantRefused, NothingSealed
from dockseal.fulfillment_processing.amending import Amending
from dockseal.fulfillment_processing.holds import Holds
from dockseal.fulfillment_processing.inbox import Inbox
from dockseal.fulfillment_processing.labelling import Labelling
from dockseal.fulfillment_processing.matching import Matching
from dockseal.fulfillment_processing.shelf import Shelf
from dockseal.fulfillment_processing.stops import Stops
from dockseal.fulfillment_processing.tracking import Tracking
from dockseal.monitoring_audit.alerts.attending import Attending
from dockseal.monitoring_audit.checks import Health
from dockseal.monitoring_audit.gauges.orders import OrderGauges
from dockseal.monitoring_audit.health import health
from dockseal.monitoring_audit.metrics import Metrics
from dockseal.monitoring_audit.readiness import unready
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.monitoring_audit.why import why
from dockseal.monitoring_audit.why_facts import gathered
from dockseal.order_synchronization.checklist import Checklist
from dockseal.pii_security.incidents.casework import Casework
from dockseal.shipment_confirmation.carrier_choice import CarrierChoice
from dockseal.shipment_confirmation.clearing import Clearing
from dockseal.shipment_confirmation.outlook import Outlook
from dockseal.shipment_confirmation.teaching import Teaching
from dockseal.storage.store import DatabasePlaces, Storage
from unit.console.label_shop import LittleShop

START = datetime(2026, 11, 2, 8, tzinfo=UTC)
SELLER, RENO, SHED = SellerId("acme-us"), WarehouseId("reno"), WarehouseId("shed")
RENO_SECRET = Secret("whsec_" + base64.b64encode(bytes(range(32))).decode())
RENO_SECRET_BEFORE = Secret("whsec_" + base64.b64encode(bytes(range(32, 64))).decode())
RENO_KEY = "reno-key-only-for-tests"
HOURS = WorkingHours(
    zone="UTC", week=(DayPlan(spans=(Span(opens=6 * 60, closes=18 * 60),), cut_off=10 * 60 + 30),) * 7
)
"""Of both warehouses: every day from 6 to 18, the last parcel at half past ten."""
SERVICE = Actor(kind=ActorKind.SERVICE, name="release")
CANARY = {
    Field.NAME: "Testperson Alpha",
    Field.ADDRESS_LINE_1: "1 Sample Street",
    Field.CITY: "Sampleton",
    Field.REGION: "Testregion",
    Field.POSTAL_CODE: "QZ0 0ZZ",
    Field.COUNTRY: "Testland",
    Field.PHONE: "+1 555 0100",
    Field.GIFT_MESSAGE: "Happy testing",
}
"""Personal data of every sealed order here; none of these texts may be on a page that opened nothing."""
_S = OrderState


@dataclass(frozen=True, kw_only=True)
class FewSettings:
    sweep_every: timedelta = timedelta(minutes=10)
    session_idle: timedelta = timedelta(minutes=15)
    session_longest: timedelta = timedelta(hours=12)
    console_host: str = "127.0.0.1"
    console_port: int = 0
    tls_certificate: Path | None = None
    tls_key: Path | None = None


@dataclass(kw_only=True)
class LittleVault:
    """Stands in for the vault: keeps recipients in memory, and records each opening like the real one."""

    storage: Storage
    trail: Trail
    clock: ManualClock
    sealed: set[OrderRef] = field(default_factory=set)
    canaries: Callable[[], frozenset[OrderRef]] = frozenset

    def issue(
        self,
        actor: Actor,
        purpose: Purpose,
        *,
        seller: SellerId,
        order: OrderRef,
        fields: frozenset[Field] | None = None,
    ) -> Grant:
        if purpose is Purpose.HAND_OVER and actor.kind is ActorKind.PERSON:
            raise GrantRefused("a person gets no grant to hand over")
        expires = self.clock.now() + timedelta(minutes=5)
        return Grant(
            id="g1",
            actor=actor,
            purpose=purpose,
            seller=seller,
            order=order,
            fields=FIELDS[purpose] if fields is None else fields,
            expires_at=expires,
        )

    def end(self, grant: Grant) -> None:
        pass

    def open(self, order: OrderRef, grant: Grant) -> Recipient:
        with self.storage.transaction():
            self.trail.record(Tag.ORDER_DATA_OPENED, actor=grant.actor, order=order, purpose=grant.purpose)
        if order not in self.sealed:
            raise NothingSealed("no personal data is kept for this order")
        return Recipient(CANARY).only(grant.fields)


class FewKeys:
    def derive(self, purpose: str) -> bytes:
        return hashlib.sha256(purpose.encode()).digest()


class LittleCredentials:
    """Knows one webhook secret for each warehouse, and the one before it."""

    def __init__(self) -> None:
        self.secrets = {RENO: LiveSecrets(newest=RENO_SECRET, before=RENO_SECRET_BEFORE)}

    def live(self, warehouse: WarehouseId) -> LiveSecrets | None:
        return self.secrets.get(warehouse)


class LittleConnecting:
    """Knows no state: nobody was sent to Amazon."""

    def finish(self, state: str, selling_partner_id: str, code: Secret, actor: Actor) -> Checklist:
        raise BadInput("this address from Amazon was used before")

    def declined(self, state: str, actor: Actor) -> SellerId:
        raise BadInput("this address from Amazon was used before")


@dataclass(kw_only=True)
class World:
    """The App of the tests, and the means to fill it."""

    settings: FewSettings
    clock: ManualClock
    storage: Storage
    trail: Trail
    keys: FewKeys
    vault: LittleVault
    grants: LittleVault
    tracking: Tracking
    inbox: Inbox
    shelf: Shelf
    credentials: LittleCredentials
    matching: Matching
    labelling: Labelling
    holds: Holds
    stops: Stops
    metrics: Metrics
    outlook: Outlook
    lanes_run: bool = True

    @property
    def amending(self) -> Amending:
        return Amending(tracking=self.tracking)

    @property
    def clearing(self) -> Clearing:
        return Clearing(storage=self.storage, trail=self.trail, clock=self.clock)

    @property
    def carriers(self) -> CarrierChoice:
        return CarrierChoice()

    @property
    def teaching(self) -> Teaching:
        return Teaching(clearing=self.clearing)

    @property
    def attending(self) -> Attending:
        return Attending(storage=self.storage, trail=self.trail, clock=self.clock)

    def incidents(self) -> Casework:
        raise NotImplementedError("the page of incidents is tried over a whole day")

    def why(self, which: str) -> str:
        return why(gathered(self.storage, which, self.clock))

    def health(self) -> Health:
        return health(self.storage, [], self.clock)

    def alive(self) -> bool:
        return self.lanes_run

    def unready(self) -> tuple[str, ...]:
        return unready([self.storage.probe.read_vault], self.storage.table_faults)

    def metrics_text(self) -> bytes:
        return self.metrics.expose()

    def add(
        self,
        n: int,
        state: OrderState,
        *,
        hours: float | None = 24,
        warehouse: WarehouseId = RENO,
        **changes: Any,
    ) -> Order:
        """Adds the n-th order, in a state, to ship in `hours`; released ones get their release."""
        order = self._order(n, state, hours=hours, warehouse=warehouse, changes=changes)
        self.storage.orders.insert(order)
        with self.storage.transaction():
            self.trail.record(Tag.ORDER_LIFE_ACCEPTED, actor=SERVICE, order=order.ref, seller=order.seller)
            if order.hold:
                self.trail.record(Tag.ORDER_LIFE_HELD, actor=SERVICE, order=order.ref, code=order.hold.code)
        if state not in {_S.ACCEPTED, _S.HELD, _S.RELEASABLE, _S.CANCELLED}:
            self._release(order, warehouse)
        return order

    def _order(
        self,
        n: int,
        state: OrderState,
        *,
        hours: float | None,
        warehouse: WarehouseId,
        changes: dict[str, Any],
    ) -> Order:
        amazon = AmazonOrder(
            amazon_order_id=AmazonOrderId(f"113-{n * 7919 % 9999999:07}-{n:07}"),
            marketplace_id="ATVPDKIKX0DER",
            status=AmazonStatus.UNSHIPPED,
            status_text="UNSHIPPED",
            fulfilled_by=FulfilledBy.MERCHANT,
            purchased_at=START - timedelta(hours=5),
            updated_at=START,
            ship_by=None if hours is None else self.clock.now() + timedelta(hours=hours),
            deliver_by=None if hours is None else self.clock.now() + timedelta(hours=hours + 72),
            lines=(
                OrderLine(order_item_id=f"{n}1", sku="CUP-BLUE", title="Blue cup, stoneware", ordered=2),
                OrderLine(order_item_id=f"{n}2", sku="TRAY-OAK-40", title="Oak tray 40 cm", ordered=1),
            ),
        )
        values: dict[str, Any] = {
            "ref": new_order_ref(),
            "seller": SELLER,
            "state": state,
            "amazon": amazon,
            "warehouse": warehouse,
            "read_at": self.clock.now(),
            "accepted_at": self.clock.now() - timedelta(hours=4),
        }
        return Order(**values | changes)

    def _release(self, order: Order, warehouse: WarehouseId) -> None:
        ref, now = release_ref(order.ref, order.revision), self.clock.now() - timedelta(hours=2)
        with self.storage.transaction():
            release = self.storage.releases.intend(
                Release(
                    ref=ref,
                    order=order.ref,
                    warehouse=warehouse,
                    state=ReleaseState.INTENDED,
                    intended_at=now,
                )
            )
            self.storage.releases.settle(release, ReleaseState.ACCEPTED, now)
            for tag in (Tag.ORDER_RELEASE_INTENDED, Tag.ORDER_LIFE_RELEASED):
                self.trail.record(tag, actor=SERVICE, order=order.ref, release=ref, warehouse=warehouse)

    def seal(self, order: Order) -> Order:
        """Puts invented personal data of an order into the vault."""
        self.vault.sealed.add(order.ref)
        return self.storage.orders.change(order, sealed_until=self.clock.now() + timedelta(days=30))


def make_world(folder: Path, *, settings: FewSettings | None = None) -> World:
    """Opens a fresh App with one seller and two warehouses: one with a key, one packed by hand."""
    settings, clock = settings or FewSettings(), ManualClock(start=START)
    places = DatabasePlaces(operations=folder / "operations.sqlite3", vault=folder / "vault.sqlite3")
    storage = Storage.open(places, secret_key="only for tests", console=parts(settings))
    trail = Trail(storage, clock)
    tracking = Tracking(storage=storage, trail=trail, clock=clock)
    vault = LittleVault(storage=storage, trail=trail, clock=clock)
    storage.warehouses.add(
        Warehouse(
            id=RENO,
            adapter="webhook",
            api_key_hash=hashlib.sha256(RENO_KEY.encode()).hexdigest(),
            api_key_at=START,
        )
    )
    storage.warehouses.add(Warehouse(id=SHED, adapter="by_hand"))
    for warehouse in (RENO, SHED):
        storage.working_hours.set(warehouse, HOURS)
    storage.sellers.add(
        Seller(
            id=SELLER,
            region=Region.NA,
            marketplaces=("ATVPDKIKX0DER",),
            selling_partner_id="A0TEST",
            warehouse=RENO,
        )
    )
    tracking = Tracking(storage=storage, trail=trail, clock=clock)
    metrics = Metrics()
    metrics.watch(OrderGauges(storage, clock))
    return World(
        settings=settings,
        clock=clock,
        storage=storage,
        trail=trail,
        keys=FewKeys(),
        vault=vault,
        grants=vault,
        tracking=tracking,
        inbox=Inbox(tracking=tracking),
        shelf=Shelf(storage=storage, vault=vault, grants=vault),  # type: ignore[arg-type]  # a stand-in
        credentials=LittleCredentials(),
        matching=Matching(inbox=Inbox(tracking=tracking)),
        labelling=Labelling(
            storage=storage, labels=LittleShop(), tracking=tracking, trail=trail, clock=clock
        ),
        holds=Holds(storage=storage, trail=trail),
        stops=Stops(storage=storage, trail=trail, clock=clock),
        metrics=metrics,
        outlook=Outlook(storage=storage, clock=clock),
    )


def fill(world: World) -> dict[str, Order]:
    """Adds orders in every state, as on a busy morning; returns those that tests look at."""
    wishes = Hold(
        code="buyer_wants_cancel",
        sentence="The buyer asked to cancel order 113-0007919-0000001; cancel it in Seller Central, or "
        "decline the request there to have it shipped.",
    )
    role = Hold(
        code="address_role_missing",
        sentence='Amazon gives no address to seller acme-us: ask Amazon for the role "Direct-to-Consumer '
        'Shipping (Restricted)", then examine the order again.',
    )
    held = world.add(1, _S.HELD, hours=6, hold=wishes)
    world.add(2, _S.HELD, hours=30, hold=role)
    late = world.add(3, _S.RELEASED, hours=-1.4)
    world.add(4, _S.RELEASED, hours=1.2)
    by_hand = world.seal(world.add(5, _S.RELEASED, hours=5, warehouse=SHED))
    for n in range(6, 20):
        world.add(n, _S.RELEASED, hours=n * 1.7)
    for n in range(20, 24):
        world.add(n, _S.ACCEPTED, hours=n)
    for n in range(24, 27):
        world.add(n, _S.RELEASABLE, hours=n)
    for n in range(27, 33):
        world.add(n, _S.CONFIRMED, hours=n / 3)
    for n in range(33, 75):
        world.add(n, _S.VERIFIED, hours=-n)
    for n in range(75, 190):
        world.add(n, _S.SHREDDED, hours=-n)
    world.add(190, _S.CANCELLED, hours=40)
    world.add(
        191,
        _S.SHIPPED,
        hours=3,
        attention="Warehouse reno named a carrier that Amazon does not know; check the tracking link.",
    )
    return {"held": held, "late": late, "by_hand": by_hand}
