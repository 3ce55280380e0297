"""Builds the App from Settings."""

from collections.abc import Callable

import httpx

from dockseal.amazon.aws import Aws
from dockseal.amazon.client import Amazon
from dockseal.amazon.endpoints import AMAZON, at
from dockseal.amazon.wire import CallMade
from dockseal.bootstrap.app import App
from dockseal.bootstrap.services import services_of
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import Clock, SystemClock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.order_report import ReportTerms
from dockseal.domain.secret import Secret
from dockseal.fulfillment_processing.holds import Holds
from dockseal.fulfillment_processing.tracking import Tracking
from dockseal.lanes import Lane, Lanes
from dockseal.monitoring_audit.metrics import Metrics
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.order_synchronization.asking import Asking
from dockseal.order_synchronization.checking import Checking
from dockseal.order_synchronization.connecting import Connecting
from dockseal.order_synchronization.keeping import Keeping
from dockseal.order_synchronization.ledger import Ledger
from dockseal.order_synchronization.rotating import Rotating
from dockseal.pii_security.budgets import Budgets
from dockseal.pii_security.credentials import CredentialVault
from dockseal.pii_security.epochs import Retention
from dockseal.pii_security.erasure import Erasure
from dockseal.pii_security.grants import Grants
from dockseal.pii_security.guards import Guards, Kind, passphrase_in
from dockseal.pii_security.key_providers import KeyParts, provider
from dockseal.pii_security.keys import KeyStore
from dockseal.pii_security.passing import Passing
from dockseal.pii_security.vault import Vault
from dockseal.pipeline import Services, pipeline
from dockseal.settings import Settings
from dockseal.storage.store import ConsoleParts, DatabasePlaces, Storage
from dockseal.warehouses.registry import Adapters

ENGINE = Actor(kind=ActorKind.SERVICE, name="lanes")


def build(
    settings: Settings,
    *,
    console: ConsoleParts | None = None,
    clock: Clock | None = None,
    transport: httpx.BaseTransport | None = None,
    warehouse_transport: httpx.BaseTransport | None = None,
    queue_wait_seconds: int = 10,
    reports: ReportTerms | None = None,
    ask_passphrase: Callable[[], Secret] | None = None,
) -> App:
    """Opens the databases and keys, and builds everything over them. Nothing runs yet.

    Args:
        settings: What the installation chose.
        console: What Django is told of the console; None: this process serves none.
        clock: Tells the time; None: the machine's.
        transport: Carries the calls to Amazon, those to its queues among them; None: the network.
        warehouse_transport: Carries the calls to warehouses; None: the network.
        queue_wait_seconds: How long one read of a queue waits for a message.
        reports: What is counted on for order reports; None: what Amazon says of them.
        ask_passphrase: Asks for the master key's passphrase where no file is set; None: nobody can be asked.

    Raises:
        SettingsFault: keys are missing, or a database is not what it should be.
        StorageError: a database cannot be used.
    """
    clock = clock or SystemClock()
    keys = _keys(settings, clock, ask_passphrase)
    storage = Storage.open(_places(settings), secret_key=keys.derive("console").hex(), console=console)
    trail, metrics = Trail(storage, clock), Metrics()
    credentials = CredentialVault(storage=storage, keys=keys, trail=trail, clock=clock)
    adapters = Adapters(credentials.warehouse, clock, transport=warehouse_transport)
    vault = _vault(settings, storage, keys, trail=trail, metrics=metrics, adapters=adapters, clock=clock)
    amazon = Amazon(
        clock=clock,
        endpoints=at(settings.amazon_url) if settings.amazon_url else AMAZON,
        buckets=storage.buckets,
        sellers=storage.sellers.get,
        credentials=credentials,
        observe=lambda call: _count_call(metrics, call),
        worked_before=lambda seller: storage.watermarks.get(seller) is not None,
        circuits=storage.circuits,
        transport=transport,
        aws=_aws(settings),
        queue_wait_seconds=queue_wait_seconds,
    )
    metrics.watch(amazon.circuits.outages)
    rotating = _rotating(vault, credentials, amazon)
    services = services_of(
        settings,
        vault=vault,
        amazon=amazon,
        adapters=adapters,
        rotating=rotating,
        reports=reports or ReportTerms(),
    )
    return App(
        settings=settings,
        clock=clock,
        storage=storage,
        trail=trail,
        metrics=metrics,
        keys=keys,
        grants=vault.grants,
        vault=vault,
        credentials=credentials,
        erasure=Erasure(storage=storage, keys=keys, trail=trail, retention=vault.retention, clock=clock),
        amazon=amazon,
        tracking=Tracking(storage=storage, trail=trail, clock=clock),
        holds=Holds(storage=storage, trail=trail),
        asking=_asking(vault, amazon),
        connecting=_connecting(vault, credentials, amazon),
        rotating=rotating,
        lanes=_lanes(settings, services, vault=vault),
        adapters=adapters,
    )


