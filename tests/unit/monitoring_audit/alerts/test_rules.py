"""Every check that the product can yield has a rule, and every rule a section in the runbook."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from dockseal.domain.alert import Severity
from dockseal.monitoring_audit.alerts.rules import BY_ID, OTHER, RULES, rule_for
from dockseal.monitoring_audit.alerts.runbooks import RUNBOOKS

SOURCE = Path(__file__).resolve().parents[4] / "src" / "dockseal"
_FOREIGN = (
    "cli/serving.py",
    "cli/doctor.py",
    "bootstrap/doctor/",
    "monitoring_audit/looking/keys_of_vault.py",
)
"""The first reads checks back that the running process made, the others are of `dockseal doctor` alone."""


def check_names(text: str) -> Iterator[str]:
    """How the names of all checks begin that a module makes: what stands before the first value in them.

    A name that is taken out of a table in a loop is not seen.
    """
    tree = ast.parse(text)
    for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
        known = {
            target.id: node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        given = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}
        for call in [node for node in ast.walk(function) if isinstance(node, ast.Call)]:
            name = _name(call)
            if isinstance(name, ast.Name):
                if name.id in given or name.id not in known:
                    continue  # whoever calls this function says it, or a table that it goes through
                name = known.get(name.id)
            if name is not None:
                yield _beginning(name)


def _name(call: ast.Call) -> ast.expr | None:
    called = call.func.id if isinstance(call.func, ast.Name) else ""
    if called == "_try":
        return call.args[0]
    if called != "Check":
        return None
    return next(each.value for each in call.keywords if each.arg == "name")


def _beginning(name: ast.expr) -> str:
    if isinstance(name, ast.Constant):
        return str(name.value)
    assert isinstance(name, ast.JoinedStr), f"a check is named by {ast.unparse(name)}: begin with a word"
    assert isinstance(name.values[0], ast.Constant), "a check's name begins with a value: begin with a word"
    return str(name.values[0].value)


def all_check_names() -> set[str]:
    return {
        name
        for path in SOURCE.rglob("*.py")
        if not path.relative_to(SOURCE).as_posix().startswith(_FOREIGN)
        for name in check_names(path.read_text(encoding="utf-8"))
    }


def test_every_check_of_the_product_has_a_rule() -> None:
    found = all_check_names()
    assert {"database", "lane ", "sweep ", "unusual opens ", "lockout ", "shredding keys"} <= found
    assert {
        name for name in found if rule_for(f"{name}x".strip() if name[-1] == " " else name)[0] is OTHER
    } == set()


def test_a_check_without_a_rule_would_be_found() -> None:
    text = "def look():\n    name = f'oddity {1}'\n    return Check(name=name, ok=False, sentence='')\n"
    assert list(check_names(text)) == ["oddity "]
    assert rule_for("oddity x")[0] is OTHER


@pytest.mark.parametrize(
    ("check", "rule", "about"),
    [
        ("sweep acme-us", "sweep", "acme-us"),
        ("seller acme-us", "seller", "acme-us"),
        ("blind sellers", "blind", "sellers"),
        ("lane take_in/acme-us", "lane", "take_in/acme-us"),
        ("client secret dockseal", "client-secret", "dockseal"),
        ("ship-by at risk acme-us", "ship-by-at-risk", "acme-us"),
        ("ship-by overdue acme-us", "ship-by-overdue", "acme-us"),
        ("unusual opens person:console", "unusual-opens", "person:console"),
        ("openings", "openings", ""),
        ("canary 7f3k", "canary", "7f3k"),
        ("incident 4", "incident", "4"),
        ("incident contact", "incident-contact", ""),
        ("canaryish", "other", "canaryish"),
    ],
)
def test_a_check_finds_its_rule_by_its_first_words(check: str, rule: str, about: str) -> None:
    assert (rule_for(check)[0].id, rule_for(check)[1]) == (rule, about)


def test_an_opened_canary_wakes_somebody_at_once() -> None:
    assert BY_ID["canary"].severity is Severity.PAGE
    assert BY_ID["canary"].at_once


def test_every_rule_has_one_name_and_one_section_in_the_runbook() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES) == len({rule.begins for rule in RULES})
    assert set(RUNBOOKS) == set(BY_ID)
