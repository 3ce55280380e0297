"""What PostgreSQL's roles are refused, and when Dockseal refuses to start under them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import load_backend

from dockseal.domain.secret import Secret
from dockseal.errors import SettingsFault, StorageUnavailable
from dockseal.storage import database
from dockseal.storage.places import DatabasePlaces, Server
from dockseal.storage.router import OPERATIONS as OPERATIONS_ALIAS
from dockseal.storage.store import Storage
from postgresql import Cluster

OPERATIONS, VAULT = "dockseal_operations", "dockseal_vault"


def _open(places: DatabasePlaces) -> Storage:
    return Storage.open(places, secret_key="only for tests")


def _faults(places: DatabasePlaces) -> tuple[str, ...]:
    with pytest.raises(SettingsFault) as caught:
        _open(places)
    return caught.value.faults


@pytest.mark.parametrize("role", [OPERATIONS, f"{OPERATIONS}_owner"])
def test_no_role_of_the_operations_database_enters_the_vault(
    postgresql: Cluster, served: DatabasePlaces, role: str
) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        postgresql.connection(role, served.vault.url.name)


@pytest.mark.parametrize("role", [VAULT, f"{VAULT}_owner"])
def test_no_role_of_the_vault_enters_the_operations_database(
    postgresql: Cluster, served: DatabasePlaces, role: str
) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        postgresql.connection(role, served.operations.url.name)


@pytest.mark.parametrize(
    ("store", "statement"),
    [
        ("operations", "UPDATE operations_audit SET tag = ''"),
        ("operations", "DELETE FROM operations_audit"),
        ("operations", "TRUNCATE operations_audit"),
        ("operations", "INSERT INTO operations_audit_head (seq, hash) VALUES (9, '')"),
        ("operations", "DELETE FROM operations_audit_head"),
        ("operations", "ALTER TABLE operations_audit DISABLE TRIGGER ALL"),
        ("operations", "DROP TRIGGER operations_audit_no_change ON operations_audit"),
        ("operations", "DELETE FROM operations_order"),
        ("operations", "CREATE TABLE buyers (name text)"),
        ("operations", "CREATE TEMPORARY TABLE buyers (name text)"),
        ("operations", "INSERT INTO django_migrations (app, name, applied) VALUES ('vault', 'x', now())"),
        ("vault", "UPDATE vault_credential SET ciphertext = ''"),
        ("vault", "TRUNCATE vault_sealed"),
        ("vault", "CREATE TABLE buyers (name text)"),
        ("vault", "CREATE SCHEMA buyers"),
    ],
)
def test_the_role_that_serves_is_refused_what_serving_does_not_need(
    postgresql: Cluster, served: DatabasePlaces, store: str, statement: str
) -> None:
    url = getattr(served, store).url
    with (
        postgresql.connection(url.role, url.name) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


def test_a_password_that_is_another_one_is_told_without_it(served: DatabasePlaces) -> None:
    wrong = replace(served, vault=replace(served.vault, password=Secret("not-this-one")))
    with pytest.raises(StorageUnavailable, match="its password is another one") as caught:
        _open(wrong)
    assert "not-this-one" not in str(caught.value)
    assert caught.value.__context__ is None


def test_the_password_is_read_from_a_file_that_only_its_owner_reads(
    postgresql: Cluster, served: DatabasePlaces, tmp_path: Path
) -> None:
    file = postgresql.password_file(VAULT, tmp_path)
    places = replace(served, vault=replace(served.vault, password=file))
    _open(places).close()
    file.chmod(0o640)
    assert "chmod 400" in _faults(places)[0]
    file.unlink()
    assert "cannot be read" in _faults(places)[0]


def test_two_names_of_one_database_are_refused(postgresql: Cluster, served: DatabasePlaces) -> None:
    # Another host name and role hide from the settings that both lead to the same place.
    postgresql.administrate(f"GRANT CONNECT ON DATABASE {served.operations.url.name} TO {VAULT}")
    try:
        url = replace(served.vault.url, name=served.operations.url.name)
        (fault,) = _faults(replace(served, vault=replace(served.vault, url=url)))
    finally:
        postgresql.administrate(f"REVOKE CONNECT ON DATABASE {served.operations.url.name} FROM {VAULT}")
    assert "are the same database" in fault


def test_one_database_in_a_file_and_the_other_on_a_server_are_refused(
    served: DatabasePlaces, tmp_path: Path
) -> None:
    (fault,) = _faults(replace(served, operations=tmp_path / "operations.sqlite3"))
    assert "set both, or neither" in fault


@pytest.mark.parametrize(
    ("change", "undo", "sentence"),
    [
        ("ALTER ROLE {role} SUPERUSER", "ALTER ROLE {role} NOSUPERUSER", "is superuser"),
        (
            "ALTER ROLE {role} REPLICATION",
            "ALTER ROLE {role} NOREPLICATION",
            "may replicate the whole server",
        ),
        ("ALTER ROLE {role} CREATEROLE", "ALTER ROLE {role} NOCREATEROLE", "may make roles"),
        (
            "GRANT pg_read_all_data TO {role}",
            "REVOKE pg_read_all_data FROM {role}",
            "act as pg_read_all_data",
        ),
        (
            "GRANT {role}_owner TO {role}",
            "REVOKE {role}_owner FROM {role}",
            "act as {role}_owner",
        ),
    ],
)
@pytest.mark.parametrize("store", ["operations", "vault"])
def test_a_role_with_more_power_than_serving_needs_is_refused(
    postgresql: Cluster, served: DatabasePlaces, *, store: str, change: str, undo: str, sentence: str
) -> None:
    role = getattr(served, store).url.role
    postgresql.administrate(change.format(role=role))
    try:
        faults = _faults(served)
    finally:
        postgresql.administrate(undo.format(role=role))
    assert f"the role {role} of the {store} database" in faults[0]
    assert sentence.format(role=role) in faults[0]


def test_an_owner_does_not_serve(postgresql: Cluster, served: DatabasePlaces) -> None:
    assert "owns nothing" in _faults(postgresql.owners(served))[0]


@pytest.mark.parametrize(
    ("store", "stranger"),
    [("vault", OPERATIONS), ("vault", "PUBLIC"), ("operations", VAULT), ("operations", f"{VAULT}_owner")],
)
def test_a_database_that_lets_the_other_stores_role_in_is_refused(
    postgresql: Cluster, fresh: DatabasePlaces, *, store: str, stranger: str
) -> None:
    name = getattr(fresh, store).url.name
    postgresql.administrate(f"GRANT CONNECT ON DATABASE {name} TO {stranger}")
    faults = _faults(fresh)
    assert f"the {store} database {name}" in faults[0]
    assert f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC" in faults[0]


@pytest.mark.parametrize(
    ("store", "right", "table", "sentence"),
    [
        ("operations", "UPDATE", "operations_audit", "may UPDATE operations_audit"),
        ("operations", "UPDATE (tag)", "operations_audit", "may UPDATE operations_audit"),
        ("operations", "DELETE", "operations_audit", "may DELETE operations_audit"),
        ("operations", "TRUNCATE", "operations_audit", "may TRUNCATE operations_audit"),
        ("operations", "TRIGGER", "operations_order", "may TRIGGER operations_order"),
        ("vault", "UPDATE", "vault_credential", "may UPDATE vault_credential"),
    ],
)
def test_a_right_that_is_not_needed_is_refused_and_migrate_takes_it_away(
    postgresql: Cluster, fresh: DatabasePlaces, *, store: str, right: str, table: str, sentence: str
) -> None:
    url = getattr(fresh, store).url
    postgresql.administrate(f"GRANT {right} ON {table} TO {url.role}", url.name)
    assert sentence in _faults(fresh)[0]
    Storage.migrate(postgresql.owners(fresh))
    _open(fresh).close()


def test_a_right_that_is_missing_is_told_and_migrate_grants_it(
    postgresql: Cluster, fresh: DatabasePlaces
) -> None:
    postgresql.administrate(f"REVOKE DELETE ON vault_sealed FROM {VAULT}", fresh.vault.url.name)
    assert "lacks DELETE on vault_sealed: run `dockseal database migrate`" in _faults(fresh)[0]
    Storage.migrate(postgresql.owners(fresh))
    _open(fresh).close()


@pytest.mark.parametrize("store", ["operations", "vault"])
@pytest.mark.parametrize(
    "made",
    [
        "SCHEMA elsewhere CREATE TABLE buyers (name text)",
        "MATERIALIZED VIEW buyers AS SELECT 'Testperson Alpha' AS name",
    ],
)
def test_what_is_not_ours_is_refused_in_any_schema(
    postgresql: Cluster, fresh: DatabasePlaces, *, store: str, made: str
) -> None:
    postgresql.administrate(f"CREATE {made}", getattr(fresh, store).url.name)
    (fault,) = _faults(fresh)
    assert f"the {store} database" in fault
    assert "buyers" in fault


def test_tables_that_are_behind_are_not_migrated_by_the_role_that_serves(
    postgresql: Cluster, fresh: DatabasePlaces
) -> None:
    _undo_the_newest_migration(postgresql.owners(fresh))
    (fault,) = _faults(fresh)
    assert "the tables of the operations database" in fault
    assert "run `dockseal database migrate`" in fault
    Storage.migrate(postgresql.owners(fresh))
    _open(fresh).close()


def _undo_the_newest_migration(owners: DatabasePlaces) -> None:
    database.configure(owners, "signs nothing")
    try:
        executor = MigrationExecutor(connections[OPERATIONS_ALIAS])
        (newest,) = executor.loader.graph.leaf_nodes("operations")
        (before,) = executor.loader.graph.node_map[newest].parents
        executor.migrate([before.key])
    finally:
        database.forget_connections()


def test_empty_databases_are_behind(postgresql: Cluster, fresh: DatabasePlaces) -> None:
    for place in (fresh.operations, fresh.vault):
        owner = place.url.owner
        postgresql.administrate(f"DROP OWNED BY {owner}", place.url.name)
        postgresql.administrate(
            f"CREATE SCHEMA IF NOT EXISTS public AUTHORIZATION {owner}; GRANT USAGE ON SCHEMA public TO "
            f"{place.url.role}",
            place.url.name,
        )
    assert "are behind: run `dockseal database migrate`" in _faults(fresh)[0]
    Storage.migrate(postgresql.owners(fresh))
    _open(fresh).close()


def test_the_server_is_warned_of_that_logs_values(
    postgresql: Cluster, served: DatabasePlaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    def warnings() -> list[str]:
        storage = _open(served)
        try:
            # The tests' server does not wait for the disk.
            return [text for text in storage.warnings() if "power cut" not in text]
        finally:
            storage.close()

    assert warnings() == []
    postgresql.administrate(f"ALTER ROLE {VAULT} RESET log_parameter_max_length")
    try:
        (warning,) = warnings()
    finally:
        postgresql.administrate(f"ALTER ROLE {VAULT} SET log_parameter_max_length = 0")
    assert f"log_parameter_max_length = -1 for {VAULT}; set it to 0" in warning


def test_off_this_machine_only_a_verified_certificate_will_do(
    served: DatabasePlaces, connected: Callable[[Server], dict[str, object]], tmp_path: Path
) -> None:
    away = replace(served.vault, url=replace(served.vault.url, host="db.example.com"))
    assert connected(away)["sslmode"] == "verify-full"
    assert connected(away)["sslrootcert"] == "system"
    assert connected(replace(away, ca=tmp_path / "ca.pem"))["sslrootcert"] == str(tmp_path / "ca.pem")
    assert connected(served.vault)["sslmode"] == "prefer"


@pytest.fixture
def connected(served: DatabasePlaces) -> Callable[[Server], dict[str, object]]:
    """Returns what libpq is told of a server."""
    _open(served).close()

    def told(server: Server) -> dict[str, object]:
        settings = database.connections.configure_settings({"default": database._database(server, "default")})
        backend = load_backend("dockseal.storage.postgresql")
        return backend.DatabaseWrapper(settings["default"]).get_connection_params()

    return told
