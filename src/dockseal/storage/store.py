"""The storage: one object that leads to every table, and opens transactions over them."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Self

from django.db import Error, connections, transaction

from dockseal.domain.audit import AuditRow
from dockseal.domain.checkpoint import Cut
from dockseal.errors import DocksealError, SettingsFault
from dockseal.storage.database import (
    ConsoleParts,
    bring_up_to_date,
    configure,
    forget_connections,
    prepare,
)
from dockseal.storage.edge import storage_error, translated
from dockseal.storage.examining import table_faults
from dockseal.storage.places import DatabasePlaces, on_servers
from dockseal.storage.router import OPERATIONS
from dockseal.storage.server_settings import server_warnings

if TYPE_CHECKING:
    from dockseal.storage import tables

__all__ = ["ConsoleParts", "DatabasePlaces", "Storage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Both databases. The vault has `sealed`, `blind_index`, `credentials` and `erased`; `seen` is in both.

    All else is in the operations database.

    Threads share it; each has connections of its own and ends them with `close_thread`.
    """

    places: DatabasePlaces
    sellers: "tables.Sellers"
    warehouses: "tables.Warehouses"
    notices: "tables.Notices"
    orders: "tables.Orders"
    openable: "tables.OpenableOrders"
    releases: "tables.Releases"
    shelf: "tables.Shelves"
    labels: "tables.Labels"
    api_keys: "tables.ApiKeys"
    requests_once: "tables.RequestsOnce"
    stops: "tables.Stops"
    cancellations: "tables.Cancellations"
    feeds: "tables.Feeds"
    skus: "tables.Skus"
    carrier_names: "tables.CarrierNames"
    working_hours: "tables.WorkingHoursTable"
    packages: "tables.Packages"
    shipping_facts: "tables.ShippingFacts"
    read_back: "tables.ReadBack"
    waits: "tables.Waits"
    unmatched: "tables.UnmatchedTable"
    watermarks: "tables.Watermarks"
    order_reports: "tables.OrderReports"
    counts: "tables.Counts"
    circuits: "tables.CircuitTable"
    checkpoints: "tables.Checkpoints"
    sync_runs: "tables.SyncRuns"
    differences: "tables.Differences"
    set_aside: "tables.SetAsides"
    applications: "tables.Applications"
    consents: "tables.Consents"
    buckets: "tables.Buckets"
    audit: "tables.Audit"
    audit_search: "tables.AuditSearch"
    told: "tables.ToldTable"
    sign_ins: "tables.SignIns"
    lockouts: "tables.LockoutTable"
    locks: "tables.LockTable"
    sessions: "tables.Sessions"
    incidents: "tables.Incidents"
    open_counts: "tables.OpenCounts"
    open_hours: "tables.OpenHours"
    alerts: "tables.Alerts"
    alert_mutes: "tables.AlertMutes"
    alert_channels: "tables.AlertChannels"
    alert_messages: "tables.AlertMessages"
    probe: "tables.Probe"
    evidence: "tables.EvidenceTables"
    sealed: "tables.Sealed"
    blind_index: "tables.BlindIndex"
    credentials: "tables.Credentials"
    credential_marks: "tables.CredentialMarks"
    erased: "tables.ErasedTable"
    seen: "tables.SeenTables"

    @classmethod
    def open(cls, places: DatabasePlaces, *, secret_key: str, console: ConsoleParts | None = None) -> Self:
        """Opens both databases. Files of SQLite and their tables are made where they are missing.

        A process has one storage open at a time: opening another one moves Django's databases to it.

        Args:
            places: The two databases.
            secret_key: Signs the console's cookies.
            console: What the console needs Django to know; None where there is no console.

        Raises:
            SettingsFault: the databases are swapped, are one, hold what is not theirs, or were written by a
                newer Dockseal; on PostgreSQL also where tables are behind or a role may do too much.
            StorageError: a file is no database, or cannot be used.
        """
        _make_ready(places, secret_key, console)
        # Django defines tables only once it is configured, so this import cannot stand at the top.
        t = import_module("dockseal.storage.tables")
        # Each field but the first is annotated with its table, and so named in one place.
        kinds = {
            each.name: f"{each.type}".rpartition(".")[2] for each in fields(cls) if each.name != "places"
        }
        return cls(places=places, **{name: getattr(t, kind)() for name, kind in kinds.items()})

    @staticmethod
    def migrate(owners: DatabasePlaces) -> None:
        """Brings the tables of PostgreSQL up to date, and grants what serving needs. No storage is open.

        Args:
            owners: The two databases, as the owners of their tables use them.

        Raises:
            SettingsFault: the databases are one, are files, hold what is not theirs, or are too new.
            StorageError: a database cannot be used.
        """
        servers = owners.by_alias()
        if not on_servers(servers):
            raise SettingsFault(
                ("there is nothing to migrate: files of SQLite are brought up to date as they are opened",)
            )
        configure(owners, "signs nothing")
        try:
            translated(bring_up_to_date)(servers)
        finally:
            forget_connections()

    def cut_trail(self, cut: Cut, standing: Iterable[str]) -> int:
        """Deletes the audit rows up to a cut that was planned, but those of some tags; returns how many.

        Raises:
            SettingsFault: the databases are on a server, where only the owner of the tables can do that.
        """
        if on_servers(self.places.by_alias()):
            raise SettingsFault(("only the owner of the tables can do that: run `dockseal database cut`",))
        return _cutting()(cut, standing)

    @staticmethod
    def cut_as_owner(owners: DatabasePlaces, standing: Iterable[str]) -> int:
        """Does the same on PostgreSQL, as the owners of the tables, where a cut was planned.

        Raises:
            StorageError: a database cannot be used.
        """
        configure(owners, "signs nothing")
        try:
            cut = import_module("dockseal.storage.tables").Checkpoints().cut(planned=True)
            return 0 if cut is None else _cutting()(cut, standing)
        finally:
            forget_connections()

    def forget_orders(self, before: datetime) -> int:
        """Deletes the orders that were taken in before an instant, with all that was kept for each.

        Raises:
            SettingsFault: the databases are on a server, where only the owner of the tables can do that.
        """
        if on_servers(self.places.by_alias()):
            raise SettingsFault(("only the owner of the tables can do that: run `dockseal database forget`",))
        return _forgetting()(before)

    @staticmethod
    def forget_as_owner(owners: DatabasePlaces, tag: str, before: Callable[[AuditRow], datetime]) -> int:
        """Does the same on PostgreSQL, as the owners of the tables, where the audit trail says so.

        Args:
            owners: The two databases, as the owners of their tables use them.
            tag: The newest row of it says before when; without one nothing is deleted.
            before: Reads that row.

        Raises:
            StorageError: a database cannot be used.
        """
        configure(owners, "signs nothing")
        try:
            rows = import_module("dockseal.storage.tables").Audit().search(tag=tag, limit=1)
            return sum(_forgetting()(before(row)) for row in rows)
        finally:
            forget_connections()

    @staticmethod
    def examine(places: DatabasePlaces) -> tuple[str, ...]:
        """Returns what is wrong with the databases, without making or changing anything. No storage is open.

        Args:
            places: The two databases; a file that is not there yet is no fault.
        """
        configure(places, "signs nothing")
        try:
            return table_faults(places)
        finally:
            forget_connections()

    def table_faults(self) -> tuple[str, ...]:
        """Returns what is wrong with the tables now: behind, newer than this Dockseal, or not ours."""
        return table_faults(self.places)

    def warnings(self) -> list[str]:
        """Returns what of a PostgreSQL server's settings should be otherwise; Dockseal works all the same.

        Raises:
            StorageError: a database cannot be used.
        """
        servers = self.places.by_alias()
        return translated(server_warnings)(servers) if on_servers(servers) else []

    def close(self) -> None:
        """Closes the connections of this thread; the other threads have ended theirs before."""
        forget_connections()

    def close_thread(self) -> None:
        """Closes the connections of this thread, at its end."""
        forget_connections()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Makes everything inside happen together, or not at all (operations database only).

        One inside another joins it: it commits with the outer one. If the inner one fails and the outer one
        catches that, what the inner one did is undone and the outer one goes on.

        Raises:
            StorageError: the database refused the commit.
        """
        try:
            with transaction.atomic(using=OPERATIONS):
                yield
        except Error as fault:
            ours = storage_error(fault)
        else:
            return
        raise ours

    def in_transaction(self) -> bool:
        """Tells whether this thread is inside a transaction of the operations database."""
        return connections[OPERATIONS].in_atomic_block

    def on_commit(self, call: Callable[[], object]) -> None:
        """Calls `call` once the transaction is committed, or at once outside of one."""
        transaction.on_commit(call, using=OPERATIONS)


def _cutting() -> Callable[[Cut, Iterable[str]], int]:
    # Django defines tables only once it is configured, so this import cannot stand at the top.
    return translated(import_module("dockseal.storage.cutting").cut_rows)


def _forgetting() -> Callable[[datetime], int]:
    return translated(import_module("dockseal.storage.forgetting").forget_orders)


def _make_ready(places: DatabasePlaces, secret_key: str, console: ConsoleParts | None) -> None:
    configure(places, secret_key, console)
    try:
        translated(prepare)(places)
    except DocksealError:
        forget_connections()
        raise
