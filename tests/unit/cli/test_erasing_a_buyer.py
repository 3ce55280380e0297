"""`dockseal erase buyer`, as a person types it: what the buyer goes by is no argument, and never shown."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from dockseal.bootstrap import build
from dockseal.domain.order import Order, OrderState
from dockseal.settings import settings_from
from scanner import Scanner
from unit.cli.terminal import Terminal as Screen
from unit.cli.test_commands import COMMAND, SECRETS, SELLER, Terminal, held
from unit.pii_security.safe import someone

PHONE, EMAIL = "+1 206-555-0100", "alpha0x0x0x@marketplace.example"
ERASE = ("erase", "buyer", "--seller", "acme-us")


@pytest.fixture(scope="module")
def once_installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where a warehouse and a seller were added."""
    terminal = Terminal(folder=tmp_path_factory.mktemp("installed"))
    terminal.well("keys", "create")
    terminal.well("warehouses", "add", "reno", "--adapter", "by_hand")
    terminal.well("sellers", "add", "acme-us", *SELLER, "--secrets-file", "-", given=json.dumps(SECRETS))
    return terminal.folder


@pytest.fixture
def installed(once_installed: Path, tmp_path: Path) -> Terminal:
    """A terminal in a copy of it."""
    return Terminal(folder=Path(shutil.copytree(once_installed, tmp_path / "installed")))


@pytest.fixture
def sealed(installed: Terminal) -> Order:
    """An order at its warehouse, sealed, that came with a phone number and an e-mail address."""
    folder = installed.folder
    app = build(settings_from({"data_dir": folder / "dockseal-data", "key_dir": folder / "dockseal-keys"}))
    order = replace(held(), state=OrderState.RELEASED, hold=None)
    with app.storage.transaction():
        app.storage.orders.insert(order)
    app.vault.seal(order, someone(phone=PHONE, buyer_email=EMAIL))
    app.close()
    return order


def nowhere(folder: Path, *texts: str) -> None:
    """Nothing that was printed, or is left in the folder, shows the buyer."""
    for value in (PHONE, "2065550100", EMAIL):
        for text in texts:
            assert Scanner(value).found(text.encode()) == set()
        assert Scanner(value).in_folder(folder) == {}


def test_it_is_asked_for_without_being_shown(installed: Terminal, sealed: Order) -> None:
    with Screen([*COMMAND, *ERASE, "--dry-run"], cwd=installed.folder, env=installed.environment()) as screen:
        screen.wait_for("phone number with + and country code: ")
        screen.enter(f"{PHONE}\n")
        assert screen.end() == 0, screen.text
        assert "1 sealed orders are this buyer's; nothing was erased" in screen.text
        assert sealed.ref in screen.text
        assert "0100" not in screen.text
    nowhere(installed.folder, screen.text)


def test_it_is_read_from_standard_input_or_a_file(installed: Terminal, sealed: Order) -> None:
    for given in (PHONE, EMAIL.upper()):
        looked = installed.run(*ERASE, "--dry-run", given=given)
        assert sealed.ref in looked.stdout, looked.stderr
        nowhere(installed.folder, looked.stdout, looked.stderr)
    nobody = installed.run(*ERASE, "--dry-run", given="+1 206-555-0111")
    assert nobody.stdout.startswith("0 sealed orders")
    place = installed.folder / "asked"
    place.write_text(f"{EMAIL}\n", encoding="utf-8")
    done = installed.run(*ERASE, "--from", "asked", "--certificate", "done.json")
    place.unlink()
    certificate = json.loads(done.stdout.partition("\n\n")[0])
    assert (certificate["what"], certificate["records"], certificate["orders"]) == ("buyer", 1, 1)
    assert (installed.folder / "done.json").read_text(encoding="utf-8") == done.stdout
    nowhere(installed.folder, done.stdout, done.stderr)
    assert "adds up" in installed.well("audit", "verify")


def test_what_cannot_be_found_that_way_is_told(installed: Terminal, sealed: Order) -> None:
    folder = installed.folder
    app = build(settings_from({"data_dir": folder / "dockseal-data", "key_dir": folder / "dockseal-keys"}))
    app.vault.seal(app.storage.orders.get(sealed.ref), someone(phone=PHONE))
    app.storage.sealed.delete(sealed.ref)
    app.vault.seal(app.storage.orders.get(sealed.ref), someone(phone=PHONE))
    app.close()
    looked = installed.run(*ERASE, "--dry-run", given=EMAIL)
    assert looked.stdout.startswith("0 sealed orders")
    assert "1 sealed orders of seller acme-us came without buyer_email" in looked.stderr


@pytest.mark.parametrize("words", [(PHONE,), ("--phone", PHONE), ("--email", EMAIL)])
def test_it_is_no_argument(installed: Terminal, words: tuple[str, ...]) -> None:
    refused = installed.run(*ERASE, *words)
    assert refused.returncode == 2
    assert installed.run(*ERASE, "--from", "missing").returncode == 1


def test_what_is_neither_is_refused_in_a_sentence_that_does_not_repeat_it(installed: Terminal) -> None:
    refused = installed.run(*ERASE, given="Testperson Alpha of Exampleton")
    assert refused.returncode == 1
    assert "neither an e-mail address nor a phone number" in refused.stderr
    assert "Testperson" not in refused.stdout + refused.stderr
