"""The registry points at what is there: modules, tests and templates."""

import ast
from pathlib import Path

import pytest

from dockseal.monitoring_audit.compliance.controls import Control
from dockseal.monitoring_audit.compliance.registry import CONTROLS

PROJECT = Path(__file__).resolve().parents[4]
CLAUSES = (
    *("1.1.1", "1.1.2", "1.1.3", "1.2.1", "1.2.2", "1.2.3", "1.2.4", "1.3", "1.4.1", "1.4.2", "1.5"),
    *("1.6.1", "1.6.2", "1.6.3", "1.6.4", "1.6.5", "1.7", "1.8", "3"),
    *("2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.6.1", "2.7.1", "2.7.2", "2.7.3", "2.8"),
)
"""Those of the Data Protection Policy, as far as they could be read."""
NAMES = [control.id for control in CONTROLS]


def test_every_clause_has_a_control() -> None:
    assert {name.partition("-")[0] for name in NAMES if name[0].isdigit()} == set(CLAUSES)


def test_no_two_controls_have_one_name_and_they_stand_in_the_policys_order() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert NAMES[0] == "1.1.1"
    assert NAMES.index("1.8") < NAMES.index("2.1") < NAMES.index("2.8") < NAMES.index("3")
    assert NAMES.index("3") < NAMES.index("AUP-1.1") < NAMES.index("SPPA-6")


@pytest.mark.parametrize("control", CONTROLS, ids=NAMES)
def test_a_control_is_enforced_missing_or_peoples_and_says_by_what(control: Control) -> None:
    assert bool(control.probe) + bool(control.lacks) + control.by_people == 1
    assert bool(control.probe) == bool(control.enforced_by) == bool(control.proved_by)
    if control.by_people:
        assert control.every, "nobody would be told when it is to be done again"
        assert control.template, "nobody would know where to begin"


@pytest.mark.parametrize("control", CONTROLS, ids=NAMES)
def test_what_a_control_points_at_is_there(control: Control) -> None:
    missing = [name for name in control.enforced_by if not (PROJECT / "src" / "dockseal" / name).is_file()]
    assert missing == []
    for node in control.proved_by:
        file, _, name = node.partition("::")
        tree = ast.parse((PROJECT / file).read_text(encoding="utf-8"))
        assert name in {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}, node
    if control.template:
        assert (PROJECT / control.template).is_file(), control.template
