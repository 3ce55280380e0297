"""What each role of PostgreSQL may do: said once, granted by its owner, looked at when Dockseal starts."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from django.db import connections

from dockseal.errors import SettingsFault
from dockseal.storage.migrating import known_tables
from dockseal.storage.places import Server
from dockseal.storage.router import NAMES, OPERATIONS, VAULT

_GROWS = frozenset({"SELECT", "INSERT"})
_KEPT = frozenset({"SELECT", "INSERT", "UPDATE"})
_ALL = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
_EVERY = (*sorted(_ALL), "TRUNCATE", "REFERENCES", "TRIGGER")
_OF_COLUMNS = frozenset({"SELECT", "INSERT", "UPDATE", "REFERENCES"})
_LESS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "django_migrations": frozenset({"SELECT"}),
        "operations_audit": _GROWS,
        "operations_audit_head": frozenset({"SELECT", "UPDATE"}),
        "operations_cut": _GROWS,
        "operations_told": _KEPT,
        "operations_order": _KEPT,
        "operations_release": _KEPT,
        "operations_shelf": _GROWS,
        "operations_label": _KEPT,
        "operations_incident": _KEPT,
        "operations_incident_entry": _GROWS,
        "operations_lock": frozenset({"SELECT", "INSERT", "DELETE"}),
        "operations_api_key": frozenset({"SELECT", "INSERT", "DELETE"}),
        "operations_stop": _KEPT,
        "operations_cancellation": _KEPT,
        "operations_feed": _KEPT,
        "operations_package": _KEPT,
        "operations_former_report": _GROWS,
        "operations_unmatched": _KEPT,
        "operations_seller": _KEPT,
        "operations_warehouse": _KEPT,
        "operations_application": _KEPT,
        "vault_credential": frozenset({"SELECT", "INSERT", "DELETE"}),
    }
)
_TOO_MUCH = """
    SELECT word FROM pg_catalog.pg_roles r, LATERAL (VALUES
        (r.rolsuper, 'is superuser'), (r.rolcreaterole, 'may make roles'),
        (r.rolreplication, 'may replicate the whole server'), (r.rolbypassrls, 'passes row security')
    ) AS said (so, word)
    WHERE r.rolname IN (session_user, current_user) AND so
    UNION
    SELECT 'may act as ' || g.rolname FROM pg_catalog.pg_roles g
    WHERE (
            g.rolname IN ('pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files',
                'pg_write_server_files', 'pg_execute_server_program')
            OR g.oid IN (
                SELECT relowner FROM pg_catalog.pg_class WHERE oid = ANY (
                    SELECT to_regclass('public.' || t) FROM unnest(%s::text[]) AS t
                )
                UNION SELECT datdba FROM pg_catalog.pg_database WHERE datname = current_database()
                UNION SELECT nspowner FROM pg_catalog.pg_namespace WHERE nspname = 'public'
            )
        )
        AND pg_catalog.pg_has_role(session_user, g.oid, 'MEMBER')
    ORDER BY 1
"""
_LETS_IN = """
    SELECT rolname FROM pg_catalog.pg_roles
    WHERE rolname = ANY (%s) AND pg_catalog.has_database_privilege(oid, current_database(), 'CONNECT')
    ORDER BY 1
"""
_RIGHTS = """
    SELECT t, p, CASE WHEN p = ANY (%s)
        THEN pg_catalog.has_any_column_privilege(session_user, 'public.' || t, p)
        ELSE pg_catalog.has_table_privilege(session_user, 'public.' || t, p) END
    FROM unnest(%s::text[]) AS t, unnest(%s::text[]) AS p
    WHERE to_regclass('public.' || t) IS NOT NULL
    ORDER BY t, p
"""


def rights_of(table: str) -> frozenset[str]:
    """Returns what the role that serves may do with a table."""
    return _LESS.get(table, _ALL)


def refuse_rights(servers: Mapping[str, Server]) -> None:
    """Refuses roles that may do more than they need.

    Raises:
        SettingsFault: one is superuser, owns tables, may change the audit trail, or may enter the other
            database; with every such fault.
    """
    faults = [
        *_powers(OPERATIONS, servers[OPERATIONS]),
        *_powers(VAULT, servers[VAULT]),
        *_strangers(OPERATIONS, servers[OPERATIONS], servers[VAULT]),
        *_strangers(VAULT, servers[VAULT], servers[OPERATIONS]),
    ]
    if not faults:
        faults = [*_table_rights(OPERATIONS, servers[OPERATIONS]), *_table_rights(VAULT, servers[VAULT])]
    if faults:
        raise SettingsFault(tuple(faults))


def refuse_missing(alias: str, server: Server) -> None:
    """Refuses a role that lacks what it needs; its tables are up to date.

    Raises:
        SettingsFault: it does.
    """
    lacks = [
        f"{right} on {table}" for table, right, has in _found(alias) if right in rights_of(table) and not has
    ]
    if lacks:
        raise SettingsFault(
            (
                f"the role {server.url.role} lacks {', '.join(lacks[:3])}: run `dockseal database migrate`, "
                "which grants what is missing",
            )
        )


def grant(alias: str, role: str) -> None:
    """Gives a role what it needs of a database's tables, and takes away the rest; its owner is connected."""
    with connections[alias].cursor() as cursor:
        cursor.execute(f'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, "{role}"')
        for table in sorted(known_tables(alias)):
            cursor.execute(f'GRANT {", ".join(sorted(rights_of(table)))} ON public."{table}" TO "{role}"')


def _powers(alias: str, server: Server) -> Iterator[str]:
    with connections[alias].cursor() as cursor:
        cursor.execute(_TOO_MUCH, [sorted(known_tables(alias))])
        words = [word for (word,) in cursor.fetchall()]
    if words:
        yield (
            f"the role {server.url.role} of the {NAMES[alias]} database {', '.join(words)}: serve under a "
            "role that owns nothing, as `dockseal database roles` prints it"
        )


def _strangers(alias: str, server: Server, other: Server) -> Iterator[str]:
    with connections[alias].cursor() as cursor:
        cursor.execute(_LETS_IN, [[other.url.role, other.url.owner]])
        for (role,) in cursor.fetchall():
            yield (
                f"the {NAMES[alias]} database {server} lets the role {role} in, which is the other store's: "
                f"run REVOKE CONNECT ON DATABASE {server.url.name} FROM PUBLIC, {role}"
            )


def _table_rights(alias: str, server: Server) -> Iterator[str]:
    for table, right, has in _found(alias):
        if has and right not in rights_of(table):
            yield (
                f"the role {server.url.role} may {right} {table}: run `dockseal database migrate`, which "
                "takes that away"
            )


def _found(alias: str) -> list[tuple[str, str, bool]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(_RIGHTS, [sorted(_OF_COLUMNS), sorted(known_tables(alias)), list(_EVERY)])
        return list(cursor.fetchall())
