"""Builds the App from Settings."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import httpx

from dockseal.amazon.aws import Aws
from dockseal.amazon.client import Amazon
from dockseal.amazon.endpoints import AMAZON, at
from dockseal.amazon.wire import CallMade
from dockseal.bootstrap.anchoring import anchoring_of
from dockseal.bootstrap.app import App
from dockseal.bootstrap.assembly import assembled
from dockseal.bootstrap.databases import places_of
from dockseal.bootstrap.routing import routing_file_of, routing_of
from dockseal.bootstrap.services import services_of
from dockseal.bootstrap.watching import Observing
from dockseal.domain.access import Actor
from dockseal.domain.clock import Clock, SystemClock
from dockseal.domain.order_report import ReportTerms
from dockseal.domain.secret import Secret
from dockseal.domain.tracing import NoTracer, Tracer
from dockseal.errors import SettingsFault
from dockseal.monitoring_audit.metrics import Metrics
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.budgets import Budgets
from dockseal.pii_security.canaries import Canaries
from dockseal.pii_security.credentials import CredentialVault
from dockseal.pii_security.epochs import Retention
from dockseal.pii_security.grants import Grants
from dockseal.pii_security.guards import Guards, Kind, passphrase_in
from dockseal.pii_security.key_asks import KeyAsks
from dockseal.pii_security.key_providers import KeyParts, provider
from dockseal.pii_security.key_store import KeyStore
from dockseal.pii_security.keys_apart import ReadingKeyStore, SharedKeyStore, refuse_root
from dockseal.pii_security.officers import FOLDER, Officers
from dockseal.pii_security.passing import Passing
from dockseal.pii_security.shredder import ByOfficers, Shredder, refuse_too_many
from dockseal.pii_security.vault import Vault
from dockseal.settings import Settings
from dockseal.storage.store import ConsoleParts, Storage
from dockseal.warehouses.calls import Calls
from dockseal.warehouses.registry import Adapters


def build(
    settings: Settings,
    *,
    console: ConsoleParts | None = None,
    clock: Clock | None = None,
    transport: httpx.BaseTransport | None = None,
    warehouse_transport: httpx.BaseTransport | None = None,
    witness_transport: httpx.BaseTransport | None = None,
    queue_wait_seconds: int = 10,
    reports: ReportTerms | None = None,
    ask_passphrase: Callable[[], Secret] | None = None,
    guards: Guards | None = None,
    tracer: Tracer | None = None,
) -> App:
    """Opens the databases and keys, and builds everything over them. Nothing runs yet.

    Args:
        settings: What the installation chose.
        console: What Django is told of the console; None: this process serves none.
        clock: Tells the time; None: the machine's.
        transport: Carries the calls to Amazon, those to its queues among them; None: the network.
        warehouse_transport: Carries the calls to warehouses; None: the network.
        witness_transport: Carries the calls to a witness; None: the network.
        queue_wait_seconds: How long one read of a queue waits for a message.
        reports: What is counted on for order reports; None: what Amazon says of them.
        ask_passphrase: Asks for the master key's passphrase where no file is set; None: nobody can be asked.
        guards: What the master key lies under; None: what the settings say.
        tracer: Is told of each run of a lane and each call, and closed with the App; None: nobody is.

    Raises:
        SettingsFault: keys are missing, or a database is not what it should be.
        StorageError: a database cannot be used.
    """
    clock = clock or SystemClock()
    keys = open_keys(settings, clock, guards or guards_of(settings, ask_passphrase))
    storage = Storage.open(places_of(settings), secret_key=keys.derive("console").hex(), console=console)
    trail, metrics = Trail(storage, clock), Metrics()
    observing = Observing(metrics, tracer or NoTracer())
    credentials = CredentialVault(storage=storage, keys=keys, trail=trail, clock=clock)
    adapters = Adapters(credentials.live, clock, transport=warehouse_transport)
    vault = _vault(settings, credentials, metrics=metrics, adapters=adapters)
    amazon = _amazon(
        settings,
        vault,
        credentials,
        observe=observing.amazon,
        transport=transport,
        queue_wait=queue_wait_seconds,
    )
    routing_file = routing_file_of(settings, storage, adapters)
    services = services_of(
        settings,
        vault=vault,
        amazon=amazon,
        adapters=adapters,
        credentials=credentials,
        reports=reports or ReportTerms(),
        routing=routing_of(routing_file, storage, adapters),
        anchoring=anchoring_of(settings, credentials, transport=witness_transport),
        calling=Calls(clock=clock, observe=observing.warehouse),
    )
    return assembled(
        settings,
        vault,
        amazon,
        services,
        credentials=credentials,
        adapters=adapters,
        routing_file=routing_file,
        observing=observing,
    )


def _amazon(
    settings: Settings,
    vault: Vault,
    credentials: CredentialVault,
    *,
    observe: Callable[[CallMade], None],
    transport: httpx.BaseTransport | None,
    queue_wait: int,
) -> Amazon:
    storage = vault.storage
    return Amazon(
        clock=vault.clock,
        endpoints=at(settings.amazon_url) if settings.amazon_url else AMAZON,
        buckets=storage.buckets,
        sellers=storage.sellers.get,
        credentials=credentials,
        observe=observe,
        worked_before=lambda seller: storage.watermarks.get(seller) is not None,
        circuits=storage.circuits,
        transport=transport,
        aws=_aws(settings),
        queue_wait_seconds=queue_wait,
    )


def _vault(
    settings: Settings, credentials: CredentialVault, *, metrics: Metrics, adapters: Adapters
) -> Vault:
    storage, clock = credentials.storage, credentials.clock
    return Vault(
        storage=storage,
        keys=credentials.keys,
        trail=credentials.trail,
        grants=Grants(clock),
        clock=clock,
        retention=_retention(settings),
        metrics=metrics,
        budgets=Budgets(
            persons=settings.opens_an_hour,
            services=settings.service_opens_an_hour,
            warehouses=settings.warehouse_opens_an_hour,
        ),
        passing=Passing(clock, lambda: adapters.passed(storage.warehouses.all())),
        canaries=Canaries(credentials),
    )


def _retention(settings: Settings) -> Retention:
    return Retention(keep=settings.keep, key_backups=settings.key_backups, epoch_length=settings.epoch_length)


def open_keys(settings: Settings, clock: Clock, guards: Guards | None = None) -> KeyStore:
    """Opens the keys as the service has them.

    Args:
        settings: What the installation chose.
        clock: Tells the time.
        guards: What the master key lies under; None: as the settings say, and nobody can be asked.

    Raises:
        SettingsFault: keys are missing, or the service could destroy those of a shredder that stands apart.
    """
    parts = _key_parts(settings, clock, guards or guards_of(settings))
    if settings.shredder == "apart":
        parts = replace(parts, store=partial(ReadingKeyStore, asks=KeyAsks(settings.key_asks_dir)))
    keys = provider(settings.key_provider).open(parts)
    if settings.shredder == "apart" and not isinstance(keys, ReadingKeyStore):
        raise SettingsFault(
            (f"the key provider {settings.key_provider} knows no shredder apart: have it within the service",)
        )
    return keys


def build_shredder(
    settings: Settings, *, clock: Clock | None = None, ask_passphrase: Callable[[], Secret] | None = None
) -> Shredder:
    """Opens the keys, and builds the shredder that stands apart over them. No database is opened.

    Args:
        settings: What the installation chose.
        clock: Tells the time; None: the machine's.
        ask_passphrase: Asks for the master key's passphrase where no file is set; None: nobody can be asked.

    Raises:
        SettingsFault: it is to be within the service, runs as root, or the keys are missing or another's.
    """
    if settings.shredder != "apart":
        raise SettingsFault(
            ("`dockseal serve` destroys the keys itself: set DOCKSEAL_SHREDDER to apart on both sides",)
        )
    refuse_root()
    clock, retention = clock or SystemClock(), _retention(settings)
    refuse_too_many(retention)
    parts = _key_parts(settings, clock, guards_of(settings, ask_passphrase))
    keys = provider(settings.key_provider).open(replace(parts, store=SharedKeyStore))
    asks = KeyAsks(settings.key_asks_dir)
    asks.made()
    approved = ByOfficers(officers=open_officers(settings), clock=clock)
    return Shredder(keys=keys, asks=asks, retention=retention, clock=clock, approved=approved)


def open_officers(settings: Settings) -> Officers:
    """Returns the officers as a shredder that stands apart keeps them: it alone changes who they are.

    Raises:
        SettingsFault: this process runs as root.
    """
    refuse_root()
    return Officers(settings.key_dir / FOLDER)


def guards_of(settings: Settings, ask: Callable[[], Secret] | None = None) -> Guards:
    """Returns what the master key lies under, as the settings say.

    Args:
        settings: What the installation chose.
        ask: Asks for the passphrase where no file is set; None: nobody can be asked.
    """
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
        token_file=settings.key_token_file,
        namespace=settings.key_namespace,
    )


def _aws(settings: Settings) -> Aws:
    return Aws(region=settings.aws_region, role=settings.aws_role, external_id=settings.aws_external_id)


def create_keys(
    settings: Settings, actor: Actor, *, passphrase: Secret | None = None, clock: Clock | None = None
) -> None:
    """Makes the master key of a new installation, and writes that into its audit trail.

    A shredder that stands apart has no trail: there the service writes it when it first starts.

    Args:
        settings: What the installation chose.
        actor: Who makes it.
        passphrase: What to put it under; None: what the settings say.
        clock: Tells the time; None: the machine's.

    Raises:
        SettingsFault: there is one already, what it shall lie under is missing, or a database is not ready.
    """
    clock = clock or SystemClock()
    guards = guards_of(settings, None if passphrase is None else lambda: passphrase)
    under = Kind.PASSPHRASE if guards.passphrase else None
    parts = _key_parts(settings, clock, guards, under=under)
    if settings.shredder == "apart":
        refuse_root()
        provider(settings.key_provider).create(replace(parts, store=SharedKeyStore))
        KeyAsks(settings.key_asks_dir).made()
        return
    # Before the key: one that cannot be told of would be left without its row.
    storage = Storage.open(places_of(settings), secret_key="signs nothing")  # noqa: S106 - nobody signs in here
    try:
        provider(settings.key_provider).create(parts)
        with storage.transaction():
            Trail(storage, clock).record(Tag.KEY_MASTER_CREATED, actor=actor)
    finally:
        storage.close()
