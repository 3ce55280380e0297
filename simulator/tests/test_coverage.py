import math
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import coverage_page
import httpx
import plausible
import pytest
from plausible import OPERATIONS, Asked, World

from spapi_simulator.front import door, gate

pytestmark = pytest.mark.usefixtures("models")


class Looks:
    """Which names were looked up in what a request brought."""

    def __init__(self) -> None:
        self.names: set[str] = set()


def watched(kind: type, looks: Looks) -> type:
    """A kind of mapping that notes every name it is asked for."""

    def noting(name: str) -> Any:
        original = getattr(kind, name)

        def method(self: Any, key: Any, *more: Any, **named: Any) -> Any:
            looks.names.add(key)
            return original(self, key, *more, **named)

        return method

    ways = ("get", "__getitem__", "__contains__", "get_list")
    return type(f"Watched{kind.__name__}", (kind,), {way: noting(way) for way in ways if hasattr(kind, way)})


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    """Notes what operations look up in paths, queries and bodies."""
    found = Looks()
    query, plain = watched(httpx.QueryParams, found), watched(dict, found)
    make, read = door.Ask, gate.read_object

    def ask(**given: Any) -> Any:
        return make(**given | {"query": query(given["query"]), "path": plain(given["path"])})

    monkeypatch.setattr(door, "Ask", ask)
    monkeypatch.setattr(gate, "read_object", lambda raw: plain(read(raw)))
    return found


@pytest.fixture
def world() -> World:
    return plausible.open_world()


def test_the_page_is_up_to_date(models: Path) -> None:
    written = coverage_page.PAGE.read_text(encoding="utf-8")
    assert written == coverage_page.page(), "run python simulator/tests/coverage_page.py"


def test_nothing_is_honoured_that_amazon_does_not_know(models: Path) -> None:
    assert coverage_page.unknown() == []


def test_whatever_is_not_done_has_a_reason_and_no_reason_is_left_over(models: Path) -> None:
    assert coverage_page.unexplained() == []
    assert coverage_page.stale() == []


def test_every_operation_answers_a_plausible_request(world: World) -> None:
    worked = defaultdict(set)
    for asked in plausible.requests(world):
        worked[asked.bucket].add(world.send(asked).status_code)
    assert {one for one, statuses in worked.items() if statuses & {200, 201, 202, 204}} == set(OPERATIONS)


def test_every_honoured_parameter_is_looked_at(world: World, looks: Looks) -> None:
    seen = defaultdict(set)
    for asked in plausible.requests(world):
        looks.names.clear()
        world.send(asked)
        seen[asked.bucket] |= looks.names
    unread = {
        bucket: sorted(set(operation.honours) - seen[bucket])
        for bucket, operation in OPERATIONS.items()
        if set(operation.honours) - seen[bucket]
    }
    assert unread == {}


def changed(asked: Asked, name: str) -> Iterator[Asked]:
    """The request again, with one parameter that makes no sense any more."""
    nonsense = ("\u0001 nonsense", -1, [], {"nonsense": math.pi}, None)
    for wrong in nonsense:
        if name in asked.path and isinstance(wrong, str):
            yield Asked(**vars(asked) | {"path": {**asked.path, name: "nonsense"}})
        elif isinstance(asked.body, dict) and name in asked.body:
            yield Asked(**vars(asked) | {"body": {**asked.body, name: wrong}})
        elif name not in asked.path and asked.body is None and isinstance(wrong, str):
            yield Asked(**vars(asked) | {"query": {**asked.query, name: wrong}})


def test_a_nonsensical_value_changes_the_answer(world: World) -> None:
    """For every honoured parameter that a plausible request brings: it is refused, or a list is another."""
    same = []
    for asked in plausible.requests(world):
        reads = asked.operation.method == "GET"
        good = world.send(asked).text if reads else ""
        for name in asked.operation.honours:
            if not {name} & {*asked.path, *asked.query, *(asked.body or ())}:
                continue
            answers = [world.send(wrong) for wrong in changed(asked, name)]
            if not any(one.status_code >= 400 or (reads and one.text != good) for one in answers):
                same.append(f"{asked.bucket}: {name}")
    assert same == []
