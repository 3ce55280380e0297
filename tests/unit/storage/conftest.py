import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dockseal.domain.identifiers import AmazonOrderId, SellerId, WarehouseId, new_order_ref
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Order, OrderLine, OrderState
from dockseal.storage.store import DatabasePlaces, Storage

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
SELLER = SellerId("acme-us")


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """The contract of the storage is one: every test that does not look into a file runs on both."""
    return request.param


@pytest.fixture
def places(request: pytest.FixtureRequest, engine: str, tmp_path: Path) -> DatabasePlaces:
    if engine == "postgresql":
        return request.getfixturevalue("fresh" if "behind" in request.fixturenames else "served")
    return DatabasePlaces(operations=tmp_path / "operations.sqlite3", vault=tmp_path / "vault.sqlite3")


@pytest.fixture
def behind(request: pytest.FixtureRequest, engine: str, places: DatabasePlaces) -> Callable[..., list[Any]]:
    """Runs a statement in one of the databases, past the storage and whatever a role may do."""

    def run(store: str, statement: str) -> list[Any]:
        place = getattr(places, store)
        if engine == "postgresql":
            return request.getfixturevalue("postgresql").administrate(statement, place.url.name)
        with contextlib.closing(sqlite3.connect(place)) as database, database:
            return database.execute(statement).fetchall()

    return run


@pytest.fixture
def storage(places: DatabasePlaces) -> Iterator[Storage]:
    storage = Storage.open(places, secret_key="only for tests")
    yield storage
    storage.close()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def make_order() -> Callable[..., Order]:
    """Makes the n-th order; `ship_by` in hours from now, None for unknown."""

    def make(n: int = 1, *, ship_by: float | None = 24, **changes: Any) -> Order:
        amazon = AmazonOrder(
            amazon_order_id=AmazonOrderId(f"113-0000000-{n:07}"),
            marketplace_id="ATVPDKIKX0DER",
            status=AmazonStatus.UNSHIPPED,
            fulfilled_by=FulfilledBy.MERCHANT,
            updated_at=NOW,
            ship_by=None if ship_by is None else NOW + timedelta(hours=ship_by),
            lines=(OrderLine(order_item_id="1", sku="CUP-BLUE", title="Blue cup", ordered=2),),
        )
        values: dict[str, Any] = {
            "ref": new_order_ref(),
            "seller": SELLER,
            "state": OrderState.ACCEPTED,
            "amazon": amazon,
            "read_at": NOW,
            "accepted_at": NOW,
            "warehouse": WarehouseId("reno"),
        }
        return Order(**values | changes)

    return make
