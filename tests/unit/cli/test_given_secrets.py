"""Secrets that a warehouse gives us: stored one by one, never shown, never an argument."""

import json
from pathlib import Path

import pytest

from dockseal.domain.identifiers import WarehouseId
from unit.cli.terminal import Terminal as Screen
from unit.cli.test_commands import COMMAND, Terminal
from unit.cli.test_credential_commands import app_of

FAR = WarehouseId("far")
PASSWORD = "let-me-in-4711"
ADD = (
    "warehouses add far --adapter folder --option encrypt=none --option sftp=files.example.com "
    f"--option user=u --option host_key=SHA256:{'A' * 43}"
).split()


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    terminal = Terminal(folder=tmp_path)
    terminal.well("keys", "create")
    return terminal


def test_nothing_is_drawn_for_a_warehouse_that_verifies_and_reports_by_files(
    terminal: Terminal,
) -> None:
    shown = terminal.well(*ADD)
    assert "whsec_" not in shown
    assert "dsk_" not in shown
    assert "sftp_password, sftp_key" in shown
    assert "`dockseal warehouses secret far" in shown
    with app_of(terminal) as app:
        kept = app.storage.warehouses.get(FAR)
        assert (kept.api_key_hash, kept.api_key_at) == ("", None)
        assert app.credentials.live(FAR) is None


def test_a_webhook_warehouse_still_gets_both(terminal: Terminal) -> None:
    shown = terminal.well(
        "warehouses", "add", "reno", "--adapter", "webhook", "--url", "https://x.example.com"
    )
    assert (shown.count("whsec_"), shown.count("dsk_")) == (1, 1)


def test_options_that_cannot_work_are_refused_when_it_is_added(terminal: Terminal) -> None:
    words = [word for word in ADD if word != "encrypt=none"]
    words.remove("--option")
    done = terminal.run(*words)
    assert done.returncode == 2
    assert "has no choice of encryption" in done.stderr
    assert "far" not in terminal.well("warehouses", "list")


def test_secrets_are_stored_beside_each_other_and_replaced(terminal: Terminal) -> None:
    terminal.well(*ADD)
    said = terminal.well("warehouses", "secret", "far", "sftp_key", "--file", "-", given="no key\n")
    assert "sftp_key of far is stored" in said
    assert "look  the SFTP key of warehouse far cannot be read" in said
    file = terminal.folder / "password"
    file.write_text(f"{PASSWORD}\n")
    terminal.well("warehouses", "secret", "far", "sftp_password", "--file", str(file))
    shown = terminal.well("warehouses", "secret", "far", "sftp_key", "--forget")
    assert "look" not in shown
    with app_of(terminal) as app:
        kept = app.credentials.warehouse(FAR)
        assert kept is not None
        assert json.loads(kept.reveal()) == {"sftp_password": PASSWORD}
        tags = [row.tag for row in app.storage.audit.search(limit=3)]
        assert set(tags) == {"warehouse:credential:stored"}
    listed = terminal.well("credentials", "list") + terminal.well("warehouses", "list")
    assert PASSWORD not in listed + shown


def test_a_secret_is_asked_for_on_a_terminal_and_not_shown(terminal: Terminal) -> None:
    terminal.well(*ADD)
    command = [*COMMAND, "warehouses", "secret", "far", "sftp_password"]
    with Screen(command, cwd=terminal.folder, env=terminal.environment(), columns=200) as screen:
        screen.wait_for("sftp_password: ")
        screen.enter(f"{PASSWORD}\r")
        assert screen.end() == 0, screen.text
        assert PASSWORD not in screen.text
    with app_of(terminal) as app:
        kept = app.credentials.warehouse(FAR)
        assert kept is not None
        assert PASSWORD in kept.reveal()


@pytest.mark.parametrize(
    ("words", "given", "sentence"),
    [
        (["far", "sftp_pasword", "--file", "-"], "x", "gives sftp_password, sftp_key"),
        (["far", "sftp_password", "--file", "-"], "\n", "is empty"),
        (["far", "sftp_password", "--file", "nowhere"], "", "cannot be read"),
        (["far", "sftp_password"], "", "give --file"),
        (["reno", "sftp_password", "--file", "-"], "x", "takes no secret of the warehouse's own making"),
        (["nowhere", "sftp_password", "--file", "-"], "x", "nowhere"),
    ],
)
def test_what_cannot_be_stored_is_said(
    terminal: Terminal, words: list[str], given: str, sentence: str
) -> None:
    terminal.well(*ADD)
    terminal.well("warehouses", "add", "reno", "--adapter", "webhook", "--url", "https://x.example.com")
    done = terminal.run("warehouses", "secret", *words, given=given)
    assert done.returncode == 1
    assert sentence in done.stderr


def test_what_was_given_is_not_rotated_away(terminal: Terminal) -> None:
    terminal.well(*ADD)
    terminal.well("warehouses", "secret", "far", "sftp_password", "--file", "-", given=PASSWORD)
    given = json.dumps({"webhook_secret": "whsec_" + 11 * "AAAA", "api_key": 40 * "k"})
    done = terminal.run("warehouses", "rotate", "far", "--secrets-file", "-", given=given)
    assert done.returncode == 1
    assert "`dockseal warehouses secret far`" in done.stderr
