"""Who cannot reach personal data, who may show it, and who alone touches the outside world."""

import ast
import json
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import grimp
import pytest

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

DISCLOSES: Mapping[str, str] = {
    "pii_security/envelope.py": "encrypts the contents",
    "pii_security/blind_words.py": "makes what the blind index is made of",
    "pii_security/completeness.py": "looks whether country and postal code can be",
    "pii_security/archive.py": "encrypts what a law demands to be kept longer",
    "cli/archive.py": "shows an opened archive to the two officers who opened it",
    "warehouses/webhook/payload.py": "writes the body that the warehouse packs by",
    "warehouses/fitting.py": "writes a recipient so that a warehouse's system can take it",
    "warehouses/reasons.py": "drops a warehouse's sentence that repeats personal data",
    "console/pages/opening.py": "shows one order once, to a person with a grant",
}
"""Who may call `Recipient.disclose`, and for what."""
REVEALS: Mapping[str, str] = {
    "amazon/token_request.py": "logs in with Amazon",
    "amazon/session.py": "sends the access token with a call",
    "amazon/wire.py": "fetches what lies at a presigned URL",
    "pii_security/credentials.py": "encrypts credentials",
    "pii_security/stretching.py": "makes a key of a passphrase",
    "warehouses/webhook/sender.py": "signs a webhook",
    "storage/places.py": "logs in with PostgreSQL",
    "console/pages/machine.py": "compares the key that reads the metrics",
    "cli/warehouses.py": "prints a new warehouse's secrets once, and hashes its API key",
    "cli/demo_world.py": "gives the demo's warehouse its secrets",
    "cli/serving.py": "asks the running process for its health, over TLS that it has the certificate of",
    "cli/keys.py": "prints the key of the metrics when asked for it",
}
"""Who may call `Secret.reveal`, and for what."""
BUILDS: Mapping[str, str] = {
    "amazon/recipients.py": "reads addresses and gift messages of single orders",
    "amazon/order_report.py": "reads the addresses in an order report",
}
"""Which modules of the room that speaks with Amazon may build a `Recipient`, and out of what."""
ENVIRONMENT: Mapping[str, str] = {
    "settings.py": "reads the settings",
    "cli/check.py": "says where a setting came from",
}
CLOCK: Mapping[str, str] = {"domain/clock.py": "tells the time"}
LATE_IMPORTS: Mapping[str, str] = {"storage/store.py": "Django defines tables only once it is configured"}
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
    definer = {"domain/recipient.py"}
    assert places(product(), lambda text: names_attribute(text, "disclose")) - definer == set(DISCLOSES)


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
    definer = {"domain/secret.py"}
    assert places(product(), lambda text: names_attribute(text, "reveal")) - definer == set(REVEALS)


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


IMPORT_ALL = """
import importlib, json, pkgutil, sys, threading

package, home, setup = sys.argv[1], sys.argv[2], sys.argv[3:]
touched, importing = [], [""]
readable = tuple(json.loads(sys.stdin.read()))
acts = (
    "sqlite3.connect", "socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen",
    "os.system", "os.mkdir", "os.remove", "os.rename", "os.fork", "tempfile.mkstemp",
)


def by_us():
    frame = sys._getframe(2)
    while frame is not None:
        place = frame.f_code.co_filename
        if place.startswith(home):
            return True
        if place.startswith("<frozen importlib"):
            return False
        frame = frame.f_back
    return True


def watch(event, args):
    if event == "open":
        place, mode, flags = args
        writes = flags is not None and flags & 0o3103
        if not writes and (not isinstance(place, str) or place.startswith(readable)):
            return
    elif event not in acts:
        return
    if by_us():
        touched.append(f"{importing[0]}: {event} {args[0] if args else ''}")


def start(thread):
    if by_us():
        touched.append(f"{importing[0]}: thread {thread.name}")


sys.addaudithook(watch)
threading.Thread.start = start
if setup:
    import os

    os.environ["DJANGO_SETTINGS_MODULE"] = setup[0]
    importing[0] = "django"
    importlib.import_module("django").setup()
root = importlib.import_module(package)
names = [package, *(module.name for module in pkgutil.walk_packages(root.__path__, f"{package}."))]
names = [name for name in names if not name.endswith(".__main__")]
for importing[0] in names:
    importlib.import_module(importing[0])
print(json.dumps([len(names), touched]))
"""
"""Imports every module of a package and prints how many they are and what they touched meanwhile.

What a library does while it is itself imported is its own matter; what our code has it do is ours.
"""


def import_all(package: str, *, home: Path, below: Path, django: str = "") -> tuple[int, list[str]]:
    """How many modules a package has, and what importing them opens, connects, starts or writes."""
    readable = [sys.prefix, sys.base_prefix, str(home)]
    command = [sys.executable, "-B", "-c", IMPORT_ALL, package, str(home), *filter(None, [django])]
    answer = subprocess.run(
        command, cwd=below, input=json.dumps(readable), capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    number, touched = json.loads(answer.stdout.splitlines()[-1])
    return int(number), [str(each) for each in touched]


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


@pytest.mark.parametrize(
    "text", ["now = clock.now()", "import time\ntime.sleep(1)", "stamp = datetime(2026, 1, 1)"]
)
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
        (
            "import threading\nthreading.Thread(target=print, daemon=True).start()\n",
            "thread",
        ),
    ],
    ids=["database", "network", "writes", "reads", "thread"],
)
def test_touching_something_at_import_is_found(tmp_path: Path, text: str, event: str) -> None:
    guarded = "try:\n" + textwrap.indent(text, "    ") + "except OSError:\n    pass\n"
    write_package(tmp_path, "planted", {"rooms.late": guarded})
    touched = import_all("planted", home=tmp_path / "planted", below=tmp_path)[1]
    assert [each.split()[:2] for each in touched if event in each][:1] == [["planted.rooms.late:", event]]
