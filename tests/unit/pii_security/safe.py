"""Everything of the room over databases and keys of its own, and plainly invented people."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from dockseal.domain.access import Actor, ActorKind, Grant, Purpose
from dockseal.domain.audit import AuditRow
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId, WarehouseId, new_order_ref
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Order, OrderLine, OrderState
from dockseal.domain.recipient import Field, Recipient
from dockseal.monitoring_audit.metrics import Metrics
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.beside_keys import BesideKeys
from dockseal.pii_security.budgets import Budgets
from dockseal.pii_security.credentials import CredentialVault
from dockseal.pii_security.epochs import Retention
from dockseal.pii_security.erasure import Erasure
from dockseal.pii_security.grants import Grants
from dockseal.pii_security.key_store import KeyStore
from dockseal.pii_security.keys import FileKeyStore
from dockseal.pii_security.passing import Passing
from dockseal.pii_security.restoring import Restoring
from dockseal.pii_security.rollback import Rollback
from dockseal.pii_security.shortening import Shortening
from dockseal.pii_security.shredding import Shredding
from dockseal.pii_security.vault import Vault
from dockseal.storage.store import Storage

NOW = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
SELLER = SellerId("acme-us")
RELEASER = Actor(kind=ActorKind.SERVICE, name="release")
DIRECT = WarehouseId("direct")
"""A warehouse that personal data is passed on to."""
PERSON = Actor(kind=ActorKind.PERSON, name="casey")
RETENTION = Retention(keep=timedelta(days=30), key_backups=timedelta(days=2), epoch_length=timedelta(days=1))
_numbers = count(1)


def someone(**changes: str) -> Recipient:
    """A plainly invented person."""
    values = {
        Field.NAME: "Testperson Alpha",
        Field.ADDRESS_LINE_1: "1 Sample Street",
        Field.CITY: "Exampleton",
        Field.POSTAL_CODE: "89999",
        Field.COUNTRY: "US",
        Field.GIFT_MESSAGE: "Happy inventing day",
    }
    return Recipient(values | {Field(name): text for name, text in changes.items()})


@dataclass(kw_only=True)
class Safe:
    """Everything of the room over databases and keys of its own."""

    folder: Path
    storage: Storage
    clock: ManualClock
    retention: Retention = RETENTION
    metrics: Metrics = field(default_factory=Metrics)
    budgets: Budgets = field(default_factory=Budgets)
    canaries: set[OrderRef] = field(default_factory=set)
    store: KeyStore | None = None
    """Where the keys are; None: in the folder."""

    def __post_init__(self) -> None:
        place = self.folder / "keys"
        file_keys = FileKeyStore.open if place.exists() else FileKeyStore.create
        self.keys = self.store or file_keys(place, self.clock)
        self.trail = Trail(self.storage, self.clock)
        self.grants = Grants(self.clock)
        self.vault = Vault(
            storage=self.storage,
            keys=self.keys,
            trail=self.trail,
            grants=self.grants,
            clock=self.clock,
            retention=self.retention,
            metrics=self.metrics,
            budgets=self.budgets,
            passing=Passing(self.clock, lambda: frozenset({DIRECT})),
            canaries=lambda: frozenset(self.canaries),
        )
        self.credentials = CredentialVault(
            storage=self.storage, keys=self.keys, trail=self.trail, clock=self.clock
        )
        self.beside = BesideKeys(self.folder / "keys")
        self.rollback = Rollback(storage=self.storage, beside=self.beside)
        self.erasure = Erasure(
            storage=self.storage,
            keys=self.keys,
            trail=self.trail,
            retention=self.retention,
            clock=self.clock,
            beside=self.beside,
            rollback=self.rollback,
        )
        self.shortening = Shortening(vault=self.vault)
        self.shredding = Shredding(
            storage=self.storage, keys=self.keys, trail=self.trail, clock=self.clock, metrics=self.metrics
        )
        self.restoring = Restoring(
            storage=self.storage,
            keys=self.keys,
            trail=self.trail,
            beside=self.beside,
            rollback=self.rollback,
            erasure=self.erasure,
            shredding=self.shredding,
        )

    def order(self, state: OrderState = OrderState.RELEASABLE, **changes: Any) -> Order:
        """Keeps a new order; `changes` are fields of it or of what Amazon says of it."""
        amazon = AmazonOrder(
            amazon_order_id=AmazonOrderId(f"113-0000000-{next(_numbers):07}"),
            marketplace_id="ATVPDKIKX0DER",
            status=AmazonStatus.UNSHIPPED,
            fulfilled_by=FulfilledBy.MERCHANT,
            updated_at=NOW,
            lines=(OrderLine(order_item_id="1", sku="MUG-BLUE", ordered=1),),
        )
        facts = {name: changes.pop(name) for name in list(changes) if hasattr(amazon, name)}
        values: dict[str, Any] = {
            "ref": new_order_ref(),
            "seller": SELLER,
            "state": state,
            "amazon": replace(amazon, **facts),
            "read_at": NOW,
            "accepted_at": NOW,
            "warehouse": WarehouseId("reno"),
        }
        order = Order(**values | changes)
        with self.storage.transaction():
            self.storage.orders.insert(order)
        return order

    def sealed(self, state: OrderState = OrderState.RELEASABLE) -> Order:
        """Keeps a new order with its personal data sealed."""
        return self.vault.seal(self.order(state), someone())

    def now_is(self, order: Order) -> Order:
        """The order as it is kept now."""
        return self.storage.orders.get(order.ref)

    def to(self, order: Order, state: OrderState) -> Order:
        """Moves an order."""
        with self.storage.transaction():
            return self.storage.orders.move(self.now_is(order), state)

    def grant(self, order: Order, actor: Actor = RELEASER, purpose: Purpose = Purpose.HAND_OVER) -> Grant:
        return self.grants.issue(actor, purpose, seller=order.seller, order=order.ref)

    def rows(self, order: Order | None = None, *, tag: str | None = None) -> list[AuditRow]:
        """The audit rows of an order, oldest first."""
        found = self.storage.audit.search(order=order.ref if order else None, tag=tag)
        return list(reversed(found))

    def tags(self, order: Order | None = None) -> list[str]:
        return [row.tag for row in self.rows(order)]