def _vault(
    settings: Settings,
    storage: Storage,
    keys: KeyStore,
    *,
    trail: Trail,
    metrics: Metrics,
    adapters: Adapters,
    clock: Clock,
) -> Vault:
    return Vault(
        storage=storage,
        keys=keys,
        trail=trail,
        grants=Grants(clock),
        clock=clock,
        retention=_retention(settings),
        metrics=metrics,
        budgets=Budgets(persons=settings.opens_an_hour, services=settings.service_opens_an_hour),
        passing=Passing(clock, lambda: adapters.passed(storage.warehouses.all())),
    )


def _asking(vault: Vault, amazon: Amazon) -> Asking:
    storage, trail, clock = vault.storage, vault.trail, vault.clock
    return Asking(
        storage=storage,
        orders=amazon.orders,
        keeping=Keeping(storage=storage, trail=trail, clock=clock),
        ledger=Ledger(storage=storage, clock=clock),
        clock=clock,
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


def _keys(settings: Settings, clock: Clock, ask: Callable[[], Secret] | None) -> KeyStore:
    return provider(settings.key_provider).open(_key_parts(settings, clock, _guards(settings, ask)))


def _guards(settings: Settings, ask: Callable[[], Secret] | None) -> Guards:
    place, secret = settings.key_passphrase_file, settings.key_secret_file
    under = Kind.SECRET_FILE if secret else Kind.PASSPHRASE if place else None
    return Guards(passphrase=ask if place is None else passphrase_in(place), secret_file=secret, under=under)


def _key_parts(settings: Settings, clock: Clock, guards: Guards, *, under: Kind | None = None) -> KeyParts:
    return KeyParts(
        directory=settings.key_dir,
        clock=clock,
        guards=guards,
        under=under,
        at=settings.key_at,
        aws=_aws(settings),
    )


def _aws(settings: Settings) -> Aws:
    return Aws(region=settings.aws_region, role=settings.aws_role, external_id=settings.aws_external_id)


def create_keys(settings: Settings, actor: Actor, *, passphrase: Secret | None = None) -> None:
    """Makes the master key of a new installation, and writes that into its audit trail.

    Args:
        settings: What the installation chose.
        actor: Who makes it.
        passphrase: What to put it under; None: what the settings say.

    Raises:
        SettingsFault: there is one already, or what it shall lie under is missing.
    """
    clock = SystemClock()
    guards = _guards(settings, None if passphrase is None else lambda: passphrase)
    under = Kind.PASSPHRASE if guards.passphrase else None
    keys = provider(settings.key_provider).create(_key_parts(settings, clock, guards, under=under))
    storage = Storage.open(_places(settings), secret_key=keys.derive("console").hex())
    with storage.transaction():
        Trail(storage, clock).record(Tag.KEY_MASTER_CREATED, actor=actor)
    storage.close()
