"""What every test shares."""

import contextlib
import logging
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from dockseal.storage import database, store
from dockseal.storage.places import DatabasePlaces

# The simulator's tests keep the check of its answers; both suites use the one.
sys.path.append(str(Path(__file__).parents[1] / "simulator" / "tests"))

import conformance
from conformance import pytest_runtest_call  # noqa: F401  a hook: pytest finds it here by its name

import postgresql as servers


def pytest_configure() -> None:
    """Hands structlog's events to logging, and checks every answer of a simulator against Amazon's models.

    What is logged is shown only where a test fails.
    """
    conformance.watch()
    structlog.configure(
        processors=[structlog.stdlib.render_to_log_kwargs],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    for noisy in ("botocore", "boto3", "urllib3", "httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


@pytest.fixture(scope="session", autouse=True)
def _migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Runs the migrations once in each process of the tests; new databases are copies of what they made."""
    prepare, made = store.prepare, tmp_path_factory.mktemp("migrated")
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

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "prepare", prepared)
        yield


def _copy(file: Path, to: Path) -> None:
    """Copies a database with what its log still holds."""
    with contextlib.closing(sqlite3.connect(file)) as old, contextlib.closing(sqlite3.connect(to)) as new:
        old.backup(new)


@pytest.fixture(scope="session")
def postgresql(_migrated_once: None) -> Iterator[servers.Cluster]:
    """A PostgreSQL server for this process of the tests."""
    with servers.running() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def _shared(postgresql: servers.Cluster) -> DatabasePlaces:
    return postgresql.copies()


@pytest.fixture
def served(postgresql: servers.Cluster, _shared: DatabasePlaces) -> Iterator[DatabasePlaces]:
    """Two empty databases of PostgreSQL, migrated, as the roles that serve use them."""
    yield _shared
    postgresql.empty(_shared)


@pytest.fixture
def fresh(postgresql: servers.Cluster) -> Iterator[DatabasePlaces]:
    """The same for a test that breaks tables or rights: nobody else gets them."""
    places = postgresql.copies()
    yield places
    postgresql.drop(places)


def _unhurried(connection: BaseDatabaseWrapper, **_: object) -> None:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_the_disk() -> Iterator[None]:
    """Lets commits return before the disk has them: no test cuts the power, and many wait for it."""
    connection_created.connect(_unhurried)
    yield
    connection_created.disconnect(_unhurried)


@pytest.fixture
def waits_for_the_disk(_no_waiting_for_the_disk: None) -> Iterator[None]:
    """Lets this one test have databases that wait for the disk, as they do in production."""
    connection_created.disconnect(_unhurried)
    yield
    connection_created.connect(_unhurried)
