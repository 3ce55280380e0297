"""New databases of the tests are copies of one pair that was migrated once."""

import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from dockseal.storage import database, store
from dockseal.storage.places import DatabasePlaces


@contextmanager
def migrated_once(made: Path) -> Iterator[None]:
    """Runs the migrations once; the migrated pair is kept in a folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "prepare", _copying(store.prepare, made))
        yield


@contextmanager
def no_waiting_for_the_disk() -> Iterator[None]:
    """Lets commits return before the disk has them: no test cuts the power, and many wait for it."""
    connection_created.connect(_unhurried)
    yield
    connection_created.disconnect(_unhurried)


@contextmanager
def waiting_for_the_disk() -> Iterator[None]:
    """Within `no_waiting_for_the_disk`: they wait for it, as they do in production."""
    connection_created.disconnect(_unhurried)
    yield
    connection_created.connect(_unhurried)


def _copying(prepare: Callable[[DatabasePlaces], None], made: Path) -> Callable[[DatabasePlaces], None]:
    kept = DatabasePlaces(operations=made / "operations.sqlite3", vault=made / "vault.sqlite3").by_alias()

    def prepared(places: DatabasePlaces) -> None:
        files = places.by_alias()
        if not all(isinstance(file, Path) for file in files.values()):
            prepare(places)
            return
        new = places.operations != places.vault and not any(file.exists() for file in files.values())
        for alias, file in files.items() if new else ():
            if kept[alias].exists():
                database._create(file)
                shutil.copyfile(kept[alias], file)
        prepare(places)
        for alias, file in files.items() if new else ():
            if not kept[alias].exists():
                _copy(file, kept[alias])

    return prepared


def _copy(file: Path, to: Path) -> None:
    """Copies a database with what its log still holds."""
    with contextlib.closing(sqlite3.connect(file)) as old, contextlib.closing(sqlite3.connect(to)) as new:
        old.backup(new)


def _unhurried(connection: BaseDatabaseWrapper, **_: object) -> None:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
