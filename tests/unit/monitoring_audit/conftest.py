from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dockseal.domain.clock import ManualClock
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import DatabasePlaces, Storage


@pytest.fixture
def places(tmp_path: Path) -> DatabasePlaces:
    return DatabasePlaces(operations=tmp_path / "operations.sqlite3", vault=tmp_path / "vault.sqlite3")


@pytest.fixture
def storage(places: DatabasePlaces) -> Iterator[Storage]:
    storage = Storage.open(places, secret_key="only for tests")
    yield storage
    storage.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(start=datetime(2026, 11, 2, 8, tzinfo=UTC))


@pytest.fixture
def trail(storage: Storage, clock: ManualClock) -> Trail:
    return Trail(storage, clock)
