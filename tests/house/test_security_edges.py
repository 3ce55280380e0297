"""Who cannot reach personal data, who may show it, and who alone touches the outside world."""

import ast
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import grimp
import pytest

from house.capabilities import BUILDS, DISCLOSES, REVEALS
from house.importing import import_all
from house.tree import PACKAGE, SIMULATOR, SRC, graph_of, python_files, write_package

PERSONAL = (
    "domain.recipient",
    "pii_security",
    "warehouses",
    "amazon.recipients",
    "amazon.order_report",
    "amazon.report_document",
    "amazon.tokens",
    "amazon.whole_orders",
)
WALLS: tuple[tuple[str, str], ...] = (
    *(("order_synchronization", place) for place in PERSONAL),
    *(("shipment_confirmation", place) for place in PERSONAL),
    ("fulfillment_processing", "amazon"),
    ("storage", "domain.recipient"),
    ("pii_security.vault", "amazon"),
)
"""(who, what it must not reach, however many imports lead there)."""

ENVIRONMENT: Mapping[str, str] = {
    "settings.py": "reads the settings",
    "cli/check.py": "says where a setting came from",
}
CLOCK: Mapping[str, str] = {"domain/clock.py": "tells the time"}
LATE_IMPORTS: Mapping[str, str] = {
    "storage/store.py": "Django defines tables only once it is configured",
    "bootstrap/watching.py": "loads an extra, only where it is asked for",
}
_TIME = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns"},
    "timezone": {"now", "localtime", "localdate"},
}
_ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "envvar"}


def reached(graph: grimp.ImportGraph, package: str, walls: Iterable[tuple[str, str]]) -> list[str]:
    """Every shortest chain of imports that leads through a wall."""
    return sorted(
        " > ".join(module.removeprefix(f"{package}.") for module in chain)
        for who, what in walls
        for chain in graph.find_shortest_chains(f"{package}.{who}", f"{package}.{what}", as_packages=True)
    )


def makes_console(text: str) -> bool:
    """Whether code makes a rich console of its own, which would read the words of others as markup."""
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Console"
        for node in ast.walk(ast.parse(text))
    )


def builds_recipient(text: str) -> bool:
    """Whether code makes personal data out of plain values."""
    makers = {"Recipient", "recipient_from"}
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in makers
        for node in ast.walk(ast.parse(text))
    )


def names_attribute(text: str, name: str) -> bool:
    """Whether code takes an attribute, called at once or not, or names it in a text for `getattr`."""
    return any(
        (isinstance(node, ast.Attribute) and node.attr == name)
        or (isinstance(node, ast.Constant) and node.value == name)
        for node in ast.walk(ast.parse(text))
    )


def reads_environment(text: str) -> bool:
    """Whether code reads environment variables: by itself, or by having typer read one."""
    return any(
        (isinstance(node, ast.Attribute) and node.attr in _ENVIRONMENT)
        or (isinstance(node, ast.alias) and node.name in _ENVIRONMENT)
        or (isinstance(node, ast.keyword) and node.arg == "envvar")
        for node in ast.walk(ast.parse(text))
    )


def reads_time(text: str) -> bool:
    """Whether code asks the machine for the time."""
    return any(_reads_time(node) for node in ast.walk(ast.parse(text)))


def _reads_time(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return any(name.name in _TIME.get(node.module or "", ()) for name in node.names)
    if not isinstance(node, ast.Attribute):
        return False
    owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
    return node.attr in _TIME.get(owner, ())


def imports_late(text: str) -> bool:
    """Whether code imports inside a function or a class."""
    blocks = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(
        isinstance(inner, ast.Import | ast.ImportFrom) or _calls_import(inner)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, blocks)
        for inner in ast.walk(node)
    )


