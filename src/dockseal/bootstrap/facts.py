"""Gathers what the probes of compliance look at: from the settings, the tables, the keys and the process."""

import sys
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from dockseal import __version__
from dockseal.amazon.operations import OPERATIONS
from dockseal.bootstrap.anchoring import verified
from dockseal.bootstrap.app import App
from dockseal.bootstrap.channels import channels_of
from dockseal.bootstrap.databases import open_databases
from dockseal.bootstrap.facts_on_record import incident_facts, kept_archives, segment_facts
from dockseal.domain.loopback import is_loopback
from dockseal.domain.policy import ERASED_WITHIN, LONGEST_KEEP
from dockseal.errors import AnchorUnavailable, DocksealError, SealBroken, SettingsFault, TrailBroken
from dockseal.monitoring_audit.compliance.attestations import attestations
from dockseal.monitoring_audit.compliance.facts import (
    AccessFacts,
    Facts,
    KeyFacts,
    RetentionFacts,
    TrailFacts,
    UseFacts,
)
from dockseal.monitoring_audit.inventory import inventory
from dockseal.monitoring_audit.looking.anchors import look_at_anchors
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.verifying import Verdict as Verified
from dockseal.monitoring_audit.verifying import kept_by
from dockseal.pii_security.copies import copies_outlive
from dockseal.pii_security.epochs import ended
from dockseal.pii_security.guards import Kind, kind_of
from dockseal.pii_security.masters import MASTER
from dockseal.pii_security.open_files import open_files
from dockseal.pii_security.shapes import without_secrets
from dockseal.settings import PREFIX, Settings

_DAY = timedelta(days=1)
_MODEL_CLIENTS = frozenset(
    {
        "anthropic",
        "cohere",
        "google.genai",
        "groq",
        "langchain",
        "litellm",
        "mistralai",
        "ollama",
    }
    | {"openai", "replicate", "together", "transformers", "vertexai"}
)
"""Modules that speak to providers of artificial intelligence."""
_GUARDS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.FOLDER: "the mode of its folder",
        Kind.PASSPHRASE: "a passphrase",
        Kind.SECRET_FILE: "a mounted secret",
    }
)


def facts_of(app: App) -> Facts:
    """Returns how a running Dockseal is now; reads the whole trail, and changes nothing.

    Raises:
        StorageError: a database or the key store cannot be used.
    """
    settings, now = app.settings, app.clock.now()
    return Facts(
        now=now,
        version=__version__,
        sellers=len(app.storage.sellers.all()),
        channels=tuple(channels_of(app)),
        listens_beyond=not is_loopback(settings.console_host),
        access=_access(app),
        credentials=tuple(inventory(app.storage)),
        settings_with_secrets=tuple(_with_secrets(settings)),
        simulated=bool(settings.amazon_url),
        retention=_retention(app, now),
        keys=_keys(app),
        trail=_trail(app),
        incidents=incident_facts(app),
        use=_use(app),
        attestations=attestations(app.storage),
    )


def _access(app: App) -> AccessFacts:
    settings, storage, now = app.settings, app.storage, app.clock.now()
    budgets = app.vault.budgets
    return AccessFacts(
        session_idle=settings.session_idle,
        session_longest=settings.session_longest,
        refused_after=app.vault.lockouts.trial(),
        locked_out=sum(each.locked(now) for each in storage.lockouts.all()),
        person_budget=budgets.persons,
        service_budget=budgets.services,
        warehouse_budget=budgets.warehouses,
        open_files=tuple(open_databases(settings)),
        officers=len(app.two.officers.all()),
        opens=tuple(storage.evidence.actors(Tag.ORDER_DATA_OPENED.value)),
        api_keys=tuple(_api_keys(app)),
        purposes=storage.evidence.purposes(),
    )


def _api_keys(app: App) -> Iterator[tuple[str, str, str]]:
    for each in app.storage.warehouses.all():
        if each.api_key_hash:
            yield each.id, "first key", "all" if each.adapter == "rest" else "shipments:write"
    for key in app.storage.api_keys.all():
        yield key.warehouse, key.id, " ".join(sorted(scope.value for scope in key.scopes))


def _with_secrets(settings: Settings) -> Iterator[str]:
    for name in Settings.model_fields:
        text = str(getattr(settings, name))
        if without_secrets(text) != text:
            yield f"{PREFIX}{name.upper()}"


