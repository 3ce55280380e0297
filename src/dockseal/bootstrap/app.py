"""The App: what the console and the command line work with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from dockseal.amazon.client import Amazon
from dockseal.bootstrap.incidents import casework_of
from dockseal.bootstrap.siem import siem_name
from dockseal.domain.access import Actor
from dockseal.domain.clock import Clock
from dockseal.domain.tracing import Tracer
from dockseal.fulfillment_processing.amending import Amending
from dockseal.fulfillment_processing.holds import Holds
from dockseal.fulfillment_processing.inbox import Inbox
from dockseal.fulfillment_processing.labelling import Labelling
from dockseal.fulfillment_processing.matching import Matching
from dockseal.fulfillment_processing.rehearsing import Rehearsing
from dockseal.fulfillment_processing.routing_file import RoutingFile
from dockseal.fulfillment_processing.shelf import Shelf
from dockseal.fulfillment_processing.stops import Stops
from dockseal.fulfillment_processing.tracking import Tracking
from dockseal.lanes import Lanes
from dockseal.monitoring_audit.alerts.attending import Attending
from dockseal.monitoring_audit.alerts.channel_book import ChannelBook
from dockseal.monitoring_audit.alerts.checks import ship_by_checks
from dockseal.monitoring_audit.anchoring import Anchoring
from dockseal.monitoring_audit.checks import Check, Health, LaneHealth
from dockseal.monitoring_audit.health import health
from dockseal.monitoring_audit.looking.certificate import look_at_certificate
from dockseal.monitoring_audit.looking.disk import look_at_disk
from dockseal.monitoring_audit.looking.sellers import LATE_SWEEPS
from dockseal.monitoring_audit.metrics import Metrics
from dockseal.monitoring_audit.readiness import unready
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.monitoring_audit.why import why
from dockseal.monitoring_audit.why_facts import Asked, gathered
from dockseal.order_synchronization.asking import Asking
from dockseal.order_synchronization.connecting import Connecting
from dockseal.order_synchronization.rotating import Rotating
from dockseal.pii_security.archiving import Archiving
from dockseal.pii_security.asks import SignedAsk
from dockseal.pii_security.canary_orders import known_canaries
from dockseal.pii_security.copies import copies_outlive
from dockseal.pii_security.credentials import CredentialVault
from dockseal.pii_security.destroying import Destroyed, Destroying
from dockseal.pii_security.epochs import end_of
from dockseal.pii_security.erasure import Erasure
from dockseal.pii_security.grants import Grants
from dockseal.pii_security.guards import Guards
from dockseal.pii_security.incidents.casework import Casework
from dockseal.pii_security.key_store import KeyStore
from dockseal.pii_security.masters import MASTER
from dockseal.pii_security.planting import Planting
from dockseal.pii_security.restoring import Restoring
from dockseal.pii_security.rotating_keys import KeyRotation, Rotated
from dockseal.pii_security.shredder import shredder_faults
from dockseal.pii_security.shredding import SHREDDER, Shredding
from dockseal.pii_security.signing import Signing
from dockseal.pii_security.two_persons import TwoPersons
from dockseal.pii_security.vault import Vault
from dockseal.settings import Settings
from dockseal.shipment_confirmation.carrier_choice import CarrierChoice
from dockseal.shipment_confirmation.clearing import Clearing
from dockseal.shipment_confirmation.outlook import Outlook
from dockseal.shipment_confirmation.teaching import Teaching
from dockseal.storage.store import Storage
from dockseal.warehouses.registry import Adapters


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A whole Dockseal: what the console and the command line work with."""

    settings: Settings
    clock: Clock
    storage: Storage
    trail: Trail
    metrics: Metrics
    keys: KeyStore
    grants: Grants
    vault: Vault
    credentials: CredentialVault
    signing: Signing
    restoring: Restoring
    two: TwoPersons
    amazon: Amazon
    tracking: Tracking
    inbox: Inbox
    labelling: Labelling
    planting: Planting
    shelf: Shelf
    holds: Holds
    asking: Asking
    connecting: Connecting
    rotating: Rotating
    outlook: Outlook
    shredding: Shredding
    anchoring: Anchoring
    lanes: Lanes
    adapters: Adapters
    routing_file: RoutingFile
    tracer: Tracer
    alert_channels: ChannelBook

    @property
    def stops(self) -> Stops:
        """What takes in who wants an order stopped, and what warehouses say to it."""
        known = partial(known_canaries, self.vault.canaries)
        return Stops(storage=self.storage, trail=self.trail, clock=self.clock, canaries=known)

    @property
    def incidents(self) -> Casework:
        """What people do about incidents."""
        return casework_of(
            self.settings,
            self.vault,
            signing=self.signing,
            two=self.two,
            rotating=self.rotating,
            rotate_keys=self.rotate_keys,
            health=self.health,
        )

    @property
    def erasure(self) -> Erasure:
        """What erases on request."""
        return self.restoring.erasure

    @property
    def matching(self) -> Matching:
        """What sees to reports that fit no order."""
        return Matching(inbox=self.inbox)

    @property
    def amending(self) -> Amending:
        """What takes in corrections of packages by people."""
        return Amending(tracking=self.tracking)

    @property
    def clearing(self) -> Clearing:
        """What lets held packages go that a person looked at."""
        return Clearing(storage=self.storage, trail=self.trail, clock=self.clock)

    @property
    def carriers(self) -> CarrierChoice:
        """What reads which carrier a person means."""
        return CarrierChoice()

    @property
    def teaching(self) -> Teaching:
        """What learns how warehouses name carriers."""
        return Teaching(clearing=self.clearing)

    def lane_health(self) -> list[LaneHealth]:
        """Returns how each lane of this process fares."""
        return [
            LaneHealth(
                name=lane.name,
                alive=self.lanes.alive(),
                about=lane.key,
                failing=lane.failing,
                failing_since=lane.failing_since,
                finished_at=lane.finished_at,
                succeeded_at=lane.succeeded_at,
            )
            for lane in self.lanes.all()
        ]

    def key_ends(self) -> list[datetime]:
        """Returns when the epoch of each key that is left ends.

        Raises:
            StorageError: the key store cannot be read.
        """
        return [end_of(epoch) for epoch in self.keys.epochs()]

    def health(self) -> Health:
        """Looks at everything; never raises."""
        late_after = LATE_SWEEPS * self.settings.sweep_every
        found = health(
            self.storage,
            self.lane_health(),
            self.clock,
            keys=self.keys.epochs,
            key_ends=self.key_ends,
            shredder=self._shredder_faults if self.settings.shredder == "apart" else None,
            late_after=late_after,
            outages=self.amazon.circuits.outages(),
            anchors=[anchor.place for anchor in self.anchoring.anchors],
            audit_keep=self.settings.audit_keep,
            siem=siem_name(self.settings),
            contact=self.settings.impoc_mail,
            canaries=self.planting.canaries.read_again,
        )
        machine = (
            *look_at_disk((self.settings.data_dir, self.settings.key_dir)),
            *look_at_certificate(self.settings.tls_certificate, self.clock.now()),
        )
        return replace(found, checks=(*found.checks, *machine))

    def alive(self) -> bool:
        """Tells whether what runs the lanes is alive."""
        return self.lanes.alive()

    def unready(self) -> tuple[str, ...]:
        """Returns why no work should be sent here now; empty when it may be. Never raises."""
        tries = (
            lambda: self.storage.probe.write(self.clock.now()),
            self.storage.probe.read_vault,
            self.keys.epochs,
            lambda: self.keys.derived("label"),
        )
        return unready(tries, self.storage.table_faults, self.start_faults)

    def looked_at(self) -> Sequence[Check]:
        """Returns everything that can become an alert: how Dockseal is, and how orders stand.

        Raises:
            StorageError: the orders cannot be read.
        """
        return (*self.health().checks, *ship_by_checks(self.outlook.counts()))

    @property
    def attending(self) -> Attending:
        """What takes in what people say of alerts."""
        return Attending(storage=self.storage, trail=self.trail, clock=self.clock)

    def why(self, which: str, asked: Asked | None = None) -> str:
        """Says in one sentence why an order is not further, and what would change it.

        Args:
            which: Amazon's order id, or our reference.
            asked: What Amazon said of it just now, if it is in no table.

        Raises:
            BadInput: several sellers have an order of this id.
        """
        facts = gathered(
            self.storage,
            which,
            self.clock,
            failing={lane.name: lane.failing for lane in self.lanes.all() if lane.failing},
            verify_after=self.settings.verify_after,
            without_address=self.adapters.without_recipient(self.storage.warehouses.all()),
            asked=asked,
        )
        return why(facts)

    def queue_urls(self) -> list[str]:
        """Returns every queue that is read: those of notifications, and those of new client secrets."""
        told = (seller.queue_url for seller in self.storage.sellers.all() if seller.queue_url)
        return sorted({*told, *self.rotating.urls()})

    def start_faults(self) -> tuple[str, ...]:
        """Returns why the service must not start with what is kept; see `copies_outlive` and `Rollback`."""
        outlived = copies_outlive(
            self.storage.sealed.first_sealed(),
            key_backups=self.vault.retention.key_backups,
            now=self.clock.now(),
        )
        return (*outlived, *self.restoring.rollback.faults(), *self.routing_file.faults())

    def begin(self) -> None:
        """Does what must be done before the console answers and a lane runs.

        Raises:
            StorageError: a key that is to be destroyed is still there, or a database cannot be used.
        """
        if not self.storage.audit.search(tag=Tag.KEY_MASTER_CREATED.value, limit=1):
            # A shredder that stands apart made it, and has no trail.
            with self.storage.transaction():
                self.trail.record(Tag.KEY_MASTER_CREATED, actor=SHREDDER)
        self.shredding.before_all()
        self.restoring.replay()

    def _shredder_faults(self) -> tuple[str, ...]:
        return shredder_faults(self.keys.epochs(), self.vault.retention, self.clock.now())

    def rotate_keys(self, actor: Actor) -> Rotated:
        """Rotates the master key, or finishes a rotation that was killed; see `KeyRotation.run`."""
        rotation = KeyRotation(
            storage=self.storage, keys=self.keys, credentials=self.credentials, trail=self.trail
        )
        return rotation.run(actor)

    def move_keys(self, actor: Actor, guards: Guards) -> Rotated:
        """Rotates the master key so that it lies under something else, while `dockseal serve` goes on.

        Args:
            actor: Who does it.
            guards: What it shall lie under; the App was built with them.
        """
        done, place = self.rotate_keys(actor), self.settings.key_dir / MASTER
        if not guards.suits(place.read_bytes(), place):
            done = self.rotate_keys(actor)  # the first run finished one that was begun for something else
        return done

    def rehearsing(self) -> Rehearsing:
        """Returns what sends test orders to warehouses."""
        return Rehearsing(storage=self.storage, trail=self.trail, adapters=self.adapters, clock=self.clock)

    def archiving(self) -> Archiving:
        """Returns what makes, opens and deletes archives."""
        return Archiving(vault=self.vault, two=self.two)

    def destroy_key(self, epoch: str, ask: SignedAsk | None, actor: Actor) -> Destroyed:
        """Destroys the key of an epoch early, because two officers asked for it; see `Destroying.run`."""
        return Destroying(shredding=self.shredding, two=self.two).run(epoch, ask, actor)

    def metrics_text(self) -> bytes:
        """Returns every number for Prometheus."""
        return self.metrics.expose()

    def close(self) -> None:
        """Closes the databases and the connections to others; the lanes are stopped before."""
        self.tracer.close()
        self.amazon.close()
        self.storage.close()
