"""The commands as a person types them: each in a process of its own."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from commands import typed
from dockseal.bootstrap import build
from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId, WarehouseId
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Hold, Order, OrderLine, OrderState
from dockseal.settings import load

COMMAND = [sys.executable, "-c", "from dockseal.cli.main import run; run()"]
SECRETS = {"client_id": "client", "client_secret": "invented-secret-1", "refresh_token": "Atzr|invented-2"}
SELLER = ["--marketplace", "ATVPDKIKX0DER", "--partner-id", "A0SAMPLE", "--warehouse", "reno"]
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Terminal:
    """A terminal in an empty folder."""

    folder: Path

    def environment(self, **more: str) -> dict[str, str]:
        """Its variables: the machine's, without Dockseal's own but those given."""
        plain = {name: text for name, text in os.environ.items() if not name.startswith("DOCKSEAL_")}
        return {**plain, "COLUMNS": "200", **more}

    def run(self, *words: str, given: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        """Types a command and waits for its end."""
        return typed(*words, cwd=self.folder, env=self.environment(**more), given=given)

    def well(self, *words: str, given: str = "") -> str:
        """Types a command that works; returns what it printed."""
        done = self.run(*words, given=given)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def insert(self, order: Order) -> None:
        """Puts an order into the tables, as intake would."""
        here = Path.cwd()
        os.chdir(self.folder)
        app = build(load({}))
        try:
            app.storage.orders.insert(order)
        finally:
            app.close()
            os.chdir(here)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """A terminal in an empty folder."""
    return Terminal(folder=tmp_path)


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


def signed_text(note: str) -> dict[str, object]:
    """The certificate in a signed note."""
    told: dict[str, object] = json.loads(note.partition("\n\n— ")[0])
    return told


def held() -> Order:
    """A held order that also asks for a look."""
    amazon = AmazonOrder(
        amazon_order_id=AmazonOrderId("113-0000000-0000001"),
        status=AmazonStatus.UNSHIPPED,
        fulfilled_by=FulfilledBy.MERCHANT,
        updated_at=NOW,
        lines=(OrderLine(order_item_id="1", sku="MUG-1", ordered=2),),
    )
    return Order(
        ref=OrderRef("ref23456789abcdefghj"),
        seller=SellerId("acme-us"),
        state=OrderState.HELD,
        hold=Hold(code="sku_missing", sentence="Give it a SKU."),
        attention="Ask the warehouse.",
        amazon=amazon,
        read_at=NOW,
        accepted_at=NOW,
        warehouse=WarehouseId("reno"),
    )


def test_check_tells_every_fault_at_once_and_exits_2(terminal: Terminal) -> None:
    done = terminal.run("check", DOCKSEAL_KEEP="P40D", DOCKSEAL_WORKRS="3")
    assert done.returncode == 2
    assert "over 30 days" in done.stdout
    assert "did you mean DOCKSEAL_WORKERS?" in done.stdout


def test_check_leads_from_an_empty_folder_to_an_installation_step_by_step(terminal: Terminal) -> None:
    assert "dockseal keys create" in terminal.run("check").stdout
    terminal.well("keys", "create")
    assert "dockseal warehouses add" in terminal.run("check").stdout
    terminal.well("warehouses", "add", "reno", "--adapter", "by_hand")
    assert "dockseal sellers add" in terminal.run("check").stdout
    terminal.well("sellers", "add", "acme-us", *SELLER, "--secrets-file", "-", given=json.dumps(SECRETS))
    assert "No fault found." in terminal.well("check")


def test_no_command_shows_a_secret_that_was_given(installed: Terminal) -> None:
    shown = [
        installed.well(*words.split()) for words in ("check", "sellers list", "keys list", "warehouses list")
    ]
    for text in shown:
        assert SECRETS["client_secret"] not in text
        assert SECRETS["refresh_token"] not in text
    assert "****" in shown[0]


def test_no_secret_lies_in_clear_in_any_file(installed: Terminal) -> None:
    for place in installed.folder.rglob("*"):
        if place.is_file():
            content = place.read_bytes()
            assert SECRETS["client_secret"].encode() not in content, place
            assert SECRETS["refresh_token"].encode() not in content, place


def test_a_seller_is_added_once_and_changed_only_with_again(installed: Terminal) -> None:
    words = ("sellers", "add", "acme-us", *SELLER, "--secrets-file", "-")
    twice = installed.run(*words, given=json.dumps(SECRETS))
    assert twice.returncode == 1
    assert "--again" in twice.stderr
    installed.well(*words, "--again", given=json.dumps(SECRETS))
    assert "works" in installed.well("sellers", "list")


def test_secrets_that_lack_a_part_are_refused_naming_it(installed: Terminal) -> None:
    given = json.dumps({"client_id": "client"})
    done = installed.run("sellers", "add", "acme-de", *SELLER, "--secrets-file", "-", given=given)
    assert done.returncode == 1
    assert "client_secret, refresh_token" in done.stderr


def test_a_seller_needs_a_warehouse_that_is_known(installed: Terminal) -> None:
    words = [word if word != "reno" else "nowhere" for word in SELLER]
    done = installed.run(
        "sellers", "add", "acme-de", *words, "--secrets-file", "-", given=json.dumps(SECRETS)
    )
    assert done.returncode == 1
    assert "nowhere" in done.stderr


def test_an_unknown_adapter_is_refused_naming_those_there_are(installed: Terminal) -> None:
    done = installed.run("warehouses", "add", "linz", "--adapter", "pigeon")
    assert done.returncode == 1
    assert "by_hand" in done.stderr
    assert "webhook" in done.stderr


def test_orders_are_listed_shown_examined_again_and_settled(installed: Terminal) -> None:
    order = held()
    installed.insert(order)
    assert "Give it a SKU." in installed.well("orders", "list", "--state", "held")
    shown = installed.well("orders", "show", order.id)
    assert "2 × MUG-1" in shown
    assert "personal data: none kept" in shown
    installed.well("orders", "seen", order.id)
    installed.well("orders", "examine", order.ref)
    after = installed.well("orders", "show", order.id)
    assert "order:attention:seen" in after
    assert "order:life:unheld" in after
    again = installed.run("orders", "examine", order.id)
    assert again.returncode == 1
    assert "not held" in again.stderr


def test_an_order_that_no_warehouse_has_is_cancelled_with_one_of_amazons_reasons(installed: Terminal) -> None:
    order = held()
    installed.insert(order)
    nothing = installed.run("orders", "stop", order.id)
    assert nothing.returncode == 1
    assert "nothing at a warehouse to stop" in nothing.stderr
    unasked = installed.run("orders", "stopped", order.id, "--too-late")
    assert unasked.returncode == 1
    assert "no answer of a warehouse is waited for" in unasked.stderr
    assert installed.run("orders", "cancel", order.id, "--reason", "Whim").returncode == 2
    assert "has Amazon cancel" in installed.well("orders", "cancel", order.id, "--reason", "NoInventory")
    assert "being cancelled at Amazon" in installed.well("orders", "show", order.id)
    again = installed.run("orders", "cancel", order.id, "--reason", "NoInventory")
    assert again.returncode == 1
    assert "already" in again.stderr


def test_words_of_others_are_printed_as_they_are_and_read_as_no_markup(installed: Terminal) -> None:
    words = "Amazon says [shippingAddress] and [/x] about :package: 1."
    order = held()
    line = replace(order.amazon.lines[0], sku="[/bold]:truck:")
    amazon = replace(order.amazon, lines=(line,))
    installed.insert(replace(order, amazon=amazon, hold=Hold(code="sku_missing", sentence=words)))
    assert words in installed.well("orders", "list").replace("\n", " ")
    shown = installed.well("orders", "show", order.id)
    assert words in shown
    assert "2 × [/bold]:truck:" in shown
    refused = installed.run("orders", "show", "[/nobody]:package:")
    assert refused.returncode == 1
    assert "[/nobody]:package:" in refused.stderr


def test_an_order_nobody_knows_is_said_to_be_unknown(installed: Terminal) -> None:
    done = installed.run("orders", "show", "113-9999999-9999999")
    assert done.returncode == 1
    assert "no order goes by" in done.stderr


def test_audit_verify_finds_an_edited_row_and_exits_1(installed: Terminal) -> None:
    assert "adds up" in installed.well("audit", "verify")
    with sqlite3.connect(installed.folder / "dockseal-data" / "operations.sqlite3") as database:
        names = database.execute("select name from sqlite_master where type = 'trigger'").fetchall()
        for (name,) in names:
            database.execute(f'drop trigger "{name}"')
        database.execute("update operations_audit set actor = 'person:nobody' where seq = 1")
    done = installed.run("audit", "verify")
    assert done.returncode == 1
    assert "audit row 1" in done.stderr


def test_the_key_of_the_metrics_is_the_same_each_time_it_is_asked_for(installed: Terminal) -> None:
    key = installed.well("keys", "metrics").strip()
    assert re.fullmatch("[0-9a-f]{64}", key)
    assert installed.well("keys", "metrics").strip() == key


def test_keys_are_made_once(installed: Terminal) -> None:
    assert installed.run("keys", "create").returncode == 2


@pytest.fixture
def serving(installed: Terminal) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """A running `dockseal serve`, its URL and its sign-in link; Amazon is a port where nobody answers."""
    environment = installed.environment(
        DOCKSEAL_CONSOLE_PORT="0", DOCKSEAL_AMAZON_URL="http://127.0.0.1:9", PYTHONUNBUFFERED="1"
    )
    process = subprocess.Popen(
        [*COMMAND, "serve"],
        cwd=installed.folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.readline() + process.stdout.readline()
    url, link = re.findall(r"https?://\S+", said)
    yield process, url, link
    process.kill()
    process.wait()


def test_serve_answers_prints_a_link_that_signs_in_and_ends_on_sigterm(
    serving: tuple[subprocess.Popen[str], str, str],
) -> None:
    process, url, link = serving
    with httpx.Client(trust_env=False, timeout=20) as client:
        assert client.get(f"{url}/health").json()["verdict"] in {"ok", "degraded"}
        assert "dockseal_orders" in client.get(f"{url}/metrics").text
        assert client.get(url).status_code in {303, 401, 403}
        assert client.get(link).status_code == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0


def test_an_order_is_erased_by_its_full_name_only_and_a_seller_only_after_a_yes(installed: Terminal) -> None:
    order = held()
    installed.insert(order)
    for words, sentence in (((order.id[:9], "--stop"), "in full"), ((order.id,), "--stop")):
        refused = installed.run("erase", "order", *words)
        assert refused.returncode == 1
        assert sentence in refused.stderr
    installed.well("erase", "order", order.id, "--stop", "--reason", "amazon", "--certificate", "done.json")
    certificate = signed_text((installed.folder / "done.json").read_text(encoding="utf-8"))
    assert (certificate["subject"], certificate["reason"]) == (order.ref, "amazon")
    assert (certificate["records"], certificate["stopped"]) == (0, 1)
    assert "shredded" in installed.well("orders", "show", order.id)
    known = installed.run("erase", "order", order.id, "--certificate", "done.json")
    assert "is there already" in known.stderr
    assert installed.run("erase", "seller", "acme-us", given="n\n").returncode == 1
    assert "works" in installed.well("sellers", "list")
    gone = signed_text(installed.well("erase", "seller", "acme-us", "--yes"))
    assert (gone["subject"], gone["credentials"]) == ("acme-us", 1)
    assert "rests: It left" in installed.well("sellers", "list")


def test_the_aws_policies_are_made_of_the_installations_own_queues(installed: Terminal) -> None:
    said = installed.run("aws", "policy")
    assert said.returncode == 1
    assert "no seller has a queue yet" in " ".join(said.stderr.split())
    url = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders"
    (listens,) = json.loads(installed.well("aws", "policy", "--queue-url", url))["Statement"]
    (sets_up,) = json.loads(installed.well("aws", "policy", "--setup", "--queue-url", url))["Statement"]
    assert listens["Resource"] == sets_up["Resource"] == ["arn:aws:sqs:eu-west-1:123456789012:orders"]
    assert not set(listens["Action"]) & set(sets_up["Action"])


def test_the_aws_trust_policy_names_who_may_take_the_role_and_asks_for_the_external_id(
    installed: Terminal,
) -> None:
    who = "arn:aws:iam::123456789012:user/this-machine"
    done = installed.run("aws", "trust", who, DOCKSEAL_AWS_EXTERNAL_ID="an invented word")
    (statement,) = json.loads(done.stdout)["Statement"]
    assert statement["Principal"] == {"AWS": who}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "an invented word"}}
    assert "is no ARN" in " ".join(installed.run("aws", "trust", "me").stderr.split())


def test_bytes_that_are_no_text_are_refused_in_a_sentence(terminal: Terminal) -> None:
    done = subprocess.run(
        [*(word.encode() for word in COMMAND), b"packages", b"list", b"S\xe3o"],
        cwd=terminal.folder,
        env=terminal.environment(PYTHONUTF8="1"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "no UTF-8" in done.stderr
    assert "Traceback" not in done.stderr
