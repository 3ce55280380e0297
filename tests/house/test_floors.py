"""The floors of the house: a room uses rooms below it, never one above, and on two floors none beside it."""

import graphlib
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import grimp
import pytest

from house.tree import PACKAGE, edges, graph_of, write_package

FLOORS: Mapping[str, int] = {
    "cli": 5,
    "console": 5,
    "bootstrap": 4,
    "lane_threads": 4,
    "lanes": 4,
    "logs": 4,
    "pipeline": 4,
    "order_synchronization": 3,
    "fulfillment_processing": 3,
    "shipment_confirmation": 3,
    "pii_security": 2,
    "monitoring_audit": 2,
    "amazon": 1,
    "warehouses": 1,
    "storage": 1,
    "domain": 0,
    "settings": 0,
    "settings_watching": 0,
    "errors": 0,
}
APART = frozenset({3, 1})
"""On these floors no room uses another."""
DOORS = frozenset({"console.parts", "console.server", "console.sign_in"})
"""What the command line may use of the console; the console uses nothing of the command line."""
OUTSIDE: Mapping[str, frozenset[str]] = {
    "domain": frozenset(),
    "errors": frozenset(),
    "settings": frozenset({"pydantic", "pydantic_core"}),
    "settings_watching": frozenset({"pydantic"}),
}
"""What the ground floor uses besides the standard library."""

Edges = Iterable[tuple[str, str]]


def room(module: str) -> str:
    """The room of a module; empty for the package itself."""
    return [*module.split("."), ""][1]


def inner(module: str) -> str:
    """A module's name inside its package."""
    return module.partition(".")[2]


def between_rooms(pairs: Edges) -> set[tuple[str, str]]:
    """Those imports that lead from one room to another."""
    return {(a, b) for a, b in pairs if room(a) and room(b) and room(a) != room(b)}


def without_floor(modules: Iterable[str]) -> set[str]:
    """Rooms that stand on no floor."""
    return {room(module) for module in modules} - set(FLOORS) - {""}


def upward(pairs: Edges) -> list[str]:
    """Imports that lead to a higher floor."""
    return sorted(
        f"{inner(a)} uses {inner(b)}, which is above it"
        for a, b in between_rooms(pairs)
        if FLOORS[room(b)] > FLOORS[room(a)]
    )


def sideways(pairs: Edges) -> list[str]:
    """Imports between rooms of one floor on which rooms stand apart."""
    return sorted(
        f"{inner(a)} uses {inner(b)}, which is beside it"
        for a, b in between_rooms(pairs)
        if FLOORS[room(a)] == FLOORS[room(b)] and FLOORS[room(a)] in APART
    )


def past_the_doors(pairs: Edges) -> list[str]:
    """Imports between the command line and the console that do not go through the console's doors."""
    return sorted(
        f"{inner(a)} uses {inner(b)}, which is no door"
        for a, b in between_rooms(pairs)
        if {room(a), room(b)} == {"cli", "console"} and not (room(a) == "cli" and inner(b) in DOORS)
    )


def cycle(pairs: Edges) -> str:
    """One chain of imports that comes back to where it began; empty if there is none."""
    uses: dict[str, set[str]] = {}
    for a, b in pairs:
        uses.setdefault(a, set()).add(b)
    try:
        graphlib.TopologicalSorter(uses).prepare()
    except graphlib.CycleError as found:
        return " > ".join(reversed(found.args[1]))
    return ""


def strangers(graph: grimp.ImportGraph) -> list[str]:
    """What the ground floor uses and should not; `graph` holds external packages too."""
    return sorted(
        f"{inner(module)} uses {used}"
        for module in graph.modules
        if room(module) in OUTSIDE
        for used in graph.find_modules_directly_imported_by(module)
        if graph.is_module_squashed(used)
        and used not in OUTSIDE[room(module)]
        and used not in sys.stdlib_module_names
    )


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """The import graph of the product."""
    return graph_of(PACKAGE)


def test_every_room_stands_on_a_floor_and_every_floor_is_built(graph: grimp.ImportGraph) -> None:
    assert without_floor(graph.modules) == set()
    assert set(FLOORS) <= {room(module) for module in graph.modules}


def test_no_room_uses_one_above_it(graph: grimp.ImportGraph) -> None:
    assert upward(edges(graph)) == []


def test_the_services_do_not_know_each_other_and_neither_do_amazon_warehouses_and_storage(
    graph: grimp.ImportGraph,
) -> None:
    assert sideways(edges(graph)) == []


def test_the_command_line_uses_only_the_doors_of_the_console_and_the_console_none_of_it(
    graph: grimp.ImportGraph,
) -> None:
    assert past_the_doors(edges(graph)) == []


def test_no_module_imports_itself_over_others() -> None:
    assert cycle(edges(grimp.build_graph(PACKAGE, cache_dir=None))) == ""


def test_no_room_uses_itself_over_others(graph: grimp.ImportGraph) -> None:
    assert cycle({(room(a), room(b)) for a, b in between_rooms(edges(graph))}) == ""


def test_the_ground_floor_stands_on_the_standard_library() -> None:
    assert strangers(grimp.build_graph(PACKAGE, include_external_packages=True, cache_dir=None)) == []


# Each rule, broken once on purpose.


def planted(folder: Path, monkeypatch: pytest.MonkeyPatch, **modules: str) -> set[tuple[str, str]]:
    """The imports of a small package; `cli__serve` is its module `cli.serve`."""
    write_package(folder, "planted", {name.replace("__", "."): text for name, text in modules.items()})
    monkeypatch.syspath_prepend(str(folder))
    return edges(graph_of("planted"))


def test_a_room_without_a_floor_is_found() -> None:
    assert without_floor({"planted", "planted.cli.main", "planted.attic"}) == {"attic"}


@pytest.mark.parametrize(
    "text",
    [
        "from planted.console import server\n",
        "def late() -> None:\n    import planted.console.server\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from planted.console import server\n",
        "PLACE = 'planted.console.server.Late'\n",
    ],
    ids=["plain", "in a function", "for types only", "as a text"],
)
def test_an_upward_import_is_found_however_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    pairs = planted(tmp_path, monkeypatch, storage__rows=text, console__server="")
    assert upward(pairs) == ["storage.rows uses console.server, which is above it"]


def test_a_sideways_import_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = planted(
        tmp_path, monkeypatch, amazon__client="from ..storage import rows\n", storage__rows="", lanes=""
    )
    assert sideways(pairs) == ["amazon.client uses storage.rows, which is beside it"]


def test_a_way_past_the_doors_is_found_in_both_directions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = planted(
        tmp_path,
        monkeypatch,
        cli__serve="from planted.console import board, server\n",
        console__server="",
        console__board="import planted.cli.main\n",
        cli__main="",
    )
    assert past_the_doors(pairs) == [
        "cli.serve uses console.board, which is no door",
        "console.board uses cli.main, which is no door",
    ]


def test_a_cycle_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = planted(
        tmp_path,
        monkeypatch,
        domain__order="from planted.domain import line\n",
        domain__line="from planted.domain.order import Order\n",
    )
    assert "planted.domain.line" in cycle(pairs)
    assert "planted.domain.order" in cycle(pairs)


def test_a_library_on_the_ground_floor_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted(
        tmp_path, monkeypatch, domain__order="import json\nimport pydantic\n", settings="import pydantic\n"
    )
    whole = grimp.build_graph("planted", include_external_packages=True, cache_dir=None)
    assert strangers(whole) == ["domain.order uses pydantic"]
