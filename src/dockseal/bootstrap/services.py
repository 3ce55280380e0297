"""Builds the services that the steps of the pipeline are made of."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from dockseal.amazon.client import Amazon
from dockseal.bootstrap.alerts import alert_services_of
from dockseal.bootstrap.restoring import rollback_of
from dockseal.bootstrap.siem import siem_of
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.order_report import ReportTerms
from dockseal.fulfillment_processing.collecting import Collection
from dockseal.fulfillment_processing.examination import Examination
from dockseal.fulfillment_processing.inbox import Inbox
from dockseal.fulfillment_processing.labelling import Labelling
from dockseal.fulfillment_processing.release import Releasing
from dockseal.fulfillment_processing.routing import Routing
from dockseal.fulfillment_processing.stopping import StopLane
from dockseal.fulfillment_processing.stops import Stops
from dockseal.fulfillment_processing.tracking import Tracking
from dockseal.monitoring_audit.anchoring import Anchoring
from dockseal.monitoring_audit.exports.streaming import Streaming
from dockseal.order_synchronization.answers import Answers
from dockseal.order_synchronization.flooding import Flooding
from dockseal.order_synchronization.intake import Intake
from dockseal.order_synchronization.keeping import Keeping
from dockseal.order_synchronization.ledger import Ledger
from dockseal.order_synchronization.listening import Listening
from dockseal.order_synchronization.reconciling import Reconciling
from dockseal.order_synchronization.rotating import Rotating
from dockseal.order_synchronization.shadowing import Shadowing
from dockseal.order_synchronization.sweeping import Sweeping
from dockseal.order_synchronization.tidying import Tidying
from dockseal.pii_security.canaries import Canaries
from dockseal.pii_security.canary_orders import known_canaries
from dockseal.pii_security.credentials import CredentialVault
from dockseal.pii_security.hand import Hand
from dockseal.pii_security.labels import Labels
from dockseal.pii_security.letting_go import LettingGo
from dockseal.pii_security.planting import Planting
from dockseal.pii_security.reading_ahead import ReadingAhead
from dockseal.pii_security.reported import Reported
from dockseal.pii_security.retiring import Retiring
from dockseal.pii_security.retrieval import Retrieval
from dockseal.pii_security.shortening import Shortening
from dockseal.pii_security.shredding import Shredding
from dockseal.pii_security.vault import Vault
from dockseal.pipeline import Services
from dockseal.settings import Settings
from dockseal.shipment_confirmation.bulk import Bulk
from dockseal.shipment_confirmation.bundling import Bundling
from dockseal.shipment_confirmation.cancelling import Cancelling
from dockseal.shipment_confirmation.confirmation import Confirmation
from dockseal.shipment_confirmation.outcomes import Outcomes
from dockseal.shipment_confirmation.outlook import Outlook
from dockseal.shipment_confirmation.verification import Verification
from dockseal.warehouses.calls import Calling
from dockseal.warehouses.registry import Adapters


def services_of(
    settings: Settings,
    *,
    vault: Vault,
    amazon: Amazon,
    adapters: Adapters,
    credentials: CredentialVault,
    reports: ReportTerms,
    routing: Routing,
    anchoring: Anchoring,
    calling: Calling,
) -> Services:
    """Returns what the steps are made of.

    Args:
        settings: What the installation chose.
        vault: Keeps personal data; its storage, trail, clock and grants serve the others too.
        amazon: Everything that is asked of Amazon.
        adapters: Gives each warehouse's adapter.
        credentials: Keeps what is logged in with.
        reports: What is counted on for order reports.
        routing: Says which warehouse orders go to.
        anchoring: Signs the audit trail.
        calling: Surrounds each call to a warehouse.
    """
    storage, trail, clock, canaries = vault.storage, vault.trail, vault.clock, vault.canaries
    known = partial(known_canaries, canaries)  # for work that goes on without the register
    keeping = Keeping(storage=storage, trail=trail, clock=clock)

    def without_recipient() -> frozenset[WarehouseId]:
        return adapters.without_recipient(storage.warehouses.all())

    tracking = Tracking(storage=storage, trail=trail, clock=clock, canaries=known)
    stops = Stops(storage=storage, trail=trail, clock=clock, canaries=known)
    inbox = Inbox(tracking=tracking, stops=stops)
    ledger, answers = Ledger(storage=storage, clock=clock), Answers(storage)
    ahead = _reading_ahead(vault, amazon, without_recipient)
    sweeping = _sweeping(settings, ahead, keeping, ledger=ledger, answers=answers)
    intake = _intake(sweeping, amazon)
    return Services(
        listening=Listening(storage=storage, queue=amazon.queue, clock=clock, metrics=vault.metrics),
        sweeping=sweeping,
        reconciling=replace(_reconciling(settings, amazon, ledger), canaries=canaries),
        intake=intake,
        flooding=_flooding(
            settings, intake, amazon, hand=ahead.hand, terms=reports, spared=without_recipient
        ),
        shadowing=replace(_shadowing(amazon, ledger), canaries=canaries),
        examination=Examination(storage=storage, trail=trail, clock=clock, routing=routing),
        retrieval=_retrieval(vault, amazon, ahead),
        releasing=replace(_releasing(vault, adapters, without_recipient), routing=routing, calling=calling),
        labelling=_labelling(vault, amazon, tracking),
        collection=replace(_collection(vault, adapters, inbox), calling=calling),
        stopping=_stopping(settings, vault, adapters, calling),
        cancelling=Cancelling(storage=storage, feeds=amazon.feeds, trail=trail, clock=clock),
        confirmation=_confirmation(settings, vault, amazon),
        verification=Verification(storage=storage, trail=trail, clock=clock, after=settings.verify_after),
        shortening=Shortening(vault=vault),
        shredding=Shredding(
            storage=storage, keys=vault.keys, trail=trail, clock=clock, metrics=vault.metrics
        ),
        letting_go=LettingGo(storage=storage, hand=ahead.hand, passing=vault.passing),
        rollback=rollback_of(settings, vault),
        anchoring=anchoring,
        streaming=Streaming(storage=storage, clock=clock, siem=siem_of(settings)),
        planting=Planting(vault=vault, canaries=Canaries(credentials), percent=settings.canary_percent),
        rotating=_rotating(vault, credentials, amazon),
        retiring=Retiring(storage=storage, credentials=credentials, trail=trail, clock=clock),
        tidying=Tidying(storage=storage, clock=clock),
        outlook=Outlook(storage=storage, clock=clock, canaries=known),
        alerts=alert_services_of(settings, vault, credentials),
    )


def _stopping(settings: Settings, vault: Vault, adapters: Adapters, calling: Calling) -> StopLane:
    return StopLane(
        storage=vault.storage,
        trail=vault.trail,
        adapters=adapters,
        clock=vault.clock,
        silence=settings.stop_answer_within,
        calling=calling,
    )


def _reading_ahead(
    vault: Vault, amazon: Amazon, without_recipient: Callable[[], frozenset[WarehouseId]]
) -> ReadingAhead:
    return ReadingAhead(
        storage=vault.storage,
        trail=vault.trail,
        clock=vault.clock,
        hand=Hand(vault.clock),
        orders=amazon.orders,
        whole=amazon.whole_orders,
        without_recipient=without_recipient,
    )


def _retrieval(vault: Vault, amazon: Amazon, ahead: ReadingAhead) -> Retrieval:
    return Retrieval(
        storage=vault.storage,
        vault=vault,
        trail=vault.trail,
        amazon=amazon,
        grants=vault.grants,
        clock=vault.clock,
        hand=ahead.hand,
        without_recipient=ahead.without_recipient,
    )


def _releasing(
    vault: Vault, adapters: Adapters, without_recipient: Callable[[], frozenset[WarehouseId]]
) -> Releasing:
    return Releasing(
        storage=vault.storage,
        vault=vault,
        grants=vault.grants,
        trail=vault.trail,
        adapters=adapters,
        clock=vault.clock,
        without_recipient=without_recipient,
    )


def _labelling(vault: Vault, amazon: Amazon, tracking: Tracking) -> Labelling:
    labels = Labels(
        storage=vault.storage,
        vault=vault,
        trail=vault.trail,
        source=amazon.labels,
        issue=amazon.issue,
        orders=amazon.orders,
        clock=vault.clock,
    )
    return Labelling(
        storage=vault.storage,
        labels=labels,
        tracking=tracking,
        trail=vault.trail,
        clock=vault.clock,
    )


def _collection(vault: Vault, adapters: Adapters, inbox: Inbox) -> Collection:
    return Collection(
        storage=vault.storage,
        inbox=inbox,
        adapters=adapters,
        collected=adapters.collected,
    )


def _sweeping(
    settings: Settings, ahead: ReadingAhead, keeping: Keeping, *, ledger: Ledger, answers: Answers
) -> Sweeping:
    return Sweeping(
        storage=keeping.storage,
        orders=ahead.reader,
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
        orders=sweeping.orders,
        buckets=amazon.quotas.state,
        page=sweeping.run,
        answers=sweeping.answers,
        keeping=sweeping.keeping,
        ledger=sweeping.ledger,
        clock=sweeping.clock,
    )


def _flooding(
    settings: Settings,
    intake: Intake,
    amazon: Amazon,
    *,
    hand: Hand,
    terms: ReportTerms,
    spared: Callable[[], frozenset[WarehouseId]],
) -> Flooding:
    reported = Reported(storage=intake.storage, trail=intake.keeping.trail, amazon=amazon, hand=hand)
    return Flooding(
        storage=intake.storage,
        outlook=intake.outlook,
        reports=amazon.reports,
        read=reported.read,
        keeping=intake.keeping,
        ledger=intake.ledger,
        clock=intake.clock,
        first=settings.sweep_from,
        terms=terms if settings.order_reports else None,
        without_recipient=spared,
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


def _rotating(vault: Vault, credentials: CredentialVault, amazon: Amazon) -> Rotating:
    return Rotating(
        storage=vault.storage,
        amazon=amazon.connection,
        vault=credentials,
        queue=amazon.queue,
        trail=vault.trail,
        clock=vault.clock,
    )


def _confirmation(settings: Settings, vault: Vault, amazon: Amazon) -> Confirmation:
    outcomes = Outcomes(storage=vault.storage, trail=vault.trail, clock=vault.clock)
    bulk = Bulk(
        outcomes=outcomes,
        feeds=amazon.feeds,
        bundling=Bundling(outcomes=outcomes, buckets=amazon.quotas.state),
        enabled=settings.confirmation_feeds,
    )
    return Confirmation(outcomes=outcomes, confirm=amazon.confirm, orders=amazon.orders, bulk=bulk)
