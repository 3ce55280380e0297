"""The reference pages say what the code does: all of it, and nothing else."""

import importlib.util
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer
from prometheus_client.parser import text_string_to_metric_families

from dockseal import errors
from dockseal.bootstrap import build, create_keys
from dockseal.cli.main import app
from dockseal.cli.opened import person
from dockseal.domain.order import ADDRESS_HOLDS, OrderState
from dockseal.fulfillment_processing.causes import HELD_BY
from dockseal.fulfillment_processing.validation import RULES
from dockseal.monitoring_audit.specs import SPECS
from dockseal.monitoring_audit.tags import Tag
from dockseal.settings import PREFIX, Settings, settings_from
from dockseal.shipment_confirmation.carriers.table import ROWS
from dockseal.shipment_confirmation.tracking_numbers.judging import Verdict
from dockseal.shipment_confirmation.tracking_numbers.rulebook import RULES as TRACKING_RULES
from dockseal.shipment_confirmation.tracking_numbers.upu import ISSUERS, S10
from house.tree import ROOT

DOCS = ROOT / "docs"


def generator() -> ModuleType:
    """`docs/generate.py`, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def page(name: str) -> str:
    """A committed page."""
    return (DOCS / name).read_text(encoding="utf-8")


def first_cells(text: str) -> list[str]:
    """What stands in backquotes in the first column of a page's tables."""
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


def rows(text: str) -> Iterator[list[str]]:
    """The cells of every table row whose first cell is in backquotes."""
    for line in text.splitlines():
        if line.startswith("| `"):
            yield [cell.strip().strip("`") for cell in line.strip("|").split(" | ")]


def stale(written: Mapping[str, str], made: Mapping[str, str]) -> list[str]:
    """Names of pages that are not what the code makes of them now."""
    return sorted(name for name in written.keys() | made.keys() if written.get(name) != made.get(name))


def leaves(command: Any, path: str = "dockseal") -> Iterator[tuple[str, Any]]:
    """Every command that does something, with the words that lead to it."""
    below = getattr(command, "commands", None)
    if below is None:
        yield path, command
    for name, child in (below or {}).items():
        yield from leaves(child, f"{path} {name}")


def documented_commands(text: str) -> dict[str, set[str]]:
    """Options by command, as the page of commands has them."""
    found = {}
    for section in text.split("\n## `")[1:]:
        head = section.split("`", 1)[0]
        words = [word for word in head.split() if not word.isupper()]
        found[" ".join(words)] = {name for cell in first_cells(section) for name in cell.split(", ")}
    return found


def real_commands() -> dict[str, set[str]]:
    """Options by command, as the program has them."""
    return {
        path: {
            name
            for each in command.params
            for name in (
                [*each.opts, *each.secondary_opts]
                if each.param_type_name == "option"
                else [each.metavar or each.name.upper()]
            )
        }
        for path, command in leaves(typer.main.get_command(app))
    }


def error_tree() -> dict[str, tuple[str, str]]:
    """The class above each error, and whether trying again helps."""
    found = {}
    for name, each in vars(errors).items():
        if isinstance(each, type) and issubclass(each, errors.DocksealError):
            found[name] = (each.__bases__[0].__name__, each.retry.value)
    return found


def documented_errors(text: str) -> dict[str, tuple[str, str]]:
    """The same, as the page of errors has it."""
    return {cells[0]: (cells[1], cells[2]) for cells in rows(text)}


def test_the_committed_pages_are_what_the_code_makes_of_them() -> None:
    made = generator().pages()
    by_commands = {"cli.md", "settings.md"}
    assert set(made) == by_commands | {
        "alerts.md",
        "audit-tags.md",
        "carriers.md",
        "holds.md",
        "metrics.md",
        "tracking-numbers.md",
    }
    written = {name: page(name) for name in made if (DOCS / name).is_file()}
    assert stale(written, made) == [], "run `make fix`"