def _calls_import(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return called in {"import_module", "__import__"}


def places(files: Iterable[tuple[str, str]], does: Callable[[str], bool]) -> set[str]:
    """Names of the files that do something."""
    return {name for name, text in files if does(text)}


def product() -> Iterator[tuple[str, str]]:
    """Every module of the product."""
    return python_files(SRC)


def test_no_chain_of_imports_leads_through_a_wall() -> None:
    assert reached(graph_of(PACKAGE), PACKAGE, WALLS) == []


def test_personal_data_is_disclosed_in_the_listed_places_alone() -> None:
    assert places(product(), lambda text: names_attribute(text, "disclose")) == set(DISCLOSES)


def test_of_the_room_that_speaks_with_amazon_the_listed_places_alone_build_recipients() -> None:
    room = [(name, text) for name, text in product() if name.startswith("amazon/")]
    assert places(room, builds_recipient) == set(BUILDS)


@pytest.mark.parametrize("text", ["who = Recipient(values)", "who = recipient_from(values)"])
def test_building_a_recipient_is_found(text: str) -> None:
    assert builds_recipient(text)
    assert not builds_recipient("def shown(recipient: Recipient) -> Recipient: ...")


def test_only_one_place_makes_a_console_for_the_terminal() -> None:
    assert places(product(), makes_console) == {"cli/printing.py"}


def test_a_console_made_elsewhere_is_found() -> None:
    assert makes_console("from rich.console import Console\nConsole().print('x')\n")
    assert not makes_console("from rich.console import Console\ndef show(console: Console) -> None: ...\n")


def test_secrets_are_revealed_in_the_listed_places_alone() -> None:
    assert places(product(), lambda text: names_attribute(text, "reveal")) == set(REVEALS)


def test_the_environment_is_read_in_the_listed_places_alone() -> None:
    assert places(product(), reads_environment) == set(ENVIRONMENT)


def test_the_time_is_read_by_the_clock_alone() -> None:
    assert places(product(), reads_time) == set(CLOCK)


def test_imports_stand_at_the_top_of_their_module() -> None:
    assert places(product(), imports_late) == set(LATE_IMPORTS)


def test_only_the_demo_names_the_simulator() -> None:
    namers = places(product(), lambda text: "spapi_simulator" in text)
    assert {name for name in namers if not name.startswith("cli/demo")} == set()


def test_the_simulator_does_not_know_the_product() -> None:
    modules = list(python_files(SIMULATOR))
    assert modules
    assert places(modules, lambda text: PACKAGE in text.lower()) == set()


def test_importing_the_product_touches_nothing(tmp_path: Path) -> None:
    number, touched = import_all(PACKAGE, home=SRC, below=tmp_path, django="dockseal.storage.django_settings")
    assert touched == []
    assert number > 100


def test_importing_the_simulator_touches_nothing(tmp_path: Path) -> None:
    assert import_all("spapi_simulator", home=SIMULATOR, below=tmp_path)[1] == []


# Each rule, broken once on purpose.


def test_a_wall_with_a_long_way_round_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_package(
        tmp_path,
        "planted",
        {
            "storage.orders": "from planted.domain import lane\n",
            "domain.lane": "from planted.domain.recipient import Recipient\n",
            "domain.recipient": "",
        },
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    chains = reached(graph_of("planted"), "planted", [("storage", "domain.recipient")])
    assert chains == ["storage.orders > domain.lane > domain.recipient"]


@pytest.mark.parametrize(
    "text", ["print(person.disclose())", "show = person.disclose", "getattr(person, 'disclose')()"]
)
def test_a_disclosure_is_found_however_it_is_written(text: str) -> None:
    assert names_attribute(text, "disclose")


@pytest.mark.parametrize(
    "text",
    [
        "import os\nplace = os.environ['HOME']",
        "from os import environ as e\n",
        "from os import getenv\n",
        "import typer\nplace = typer.Option(envvar='PLACE')",
    ],
)
def test_reading_the_environment_is_found(text: str) -> None:
    assert reads_environment(text)


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import datetime, UTC\nnow = datetime.now(UTC)",
        "import datetime\nnow = datetime.datetime.utcnow",
        "from datetime import date\ntoday = date.today()",
        "import time\nstart = time.monotonic()",
        "from time import time\nstart = time()",
        "from django.utils import timezone\nnow = timezone.now()",
    ],
)
def test_reading_the_time_is_found(text: str) -> None:
    assert reads_time(text)


@pytest.mark.parametrize("text", ["now = clock.now()", "import time\ntime.sleep(1)", "d = date(2026, 1, 1)"])
def test_asking_our_own_clock_is_no_reading_of_the_time(text: str) -> None:
    assert not reads_time(text)


@pytest.mark.parametrize(
    "text",
    [
        "def late():\n    import json\n",
        "class Late:\n    from json import loads\n",
        "def late():\n    return importlib.import_module('json')\n",
    ],
)
def test_a_late_import_is_found(text: str) -> None:
    assert imports_late(text)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("import sqlite3\nbase = sqlite3.connect(':memory:')\n", "sqlite3.connect"),
        ("import socket\nline = socket.create_connection(('127.0.0.1', 9), 0.1)\n", "socket.connect"),
        ("log = open('touched.log', 'w')\n", "open"),
        ("import os\nhosts = open('/etc/passwd').close()\n", "open"),
        ("import threading\nthreading.Thread(target=print, daemon=True).start()\n", "thread"),
    ],
    ids=["database", "network", "writes", "reads", "thread"],
)
def test_touching_something_at_import_is_found(tmp_path: Path, text: str, event: str) -> None:
    guarded = "try:\n" + textwrap.indent(text, "    ") + "except OSError:\n    pass\n"
    write_package(tmp_path, "planted", {"rooms.late": guarded})
    touched = import_all("planted", home=tmp_path / "planted", below=tmp_path)[1]
    assert [each.split()[:2] for each in touched if event in each][:1] == [["planted.rooms.late:", event]]
