"""Tells Django where the two databases are, and makes their tables.

Django keeps its settings per process: the first storage configures them, later ones re-point the databases.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import django
from django.conf import settings
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from dockseal.errors import SettingsFault
from dockseal.storage.router import LABELS, OPERATIONS, VAULT

_APPS = ["dockseal.storage.operations", "dockseal.storage.vault", "django.contrib.sessions"]
_ONCE = frozenset({"INSTALLED_APPS", "DATABASES"})
_FOREIGN_TABLES: Mapping[str, tuple[str, ...]] = {
    OPERATIONS: ("vault_",),
    VAULT: ("operations_", "django_session"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabasePlaces:
    """The files of the two databases."""

    operations: Path
    vault: Path

    def by_alias(self) -> dict[str, Path]:
        """Returns the file of each database alias."""
        return {OPERATIONS: self.operations, VAULT: self.vault}


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
    for alias, path in places.by_alias().items():
        connections.databases[alias]["NAME"] = str(path)


def forget_connections() -> None:
    """Closes this thread's connections, and whatever transaction was left open on them."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        del connections[connection.alias]


def django_values(places: DatabasePlaces, secret_key: str, console: ConsoleParts | None) -> dict[str, object]:
    """Returns Django's settings."""
    values: dict[str, object] = {
        "INSTALLED_APPS": _APPS,
        "DATABASES": {alias: _sqlite(path, alias) for alias, path in places.by_alias().items()},
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
        # Threads keep their connection; `Storage.close_thread` ends it.
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            # Two transactions that read first and write later would otherwise refuse each other at once.
            "transaction_mode": "IMMEDIATE",
            "init_command": "; ".join(pragmas),
        },
    }


def prepare(places: DatabasePlaces) -> None:
    """Creates missing files, readable by their owner alone, and brings the tables up to date.

    Raises:
        SettingsFault: the two databases are one file, hold each other's tables, or are too new.
    """
    if places.operations.resolve() == places.vault.resolve():
        raise SettingsFault(
            ("the operations database and the vault are the same file; give the vault a file of its own",)
        )
    for alias, path in places.by_alias().items():
        _create(path)
        _refuse_foreign_tables(alias, path)
    for alias, path in places.by_alias().items():
        _migrate(alias, path)


def _create(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
    except OSError as fault:
        raise SettingsFault((f"the database file {path} cannot be made: {fault.strerror}",)) from None


def _refuse_foreign_tables(alias: str, path: Path) -> None:
    for table in connections[alias].introspection.table_names():
        if table.startswith(_FOREIGN_TABLES[alias]):
            here, there = ("vault", "operations") if alias == VAULT else ("operations", "vault")
            raise SettingsFault(
                (f"the {here} database {path} holds tables of the {there} database: are the two swapped?",)
            )


def _migrate(alias: str, path: Path) -> None:
    executor = MigrationExecutor(connections[alias])
    labels = LABELS[alias]
    known = executor.loader.disk_migrations or {}
    newer = {name for name in executor.loader.applied_migrations if name[0] in labels and name not in known}
    if newer:
        raise SettingsFault(
            (f"the database {path} was written by a newer Dockseal; run that version, or restore a backup",)
        )
    targets = [node for node in executor.loader.graph.leaf_nodes() if node[0] in labels]
    if executor.migration_plan(targets):
        executor.migrate(targets)
