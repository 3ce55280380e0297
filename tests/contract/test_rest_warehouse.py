"""The warehouse contract over `rest`, and its API under schemathesis: in shape and out of it."""

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings, strategies
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dockseal.console.wsgi import application
from dockseal.domain.clock import ManualClock, SystemClock
from dockseal.domain.identifiers import WarehouseId, release_ref
from dockseal.domain.order import OrderState
from dockseal.domain.release import Warehouse
from dockseal.domain.shelf import ShelfKind
from dockseal.warehouses.contract import WarehouseContract
from dockseal.warehouses.port import AdapterParts, Stopping
from dockseal.warehouses.registry import adapter
from dockseal.warehouses.rest import Rest
from unit.console.world import CANARY, START, World, make_world

SPARKS = WarehouseId("sparks")
KEY = "sparks-key-only-for-tests"
OPERATIONS = (
    "reportShipment",
    "listShipments",
    "correctShipment",
    "listOrders",
    "getOrder",
    "openAddress",
    "tellTaken",
    "tellRefused",
    "tellStopped",
    "tellNotStopped",
    "callBack",
    "listRates",
    "buyLabel",
    "printLabel",
    "voidLabel",
)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def parts() -> AdapterParts:
    warehouse = Warehouse(id=SPARKS, adapter="rest")
    return AdapterParts(warehouse=warehouse, secret=None, transport=None, clock=SystemClock())


class TestRest(WarehouseContract):
    def adapter(self) -> Rest:
        return Rest(parts())

    def taken(self) -> None:
        return None

    def refusing(self) -> None:
        return None

    def failing(self) -> Sequence[Rest]:
        return ()


def test_it_is_found_by_its_name() -> None:
    assert adapter("rest") is Rest
    assert not isinstance(Rest(parts()), Stopping)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = make_world(tmp_path)
    world.storage.warehouses.add(
        Warehouse(id=SPARKS, adapter="rest", api_key_hash=hashlib.sha256(KEY.encode()).hexdigest())
    )
    for n in range(1, 4):
        order = world.seal(world.add(n, OrderState.RELEASED, warehouse=SPARKS))
        ref = release_ref(order.ref, order.revision)
        world.storage.shelf.put(SPARKS, ref, ShelfKind.RELEASED, world.clock.now())
    yield world
    world.storage.close()


def aimed(case: Any, references: Iterator[str]) -> Any:
    """Has every other request speak of an order that is there: few made-up references would hit one."""
    reference = next(references)
    if reference:
        if "reference" in (case.path_parameters or {}):
            case.path_parameters["reference"] = reference
        if isinstance(case.body, dict) and "reference" in case.body:
            case.body |= {"reference": reference, "shipped_at": "2026-11-02T07:30:00Z", "lines": []}
    return case


def test_the_operations_here_are_all_there_are(world: World) -> None:
    api = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application(world))
    found = [each.ok().definition.raw["operationId"] for each in api.get_all_operations()]
    assert sorted(found) == sorted(OPERATIONS)


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_whatever_is_sent_is_answered_as_the_description_says(world: World, operation_id: str) -> None:
    """No answer is a fault of ours, all are described, and no fault repeats what a buyer is called."""
    wsgi = application(world, people=ManualClock(start=START))
    api = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", wsgi)
    operation = api.find_operation_by_id(operation_id)
    there = [each.release for each in world.storage.shelf.after(SPARKS, 0, limit=10)]
    references = itertools.cycle([*there, ""])
    statuses = set()

    @settings(
        derandomize=True,
        deadline=None,
        database=None,
        max_examples=30,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategies.one_of([operation.as_strategy(generation_mode=mode) for mode in GenerationMode]))
    def send(case: Any) -> None:
        answer = aimed(case, references).call(headers={"Authorization": f"Bearer {KEY}"})
        case.validate_response(answer, checks=CHECKS)
        statuses.add(answer.status_code)
        if answer.status_code >= 400:
            assert list(answer.json()) == ["error"]
            assert not [text for text in CANARY.values() if text in answer.text]

    send()
    past_the_door = statuses - {401}
    assert past_the_door or operation_id == "callBack"  # which nobody signed here
