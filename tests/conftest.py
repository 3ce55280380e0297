"""What every test shares."""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from dockseal.storage.places import DatabasePlaces
from dockseal.storage.store import Storage

# The simulator's tests keep the check of its answers; both suites use the one.
sys.path.append(str(Path(__file__).parents[1] / "simulator" / "tests"))

import conformance
from conformance import pytest_runtest_call  # noqa: F401  a hook: pytest finds it here by its name

import migrated
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
    with migrated.migrated_once(tmp_path_factory.mktemp("migrated")):
        yield


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


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def cluster(request: pytest.FixtureRequest) -> servers.Cluster | None:
    """The server that has a test's databases; None: they are SQLite's. Runs the test with either."""
    if request.param == "SQLite":
        return None
    found: servers.Cluster = request.getfixturevalue("postgresql")
    return found


@pytest.fixture
def either_places(cluster: servers.Cluster | None, tmp_path: Path) -> Iterator[DatabasePlaces]:
    """Where a test's databases are, which nobody else gets: it may break their tables and rights."""
    if cluster is None:
        yield DatabasePlaces(operations=tmp_path / "operations.sqlite3", vault=tmp_path / "vault.sqlite3")
        return
    copies = cluster.copies()
    yield copies
    cluster.drop(copies)


@pytest.fixture
def either_storage(either_places: DatabasePlaces) -> Iterator[Storage]:
    """Those databases, open."""
    storage = Storage.open(either_places, secret_key="only for tests")
    yield storage
    storage.close()


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_the_disk() -> Iterator[None]:
    """Lets commits return before the disk has them."""
    with migrated.no_waiting_for_the_disk():
        yield


@pytest.fixture
def waits_for_the_disk(_no_waiting_for_the_disk: None) -> Iterator[None]:
    """Lets this one test have databases that wait for the disk, as they do in production."""
    with migrated.waiting_for_the_disk():
        yield
