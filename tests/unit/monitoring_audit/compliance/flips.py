"""Each control that software enforces, switched off for real on a running Dockseal: as a fault, a careless
operator or somebody with the database would do it."""

import contextlib
import importlib
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from day import SELLER, Day
from dockseal.cli.opened import person
from dockseal.domain.identifiers import SellerId
from dockseal.domain.quota import BucketState
from dockseal.monitoring_audit.tags import Tag
from dockseal.pii_security.vault import VAULT

Switch = Callable[[Day], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A way to switch a control off, and the clauses that are not met then."""

    control: str
    how: str
    switch: Switch
    clauses: frozenset[str]


def with_settings(**values: object) -> Switch:
    """Starts Dockseal anew with settings that its own check would have refused."""

    def switch(day: Day) -> None:
        day.settings = day.settings.model_copy(update=values)
        day.restart()

    return switch


@contextlib.contextmanager
def database(day: Day, name: str) -> Iterator[sqlite3.Connection]:
    """One of the databases, as somebody with its file changes it."""
    with contextlib.closing(sqlite3.connect(day.settings.data_dir / f"{name}.sqlite3")) as connection:
        yield connection
        connection.commit()


def sql(name: str, *statements: str) -> Switch:
    """Changes a database; `:old`, `:past` and `:late` stand for instants."""

    def switch(day: Day) -> None:
        now = day.clock.now()
        instants = {
            "old": _text(now - timedelta(days=600)),
            "past": _text(now - timedelta(hours=1)),
            "late": _text(now + timedelta(days=60)),
        }
        with database(day, name) as connection:
            for statement in statements:
                connection.execute(statement, instants)

    return switch


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def others_read_the_vault(day: Day) -> None:
    (day.settings.data_dir / "vault.sqlite3").chmod(0o644)


def others_read_a_key(day: Day) -> None:
    next((day.settings.key_dir / "epochs").glob("*.key")).chmod(0o644)


def a_key_is_damaged(day: Day) -> None:
    place = next((day.settings.key_dir / "epochs").glob("*.key"))
    place.write_bytes(bytes(place.stat().st_size))


def nothing_is_shredded(day: Day) -> None:
    day.clock.advance(timedelta(days=31))


def a_seller_left(day: Day) -> None:
    seller = day.app.storage.sellers.get(SELLER)
    day.app.storage.sellers.change(seller, consent_until=day.clock.now() - timedelta(days=40))


def an_order_without_origin(day: Day) -> None:
    for name, table in (("operations", "operations_order"), ("vault", "vault_sealed")):
        sql(name, f"UPDATE {table} SET seller = 'nobody'")(day)


def records_are_mixed(day: Day) -> None:
    other = replace(day.seller, id=SellerId("other-us"), selling_partner_id="A0EXAMPLE0OTHER", queue_url="")
    day.app.storage.sellers.add(other)
    sql("vault", "UPDATE vault_sealed SET seller = 'other-us'")(day)


def an_erasure_is_unfinished(day: Day) -> None:
    with day.app.storage.transaction():
        day.app.trail.record(
            Tag.DATA_ERASURE_INTENDED, actor=VAULT, what="order", subject="invented", reason="buyer"
        )
    day.clock.advance(timedelta(days=1, hours=1))


def nobody_looks_at_the_plan(day: Day) -> None:
    day.skip(days=100)
    day.app.incidents.confirm_contact(person())
    day.skip(days=81)


def amazon_is_not_told(day: Day) -> None:
    day.app.incidents.open("A suspicion, plainly invented.", person())
    day.clock.advance(timedelta(hours=24))


def a_chain_is_cut(day: Day) -> None:
    case = day.app.incidents.open("A suspicion, plainly invented.", person())
    day.app.incidents.note(case.id, "Somebody looked at the logs.", person())
    sql("operations", "DELETE FROM operations_incident_entry WHERE number = 3")(day)


def a_case_is_gone(day: Day) -> None:
    day.app.incidents.open("A suspicion, plainly invented.", person())
    sql("operations", "DELETE FROM operations_incident")(day)


def a_segment_is_kept_for_ever(day: Day) -> None:
    with day.app.storage.transaction():
        day.app.trail.record(
            Tag.AUDIT_SEGMENT_ARCHIVED,
            actor=VAULT,
            row=1,
            until=day.clock.now(),
            head="ab" * 32,
            standing="cd" * 32,
        )


def an_archive_is_kept_for_ever(day: Day) -> None:
    with day.app.storage.transaction():
        day.app.trail.record(
            Tag.ARCHIVE_FILE_MADE,
            actor=VAULT,
            archive="invented",
            basis="law",
            until=day.clock.now(),
            officers="ada/eve",
            orders=1,
        )


def nobody_outside_knows(day: Day) -> None:
    shutil.rmtree(day.folder / "anchors")


def another_operation_is_called(day: Day) -> None:
    state = BucketState(tokens=1, rate=1, burst=1, at=day.clock.now())
    day.app.storage.buckets.save(SELLER, "getCatalogItem", state)


def another_purpose_is_used(day: Day) -> None:
    with day.app.storage.transaction():
        day.app.storage.open_counts.one_more("service:other", "analytics", day.clock.now())


def a_model_client_is_loaded(day: Day) -> None:
    folder = day.folder / "packages"
    folder.mkdir()
    Path(folder / "mistralai.py").write_text("")
    sys.path.insert(0, str(folder))
    try:
        importlib.import_module("mistralai")
    finally:
        sys.path.remove(str(folder))


def _flip(control: str, how: str, switch: Switch, *also: str) -> Flip:
    """Returns a flip; `also` are the other clauses that the same thing serves."""
    return Flip(control=control, how=how, switch=switch, clauses=frozenset({control, *also}))


FLIPS = (
    _flip(
        "1.1.1", "the console listens to everybody without TLS", with_settings(console_host="0.0.0.0"), "1.5"
    ),
    _flip("1.1.2", "sessions idle for two hours", with_settings(session_idle=timedelta(hours=2))),
    _flip("1.2.3", "sessions last a week", with_settings(session_longest=timedelta(days=7))),
    _flip("2.3-dlp", "nobody has a budget", with_settings(opens_an_hour=10**9)),
    _flip("2.3-dlp", "no service has a budget", with_settings(service_opens_an_hour=10**9)),
    _flip("2.5", "a token stands in a setting", with_settings(aws_external_id="Atzr" + "|plainlyInvented")),
    _flip(
        "1.2.2-lockout",
        "a trigger forgets failures",
        sql(
            "operations",
            "CREATE TRIGGER mild AFTER UPDATE ON operations_lockout "
            "BEGIN UPDATE operations_lockout SET failures = 1, locked_until = NULL; END",
        ),
    ),
    _flip(
        "1.4.2",
        "a warehouse's secret is as old as can be",
        sql(
            "vault",
            "UPDATE vault_credential SET stored_at = :old, secret_at = :old, first_at = :old "
            "WHERE name LIKE 'warehouse/%'",
        ),
    ),
    _flip(
        "1.5",
        "a warehouse's address is plain HTTP",
        sql(
            "operations",
            "UPDATE operations_warehouse SET options = replace(options, 'https://', 'http://')",
        ),
    ),
    _flip(
        "1.7-age",
        "an order from long ago is still there",
        sql("operations", "UPDATE operations_order SET accepted_at = :old"),
    ),
    _flip(
        "2.1", "a record was left past its deadline", sql("vault", "UPDATE vault_sealed SET deadline = :past")
    ),
    _flip(
        "2.1-form",
        "somebody moved deadlines to later",
        sql("vault", "UPDATE vault_sealed SET deadline = :late"),
    ),
    _flip(
        "2.6.1",
        "an audit row was edited, and the trigger put back",
        sql(
            "operations",
            "DROP TRIGGER operations_audit_no_update",
            "UPDATE operations_audit SET actor = 'person:nobody' WHERE seq = 3",
            "CREATE TRIGGER operations_audit_no_update BEFORE UPDATE ON operations_audit "
            "BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END",
        ),
    ),
    _flip(
        "2.6.1",
        "the database would let rows be changed",
        sql("operations", "DROP TRIGGER operations_audit_no_update"),
    ),
    _flip("2.6.1", "nobody outside knows how far the trail is", nobody_outside_knows),
    _flip(
        "2.7.3",
        "an old vault was put in the place of the new one",
        sql("vault", "DELETE FROM vault_seen"),
    ),
    _flip(
        "AUP-2.9",
        "a bucket is larger than Amazon's",
        sql("operations", "UPDATE operations_bucket SET burst = 100000"),
    ),
    _flip(
        "AUP-4.6",
        "an order went to a warehouse nobody configured",
        sql("operations", "UPDATE operations_release SET warehouse = 'elsewhere'"),
    ),
    _flip(
        "2.1",
        "a record is older than anything may be, whatever its deadline says",
        sql("vault", "UPDATE vault_sealed SET sealed_at = :old"),
        "2.1-form",
    ),
    _flip("1.3", "others can read the vault's file", others_read_the_vault),
    _flip("2.4", "others can read the key of an epoch", others_read_a_key),
    _flip("2.4", "the key of an epoch is no key any more", a_key_is_damaged),
    _flip("2.1", "nothing was shredded for a month", nothing_is_shredded),
    _flip("1.7-left", "a seller left long ago", a_seller_left),
    _flip("1.8", "somebody wrote an order that is nobody's", an_order_without_origin),
    _flip("AUP-4.3", "a record lies under another seller", records_are_mixed),
    _flip("2.2-requests", "an erasure was begun and never finished", an_erasure_is_unfinished),
    _flip(
        "1.6.2-review",
        "for half a year nobody looked at the plan, nor rotated a secret",
        nobody_looks_at_the_plan,
        "1.4.2",
    ),
    _flip("1.6.3", "a day went by after an alarm, and Amazon was not told", amazon_is_not_told),
    _flip("1.6.4", "an entry was taken out of a chain of custody", a_chain_is_cut),
    _flip("1.6.4", "a case was deleted", a_case_is_gone),
    _flip("1.6.5", "nobody is named whom Amazon reaches", with_settings(impoc_mail="")),
    _flip("1.7-age", "a segment of the trail was kept for longer than 18 months", a_segment_is_kept_for_ever),
    _flip("2.1", "an archive was kept for longer than its law demands", an_archive_is_kept_for_ever),
    _flip("AUP-1.1", "something calls what is not registered", another_operation_is_called),
    _flip("AUP-4.1", "something opened for a purpose of its own", another_purpose_is_used),
    _flip("SPPA-6", "a client of such a provider is loaded", a_model_client_is_loaded),
)
