"""Tells Django where the two databases are, and sees that they are what they should be.

Django keeps its settings per process: the first storage configures them, later ones re-point the databases.
SQLite's tables are made here; PostgreSQL's by `dockseal database migrate`, under another role.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import django
from django.conf import settings
from django.db import connections, transaction

from dockseal.domain.database_url import OWNER_ENDS
from dockseal.errors import SettingsFault
from dockseal.storage.apart import refuse_one_database, refuse_other_tables
from dockseal.storage.migrating import migrate, refuse_behind, refuse_newer
from dockseal.storage.places import DatabasePlaces, Place, Server, on_servers
from dockseal.storage.rights import grant, refuse_missing, refuse_rights
from dockseal.storage.router import VAULT

_APPS = ["dockseal.storage.operations", "dockseal.storage.vault", "django.contrib.sessions"]
_ONCE = frozenset({"INSTALLED_APPS", "DATABASES"})
_READ_COMMITTED = 2
"""As psycopg numbers it: after its turn came, a transaction reads what the one before it wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleParts:
    """What the console needs Django to know."""

    root_urlconf: str
    templates: tuple[Path, ...] = ()
    middleware: tuple[str, ...] = ()
    context_processors: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    """Modules whose template filters every template has."""
    settings: Mapping[str, object] = field(default_factory=dict)
    """Any further Django settings, such as `SESSION_COOKIE_AGE` or `ALLOWED_HOSTS`."""


def configure(places: DatabasePlaces, secret_key: str, console: ConsoleParts | None = None) -> None:
    """Configures Django, or points the configured one at these databases."""
    values = django_values(places, secret_key, console)
    if not settings.configured:
        settings.configure(**values)
        django.setup(set_prefix=False)
        return
    for name, value in values.items():
        if name not in _ONCE:
            setattr(settings, name, value)
    forget_connections()
    connections.databases.update(connections.configure_settings(_databases(places)))


def forget_connections() -> None:
    """Closes this thread's connections, and whatever transaction was left open on them."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        del connections[connection.alias]


def django_values(places: DatabasePlaces, secret_key: str, console: ConsoleParts | None) -> dict[str, object]:
    """Returns Django's settings."""
    values: dict[str, object] = {
        "INSTALLED_APPS": _APPS,
        "DATABASES": _databases(places),
        "DATABASE_ROUTERS": ["dockseal.storage.router.Router"],
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "SECRET_KEY": secret_key,
        "DEBUG": False,
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "USE_I18N": False,
        # Logging is structlog's; Django's own set-up would mail and print request data.
        "LOGGING_CONFIG": None,
    }
    if console is not None:
        values |= {
            "ROOT_URLCONF": console.root_urlconf,
            "MIDDLEWARE": list(console.middleware),
            "TEMPLATES": [_templates(console)],
            **console.settings,
        }
    return values


def _templates(console: ConsoleParts) -> dict[str, object]:
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [str(folder) for folder in console.templates],
        "OPTIONS": {
            "context_processors": list(console.context_processors),
            "builtins": list(console.filters),
        },
    }


def _databases(places: DatabasePlaces) -> dict[str, dict[str, object]]:
    return {alias: _database(place, alias) for alias, place in places.by_alias().items()}


def _database(place: Place, alias: str) -> dict[str, object]:
    # Threads keep their connection; `Storage.close_thread` ends it.
    kind = _postgresql(place) if isinstance(place, Server) else _sqlite(place, alias)
    return kind | {"CONN_MAX_AGE": None}


def _sqlite(path: Path, alias: str) -> dict[str, object]:
    pragmas = [
        "PRAGMA journal_mode=WAL",
        # A power cut after a commit loses nothing: what was told to Amazon or a warehouse stays known.
        "PRAGMA synchronous=FULL",
    ]
    if alias == VAULT:
        pragmas.append("PRAGMA secure_delete=ON")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "timeout": 20,
            # Two transactions that read first and write later would otherwise refuse each other at once.
            "transaction_mode": "IMMEDIATE",
            "init_command": "; ".join(pragmas),
        },
    }


def _postgresql(server: Server) -> dict[str, object]:
    url = server.url
    said = {
        "search_path": "public",
        "lock_timeout": "20s",
        # A machine that vanished within a transaction would hold up every other writer.
        "idle_in_transaction_session_timeout": "60s",
    }
    authorities = "system" if server.ca is None else str(server.ca)
    tls = {"sslmode": "prefer"} if url.local else {"sslmode": "verify-full", "sslrootcert": authorities}
    return {
        "ENGINE": "dockseal.storage.postgresql",
        "NAME": url.name,
        "USER": url.role,
        "HOST": url.host,
        "PORT": str(url.port),
        "OPTIONS": {
            "server": server,
            "isolation_level": _READ_COMMITTED,
            # Otherwise values stand within the statements, which servers log when one fails.
            "server_side_binding": True,
            "application_name": "dockseal",
            "connect_timeout": 10,
            "options": " ".join(f"-c {name}={value}" for name, value in said.items()),
        }
        | tls,
    }


def prepare(places: DatabasePlaces) -> None:
    """Creates what is missing of SQLite's files and tables; looks at PostgreSQL's, and changes nothing there.

    Raises:
        SettingsFault: the two databases are one, hold tables that are not theirs, are too new or behind, or
            a role may do more than it needs.
    """
    by_alias = places.by_alias()
    refuse_one_database(by_alias)
    for place in by_alias.values():
        if isinstance(place, Path):
            _create(place)
    if on_servers(by_alias):
        refuse_rights(by_alias)
    for alias, place in by_alias.items():
        refuse_newer(alias, place)
        refuse_other_tables(alias, place)
    for alias, place in by_alias.items():
        if isinstance(place, Path):
            migrate(alias)
        else:
            refuse_behind(alias, place)
            refuse_missing(alias, place)


def bring_up_to_date(servers: Mapping[str, Server]) -> None:
    """Brings the tables of both databases up to date as their owners, and grants what serving needs of them.

    Args:
        servers: The owner's places by alias; Django is configured with them.

    Raises:
        SettingsFault: the two databases are one, hold tables that are not theirs, or are too new.
    """
    refuse_one_database(servers)
    for alias, server in servers.items():
        refuse_newer(alias, server)
        refuse_other_tables(alias, server)
    for alias, server in servers.items():
        migrate(alias)
        with transaction.atomic(using=alias):
            grant(alias, server.url.role.removesuffix(OWNER_ENDS))


def _create(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
    except OSError as fault:
        raise SettingsFault((f"the database file {path} cannot be made: {fault.strerror}",)) from None
