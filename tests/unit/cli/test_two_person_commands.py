"""The commands that two officers are needed for, as people type them."""

import json
import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from dockseal.bootstrap import build
from dockseal.cli.main import app
from dockseal.domain.identifiers import AmazonOrderId, SellerId, new_order_ref
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Order, OrderLine, OrderState
from dockseal.domain.secret import Secret
from dockseal.errors import DocksealError
from dockseal.pii_security.officer_keys import OfficerKey
from dockseal.pii_security.refusals import VAULT
from dockseal.pii_security.stretching import LEAST_COST
from dockseal.settings import load
from unit.cli.terminal import Terminal as Screen
from unit.cli.test_commands import COMMAND, Terminal
from unit.pii_security.safe import someone

ORDER = "113-0000000-0000001"
WORDS = {
    "casey": "casey's own invented words",
    "robin": "robin's own invented words",
    "sam": "sam's own invented words",
}


class Done(NamedTuple):
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True, kw_only=True)
class Typed:
    """Commands in an empty folder, all in this process: a process each would take minutes."""

    folder: Path

    def run(self, *words: str) -> Done:
        """Types a command; returns how it ended, with what `dockseal` would print of an error."""
        done = CliRunner().invoke(app, words)
        if done.exception is not None and not isinstance(done.exception, DocksealError | SystemExit):
            raise done.exception
        told = str(done.exception) if isinstance(done.exception, DocksealError) else done.stderr
        return Done(returncode=done.exit_code, stdout=done.stdout, stderr=told)

    def well(self, *words: str) -> str:
        """Types a command that works; returns what it printed."""
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """An installation with keys, and three people who made themselves keys of their own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    for name in [name for name in os.environ if name.startswith("DOCKSEAL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("dockseal.cli.opened.configure_logging", lambda *_, **__: None)
    terminal = Typed(folder=tmp_path)
    terminal.well("keys", "create")
    for name, words in WORDS.items():
        place = tmp_path / f"{name}.words"
        place.write_text(words)
        place.chmod(0o400)
        key = OfficerKey.made(name)
        (tmp_path / f"{name}.key").write_text(key.close(Secret(words), cost=LEAST_COST))
        (tmp_path / f"{name}.key.pub").write_text(key.handed_in())
    return terminal


def sign(terminal: Typed, ask: str, *names: str) -> None:
    for name in names:
        terminal.well("approvals", "sign", ask, "--key", f"{name}.key", "--passphrase-file", f"{name}.words")


def test_officers_are_registered_and_removed_by_two(terminal: Typed) -> None:
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


def sealed() -> str:
    """Seals an order there; returns the epoch of its key."""
    dockseal = build(load())
    now = dockseal.clock.now()
    amazon = AmazonOrder(
        amazon_order_id=AmazonOrderId(ORDER),
        marketplace_id="ATVPDKIKX0DER",
        status=AmazonStatus.UNSHIPPED,
        fulfilled_by=FulfilledBy.MERCHANT,
        updated_at=now,
        lines=(OrderLine(order_item_id="1", sku="MUG-BLUE", ordered=1),),
    )
    order = Order(
        ref=new_order_ref(),
        seller=SellerId("acme-us"),
        state=OrderState.RELEASABLE,
        amazon=amazon,
        read_at=now,
        accepted_at=now,
    )
    with dockseal.storage.transaction():
        dockseal.storage.orders.insert(order)
    dockseal.vault.seal(order, someone())
    (epoch,) = dockseal.keys.epochs()
    dockseal.close()
    return epoch


def screen_of(terminal: Typed, *words: str) -> Screen:
    """Types a command at a terminal, in a process of its own."""
    environment = Terminal(folder=terminal.folder).environment()
    return Screen([*COMMAND, *words], cwd=terminal.folder, env=environment)


def ask_for(terminal: Typed, command: Sequence[str], name: str) -> None:
    """Types a command that needs two, makes the ask that it names, and has two officers sign it."""
    refused = terminal.run(*command)
    assert refused.returncode == 1
    words = shlex.split(refused.stderr.split("`")[1])
    assert (words[:3], words[-1]) == (["dockseal", "approvals", "ask"], "FILE")
    terminal.well(*words[1:-1], name)
    sign(terminal, name, "casey", "robin")


def test_an_archive_is_made_and_opened_and_a_key_destroyed_by_two_and_not_by_one(terminal: Typed) -> None:
    epoch = sealed()
    terminal.well("officers", "add", "casey.key.pub")
    terminal.well("officers", "add", "robin.key.pub")
    make = ["archive", "make", "it.archive", ORDER, "--basis", "AO-147", "--until", "2033-01-01"]
    inside = [*make[:2], "dockseal-data/it.archive", *make[3:]]
    assert "whose backups live by other rules" in terminal.run(*inside).stderr
    ask_for(terminal, make, "make.ask")
    assert "with 1 orders is in it.archive" in terminal.well(*make, "--ask", "make.ask")
    assert "kept" in terminal.well("archive", "list")

    open_it = ["archive", "open", "it.archive", "--key", "casey.key", "--key", "robin.key"]
    words = ["--passphrase-file", "casey.words", "--passphrase-file", "robin.words"]
    assert "printed to a terminal alone" in terminal.run(*open_it, *words).stderr
    shown = terminal.well(*open_it, *words, "--to", "it.json")
    assert "Testperson" not in shown
    (entry,) = json.loads((terminal.folder / "it.json").read_text())
    assert (entry["amazon_order_id"], entry["name"]) == (ORDER, "Testperson Alpha")
    assert (terminal.folder / "it.json").stat().st_mode & 0o777 == 0o600
    alone = terminal.run(*open_it[:4], "casey.key", "--key", "casey.key", *words[:2], *words[:2], "--to", "x")
    assert alone.returncode == 1
    with screen_of(terminal, *open_it, *words) as screen:
        screen.wait_for("Testperson Alpha")
        assert screen.end() == 0, screen.text

    destroy = ["keys", "destroy", epoch]
    ask_for(terminal, destroy, "destroy.ask")
    assert "of 1 orders the address is retrieved again" in terminal.well(*destroy, "--ask", "destroy.ask")
    assert epoch not in terminal.well("keys", "list")
    delete = ["archive", "delete", "it.archive"]
    ask_for(terminal, delete, "delete.ask")
    terminal.well(*delete, "--ask", "delete.ask")
    assert not (terminal.folder / "it.archive").exists()
    assert "deleted" in terminal.well("archive", "list")
    assert "adds up" in terminal.well("audit", "verify")


def test_a_lockout_is_listed_and_lifted(terminal: Typed) -> None:
    dockseal = build(load())
    for _ in range(10):
        with dockseal.storage.transaction():
            dockseal.vault.lockouts.failed("api/192.0.2.7", actor=VAULT)
    dockseal.close()
    (line,) = terminal.well("lockouts", "list").splitlines()[1:]
    assert line.split()[:2] == ["api/192.0.2.7", "10"]
    terminal.well("lockouts", "clear", "api/192.0.2.7")
    assert terminal.run("lockouts", "clear", "api/192.0.2.7").returncode == 1


def test_an_officer_types_the_passphrase_at_a_terminal_and_nobody_sees_it(terminal: Typed) -> None:
    terminal.well("officers", "add", "casey.key.pub")
    terminal.well("officers", "add", "robin.key.pub")
    terminal.well("approvals", "ask", "key:destroy", "20991231T000000Z", "it.ask")
    with screen_of(terminal, "approvals", "sign", "it.ask", "--key", "casey.key") as screen:
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


def test_an_officer_makes_a_key_that_its_owner_alone_can_read(terminal: Typed) -> None:
    (terminal.folder / "casey.key").unlink()
    (terminal.folder / "casey.key.pub").unlink()
    made = terminal.well("officers", "key", "casey", "casey.key", "--passphrase-file", "casey.words")
    assert (terminal.folder / "casey.key").stat().st_mode & 0o777 == 0o600
    assert made.split()[-1] in terminal.well("officers", "add", "casey.key.pub")
    again = terminal.run("officers", "key", "casey", "casey.key", "--passphrase-file", "casey.words")
    assert "there already" in again.stderr
