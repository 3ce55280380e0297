"""What the console needs of a running Dockseal."""

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from dockseal.domain.access import Actor, Grant, Purpose
from dockseal.domain.alert import Mute
from dockseal.domain.application import PendingConsent
from dockseal.domain.cancellation import CancelReason
from dockseal.domain.carrier import Carrier
from dockseal.domain.clock import Clock
from dockseal.domain.fields import Field
from dockseal.domain.identifiers import OrderRef, ReleaseRef, SellerId, WarehouseId
from dockseal.domain.label import Box, Label, LabelFile, Rate
from dockseal.domain.order import Order
from dockseal.domain.recipient import Recipient
from dockseal.domain.release import Release
from dockseal.domain.secret import LiveSecrets, Secret
from dockseal.domain.shipment import Content, Package, ShipmentReport
from dockseal.domain.unmatched import Unmatched
from dockseal.domain.warehouse_message import WarehouseMessage
from dockseal.fulfillment_processing.amending import Amendment
from dockseal.fulfillment_processing.shelf import OnShelf
from dockseal.monitoring_audit.alerts.attending import Board
from dockseal.monitoring_audit.checks import Health
from dockseal.monitoring_audit.metrics import Metrics
from dockseal.monitoring_audit.trail import Trail
from dockseal.order_synchronization.checklist import Checklist
from dockseal.order_synchronization.connecting import Wish
from dockseal.pii_security.incidents.casework import Casework
from dockseal.shipment_confirmation.outlook import Outlook
from dockseal.storage.store import Storage


class ConsoleSettings(Protocol):
    """The settings of the console."""

    @property
    def sweep_every(self) -> timedelta:
        """How often each seller is swept."""

    @property
    def console_host(self) -> str:
        """Address it listens on."""

    @property
    def console_port(self) -> int:
        """Port it listens on."""

    @property
    def session_idle(self) -> timedelta:
        """How long nobody may do anything before it signs out."""

    @property
    def session_longest(self) -> timedelta:
        """How long a session lasts, however busy it is (ASVS 7.3.2)."""

    @property
    def tls_certificate(self) -> Path | None:
        """PEM certificate chain; None: plain HTTP on loopback."""

    @property
    def tls_key(self) -> Path | None:
        """PEM private key of that certificate."""


class Keys(Protocol):
    """Derives keys from the master key."""

    def derive(self, purpose: str) -> bytes:
        """Returns the key of one purpose."""


class Grants(Protocol):
    """Grants leave to read personal data."""

    def issue(self, actor: Actor, purpose: Purpose, *, seller: SellerId, order: OrderRef) -> Grant:
        """Grants it for a short while, or raises GrantRefused."""


class Vault(Protocol):
    """Opens sealed personal data."""

    @property
    def canaries(self) -> Callable[[], frozenset[OrderRef]]:
        """Gives the orders that nobody packs."""

    def open(self, order: OrderRef, grant: Grant) -> Recipient:
        """Opens what the grant covers, recording it first; raises a VaultError otherwise."""


class Tracking(Protocol):
    """Takes in what warehouses ship."""

    def report(self, report: ShipmentReport, *, actor: Actor | None = None) -> Package:
        """Keeps one parcel; raises BadInput when it cannot be one."""


class Amending(Protocol):
    """Takes in corrections of packages by people."""

    def correct(
        self,
        ref: OrderRef,
        reference_id: int,
        amendment: Amendment,
        actor: Actor,
        *,
        report_id: str = "",
    ) -> Package:
        """Makes a package what a person says of it; raises BadInput when it cannot be so."""


class Clearing(Protocol):
    """Lets held packages go that a person looked at."""

    def clear(
        self, ref: OrderRef, reference_id: int, actor: Actor, *, carrier: Carrier | None = None
    ) -> Package:
        """Has a held package go on; raises BadInput when its hold is not one to be overruled."""


class CarrierChoice(Protocol):
    """Reads which carrier a person means."""

    def codes(self) -> Collection[str]:
        """Returns Amazon's codes."""

    def chosen(self, code: str, name: str = "") -> Carrier:
        """Returns the carrier that a person chose; raises BadInput when it is none."""


