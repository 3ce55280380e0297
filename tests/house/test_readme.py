"""What the pages tell a reader to type or to open is there: commands, options, targets, variables, files."""

import functools
import importlib
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import dockseal.pii_security
from dockseal.cli.main import app
from dockseal.settings import PREFIX, Settings
from house.tree import ROOT, ours, shown

OUTSIDE = frozenset({"cd", "curl", "export", "git", "pip", "pytest", "python", "sqlite3", "uv"})
"""Commands that are not ours."""
_SH = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_VARIABLE = re.compile(r"\b" + PREFIX + r"[A-Z_]+\b")
_OURS = re.compile(r"`(dockseal(?: [^`\n]+)?)`")
_TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
_SUFFIXES = (".py", ".md")
_BASES = (ROOT, ROOT / "src" / "dockseal")


def pages() -> Iterator[tuple[Path, str]]:
    """Every page of the project."""
    for path in ours():
        if path.suffix == ".md":
            yield path, path.read_text(encoding="utf-8")


def shell_lines(text: str) -> list[str]:
    """The commands in a page's `sh` blocks, continued lines joined, comments and prompts dropped."""
    lines = "\n".join(_SH.findall(text)).replace("\\\n", " ").splitlines()
    return [line.removeprefix("$ ") for line in map(str.strip, lines) if line and not line.startswith("#")]


def wrong_command(line: str) -> str:
    """What is wrong with a command line; empty if nothing is."""
    words = shlex.split(line, comments=True)
    while words and re.fullmatch(r"[A-Z][A-Z0-9_]*=.*", words[0]):
        del words[0]
    if not words:
        return ""
    name, rest = Path(words[0]).name, words[1:]
    if name == "make":
        missing = [word for word in rest if "=" not in word and word not in targets()]
        return f"make has no target {missing[0]}" if missing else ""
    if name == "dockseal":
        return unparsable(rest)
    if name == "spapi-simulator":
        return unknown_to_the_simulator(rest)
    return "" if name in OUTSIDE else f"nobody knows the command {name}"


def targets() -> set[str]:
    """Every target of the Makefile."""
    return set(_TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))


def unparsable(words: list[str]) -> str:
    """Why `dockseal` would not take these words; empty if it would."""
    command, rest = led_to(words)
    if hasattr(command, "commands"):
        return f"dockseal has no command {' '.join(words)}"
    try:
        command.make_context("dockseal", rest)
    except typer.Exit:  # --help was asked for
        return ""
    except Exception as refusal:  # noqa: BLE001 - typer keeps the class of its refusals to itself
        return str(refusal)
    return ""


@functools.cache
def whole_command() -> Any:
    """The command `dockseal`."""
    return typer.main.get_command(app)


def led_to(words: list[str]) -> tuple[Any, list[str]]:
    """The command that words lead to, and the words left over."""
    command, rest = whole_command(), list(words)
    while rest and rest[0] in getattr(command, "commands", {}):
        command = command.commands[rest.pop(0)]
    return command, rest