def _retention(app: App, now: datetime) -> RetentionFacts:
    storage, retention, evidence = app.storage, app.vault.retention, app.storage.evidence
    sellers, kept = storage.sellers.all(), kept_archives(app)
    return RetentionFacts(
        keep=retention.keep,
        key_backups=retention.key_backups,
        records=storage.sealed.count(),
        oldest_sealed_at=evidence.oldest_sealed_at(),
        past_deadline=evidence.past_deadline(now),
        too_long=evidence.sealed_for_longer(LONGEST_KEEP),
        ended_keys=sum(ended(epoch, now) for epoch in app.keys.epochs()),
        shredded_epochs=evidence.rows_of(Tag.KEY_EPOCH_SHREDDED.value),
        copies=copies_outlive(storage.sealed.first_sealed(), key_backups=retention.key_backups, now=now),
        orders=sum(count for _, _, count in storage.orders.counts()),
        oldest_order_at=evidence.oldest_order_at(),
        left_behind=tuple(
            seller.id
            for seller in sellers
            if seller.consent_until is not None and now - seller.consent_until > ERASED_WITHIN
            if storage.credentials.latest(f"seller/{seller.id}/lwa") or storage.sealed.of_seller(seller.id)
        ),
        unfinished_erasures=evidence.unfinished(
            Tag.DATA_ERASURE_INTENDED.value, Tag.DATA_ERASURE_DONE.value, now - _DAY
        ),
        without_origin=evidence.without_seller(seller.id for seller in sellers),
        of_another=evidence.of_another_seller(),
        archives=sum(each.deleted_at is None for each in kept),
        overdue_archives=tuple(each.id for each in kept if each.overdue(now)),
    )


def _keys(app: App) -> KeyFacts:
    settings = app.settings
    faults = open_files(settings.key_dir, shared=settings.shredder == "apart")
    guard, masters = "a key server", dict[str, str]()
    try:
        masters = app.keys.masters()
        if settings.key_provider == "file":
            place = settings.key_dir / MASTER
            guard = _GUARDS[kind_of(place.read_bytes(), place)]
    except SettingsFault as fault:
        faults = (*faults, *fault.faults)
    return KeyFacts(
        provider=settings.key_provider,
        guard=guard,
        epochs=len(masters),
        unopened=tuple(epoch for epoch, master in masters.items() if not master),
        faults=faults,
    )


def _trail(app: App) -> TrailFacts:
    rows, head, fault = 0, "", ""
    names = [anchor.place for anchor in app.anchoring.anchors]
    looked = look_at_anchors(app.storage, names, app.clock.now())
    unanchored = [check.sentence for check in looked if not check.ok]
    try:
        verdict = _verified(app, unanchored)
        rows, head = verdict.rows, verdict.head
    except (TrailBroken, SealBroken) as broken:
        fault = str(broken)
    first = next(iter(_first_rows(app)), None)
    return TrailFacts(
        rows=rows,
        head=head,
        first_at=first,
        fault=fault,
        guarded=app.storage.evidence.trail_guarded(),
        segments=segment_facts(app),
        old_stores=tuple(sorted(app.restoring.rollback.old())) if not fault else (),
        places=tuple(names),
        unanchored=tuple(unanchored),
    )


def _verified(app: App, unanchored: list[str]) -> Verified:
    """Verifies the trail with every place outside; without them, where one cannot be read."""
    try:
        return verified(app.settings, app.credentials, kept_by(app.anchoring.anchors))
    except AnchorUnavailable as away:
        unanchored.append(str(away))
        return verified(app.settings, app.credentials, {})


def _first_rows(app: App) -> Iterator[datetime]:
    try:
        yield from (row.at for row in app.storage.audit.rows(limit=1))
    except DocksealError:
        return  # the fault says so


def _use(app: App) -> UseFacts:
    buckets, warehouses = app.storage.buckets.all(), app.storage.warehouses.all()
    called = {operation for _, operation, _ in buckets}
    return UseFacts(
        unknown_operations=tuple(sorted(called - set(OPERATIONS))),
        too_fast=tuple(
            f"{operation} of {seller}"
            for seller, operation, state in buckets
            if operation in OPERATIONS and state.burst > OPERATIONS[operation].burst
        ),
        warehouses=tuple((each.id, each.adapter) for each in warehouses),
        unregistered=app.storage.evidence.released_elsewhere(each.id for each in warehouses),
        model_clients=tuple(sorted(_MODEL_CLIENTS & set(sys.modules))),
    )