def test_every_command_and_option_is_documented_and_every_documented_one_exists() -> None:
    assert documented_commands(page("cli.md")) == real_commands()


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    assert first_cells(page("settings.md")) == [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]


def test_every_tag_is_documented_with_its_own_fields_and_every_documented_one_exists() -> None:
    tags = page("audit-tags.md").split("## Kinds")[0]
    assert first_cells(tags) == [tag.value for tag in Tag]
    common = set(re.findall(r"(\w+) \(\w+\)", tags.split("\n|")[0]))
    for cells in rows(tags):
        fields = set(re.findall(r"(\w+)\*{0,2} \(\w+\)", cells[2]))
        told = common if Tag(cells[0]).about_an_order else set()
        assert fields | told == set(SPECS[Tag(cells[0])].kinds), cells[0]


def test_every_carrier_is_documented_by_what_amazon_is_told() -> None:
    told = [f"{row.code}: {row.name}" if row.name else row.code for row in ROWS]
    assert first_cells(page("carriers.md")) == told


def test_every_tag_is_recorded_by_somebody() -> None:
    assert [tag for tag, writers in generator().tag_writers().items() if not writers] == []


def test_every_metric_is_documented_and_every_documented_one_is_exposed(tmp_path: Path) -> None:
    settings = settings_from({"data_dir": tmp_path / "data", "key_dir": tmp_path / "keys"})
    create_keys(settings, person())
    built = build(settings)
    try:
        text = built.metrics_text().decode()
    finally:
        built.close()
    exposed = [
        f"{each.name}_total" if each.type == "counter" else each.name
        for each in text_string_to_metric_families(text)
        if not each.name.endswith("_created")
    ]
    assert sorted(first_cells(page("metrics.md"))) == sorted(exposed)


def test_every_reason_to_hold_an_order_is_documented_with_a_sentence() -> None:
    told = {cells[0]: cells[1] for cells in rows(page("holds.md"))}
    codes = {rule.code for rule in RULES}.union(*HELD_BY.values(), ADDRESS_HOLDS)
    assert codes | {"unreadable", "unpaid", "warehouse_refused"} <= told.keys()
    assert all(len(sentence) > 30 for sentence in told.values())


def test_every_rule_of_tracking_numbers_and_every_verdict_is_documented() -> None:
    told = set(first_cells(page("tracking-numbers.md")))
    assert {rule.name for rule in TRACKING_RULES if rule not in S10} <= told
    assert ISSUERS.keys() | {verdict.value for verdict in Verdict} <= told


def test_every_error_is_documented_with_its_place_in_the_tree_and_whether_trying_again_helps() -> None:
    assert documented_errors(page("errors.md")) == error_tree()


def test_every_state_of_an_order_is_in_the_glossary() -> None:
    assert first_cells(page("glossary.md")) == [state.value for state in OrderState]


# Each rule, broken once on purpose.


def test_a_stale_a_missing_and_a_left_over_page_are_found() -> None:
    written = {"cli.md": "old", "gone.md": "x"}
    assert stale(written, {"cli.md": "new", "fresh.md": "y"}) == ["cli.md", "fresh.md", "gone.md"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("| `--again` |", "| `--anew` |"),
        ("## `dockseal check`", "## `dockseal chek`"),
        ("| `--url` |", "| url |"),
    ],
)
def test_a_wrong_command_or_option_is_found(before: str, after: str) -> None:
    text = page("cli.md")
    assert before in text
    assert documented_commands(text.replace(before, after)) != real_commands()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("| `OutcomeUnknown` | `AmazonError` | soon |", "| `OutcomeUnknown` | `AmazonError` | never |"),
        ("| `OrderUnknown` | `AmazonRefused` |", "| `OrderUnknown` | `AmazonError` |"),
        ("| `SealBroken` |", "| SealBroken |"),
    ],
)
def test_a_wrong_error_is_found(before: str, after: str) -> None:
    text = page("errors.md")
    assert before in text
    assert documented_errors(text.replace(before, after)) != error_tree()