@functools.cache
def simulators_help(*words: str) -> tuple[int, str, str]:
    """What `spapi-simulator` answers to a plea for help: exit code, output, and what went wrong."""
    command = [sys.executable, "-m", "spapi_simulator", *words, "--help"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return answer.returncode, answer.stdout, answer.stderr


def unknown_to_the_simulator(words: list[str]) -> str:
    """Why `spapi-simulator` would not take these words: a command or option its help does not name."""
    code, shown_help, fault = simulators_help(*words[:1])
    if code != 0:
        return fault
    known = set(re.findall(r"--[a-z-]+", shown_help))
    unknown = [word for word in words if word.startswith("--") and word.split("=")[0] not in known]
    return f"spapi-simulator has no option {unknown[0]}" if unknown else ""


def unknown_mentions(text: str) -> list[str]:
    """Mentions such as `dockseal orders list` whose command or option does not exist."""
    return [mention for mention in _OURS.findall(text) if not _exists(mention.split()[1:])]


def _exists(words: list[str]) -> bool:
    if words and set(words[0]) & set("{}"):
        return True
    command, rest = led_to(words)
    options = {name for each in command.params for name in each.opts} | {"--help"}
    flags = [word.split("=")[0] for word in rest if word.startswith("--")]
    below = getattr(command, "commands", None)
    plain = [word for word in rest if not word.startswith("-")]
    return all(flag in options for flag in flags) and not (below and plain)


def missing_variables(text: str) -> list[str]:
    """Names that look like settings and are none."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    return sorted(set(_VARIABLE.findall(text)) - known)


def missing_files(page: Path, text: str) -> list[str]:
    """Files and anchors that a page links to or names, and that are not there."""
    links = [link for link in _LINK.findall(text) if "://" not in link and not link.startswith("mailto:")]
    named = [word for word in _INLINE.findall(_FENCED.sub("", text)) if _looks_like_a_path(word)]
    return [link for link in links if not _link_leads(page, link)] + [
        name for name in named if not _is_there(page, name)
    ]


def _looks_like_a_path(word: str) -> bool:
    if not re.fullmatch(r"[\w.*/-]+", word) or word.startswith(("/", "*")):
        return False
    first = word.split("/", maxsplit=1)[0]
    return word.endswith(_SUFFIXES) or ("/" in word and bool(first) and (ROOT / first).is_dir())


def _link_leads(page: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = page.parent / name if name else page
    if not target.exists():
        return False
    return not anchor or anchor in anchors(target.read_text(encoding="utf-8"))


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", _FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def _is_there(page: Path, name: str) -> bool:
    return any(any(base.glob(name.rstrip("/"))) for base in (page.parent, *_BASES))


def test_every_command_that_a_page_tells_to_type_is_real() -> None:
    lines = [(shown(path), line) for path, text in pages() for line in shell_lines(text)]
    assert any(name == "README.md" and line.startswith("dockseal ") for name, line in lines)
    assert [(*each, wrong) for each in lines if (wrong := wrong_command(each[1]))] == []


def test_every_command_that_a_page_or_a_sentence_of_the_program_names_exists() -> None:
    places = [path for path in ours() if path.suffix in {".md", ".py", ".html"} and "house" not in path.parts]
    found = {shown(path): unknown_mentions(path.read_text(encoding="utf-8")) for path in places}
    assert {name: mentions for name, mentions in found.items() if mentions} == {}


def test_every_setting_that_is_named_exists() -> None:
    places = [
        path
        for path in ours()
        if path.suffix == ".md" or (path.is_relative_to(ROOT / "src") and path.suffix == ".py")
    ]
    found = {shown(path): missing_variables(path.read_text(encoding="utf-8")) for path in places}
    assert {name: variables for name, variables in found.items() if variables} == {}


def test_every_file_that_a_page_names_is_there() -> None:
    found = {shown(path): missing_files(path, text) for path, text in pages()}
    assert {name: files for name, files in found.items() if files} == {}


@pytest.mark.parametrize(
    "words", [[], ["serve"], ["orders", "list"]], ids=["alone", "a command", "a subcommand"]
)
def test_the_installed_command_answers_with_help(words: list[str]) -> None:
    program = Path(sys.executable).with_name("dockseal")
    answer = subprocess.run([program, *words, "--help"], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "Usage: dockseal" in answer.stdout


def test_every_entry_point_leads_somewhere() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    leads = re.findall(r'= "(dockseal[\w.]*):(\w+)"', text)
    assert len(leads) >= 3
    assert [each for each in leads if not hasattr(importlib.import_module(each[0]), each[1])] == []


# Each rule, broken once on purpose.


@pytest.mark.parametrize(
    "line",
    [
        "make demonstration",
        "dockseal serv",
        "dockseal orders",
        "dockseal orders list --status held",
        "dockseal orders list --limit none",
        "dockseal warehouses add reno",
        "spapi-simulator serve --loud",
        "spapi-simulator play",
        "dockseall serve",
    ],
)
def test_a_command_that_is_not_real_is_found(line: str) -> None:
    assert wrong_command(line) != ""


@pytest.mark.parametrize(
    "line",
    [
        "make test ARGS=-x  # all of it",
        "DOCKSEAL_WORKERS=2 dockseal serve",
        ".venv/bin/dockseal orders list --state held --state 'partly shipped'",
        "dockseal orders show --help",
        "git clone https://example.com/dockseal",
    ],
)
def test_a_real_command_is_none_that_is_found(line: str) -> None:
    assert wrong_command(line) == ""


def test_only_sh_blocks_are_read_and_continued_lines_are_one() -> None:
    text = "```sh\n# first\ndockseal check \\\n  --help\n```\n\n```text\nnot this\n```\n"
    assert [line.split() for line in shell_lines(text)] == [["dockseal", "check", "--help"]]


@pytest.mark.parametrize(
    "text", ["`dockseal order list`", "`dockseal orders list --most 3`", "`dockseal nothing`"]
)
def test_a_mention_of_a_command_that_does_not_exist_is_found(text: str) -> None:
    assert unknown_mentions(text) != []


@pytest.mark.parametrize(
    "text", ["`dockseal`", "`dockseal orders`", "`dockseal orders show ORDER`", "dockseal x"]
)
def test_a_mention_of_a_command_that_exists_is_none_that_is_found(text: str) -> None:
    assert unknown_mentions(text) == []


def test_a_misspelt_setting_is_found() -> None:
    assert missing_variables(f"{PREFIX}WORKERS and {PREFIX}WORKRES") == [f"{PREFIX}WORKRES"]


@pytest.mark.parametrize(
    "text",
    [
        "[gone](docs/gone.md)",
        "[gone](README.md#no-such-part)",
        "`docs/gone.md`",
        "`domain/gone.py`",
        "`tests/gone`",
    ],
)
def test_a_missing_file_is_found(text: str) -> None:
    assert len(missing_files(ROOT / "README.md", text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "[here](docs/glossary.md#states-of-an-order)",
        "`domain/order.py`",
        "`cli/demo*.py`",
        "`tests/house`",
        "`/metrics`",
        "[far](https://example.com/gone.md)",
        "```text\n`docs/gone.md`\n```\n",
    ],
)
def test_what_is_there_is_not_found_missing(text: str) -> None:
    assert missing_files(ROOT / "README.md", text) == []


def test_the_map_of_the_largest_room_names_each_of_its_modules_once() -> None:
    room = Path(dockseal.pii_security.__file__).parent
    rows = [line[21:] for line in str(dockseal.pii_security.__doc__).splitlines() if line.startswith("    ")]
    modules = [place.stem for place in room.glob("*.py") if place.name != "__init__.py"]
    assert sorted(" ".join(rows).split()) == sorted(modules)
