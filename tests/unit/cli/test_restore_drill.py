"""The restore drill of docs/restoring.md, as a person types it: `dockseal serve` serves nothing erased."""

import json
import re
import shutil
import signal
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from dockseal.bootstrap import App, build
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.order import Order, OrderState
from dockseal.domain.seller import Region, Seller
from dockseal.settings import settings_from
from unit.cli.test_commands import COMMAND, Terminal, held
from unit.pii_security.safe import someone

DATA, KEYS, BACKUP = "dockseal-data", "dockseal-keys", "backup"


def opened(folder: Path) -> App:
    return build(settings_from({"data_dir": folder / DATA, "key_dir": folder / KEYS}))


def an_order(app: App, number: int) -> Order:
    order = replace(held(), state=OrderState.RELEASED, hold=None, accepted_at=app.clock.now())
    amazon = replace(order.amazon, amazon_order_id=f"113-0000000-{number:07}")
    order = replace(order, ref=f"drill2345{number}", amazon=amazon, read_at=app.clock.now())  # type: ignore[arg-type]  # plain texts will do
    with app.storage.transaction():
        app.storage.orders.insert(order)
    return app.vault.seal(order, someone())


@pytest.fixture
def drilled(tmp_path: Path) -> tuple[Terminal, Order, Order]:
    """An installation with two sealed orders and a backup; the first was erased since."""
    terminal = Terminal(folder=tmp_path)
    terminal.well("keys", "create")
    app = opened(tmp_path)
    app.storage.sellers.add(
        Seller(
            id=SellerId("acme-us"),
            region=Region.NA,
            marketplaces=("ATVPDKIKX0DER",),
            selling_partner_id="A0SAMPLE",
            warehouse=WarehouseId("reno"),
            rests_because="a drill",
        )
    )
    first, second = an_order(app, 1), an_order(app, 2)
    app.close()
    shutil.copytree(tmp_path / DATA, tmp_path / BACKUP)
    certificate = json.loads(terminal.well("erase", "order", first.id).partition("\n\n")[0])
    assert certificate["records"] == 1
    return terminal, first, second


def sealed(folder: Path) -> set[str]:
    """The orders that the vault has a row of."""
    with closing(sqlite3.connect(folder / DATA / "vault.sqlite3")) as vault:
        return {ref for (ref,) in vault.execute("SELECT order_ref FROM vault_sealed")}


def served(terminal: Terminal) -> set[str]:
    """Starts `dockseal serve`; returns what is sealed at the moment it says that it serves."""
    environment = terminal.environment(
        DOCKSEAL_CONSOLE_PORT="0", DOCKSEAL_AMAZON_URL="http://127.0.0.1:9", PYTHONUNBUFFERED="1"
    )
    process = subprocess.Popen(
        [*COMMAND, "serve"], cwd=terminal.folder, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert re.match("Dockseal serves http", process.stdout.readline())
        found = sealed(terminal.folder)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
        return found
    finally:
        process.kill()
        process.wait()


def put_back(folder: Path, *names: str) -> None:
    for name in names:
        for place in (folder / DATA).glob(f"{name}*"):
            place.unlink()
        for place in (folder / BACKUP).glob(f"{name}*"):
            shutil.copy2(place, folder / DATA / place.name)


@pytest.mark.parametrize("names", [("vault",), ("operations",), ("operations", "vault")], ids="+".join)
def test_a_restored_backup_is_served_only_once_it_was_made_up_for(
    drilled: tuple[Terminal, Order, Order], names: tuple[str, ...]
) -> None:
    terminal, _, second = drilled
    put_back(terminal.folder, *names)
    for command in ("serve", "check"):
        refused = terminal.run(command)
        assert refused.returncode == 2
        said = " ".join((refused.stdout + refused.stderr).split())
        assert f"older than the other stores: {', '.join(names)}" in said
        assert "dockseal restored" in said
    told = terminal.well("restored")
    # The certificate of the erasure was the first that was signed; operations knows of the key by its mark.
    assert ("A new key signs from now on" in told) == (names == ("vault",))
    assert sealed(terminal.folder) == {second.ref}
    assert served(terminal) == {second.ref}
    assert "adds up" in terminal.well("audit", "verify")


def test_an_erasure_that_was_cut_off_is_finished_before_anything_is_served(
    drilled: tuple[Terminal, Order, Order],
) -> None:
    terminal, first, second = drilled
    with closing(sqlite3.connect(terminal.folder / BACKUP / "vault.sqlite3")) as backup:
        columns = "order_ref, seller, version, epoch, deadline, sealed_at, wrapped_key, ciphertext"
        row = backup.execute(
            f"SELECT {columns} FROM vault_sealed WHERE order_ref = ?", (first.ref,)
        ).fetchone()
    with closing(sqlite3.connect(terminal.folder / DATA / "vault.sqlite3")) as vault:
        vault.execute(f"INSERT INTO vault_sealed ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        vault.commit()
    assert sealed(terminal.folder) == {first.ref, second.ref}
    assert served(terminal) == {second.ref}
