"""Puts the App together from what was opened, and has it watched."""

from dockseal.amazon.client import Amazon
from dockseal.bootstrap.alerts import channel_book_of
from dockseal.bootstrap.app import App
from dockseal.bootstrap.restoring import restoring_of
from dockseal.bootstrap.watching import Observing, watch
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.identifiers import SellerId
from dockseal.fulfillment_processing.holds import Holds
from dockseal.fulfillment_processing.routing_file import RoutingFile
from dockseal.fulfillment_processing.shelf import Shelf
from dockseal.lanes import Lanes
from dockseal.monitoring_audit.tags import Tag
from dockseal.order_synchronization.asking import Asking
from dockseal.order_synchronization.checking import Checking
from dockseal.order_synchronization.connecting import Connecting
from dockseal.order_synchronization.keeping import Keeping
from dockseal.order_synchronization.ledger import Ledger
from dockseal.pii_security.credentials import CredentialVault
from dockseal.pii_security.officers import FOLDER, Officers
from dockseal.pii_security.signing import Signing
from dockseal.pii_security.two_persons import TwoPersons
from dockseal.pii_security.vault import Vault
from dockseal.pipeline import Services, pipeline
from dockseal.settings import Settings
from dockseal.warehouses.registry import Adapters

ENGINE = Actor(kind=ActorKind.SERVICE, name="lanes")


def assembled(
    settings: Settings,
    vault: Vault,
    amazon: Amazon,
    services: Services,
    *,
    credentials: CredentialVault,
    adapters: Adapters,
    routing_file: RoutingFile,
    observing: Observing,
) -> App:
    """Returns the App, watched.

    Args:
        settings: What the installation chose.
        vault: Keeps personal data; its storage, trail, clock and numbers serve the others too.
        amazon: Everything that is asked of Amazon.
        services: What the steps are made of.
        credentials: Keeps what is logged in with.
        adapters: Gives each warehouse's adapter.
        routing_file: The rules of routing.
        observing: Is told of each call and each run.
    """
    inbox = services.collection.inbox
    app = App(
        settings=settings,
        clock=vault.clock,
        storage=vault.storage,
        trail=vault.trail,
        metrics=vault.metrics,
        keys=vault.keys,
        grants=vault.grants,
        vault=vault,
        credentials=credentials,
        signing=Signing(credentials=credentials),
        restoring=restoring_of(settings, vault),
        two=_two_persons(settings, vault),
        amazon=amazon,
        tracking=inbox.tracking,
        inbox=inbox,
        planting=services.planting,
        labelling=services.labelling,
        shelf=Shelf(storage=vault.storage, vault=vault, grants=vault.grants),
        holds=Holds(storage=vault.storage, trail=vault.trail),
        asking=_asking(vault, amazon),
        connecting=_connecting(vault, credentials, amazon),
        rotating=services.rotating,
        outlook=services.outlook,
        shredding=services.shredding,
        anchoring=services.anchoring,
        lanes=_lanes(settings, services, vault=vault, observing=observing),
        adapters=adapters,
        routing_file=routing_file,
        tracer=observing.tracer,
        alert_channels=channel_book_of(settings, vault, credentials),
    )
    watch(app)
    services.alerts.alerting.watch(app.looked_at)
    return app


def _lanes(settings: Settings, services: Services, *, vault: Vault, observing: Observing) -> Lanes:
    storage, trail = vault.storage, vault.trail

    def rest(key: str, sentence: str) -> None:
        with storage.transaction():
            seller = storage.sellers.change(storage.sellers.get(SellerId(key)), rests_because=sentence)
            if seller.stopped_by:
                return
            trail.record(Tag.SELLER_ACCOUNT_RESTED, actor=ENGINE, seller=key, reason="credential_refused")

    steps = pipeline(services, sellers=storage.sellers.awake, sweep_every=settings.sweep_every)
    return Lanes(steps=steps, clock=vault.clock, rest=rest, observe=observing.lane, tracer=observing.tracer)


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


def _two_persons(settings: Settings, vault: Vault) -> TwoPersons:
    """Returns the officers as the service has them: it keeps which asks it used where it can write."""
    apart = settings.shredder == "apart"
    officers = Officers(settings.key_dir / FOLDER, used=settings.data_dir / "used-asks" if apart else None)
    return TwoPersons(
        officers=officers, storage=vault.storage, trail=vault.trail, clock=vault.clock, kept_apart=apart
    )
