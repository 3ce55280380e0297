"""`dockseal routing` as a person types it."""

from pathlib import Path

import pytest

from unit.cli.test_commands import Terminal, held, installed, once_installed  # noqa: F401  fixtures, by their names

RULES = """[[rules]]
sku = "MUG-*"
country = "US"
warehouse = "reno"

[[rules]]
program = "PRIME"
warehouse = "{}"
"""


@pytest.fixture
def rules(installed: Terminal) -> Path:  # noqa: F811  the fixture
    """A file of rules that fit the installation."""
    path = installed.folder / "routing.toml"
    path.write_text(RULES.format("reno"))
    return path


def test_without_rules_it_says_how_to_have_some(installed: Terminal) -> None:  # noqa: F811  the fixture
    assert "DOCKSEAL_ROUTING_FILE" in installed.well("routing", "check")


def test_rules_that_fit_are_counted(installed: Terminal, rules: Path) -> None:  # noqa: F811  the fixture
    done = installed.run("routing", "check", DOCKSEAL_ROUTING_FILE=rules.name)
    assert (done.returncode, done.stdout) == (0, "2 rules, 0 stock hints. No fault found.\n")


@pytest.mark.parametrize("words", [("routing", "check"), ("check",), ("serve",)])
def test_a_name_that_is_not_there_is_a_fault_of_whoever_is_about_to_start(
    installed: Terminal,  # noqa: F811  the fixture
    rules: Path,
    words: tuple[str, ...],
) -> None:
    rules.write_text(RULES.format("rino"))
    done = installed.run(*words, DOCKSEAL_ROUTING_FILE=rules.name)
    assert done.returncode == 2
    assert "routing rule 2: no warehouse is named 'rino': did you mean 'reno'?" in done.stdout + done.stderr


def test_a_misspelt_key_names_its_line(installed: Terminal, rules: Path) -> None:  # noqa: F811  the fixture
    rules.write_text(RULES.format("reno").replace("country", "contry"))
    done = installed.run("routing", "check", DOCKSEAL_ROUTING_FILE=rules.name)
    assert done.returncode == 2
    assert "(line 3 of routing.toml): there is no key 'contry': did you mean 'country'?" in done.stderr


def test_an_order_is_explained(installed: Terminal, rules: Path) -> None:  # noqa: F811  the fixture
    order = held()
    installed.insert(order)
    done = installed.run("routing", "explain", order.id, DOCKSEAL_ROUTING_FILE=rules.name)
    assert done.stdout.splitlines() == [
        f"Order {order.id} is held: nothing of it was handed over yet.",
        "By the rules as they are now:",
        "  2 × MUG-1 (item 1): the destination decides; it is sealed, and is not opened for this",
        "    rule 1 takes it to warehouse reno if it goes to country US",
        "    rule 2 does not take it: it is not in the program PRIME",
        "    else warehouse reno, by no rule (the seller's own warehouse)",
    ]
