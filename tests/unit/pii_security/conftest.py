from collections.abc import Iterator
from pathlib import Path

import pytest

from dockseal.domain.access import Actor
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.seller import Region, Seller
from dockseal.pii_security.hand import Hand
from dockseal.pii_security.retrieval import Retrieval
from dockseal.storage.store import DatabasePlaces, Storage
from unit.pii_security.safe import NOW, PERSON, SELLER, Safe
from unit.pii_security.scripted import ScriptedAmazon


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    places = DatabasePlaces(operations=tmp_path / "operations.sqlite3", vault=tmp_path / "vault.sqlite3")
    storage = Storage.open(places, secret_key="only for tests")
    storage.sellers.add(
        Seller(
            id=SELLER,
            region=Region.NA,
            marketplaces=("ATVPDKIKX0DER",),
            selling_partner_id="A00EXAMPLE",
            warehouse=WarehouseId("reno"),
        )
    )
    yield storage
    storage.close()


@pytest.fixture
def safe(tmp_path: Path, storage: Storage) -> Safe:
    return Safe(folder=tmp_path, storage=storage, clock=ManualClock(start=NOW))


@pytest.fixture(scope="session")
def person() -> Actor:
    return PERSON


@pytest.fixture
def amazon() -> ScriptedAmazon:
    return ScriptedAmazon()


@pytest.fixture
def retrieval(safe: Safe, amazon: ScriptedAmazon) -> Retrieval:
    return Retrieval(
        storage=safe.storage,
        vault=safe.vault,
        trail=safe.trail,
        amazon=amazon,
        grants=safe.grants,
        clock=safe.clock,
        hand=Hand(safe.clock),
    )
