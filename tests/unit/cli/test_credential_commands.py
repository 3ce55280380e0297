"""The commands about credentials, as a person types them."""

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from dockseal.bootstrap import App, build
from dockseal.cli.warehouse_keys import add_key
from dockseal.cli.warehouses import hash_of
from dockseal.domain.api_key import ApiScope
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.secret import Secret
from dockseal.errors import BadInput
from dockseal.settings import settings_from
from unit.cli.terminal import Terminal as Screen
from unit.cli.test_commands import COMMAND, SECRETS, Terminal, held, signed_text

RENO = WarehouseId("reno")
KEY = "an invented key of forty characters or so"


@contextmanager
def app_of(installed: Terminal) -> Iterator[App]:
    here = Path.cwd()
    os.chdir(installed.folder)
    app = build(settings_from({}))
    try:
        yield app
    finally:
        app.close()
        os.chdir(here)


@pytest.fixture(scope="module")
def once_installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a warehouse by webhook and an application."""
    terminal = Terminal(folder=tmp_path_factory.mktemp("installed"))
    terminal.well("keys", "create")
    url = "https://reno.example.com/orders"
    terminal.well("warehouses", "add", "reno", "--adapter", "webhook", "--url", url)
    words = ["--application-id", "amzn1.sp.solution.1", "--redirect-uri", "https://x.example.com/back"]
    terminal.well("applications", "add", "app", *words, "--secrets-file", "-", given=json.dumps(SECRETS))
    return terminal.folder


@pytest.fixture
def installed(once_installed: Path, tmp_path: Path) -> Terminal:
    """A terminal in a copy of it."""
    return Terminal(folder=Path(shutil.copytree(once_installed, tmp_path / "installed")))


def age(installed: Terminal, days: int) -> None:
    """Makes the credentials in the vault so many days older."""
    with sqlite3.connect(installed.folder / "dockseal-data" / "vault.sqlite3") as vault:
        for (stored_at,) in vault.execute("SELECT DISTINCT stored_at FROM vault_credential").fetchall():
            vault.execute(
                "UPDATE vault_credential SET stored_at = datetime(stored_at, ?) WHERE stored_at = ?",
                [f"-{days} days", stored_at],
            )
    vault.close()


def test_the_list_shows_ages_and_dates_and_no_value(installed: Terminal) -> None:
    age(installed, 100)
    shown = installed.well("credentials", "list")
    for words in ("application/app/lwa", "client secret", "warehouse/reno/api-key", "master key", "soon"):
        assert words in shown
    assert "look  The client secret of application app is to be rotated soon" in shown
    assert "`dockseal applications rotate app`" in shown
    assert SECRETS["client_secret"] not in shown
    assert "whsec_" not in shown


def test_check_tells_of_what_is_due_and_calls_what_is_overdue_a_fault(installed: Terminal) -> None:
    age(installed, 100)
    assert "look  The client secret of application app" in installed.run("check").stdout
    age(installed, 80)
    done = installed.run("check")
    assert done.returncode == 2
    assert "fault  The client secret of application app was to be rotated by" in done.stdout


def test_an_application_gets_a_new_secret_by_hand_and_the_one_before_lives_on(installed: Terminal) -> None:
    age(installed, 170)
    new = json.dumps({"client_secret": "invented-secret-9"})
    installed.well("applications", "rotate", "app", "--secrets-file", "-", given=new)
    with app_of(installed) as app:
        client = app.credentials.application("app")
        assert client.client_secret.reveal() == "invented-secret-9"
        assert client.secret_before is not None
        assert client.secret_before.reveal() == SECRETS["client_secret"]
    assert "look" not in installed.well("credentials", "list").partition("\n")[2]
    again = installed.run("applications", "rotate", "app", "--secrets-file", "-", given=new)
    assert (again.returncode, "already" in again.stderr) == (1, True)


def test_new_secrets_of_a_warehouse_are_shown_once_and_on_a_terminal_only(installed: Terminal) -> None:
    refused = installed.run("warehouses", "rotate", "reno")
    assert refused.returncode == 1
    assert "on a terminal only" in refused.stderr
    with app_of(installed) as app:
        before, key_before = app.credentials.live(RENO), app.storage.warehouses.get(RENO).api_key_hash
    command = [*COMMAND, "warehouses", "rotate", "reno", "--overlap", "24"]
    with Screen(command, cwd=installed.folder, env=installed.environment(), columns=200) as screen:
        assert screen.end() == 0, screen.text
        shown = screen.text
    (secret,) = set(re.findall(r"whsec_\S+", shown))
    (key,) = set(re.findall(r"dsk_\S+", shown))
    assert (shown.count(secret), shown.count(key)) == (1, 1)
    assert before is not None
    with app_of(installed) as app:
        live, kept = app.credentials.live(RENO), app.storage.warehouses.get(RENO)
        assert live is not None
        assert live.newest.reveal() == secret
        assert live.before == before.newest
        assert kept.former_key_hash == key_before
        assert kept.former_key_until is not None
        assert kept.api_key_at is not None
        assert kept.former_key_until <= kept.api_key_at + timedelta(hours=24)
        assert kept.former_key_until > kept.api_key_at + timedelta(hours=23)
        told = [row.tag for row in app.storage.audit.search(limit=2)]
        assert sorted(told) == ["warehouse:api_key:replaced", "warehouse:credential:stored"]
    for command in (["warehouses", "list"], ["credentials", "list"], ["check"]):
        told_again = installed.run(*command).stdout
        assert secret not in told_again
        assert key not in told_again


def test_secrets_of_ones_own_are_taken_from_a_file_and_weak_ones_refused(installed: Terminal) -> None:
    words = ["warehouses", "rotate", "reno", "--secrets-file", "-"]
    for given, said in (
        ({"webhook_secret": "plain", "api_key": KEY}, "is not whsec_"),
        ({"webhook_secret": "whsec_" + 11 * "AAAA", "api_key": "short"}, "at least 32"),
        ({"webhook_secret": "whsec_" + 11 * "AAAA"}, "lacks api_key"),
    ):
        refused = installed.run(*words, given=json.dumps(given))
        assert refused.returncode != 0
        assert said in refused.stderr
    with app_of(installed) as app:
        unchanged = app.credentials.live(RENO)
        assert unchanged is not None
        assert unchanged.before is None
    new = json.dumps({"api_key": KEY})
    installed.well(*words, "--which", "api-key", "--overlap", "0", given=new)
    with app_of(installed) as app:
        assert app.credentials.live(RENO) == unchanged
        assert app.storage.warehouses.get(RENO).former_key_until is None


def test_a_second_rotation_ends_what_is_still_in_use_only_if_it_is_meant_to(installed: Terminal) -> None:
    words = ["warehouses", "rotate", "reno", "--which", "webhook", "--secrets-file", "-"]
    secrets = [json.dumps({"webhook_secret": f"whsec_{letter * 44}"}) for letter in "BC"]
    installed.well(*words, given=secrets[0])
    refused = installed.run(*words, given=secrets[1])
    assert refused.returncode == 1
    assert "--again" in refused.stderr
    installed.well(*words, "--again", given=secrets[1])


def test_a_certificate_is_verified_by_the_public_key_alone_also_after_a_rotation(installed: Terminal) -> None:
    order = held()
    installed.insert(order)
    installed.well("erase", "order", order.id, "--stop", "--certificate", "done.txt")
    (installed.folder / "keys.txt").write_text(installed.well("credentials", "public-keys"), encoding="utf-8")
    (installed.folder / "key.pem").write_text(
        installed.well("credentials", "public-keys", "--pem"), encoding="utf-8"
    )
    installed.well("credentials", "rotate", "signing")
    assert len(installed.well("credentials", "public-keys").split()) == 2
    assert f"order {order.ref}: erased on" in installed.well("certificate", "verify", "done.txt")
    elsewhere = Terminal(folder=installed.folder / "elsewhere")
    elsewhere.folder.mkdir()
    for key in ("keys.txt", "key.pem"):
        told = elsewhere.well("certificate", "verify", "../done.txt", "--key", f"../{key}")
        assert "as it was signed" in told
    assert [place.name for place in elsewhere.folder.iterdir()] == [], "no database and no key was made"

    whole = (installed.folder / "done.txt").read_text(encoding="utf-8")
    assert signed_text(whole)["certificate"] == "dockseal erasure 1"
    changed = whole.replace('"records": 0', '"records": 9')
    (installed.folder / "altered.txt").write_text(changed, encoding="utf-8")
    altered = elsewhere.run("certificate", "verify", "../altered.txt", "--key", "../keys.txt")
    assert altered.returncode == 1
    assert "altered" in altered.stderr


def test_a_warehouse_has_further_keys_that_are_shown_once_and_end_at_once(installed: Terminal) -> None:
    refused = installed.run("warehouses", "key", "add", "reno", "--scope", "shipments:write")
    assert "on a terminal only" in refused.stderr
    command = [*COMMAND, "warehouses", "key", "add", "reno", "--scope", "shipments:write"]
    with Screen(command, cwd=installed.folder, env=installed.environment(), columns=200) as screen:
        assert screen.end() == 0, screen.text
        (key,) = set(re.findall(r"dsk_\S+", screen.text))
    with app_of(installed) as app:
        kept = app.storage.api_keys.by_hash(hash_of(Secret(key)))
        assert kept is not None
        told = app.storage.audit.search(limit=1)[0]
    assert (told.tag, dict(told.fields)) == (
        "warehouse:key:added",
        {
            "warehouse": "reno",
            "key": kept.id,
            "orders_read": "false",
            "addresses_read": "false",
            "shipments_write": "true",
        },
    )
    shown = installed.well("warehouses", "key", "list", "reno")
    assert kept.id in shown
    assert "shipments:write" in shown
    assert key not in shown
    assert f"warehouse/reno/key/{kept.id}" in installed.well("credentials", "list")
    assert "has ended" in installed.well("warehouses", "key", "remove", "reno", kept.id)
    again = installed.run("warehouses", "key", "remove", "reno", kept.id)
    assert f"warehouse reno has no key {kept.id}" in again.stderr
    assert kept.id not in installed.well("warehouses", "key", "list", "reno")


def test_a_warehouse_that_is_sent_its_orders_gets_none_by_a_key(installed: Terminal) -> None:
    with app_of(installed) as app:
        reno = app.storage.warehouses.get(RENO)
        scopes = frozenset({ApiScope.ORDERS_READ, ApiScope.ADDRESSES_READ, ApiScope.SHIPMENTS_WRITE})
        with pytest.raises(BadInput, match="leave out addresses:read and orders:read"):
            add_key(app, reno, Secret(KEY), scopes)
        add_key(app, reno, Secret(KEY), frozenset({ApiScope.SHIPMENTS_WRITE}))
        with pytest.raises(BadInput, match="in use already"):
            add_key(app, reno, Secret(KEY), frozenset({ApiScope.SHIPMENTS_WRITE}))


@pytest.mark.parametrize("words", [[], ["--since", "2026-11-02T08:00:00", "--order", "x"]])
def test_what_is_sent_again_is_said_in_one_way(installed: Terminal, words: list[str]) -> None:
    done = installed.run("warehouses", "replay", "reno", *words)
    assert done.returncode == 1
    assert "--since 2026-11-02T08:00:00, or --order with its id" in done.stderr


def test_what_was_released_is_sent_again(installed: Terminal) -> None:
    assert installed.well("warehouses", "replay", "reno", "--since", "2026-11-02T08:00:00") == ""
    done = installed.run("warehouses", "replay", "reno", "--order", "113-0000000-0000001")
    assert "no order goes by" in done.stderr
