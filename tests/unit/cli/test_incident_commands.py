"""The commands about incidents, as a person types them."""

import json
import re
from pathlib import Path

import pytest

from unit.cli.test_commands import SECRETS, SELLER, Terminal

URL = "https://reno.example.com/orders"


@pytest.fixture
def installed(tmp_path: Path) -> Terminal:
    """A folder with a warehouse and a seller."""
    terminal = Terminal(folder=tmp_path)
    terminal.well("keys", "create")
    terminal.well("warehouses", "add", "reno", "--adapter", "webhook", "--url", URL)
    terminal.well("sellers", "add", "acme-us", *SELLER, "--secrets-file", "-", given=json.dumps(SECRETS))
    return terminal


def test_a_seller_is_stopped_is_not_woken_by_new_credentials_and_is_woken_by_a_command(
    installed: Terminal,
) -> None:
    said = installed.well("incidents", "open", "A key was seen in a chat.", "--actor", "warehouse:reno")
    case = re.findall(r"inc-[0-9]{8}-[0-9a-f]{6}", said)[0]
    assert installed.well("incidents", "revoke", case, "rest_seller", "acme-us").strip().endswith("rest.")
    words = ("sellers", "add", "acme-us", *SELLER, "--secrets-file", "-", "--again")
    installed.well(*words, given=json.dumps(SECRETS))
    assert f"incident {case} stopped it" in installed.well("sellers", "list")
    assert installed.well("incidents", "wake", "acme-us") == "The lanes of acme-us run again.\n"
    assert "works" in installed.well("sellers", "list")
    assert "no incident stopped seller acme-us" in installed.run("incidents", "wake", "acme-us").stderr
    assert "The lanes of seller acme-us run again." in installed.well("incidents", "show", case)


def test_a_case_about_free_text_is_refused(installed: Terminal) -> None:
    done = installed.run("incidents", "open", "A key was seen.", "--actor", "person:Testperson Alpha")
    assert done.returncode != 0
    assert "Testperson" not in done.stderr
    assert "an actor is named as the audit trail does" in done.stderr
