"""Brings tables up to date, and tells whether they are."""

from django.apps import apps
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from dockseal.errors import SettingsFault
from dockseal.storage.places import Place
from dockseal.storage.router import LABELS, NAMES


def known_tables(alias: str) -> frozenset[str]:
    """Returns the tables that belong into a database, as this version has them."""
    models = (
        model
        for label in LABELS[alias]
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    )
    return frozenset(model._meta.db_table for model in models) | {MigrationRecorder.Migration._meta.db_table}


def refuse_newer(alias: str, place: Place) -> None:
    """Refuses a database that a later version of Dockseal has changed.

    Raises:
        SettingsFault: it was.
    """
    loader = MigrationExecutor(connections[alias]).loader
    known = loader.disk_migrations or {}
    if any(name[0] in LABELS[alias] and name not in known for name in loader.applied_migrations):
        raise SettingsFault(
            (f"the database {place} was written by a newer Dockseal; run that version, or restore a backup",)
        )


def refuse_behind(alias: str, place: Place) -> None:
    """Refuses a database whose tables are not up to date.

    Raises:
        SettingsFault: they are not.
    """
    if is_behind(alias):
        raise SettingsFault(
            (
                f"the tables of the {NAMES[alias]} database {place} are behind: "
                "run `dockseal database migrate`",
            )
        )


def is_behind(alias: str) -> bool:
    """Tells whether the tables of a database are to be brought up to date."""
    executor = MigrationExecutor(connections[alias])
    return bool(executor.migration_plan(_targets(executor, alias)))


def migrate(alias: str) -> None:
    """Makes the tables that are missing, and changes those that are behind."""
    executor = MigrationExecutor(connections[alias])
    targets = _targets(executor, alias)
    if executor.migration_plan(targets):
        executor.migrate(targets)


def _targets(executor: MigrationExecutor, alias: str) -> list[tuple[str, str]]:
    return [node for node in executor.loader.graph.leaf_nodes() if node[0] in LABELS[alias]]