class Teaching(Protocol):
    """Learns how warehouses name carriers."""

    def teach(self, warehouse: WarehouseId, text: str, carrier: Carrier, actor: Actor) -> int:
        """Keeps what a warehouse means by a name; returns how many packages go on by it."""


class Labelling(Protocol):
    """Buys, prints and voids labels; raises BadInput, MoveRefused or AmazonError with the next step."""

    def rates(self, ref: ReleaseRef, box: Box, contents: tuple[Content, ...] = ()) -> tuple[Rate, ...]:
        """Returns what would carry a parcel, the cheapest first."""

    def buy(
        self,
        ref: ReleaseRef,
        box: Box,
        service_id: str,
        *,
        parcel_id: str,
        actor: Actor,
        contents: tuple[Content, ...] = (),
        offer_id: str = "",
    ) -> Label:
        """Buys a label and takes its parcel in."""

    def show(self, label_id: str, actor: Actor) -> LabelFile:
        """Returns what is printed on a label, recording it first; raises a VaultError otherwise."""

    def void(self, label_id: str, actor: Actor) -> Label:
        """Voids a label, and takes its parcel back."""


class Inbox(Protocol):
    """Takes in whatever warehouses tell."""

    def take(
        self, warehouse: WarehouseId, message: WarehouseMessage, *, actor: Actor | None = None
    ) -> Package | None:
        """Takes one message in; raises BadInput when it cannot be used."""


class Shelf(Protocol):
    """Shows warehouses what was put down for them."""

    def after(self, warehouse: WarehouseId, number: int, *, limit: int) -> list[OnShelf]:
        """Returns what was put down after an entry, the oldest first."""

    def behind(self, ref: ReleaseRef) -> tuple[Order, Release] | None:
        """Returns the order and the release behind a reference, a test order's too."""

    def noticed(self, warehouse: WarehouseId, ref: ReleaseRef) -> None:
        """Records that a warehouse saw the test order on its shelf."""

    def find(self, warehouse: WarehouseId, ref: ReleaseRef) -> OnShelf | None:
        """Returns the last that a warehouse is told of one release."""

    def open(
        self, warehouse: WarehouseId, ref: ReleaseRef, fields: frozenset[Field] | None = None
    ) -> Recipient:
        """Opens personal data of one order for its warehouse, recording it first."""

    def words(self, warehouse: WarehouseId, ref: ReleaseRef, text: str) -> str:
        """Returns what a warehouse says of an order, as it can be kept."""


class Credentials(Protocol):
    """Keeps what is signed with."""

    def live(self, warehouse: WarehouseId) -> LiveSecrets | None:
        """Returns a warehouse's webhook secrets; None if it has none."""


class Matching(Protocol):
    """Sees to what warehouses reported that fits no order."""

    def match(self, number: int, order: str, actor: Actor, *, contents: Sequence[Content] = ()) -> Unmatched:
        """Takes it in for an order; raises BadInput when it does not fit that one either."""

    def dismiss(self, number: int, actor: Actor) -> Unmatched:
        """Takes note that nothing is to be done with it; raises BadInput when it is seen to already."""


class Holds(Protocol):
    """Lifts holds."""

    def lift(self, ref: OrderRef, actor: Actor) -> None:
        """Sends a held order back to examination; raises BadInput when it is not held."""

    def seen(self, ref: OrderRef, actor: Actor) -> None:
        """Clears what asked for a person's look; raises BadInput when nothing did."""


class Stops(Protocol):
    """Has warehouses stop orders, and orders cancelled."""

    def want(self, ref: OrderRef, actor: Actor) -> None:
        """Has the warehouse asked not to ship it; raises BadInput when none has it."""

    def record(
        self, ref: OrderRef, actor: Actor, *, stopped: bool, release: ReleaseRef | None = None
    ) -> None:
        """Takes in what a warehouse told a person; raises BadInput when no answer is waited for."""

    def cancel(self, ref: OrderRef, reason: CancelReason, actor: Actor) -> None:
        """Has it cancelled at Amazon; raises BadInput when that cannot be."""


