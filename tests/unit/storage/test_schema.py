import re
import sqlite3
from collections.abc import Callable

import psycopg
import pytest

from dockseal.domain.recipient import Field
from dockseal.storage.store import Storage
from unit.storage.columns import OPERATIONS, VAULT

_PERSONAL = re.compile(
    "|".join({"recipient", "buyer", "address", "street", "postal", "zip", "city", "phone", "mail", "gift"})
)


_COLUMNS = {
    "sqlite": "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c "
    "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'",
    "postgresql": "SELECT table_name, column_name FROM information_schema.columns "
    "WHERE table_schema = 'public'",
}


@pytest.mark.parametrize(("store", "expected"), [("operations", OPERATIONS), ("vault", VAULT)])
def test_every_column_is_listed_here_so_that_a_new_one_is_thought_about(
    storage: Storage,
    behind: Callable[..., list[tuple[str, str]]],
    *,
    engine: str,
    store: str,
    expected: dict[str, set[str]],
) -> None:
    found: dict[str, set[str]] = {}
    for table, column in behind(store, _COLUMNS[engine]):
        found.setdefault(table, set()).add(column)
    assert found == expected


def test_no_column_holds_personal_data() -> None:
    tables = [*OPERATIONS.values(), *VAULT.values()]
    columns = set().union(*tables)
    # `name` names migrations and credentials, `region` the part of the world a seller sells in.
    assert columns & {field.value for field in Field} == {"name", "region"}
    named = {table for table, names in (OPERATIONS | VAULT).items() if names & {"name", "region"}}
    assert named == {
        "django_migrations",
        "vault_credential",
        "operations_credential_mark",
        "operations_seller",
        "operations_consent",
    }
    assert [column for column in columns if _PERSONAL.search(column)] == []


@pytest.mark.parametrize(
    ("engine", "statement"),
    [
        ("sqlite", "UPDATE operations_audit SET actor = 'person:other'"),
        ("sqlite", "UPDATE OR REPLACE operations_audit SET seq = 2 WHERE seq = 1"),
        ("sqlite", "DELETE FROM operations_audit"),
        ("sqlite", "DELETE FROM operations_audit_head"),
        ("sqlite", "INSERT OR REPLACE INTO operations_audit SELECT * FROM operations_audit WHERE seq = 1"),
        ("sqlite", "REPLACE INTO operations_audit SELECT * FROM operations_audit WHERE seq = 1"),
        ("postgresql", "UPDATE operations_audit SET actor = 'person:other'"),
        ("postgresql", "DELETE FROM operations_audit"),
        ("postgresql", "TRUNCATE operations_audit"),
        ("postgresql", "SET session_replication_role = replica; DELETE FROM operations_audit"),
        (
            "postgresql",
            "INSERT INTO operations_audit SELECT * FROM operations_audit "
            "ON CONFLICT (seq) DO UPDATE SET tag = ''",
        ),
        (
            "postgresql",
            "MERGE INTO operations_audit a USING operations_audit b ON a.seq = b.seq "
            "WHEN MATCHED THEN DELETE",
        ),
        ("postgresql", "DELETE FROM operations_audit_head"),
        ("postgresql", "TRUNCATE operations_audit_head"),
    ],
)
def test_the_database_itself_refuses_to_change_the_audit_trail(
    storage: Storage, behind: Callable[..., list[object]], statement: str
) -> None:
    behind(
        "operations",
        "INSERT INTO operations_audit (seq, at, tag, actor, order_ref, fields, previous, hash) "
        "VALUES (1, '2026-11-02 08:00:00', 'key:master:created', 'service:x', '', '{}', '0', '1')",
    )
    before = behind("operations", "SELECT * FROM operations_audit")
    with pytest.raises(
        (sqlite3.IntegrityError, psycopg.errors.IntegrityConstraintViolation), match="only grows"
    ):
        behind("operations", statement)
    assert behind("operations", "SELECT * FROM operations_audit") == before
