"""Sees that the two databases are apart: two of them, and nothing in either that is not its own."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from django.db import connections

from dockseal.errors import SettingsFault
from dockseal.storage.migrating import known_tables
from dockseal.storage.places import Place, on_servers
from dockseal.storage.router import NAMES, OPERATIONS, VAULT

_ONE = "the operations database and the vault are the same {}; give the vault a {} of its own"
# What an extension brought, such as the view of pg_stat_statements, is the server's and not ours.
_TABLES = """
    SELECT CASE n.nspname WHEN 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend d
            WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
        )
    ORDER BY 1
"""


def refuse_one_database(places: Mapping[str, Place]) -> None:
    """Refuses two places that are the same one, by whatever names.

    Raises:
        SettingsFault: they are.
    """
    operations, vault = places[OPERATIONS], places[VAULT]
    if isinstance(operations, Path) and isinstance(vault, Path):
        if operations.resolve() == vault.resolve():
            raise SettingsFault((_ONE.format("file", "file"),))
    elif not on_servers(dict(places)):
        raise SettingsFault(("one database is a file and the other on a server: set both, or neither",))
    elif _leads_back():
        raise SettingsFault((_ONE.format(f"database ({vault})", "database"),))


def _leads_back() -> bool:
    """Tells whether a lock taken in one database is seen in the other: names and addresses may differ."""
    number = secrets.randbits(62)
    with connections[OPERATIONS].cursor() as here, connections[VAULT].cursor() as there:
        here.execute("SELECT pg_advisory_lock(%s)", [number])
        try:
            there.execute("SELECT pg_try_advisory_lock(%s)", [number])
            (free,) = there.fetchone()
            if free:
                there.execute("SELECT pg_advisory_unlock(%s)", [number])
        finally:
            here.execute("SELECT pg_advisory_unlock(%s)", [number])
    return not free


def refuse_other_tables(alias: str, place: Place) -> None:
    """Refuses a database that holds a table or view which is not its own.

    Raises:
        SettingsFault: with the names of some.
    """
    found = tables_in(alias) - known_tables(alias)
    if not found:
        return
    other = VAULT if alias == OPERATIONS else OPERATIONS
    here, there = NAMES[alias], NAMES[other]
    if found & (known_tables(other) - known_tables(alias)):
        raise SettingsFault(
            (f"the {here} database {place} holds tables of the {there} database: are the two swapped?",)
        )
    some = ", ".join(sorted(found)[:5])
    raise SettingsFault(
        (
            f"the {here} database {place} holds what is not Dockseal's ({some}): give Dockseal a database "
            "that nothing else uses, or take that away",
        )
    )


def tables_in(alias: str) -> set[str]:
    """Returns every table and view of a database; those outside of `public` with their schema."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_TABLES)
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master "
                "WHERE type IN ('table', 'view') AND substr(name, 1, 7) <> 'sqlite_'"
            )
        return {name for (name,) in cursor.fetchall()}
