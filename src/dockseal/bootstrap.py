"""Builds the App from Settings: the only module that knows which class does what."""

from dataclasses import dataclass

import httpx

from dockseal.amazon.client import Amazon
from dockseal.amazon.endpoints import AMAZON, at
from dockseal.amazon.wire import CallMade
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import Clock, SystemClock
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.fulfillment_processing.examination import Examination
from dockseal.fulfillment_processing.holds import Holds
from dockseal.fulfillment_processing.release import Releasing
from dockseal.fulfillment_processing.tracking import Tracking
from dockseal.lanes import Lane, Lanes
from dockseal.monitoring_audit.health import LATE_SWEEPS, Health, LaneHealth, health
from dockseal.monitoring_audit.metrics import Metrics
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.monitoring_audit.why import why
from dockseal.monitoring_audit.why_facts import Asked, gathered
from dockseal.order_synchronization.answers import Answers
from dockseal.order_synchronization.asking import Asking
from dockseal.order_synchronization.checking import Checking
from dockseal.order_synchronization.connecting import Connecting
from dockseal.order_synchronization.intake import Intake
from dockseal.order_synchronization.keeping import Keeping
from dockseal.order_synchronization.ledger import Ledger
from dockseal.order_synchronization.listening import Listening
from dockseal.order_synchronization.reconciling import Reconciling
from dockseal.order_synchronization.rotating import Rotating
from dockseal.order_synchronization.shadowing import Shadowing
from dockseal.order_synchronization.sweeping import Sweeping
from dockseal.order_synchronization.tidying import Tidying
from dockseal.pii_security.credentials import CredentialVault
from dockseal.pii_security.epochs import Retention
from dockseal.pii_security.grants import Grants
from dockseal.pii_security.keys import FileKeyStore
from dockseal.pii_security.retrieval import Retrieval
from dockseal.pii_security.shredding import Shredding
from dockseal.pii_security.vault import Vault
from dockseal.pipeline import Services, pipeline
from dockseal.settings import Settings
from dockseal.shipment_confirmation.confirmation import Confirmation
from dockseal.shipment_confirmation.verification import Verification
from dockseal.storage.store import ConsoleParts, DatabasePlaces, Storage
from dockseal.warehouses.registry import Adapters, needs_recipient

