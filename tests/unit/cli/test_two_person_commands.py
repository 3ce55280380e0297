"""The commands that two officers are needed for, as people type them."""

from pathlib import Path

import pytest

from dockseal.domain.secret import Secret
from dockseal.pii_security.officer_keys import OfficerKey
from dockseal.pii_security.stretching import LEAST_COST
from unit.cli.terminal import Terminal as Screen
from unit.cli.test_commands import COMMAND, Terminal

WORDS = {
    "casey": "casey's own invented words",
    "robin": "robin's own invented words",
    "sam": "sam's own invented words",
}


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """An installation with keys, and three people who made themselves keys of their own."""
    terminal = Terminal(folder=tmp_path)
    terminal.well("keys", "create")
    for name, words in WORDS.items():
        place = tmp_path / f"{name}.words"
        place.write_text(words)
        place.chmod(0o400)
        key = OfficerKey.made(name)
        (tmp_path / f"{name}.key").write_text(key.close(Secret(words), cost=LEAST_COST))
        (tmp_path / f"{name}.key.pub").write_text(key.handed_in())
    return terminal


def sign(terminal: Terminal, ask: str, *names: str) -> None:
    for name in names:
        terminal.well("approvals", "sign", ask, "--key", f"{name}.key", "--passphrase-file", f"{name}.words")


def test_officers_are_registered_and_removed_by_two(terminal: Terminal) -> None:
    terminal.well("officers", "add", "casey.key.pub")
    terminal.well("officers", "add", "robin.key.pub")
    refused = terminal.run("officers", "add", "sam.key.pub")
    assert refused.returncode == 1
    words = refused.stderr.split("`")[1].replace("'", "").split()[1:-1]  # as the sentence says
    assert words[:2] == ["approvals", "ask"]
    terminal.well(*words, "sam.ask")
    assert "nobody signed" in terminal.run("officers", "add", "sam.key.pub", "--ask", "sam.ask").stderr
    sign(terminal, "sam.ask", "casey")
    assert "only casey signed" in terminal.run("approvals", "show", "sam.ask").stderr
    sign(terminal, "sam.ask", "robin")
    assert "casey and robin signed it" in terminal.well("approvals", "show", "sam.ask")
    terminal.well("officers", "add", "sam.key.pub", "--ask", "sam.ask")
    listed = terminal.well("officers", "list")
    assert [line.split()[0] for line in listed.splitlines()[1:]] == ["casey", "robin", "sam"]
    terminal.well("approvals", "ask", "officer:remove", "casey", "casey.ask")
    sign(terminal, "casey.ask", "robin", "sam")
    terminal.well("officers", "remove", "casey", "--ask", "casey.ask")
    assert "casey" not in terminal.well("officers", "list")
    assert "adds up" in terminal.well("audit", "verify")


def test_a_key_is_destroyed_by_two_and_not_by_one(terminal: Terminal) -> None:
    terminal.well("officers", "add", "casey.key.pub")
    terminal.well("officers", "add", "robin.key.pub")
    refused = terminal.run("keys", "destroy", "20991231T000000Z")
    assert refused.returncode == 1
    assert "no key of epoch" in refused.stderr


def test_an_officer_types_the_passphrase_at_a_terminal_and_nobody_sees_it(terminal: Terminal) -> None:
    terminal.well("officers", "add", "casey.key.pub")
    terminal.well("officers", "add", "robin.key.pub")
    terminal.well("approvals", "ask", "key:destroy", "20991231T000000Z", "it.ask")
    command = [*COMMAND, "approvals", "sign", "it.ask", "--key", "casey.key"]
    with Screen(command, cwd=terminal.folder, env=terminal.environment()) as screen:
        screen.wait_for("what: key:destroy")
        screen.wait_for("Passphrase of casey.key: ")
        screen.enter(f"{WORDS['casey']}\n")
        assert screen.end() == 0, screen.text
        assert WORDS["casey"] not in screen.text
        assert "casey has signed it" in screen.text
    refused = terminal.run("approvals", "sign", "it.ask", "--key", "robin.key")
    assert "sit at one" in refused.stderr
    wrong = terminal.run(
        "approvals", "sign", "it.ask", "--key", "robin.key", "--passphrase-file", "casey.words"
    )
    assert "does not open the key of officer robin" in wrong.stderr


def test_an_officer_makes_a_key_that_its_owner_alone_can_read(terminal: Terminal) -> None:
    (terminal.folder / "casey.key").unlink()
    (terminal.folder / "casey.key.pub").unlink()
    made = terminal.well("officers", "key", "casey", "casey.key", "--passphrase-file", "casey.words")
    assert (terminal.folder / "casey.key").stat().st_mode & 0o777 == 0o600
    assert made.split()[-1] in terminal.well("officers", "add", "casey.key.pub")
    again = terminal.run("officers", "key", "casey", "casey.key", "--passphrase-file", "casey.words")
    assert "there already" in again.stderr
