"""What a key of a warehouse may do at the machine API."""

import hashlib
import re

import pytest

from dockseal.domain.api_key import ALL_SCOPES, ApiKey, ApiScope
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.release import Warehouse
from unit.console.person import Person
from unit.console.test_rest_api import KEY, SPARKS, Wms
from unit.console.world import RENO_KEY, World


@pytest.fixture
def wms(stranger: Person, world: World) -> Wms:
    world.storage.warehouses.add(
        Warehouse(id=SPARKS, adapter="rest", api_key_hash=hashlib.sha256(KEY.encode()).hexdigest())
    )
    return Wms(stranger)


CALLS = {
    ApiScope.ORDERS_READ: [("GET", "/orders"), ("GET", "/orders/r")],
    ApiScope.ADDRESSES_READ: [("POST", "/orders/r/address")],
    ApiScope.SHIPMENTS_WRITE: [
        ("POST", "/shipments"),
        ("GET", "/shipments"),
        ("POST", "/shipments/r/correction"),
        ("POST", "/orders/r/taken"),
        ("POST", "/orders/r/refused"),
        ("POST", "/orders/r/stopped"),
        ("POST", "/orders/r/not-stopped"),
    ],
    ApiScope.LABELS_WRITE: [
        ("POST", "/orders/r/labels/rates"),
        ("POST", "/orders/r/labels"),
        ("POST", "/labels/r/print"),
        ("POST", "/labels/r/void"),
    ],
}
NAMES = {"shipments": "report_id", "orders": "reference", "labels": "label_id"}
"""What stands for an id behind the first part of a path."""


def add_key(world: World, *scopes: ApiScope, at: WarehouseId = SPARKS) -> str:
    key = "another-" + "-".join(scopes)
    world.storage.api_keys.add(
        ApiKey(
            id="k1",
            warehouse=at,
            key_hash=hashlib.sha256(key.encode()).hexdigest(),
            scopes=frozenset(scopes),
            added_at=world.clock.now(),
        )
    )
    return key


@pytest.mark.parametrize("scope", list(ApiScope))
def test_a_key_may_do_what_its_scope_says_and_nothing_else(
    wms: Wms, stranger: Person, world: World, scope: ApiScope
) -> None:
    key = add_key(world, scope)
    for needed, calls in CALLS.items():
        for method, path in calls:
            answer = stranger.client.request(
                method, f"/api/v1{path}", json={}, headers={"Authorization": f"Bearer {key}"}
            )
            assert (answer.status_code == 403) == (needed is not scope), path
            if needed is not scope:
                assert answer.json() == {
                    "error": f"This key may not do this: it lacks the scope {needed.value}."
                }


def test_the_calls_above_are_all_there_are(stranger: Person) -> None:
    paths = stranger.get("/api/v1/openapi.json").json()["paths"]
    found = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in paths.items()
        for method, operation in methods.items()
        if "security" in operation
    }
    listed = {
        (method, re.sub(r"^/(\w+)/r\b", lambda found: f"/{found[1]}/{{{NAMES[found[1]]}}}", path))
        for calls in CALLS.values()
        for method, path in calls
    }
    assert found == listed


def test_the_first_key_of_a_warehouse_reports_parcels_and_gets_orders_only_where_it_comes_for_them(
    wms: Wms, stranger: Person, world: World
) -> None:
    assert Wms(stranger, RENO_KEY).get("/orders").status_code == 403
    assert Wms(stranger, RENO_KEY).get("/shipments").status_code == 200
    assert wms.get("/orders").status_code == 200


def test_a_removed_key_is_nobodys(wms: Wms, stranger: Person, world: World) -> None:
    key = add_key(world, *ALL_SCOPES)
    assert Wms(stranger, key).get("/orders").status_code == 200
    world.storage.api_keys.remove(SPARKS, "k1")
    assert Wms(stranger, key).get("/orders").status_code == 401


def test_what_a_key_may_not_do_is_recorded(wms: Wms, stranger: Person, world: World) -> None:
    Wms(stranger, add_key(world, ApiScope.ORDERS_READ)).get("/shipments")
    row = world.storage.audit.rows()[-1]
    assert (row.tag, dict(row.fields)) == (
        "api:key:refused",
        {"reason": "scope_missing", "warehouse": "sparks"},
    )