ENGINE = Actor(kind=ActorKind.SERVICE, name="lanes")


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A whole Dockseal: what the console and the command line work with."""

    settings: Settings
    clock: Clock
    storage: Storage
    trail: Trail
    metrics: Metrics
    keys: FileKeyStore
    grants: Grants
    vault: Vault
    credentials: CredentialVault
    amazon: Amazon
    tracking: Tracking
    holds: Holds
    asking: Asking
    connecting: Connecting
    rotating: Rotating
    lanes: Lanes

    def health(self) -> Health:
        """Looks at everything; never raises."""
        lanes = [
            LaneHealth(name=lane.name, alive=self.lanes.alive(), failing=lane.failing)
            for lane in self.lanes.all()
        ]
        late_after = LATE_SWEEPS * self.settings.sweep_every
        return health(
            self.storage,
            lanes,
            self.clock,
            keys=self.keys.epochs,
            late_after=late_after,
            outages=self.amazon.circuits.outages(),
        )

    def why(self, which: str, asked: Asked | None = None) -> str:
        """Says in one sentence why an order is not further, and what would change it.

        Args:
            which: Amazon's order id, or our reference.
            asked: What Amazon said of it just now, if it is in no table.

        Raises:
            BadInput: several sellers have an order of this id.
        """
        warehouses = self.storage.warehouses.all()
        facts = gathered(
            self.storage,
            which,
            self.clock,
            failing={lane.name: lane.failing for lane in self.lanes.all() if lane.failing},
            verify_after=self.settings.verify_after,
            without_address=frozenset(each.id for each in warehouses if not needs_recipient(each.adapter)),
            asked=asked,
        )
        return why(facts)

    def metrics_text(self) -> bytes:
        """Returns every number for Prometheus."""
        return self.metrics.expose(self.storage, self.clock)

    def close(self) -> None:
        """Closes the databases and the connections to Amazon; the lanes are stopped before."""
        self.amazon.close()
        self.storage.close()


def build(
    settings: Settings,
    *,
    console: ConsoleParts | None = None,
    clock: Clock | None = None,
    transport: httpx.BaseTransport | None = None,
    warehouse_transport: httpx.BaseTransport | None = None,
    queue_wait_seconds: int = 10,
) -> App:
    """Opens the databases and keys, and builds everything over them. Nothing runs yet.

    Args:
        settings: What the installation chose.
        console: What Django is told of the console; None: this process serves none.
        clock: Tells the time; None: the machine's.
        transport: Carries the calls to Amazon, those to its queues among them; None: the network.
        warehouse_transport: Carries the calls to warehouses; None: the network.
        queue_wait_seconds: How long one read of a queue waits for a message.

    Raises:
        SettingsFault: keys are missing, or a database is not what it should be.
        StorageError: a database cannot be used.
    """
    clock = clock or SystemClock()
    keys = FileKeyStore.open(settings.key_dir, clock)
    storage = Storage.open(_places(settings), secret_key=keys.derive("console").hex(), console=console)
    trail, metrics, grants = Trail(storage, clock), Metrics(), Grants(clock)
    credentials = CredentialVault(storage=storage, keys=keys, trail=trail, clock=clock)
    vault = _vault(settings, storage, keys, grants=grants, trail=trail, metrics=metrics, clock=clock)
    amazon = Amazon(
        clock=clock,
        endpoints=at(settings.amazon_url) if settings.amazon_url else AMAZON,
        buckets=storage.buckets,
        sellers=storage.sellers.get,
        credentials=credentials,
        observe=lambda call: _count_call(metrics, call),
        worked_before=lambda seller: storage.watermarks.get(seller) is not None,
        transport=transport,
        aws_region=settings.aws_region,
        queue_wait_seconds=queue_wait_seconds,
    )
    metrics.watch(amazon.circuits.outages)
    adapters = Adapters(credentials.warehouse, clock, transport=warehouse_transport)
    rotating = _rotating(vault, credentials, amazon)
    services = _services(settings, vault=vault, amazon=amazon, adapters=adapters, rotating=rotating)
    return App(
        settings=settings,
        clock=clock,
        storage=storage,
        trail=trail,
        metrics=metrics,
        keys=keys,
        grants=grants,
        vault=vault,
        credentials=credentials,
        amazon=amazon,
        tracking=Tracking(storage=storage, trail=trail, clock=clock),
        holds=Holds(storage=storage, trail=trail),
        asking=Asking(
            storage=storage,
            orders=amazon.orders,
            keeping=Keeping(storage=storage, trail=trail, clock=clock),
            ledger=Ledger(storage=storage, clock=clock),
            clock=clock,
        ),
        connecting=_connecting(vault, credentials, amazon),
        rotating=rotating,
        lanes=_lanes(settings, services, vault=vault),
    )


def _vault(
    settings: Settings,
    storage: Storage,
    keys: FileKeyStore,
    *,
    grants: Grants,
    trail: Trail,
    metrics: Metrics,
    clock: Clock,
) -> Vault:
    return Vault(
        storage=storage,
        keys=keys,
        trail=trail,
        grants=grants,
        clock=clock,
        retention=_retention(settings),
        metrics=metrics,
    )


def _connecting(vault: Vault, credentials: CredentialVault, amazon: Amazon) -> Connecting:
    storage, trail, connection = vault.storage, vault.trail, amazon.connection
    checking = Checking(storage=storage, amazon=connection, trail=trail)
    return Connecting(
        storage=storage,
        amazon=connection,
        vault=credentials,
        checking=checking,
        trail=trail,
        clock=vault.clock,
    )


def _rotating(vault: Vault, credentials: CredentialVault, amazon: Amazon) -> Rotating:
    return Rotating(
        storage=vault.storage,
        amazon=amazon.connection,
        vault=credentials,
        queue=amazon.queue,
        trail=vault.trail,
        clock=vault.clock,
    )


def _services(
    settings: Settings, *, vault: Vault, amazon: Amazon, adapters: Adapters, rotating: Rotating
) -> Services:
    storage, trail, clock, grants = vault.storage, vault.trail, vault.clock, vault.grants
    keeping = Keeping(storage=storage, trail=trail, clock=clock)

    def without_recipient() -> frozenset[WarehouseId]:
        return frozenset(each.id for each in storage.warehouses.all() if not needs_recipient(each.adapter))

    ledger, answers = Ledger(storage=storage, clock=clock), Answers(storage)
    sweeping = _sweeping(settings, amazon, keeping, ledger=ledger, answers=answers)
    return Services(
        listening=Listening(storage=storage, queue=amazon.queue, clock=clock, metrics=vault.metrics),
        sweeping=sweeping,
        reconciling=_reconciling(settings, amazon, ledger),
        intake=_intake(sweeping, amazon),
        shadowing=_shadowing(amazon, ledger),
        examination=Examination(storage=storage, trail=trail, clock=clock),
        retrieval=Retrieval(
            storage=storage,
            vault=vault,
            trail=trail,
            amazon=amazon,
            grants=grants,
            clock=clock,
            without_recipient=without_recipient,
        ),
        releasing=Releasing(
            storage=storage,
            vault=vault,
            grants=grants,
            trail=trail,
            adapters=adapters,
            clock=clock,
            without_recipient=without_recipient,
        ),
        confirmation=Confirmation(
            storage=storage, confirm=amazon.confirm, orders=amazon.orders, trail=trail, clock=clock
        ),
        verification=Verification(
            storage=storage, orders=amazon.orders, trail=trail, clock=clock, after=settings.verify_after
        ),
        shredding=Shredding(
            storage=storage, keys=vault.keys, trail=trail, clock=clock, metrics=vault.metrics
        ),
        rotating=rotating,
        tidying=Tidying(storage=storage, clock=clock),
    )


def _sweeping(
    settings: Settings, amazon: Amazon, keeping: Keeping, *, ledger: Ledger, answers: Answers
) -> Sweeping:
    return Sweeping(
        storage=keeping.storage,
        orders=amazon.orders,
        keeping=keeping,
        ledger=ledger,
        answers=answers,
        clock=keeping.clock,
        overlap=settings.sweep_overlap,
        first=settings.sweep_from,
    )


def _intake(sweeping: Sweeping, amazon: Amazon) -> Intake:
    return Intake(
        storage=sweeping.storage,
        orders=amazon.orders,
        buckets=amazon.quotas.state,
        page=sweeping.run,
        answers=sweeping.answers,
        keeping=sweeping.keeping,
        ledger=sweeping.ledger,
        clock=sweeping.clock,
    )


def _reconciling(settings: Settings, amazon: Amazon, ledger: Ledger) -> Reconciling:
    return Reconciling(
        storage=ledger.storage,
        orders=amazon.orders,
        ledger=ledger,
        clock=ledger.clock,
        every=settings.reconcile_every,
        back=settings.reconcile_from,
    )


def _shadowing(amazon: Amazon, ledger: Ledger) -> Shadowing:
    return Shadowing(
        storage=ledger.storage,
        orders=amazon.orders_with,
        left=amazon.single_reads_left,
        ledger=ledger,
        clock=ledger.clock,
    )


def _lanes(settings: Settings, services: Services, *, vault: Vault) -> Lanes:
    storage, trail, metrics = vault.storage, vault.trail, vault.metrics

    def rest(key: str, sentence: str) -> None:
        with storage.transaction():
            storage.sellers.change(storage.sellers.get(SellerId(key)), rests_because=sentence)
            trail.record(Tag.SELLER_ACCOUNT_RESTED, actor=ENGINE, seller=key, reason="credential_refused")

    def observe(lane: Lane, *, result: str, seconds: float) -> None:
        metrics.lane_runs.labels(lane.step.name, result).inc()
        metrics.lane_seconds.labels(lane.step.name).inc(seconds)

    steps = pipeline(services, sellers=storage.sellers.awake, sweep_every=settings.sweep_every)
    return Lanes(steps=steps, clock=vault.clock, rest=rest, observe=observe)


def _count_call(metrics: Metrics, call: CallMade) -> None:
    metrics.amazon_calls.labels(call.operation, str(call.status) if call.status else "no answer").inc()


def _places(settings: Settings) -> DatabasePlaces:
    return DatabasePlaces(
        operations=settings.data_dir / "operations.sqlite3", vault=settings.data_dir / "vault.sqlite3"
    )


def _retention(settings: Settings) -> Retention:
    return Retention(keep=settings.keep, key_backups=settings.key_backups, epoch_length=settings.epoch_length)


def create_keys(settings: Settings, actor: Actor) -> None:
    """Makes the master key of a new installation, and writes that into its audit trail.

    Raises:
        SettingsFault: there is one already.
    """
    clock = SystemClock()
    keys = FileKeyStore.create(settings.key_dir, clock)
    storage = Storage.open(_places(settings), secret_key=keys.derive("console").hex())
    with storage.transaction():
        Trail(storage, clock).record(Tag.KEY_MASTER_CREATED, actor=actor)
    storage.close()
