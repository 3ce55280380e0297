"""The statements that make the roles and the two databases, for whoever administers the PostgreSQL server."""

from collections.abc import Iterator

from dockseal.domain.database_url import DatabaseUrl

_NO_POWERS = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
_QUIET = (
    "log_parameter_max_length = 0",
    "log_parameter_max_length_on_error = 0",
    "log_error_verbosity = 'terse'",
)


def role_statements(operations: DatabaseUrl, vault: DatabaseUrl) -> str:
    """Returns a script for psql: four roles without passwords, two databases, and who may enter which."""
    return "\n".join([*_of(operations, "operations"), "", *_of(vault, "vault")])


def _of(url: DatabaseUrl, store: str) -> Iterator[str]:
    yield f"-- The {store} database, on {url.host}:{url.port}."
    yield f"-- {url.owner} makes its tables, {url.role} serves."
    yield "-- Passwords are no part of this: give each role its own with \\password."
    for role in (url.owner, url.role):
        yield f"CREATE ROLE {role} {_NO_POWERS};"
        # Values stay out of the server's log, and so do the keys of rows that collide.
        yield from (f"ALTER ROLE {role} SET {setting};" for setting in _QUIET)
    # Sorted by bytes, as SQLite does.
    yield f"CREATE DATABASE {url.name} OWNER {url.owner} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';"
    yield f"REVOKE ALL ON DATABASE {url.name} FROM PUBLIC;"
    yield f"GRANT CONNECT ON DATABASE {url.name} TO {url.role};"
    yield f"\\connect {url.name}"
    yield "REVOKE ALL ON SCHEMA public FROM PUBLIC;"
    yield f"ALTER SCHEMA public OWNER TO {url.owner};"
    yield f"GRANT USAGE ON SCHEMA public TO {url.role};"
