"""READ FIRST: an order's life on one page.

    noticed ─▶ accepted ─▶ releasable ─▶ released ─────────▶ shipped ─▶ confirmed ─▶ verified ─▶ shredded
                ▲   │                       │                   ▲
                └ held                      └▶ partly shipped ──┘

A **step** is one kind of work; a **lane** is one step for one seller. A lane run takes the due orders of its
seller from the tables, works on them in a batch, and commits each outcome with its audit row. Nothing is
handed from step to step but the tables: a crash anywhere means "run the lane again".

    step      service                        takes                     makes of it
    ────────  ─────────────────────────────  ────────────────────────  ───────────────────────────────────
    listen    Order Synchronization Service  a queue of notifications  notices
    sweep     Order Synchronization Service  the watermark             notices, accepted orders
    reconcile Order Synchronization Service  a second list of orders   notices of what one of both lacks
    take_in   Order Synchronization Service  open notices              accepted and changed orders
    flood     Order Synchronization Service  a crowd of notices        accepted orders, out of a report
    examine   Fulfillment Processing Engine  accepted orders           releasable, held, cancelled orders
    retrieve  PII Security Layer             releasable orders         personal data, sealed in the vault
    release   Fulfillment Processing Engine  releasable, sealed        released orders
    (report)  Fulfillment Processing Engine  a warehouse's parcels     packages; (partly) shipped orders
    label     Fulfillment Processing Engine  purchases cut off         labels that are bought, or not
    collect   Fulfillment Processing Engine  a warehouse's deliveries  packages, settled releases
    stop      Fulfillment Processing Engine  wishes that none ships    asked warehouses; orders released anew
    cancel    Shipment Confirmation Service  orders to be cancelled    feeds to Amazon; cancelled orders
    confirm   Shipment Confirmation Service  reported packages         calls or feeds; confirmed packages
    verify    Shipment Confirmation Service  confirmed packages        notices; verified packages and orders
    shorten   PII Security Layer             orders that left early    earlier deadlines
    shred     PII Security Layer             ended epochs              destroyed keys, shredded orders
    forget    PII Security Layer             orders that are over      nothing of them in memory
    note      PII Security Layer             the newest audit row      stores that know how far it was
    anchor    Monitoring & Audit Module      new audit rows            checkpoints, known outside
    stream    Monitoring & Audit Module      audit rows, in order      a SIEM that has them
    canary    PII Security Layer             orders that can be opened invented ones among them, that ring
    shadow    Order Synchronization Service  orders read newly         differences between the Orders APIs
    secrets   Order Synchronization Service  a queue of secrets        new client secrets, sealed
    rotate    Order Synchronization Service  a client secret's end     a new one asked for
    retire    PII Security Layer             former secrets            none, once their time is over
    tidy      Order Synchronization Service  followed-up notices       smaller tables
    foretell  Shipment Confirmation Service  weeks of orders           the rates that Amazon will measure
    alert     Monitoring & Audit Module      every check of health     alerts, and whom to tell of them
    tell      Monitoring & Audit Module      messages of a channel     messages that arrived

The Monitoring & Audit Module stands beside every step: no effect without its row in the audit trail.

Detours. Amazon cancels: `cancelled`, from every state before shipped, and the sealed data is erased. A rule
fails, a warehouse says no, an address is missing: `held`, with a sentence; a new reading of the order, or a
person, has it examined again. Something changes once a warehouse has it: the warehouse is asked to stop it,
and then it is cancelled at Amazon or released anew; or it was too late, and a person is told. Amazon or a
warehouse is down: the order waits in its state, and the others flow on. An answer is lost: the intent written
before the call is settled by asking the other side. Amazon shows a package otherwise than it was sent: it is
sent again, twice at most, and then a person is told. A verified order is followed until it is delivered.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from dockseal.domain.identifiers import SellerId
from dockseal.domain.lane import NOTHING, Outcome
from dockseal.fulfillment_processing.collecting import Collection
from dockseal.fulfillment_processing.examination import Examination
from dockseal.fulfillment_processing.labelling import Labelling
from dockseal.fulfillment_processing.release import Releasing
from dockseal.fulfillment_processing.stopping import StopLane
from dockseal.lanes import Step
from dockseal.monitoring_audit.alerts.alerting import Alerting
from dockseal.monitoring_audit.alerts.telling import Telling
from dockseal.monitoring_audit.anchoring import EVERY, Anchoring
from dockseal.monitoring_audit.exports.streaming import Streaming
from dockseal.order_synchronization.flooding import Flooding
from dockseal.order_synchronization.intake import Intake
from dockseal.order_synchronization.listening import Listening
from dockseal.order_synchronization.reconciling import Reconciling
from dockseal.order_synchronization.rotating import Rotating
from dockseal.order_synchronization.shadowing import Shadowing
from dockseal.order_synchronization.sweeping import Sweeping
from dockseal.order_synchronization.tidying import Tidying
from dockseal.pii_security.letting_go import LettingGo
from dockseal.pii_security.planting import Planting
from dockseal.pii_security.retiring import Retiring
from dockseal.pii_security.retrieval import Retrieval
from dockseal.pii_security.rollback import Rollback
from dockseal.pii_security.shortening import Shortening
from dockseal.pii_security.shredding import Shredding
from dockseal.shipment_confirmation.cancelling import Cancelling
from dockseal.shipment_confirmation.confirmation import Confirmation
from dockseal.shipment_confirmation.outlook import RATES_KEPT, Outlook
from dockseal.shipment_confirmation.verification import Verification

_AT_ONCE = timedelta(seconds=1)
_OFTEN = timedelta(seconds=2)
_NOW_AND_THEN = timedelta(seconds=15)
_HALF_A_MINUTE = timedelta(seconds=30)
_SELDOM = timedelta(minutes=1)
_HOURLY = timedelta(hours=1)
_DAILY = timedelta(days=1)


class _Telling(Protocol):
    """A service that tells for all sellers at once which of them have work."""

    def run(self, seller: SellerId) -> Outcome:
        """Works for one seller."""

    def busy(self) -> Sequence[str]:
        """Returns the sellers that have work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertServices:
    """What looks at everything, and what tells of it."""

    alerting: Alerting
    telling: Telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the steps are made of, as `bootstrap` built them."""

    listening: Listening
    sweeping: Sweeping
    reconciling: Reconciling
    intake: Intake
    flooding: Flooding
    examination: Examination
    retrieval: Retrieval
    releasing: Releasing
    labelling: Labelling
    collection: Collection
    stopping: StopLane
    cancelling: Cancelling
    confirmation: Confirmation
    verification: Verification
    shortening: Shortening
    shredding: Shredding
    letting_go: LettingGo
    rollback: Rollback
    anchoring: Anchoring
    streaming: Streaming
    planting: Planting
    shadowing: Shadowing
    rotating: Rotating
    retiring: Retiring
    tidying: Tidying
    outlook: Outlook
    alerts: AlertServices


def pipeline(
    services: Services, *, sellers: Callable[[], Sequence[str]], sweep_every: timedelta
) -> tuple[Step, ...]:
    """Returns the steps in the order of an order's life.

    Args:
        services: What does the work.
        sellers: Gives the sellers whose lanes run: those that do not rest.
        sweep_every: How often each seller is swept.
    """

    def step(
        name: str, run: Callable[[SellerId], Outcome], *, every: timedelta, wakes: tuple[str, ...] = ()
    ) -> Step:
        return Step(name=name, run=lambda key: run(SellerId(key)), keys=sellers, every=every, wakes=wakes)

    def told(name: str, service: _Telling, *, every: timedelta, wakes: tuple[str, ...] = ()) -> Step:
        return replace(step(name, service.run, every=every, wakes=wakes), busy=service.busy)

    return (
        Step(
            name="listen",
            run=services.listening.run,
            keys=services.listening.urls,
            every=_OFTEN,
            wakes=("take_in",),
            waits_outside=True,
        ),
        step("sweep", services.sweeping.run, every=sweep_every, wakes=("take_in", "examine", "verify")),
        step("reconcile", services.reconciling.run, every=_HOURLY, wakes=("take_in",)),
        told("take_in", services.intake, every=_NOW_AND_THEN, wakes=("examine", "verify", "shred")),
        step("flood", services.flooding.run, every=_SELDOM, wakes=("examine",)),
        told("examine", services.examination, every=_NOW_AND_THEN, wakes=("retrieve",)),
        told("retrieve", services.retrieval, every=_NOW_AND_THEN, wakes=("release",)),
        told("release", services.releasing, every=_NOW_AND_THEN),
        Step(name="label", run=lambda _: services.labelling.run(), keys=lambda: [""], every=_SELDOM),
        replace(
            step("collect", services.collection.run, every=_HALF_A_MINUTE),
            keys=services.collection.warehouses,
        ),
        told("stop", services.stopping, every=_NOW_AND_THEN, wakes=("examine", "cancel")),
        told("cancel", services.cancelling, every=_NOW_AND_THEN, wakes=("examine",)),
        told("confirm", services.confirmation, every=_AT_ONCE, wakes=("verify",)),
        told("verify", services.verification, every=_NOW_AND_THEN, wakes=("take_in", "confirm")),
        Step(name="shorten", run=lambda _: services.shortening.run(), keys=lambda: [""], every=_SELDOM),
        Step(name="shred", run=lambda _: services.shredding.run(), keys=lambda: [""], every=_SELDOM),
        Step(name="let_go", run=lambda _: services.letting_go.run(), keys=lambda: [""], every=_OFTEN),
        Step(name="note", run=lambda _: _noted(services.rollback), keys=lambda: [""], every=_SELDOM),
        *_beside(services),
        step("canary", services.planting.run, every=_NOW_AND_THEN * 20),
        replace(step("shadow", services.shadowing.run, every=_SELDOM), keys=services.shadowing.sellers),
        *_secrets(services.rotating),
        Step(name="retire", run=lambda _: services.retiring.run(), keys=lambda: [""], every=_HOURLY),
        Step(name="tidy", run=lambda _: services.tidying.run(), keys=lambda: [""], every=_HOURLY),
        Step(name="foretell", run=lambda _: services.outlook.foretell(), keys=lambda: [""], every=RATES_KEPT),
        *_alerts(services.alerts),
    )


def _secrets(rotating: Rotating) -> tuple[Step, ...]:
    return (
        Step(name="secrets", run=rotating.listen, keys=rotating.urls, every=_SELDOM, waits_outside=True),
        Step(name="rotate", run=rotating.run, keys=rotating.names, every=_DAILY),
    )


def _beside(services: Services) -> tuple[Step, ...]:
    """Returns the lanes of the Monitoring & Audit Module, which move no order."""
    return (
        Step(name="anchor", run=lambda _: services.anchoring.run(), keys=lambda: [""], every=EVERY),
        Step(
            name="stream",
            run=lambda _: services.streaming.run(),
            keys=services.streaming.keys,
            every=_OFTEN,
            waits_outside=True,
        ),
    )


def _noted(rollback: Rollback) -> Outcome:
    rollback.note()
    return NOTHING


def _alerts(services: AlertServices) -> tuple[Step, ...]:
    look = services.alerting.run
    return (
        Step(name="alert", run=lambda _: look(), keys=lambda: [""], every=_NOW_AND_THEN, wakes=("tell",)),
        Step(
            name="tell",
            run=services.telling.run,
            keys=services.telling.channels,
            every=_HALF_A_MINUTE,
            waits_outside=True,
        ),
    )