class Connecting(Protocol):
    """Sends sellers to Amazon, and connects those that come back."""

    def start(self, wish: Wish, actor: Actor) -> str:
        """Returns the address that a seller consents at; raises BadInput when the wish cannot be met."""

    def asked(self, state: str) -> PendingConsent | None:
        """Returns what a seller was sent to Amazon for; None when this state cannot be used."""

    def again(self, seller: SellerId, actor: Actor) -> Checklist:
        """Looks at a seller once more, and makes what is missing; raises BadInput or AmazonError."""

    def finish(self, state: str, selling_partner_id: str, code: Secret, actor: Actor) -> Checklist:
        """Takes what a seller came back with; raises BadInput or AmazonError with the next step."""

    def declined(self, state: str, actor: Actor) -> SellerId:
        """Takes note that a seller said no; raises BadInput when its state cannot be used."""


class Attending(Protocol):
    """Takes in what people say of alerts; raises BadInput when there is no such alert or mute."""

    def board(self) -> Board:
        """Returns how the alerts stand."""

    def acknowledge(self, ref: str, actor: Actor, time: timedelta) -> None:
        """Takes note that somebody sees to an alert."""

    def mute(self, rule_id: str, about: str, actor: Actor, time: timedelta) -> Mute:
        """Keeps a rule quiet for a while."""

    def unmute(self, ref: str, actor: Actor) -> None:
        """Ends a mute before its time."""


class App(Protocol):
    """A running Dockseal, as the console sees it."""

    @property
    def settings(self) -> ConsoleSettings:
        """Where the console listens."""

    @property
    def clock(self) -> Clock:
        """The time of orders; in a demonstration it may run fast."""

    @property
    def storage(self) -> Storage:
        """Both databases."""

    @property
    def trail(self) -> Trail:
        """Writes the audit trail."""

    @property
    def keys(self) -> Keys:
        """Derives the key that reads the metrics."""

    @property
    def vault(self) -> Vault:
        """Opens sealed personal data."""

    @property
    def grants(self) -> Grants:
        """Grants leave to read personal data."""

    @property
    def tracking(self) -> Tracking:
        """Takes in what warehouses ship."""

    @property
    def amending(self) -> Amending:
        """Takes in corrections of packages by people."""

    @property
    def clearing(self) -> Clearing:
        """Lets held packages go that a person looked at."""

    @property
    def carriers(self) -> CarrierChoice:
        """Reads which carrier a person means."""

    @property
    def teaching(self) -> Teaching:
        """Learns how warehouses name carriers."""

    @property
    def labelling(self) -> Labelling:
        """Buys labels for what is packed."""

    @property
    def inbox(self) -> Inbox:
        """Takes in whatever warehouses tell."""

    @property
    def shelf(self) -> Shelf:
        """Shows warehouses what was put down for them."""

    @property
    def credentials(self) -> Credentials:
        """Keeps what is signed with."""

    @property
    def metrics(self) -> Metrics:
        """Counts what comes in."""

    @property
    def matching(self) -> Matching:
        """Sees to what warehouses reported that fits no order."""

    @property
    def holds(self) -> Holds:
        """Lifts holds."""

    @property
    def stops(self) -> Stops:
        """Has warehouses stop orders."""

    @property
    def outlook(self) -> Outlook:
        """How orders stand against their ship-by."""

    @property
    def attending(self) -> Attending:
        """Takes in what people say of alerts."""

    @property
    def connecting(self) -> Connecting:
        """Connects sellers that come back from Amazon."""

    @property
    def incidents(self) -> Casework:
        """What people do about incidents."""

    def why(self, which: str) -> str:
        """Says in one sentence why an order is not further, and what would change it."""

    def health(self) -> Health:
        """Looks at everything; never raises."""

    def alive(self) -> bool:
        """Tells whether its lanes run."""

    def unready(self) -> tuple[str, ...]:
        """Returns why no work should be sent here now; never raises."""

    def metrics_text(self) -> bytes:
        """Returns the metrics as Prometheus reads them."""
