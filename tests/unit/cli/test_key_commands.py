"""The commands about keys, as a person types them."""

import json
from pathlib import Path

from dockseal.bootstrap import build
from dockseal.domain.identifiers import AmazonOrderId, SellerId, new_order_ref
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Order, OrderLine, OrderState
from dockseal.settings import settings_from
from unit.cli.terminal import Terminal as Screen
from unit.cli.test_commands import COMMAND, Terminal
from unit.pii_security.safe import someone

WORDS = "correct horse invented staple"


def test_a_passphrase_is_asked_for_at_a_terminal_and_read_from_a_file_elsewhere(tmp_path: Path) -> None:
    terminal = Terminal(folder=tmp_path)
    command = [*COMMAND, "keys", "create", "--passphrase"]
    with Screen(command, cwd=tmp_path, env=terminal.environment()) as screen:
        screen.wait_for("New passphrase: ")
        screen.enter(f"{WORDS}\n")
        screen.wait_for("Repeat for confirmation: ")
        screen.enter(f"{WORDS}\n")
        assert screen.end() == 0, screen.text
        assert WORDS not in screen.text
    with Screen([*COMMAND, "keys", "list"], cwd=tmp_path, env=terminal.environment()) as screen:
        screen.wait_for("Passphrase of the master key")
        screen.enter(f"{WORDS}\n")
        assert screen.end() == 0, screen.text
    refused = terminal.run("keys", "list")
    assert refused.returncode == 2
    assert "DOCKSEAL_KEY_PASSPHRASE_FILE" in refused.stderr
    place = tmp_path / "words"
    place.write_text(WORDS)
    place.chmod(0o400)
    assert terminal.run("keys", "list", DOCKSEAL_KEY_PASSPHRASE_FILE=str(place)).returncode == 0


def test_a_passphrase_is_put_on_changed_and_taken_off_again(tmp_path: Path) -> None:
    terminal = Terminal(folder=tmp_path)
    terminal.well("keys", "create")
    second = "an invented battery horse"
    for known, new in (("", WORDS), (WORDS, second)):
        command = [*COMMAND, "keys", "passphrase"]
        with Screen(command, cwd=tmp_path, env=terminal.environment()) as screen:
            screen.wait_for("New passphrase: ")
            screen.enter(f"{new}\n")
            screen.wait_for("Repeat for confirmation: ")
            screen.enter(f"{new}\n")
            if known:
                screen.wait_for("Passphrase of the master key")
                screen.enter(f"{known}\n")
            assert screen.end() == 0, screen.text
            assert new not in screen.text
    place = tmp_path / "words"
    place.write_text(WORDS)
    place.chmod(0o600)
    assert "does not open" in terminal.run("keys", "list", DOCKSEAL_KEY_PASSPHRASE_FILE=str(place)).stderr
    place.write_text(second)
    off = terminal.run("keys", "passphrase", "--remove", DOCKSEAL_KEY_PASSPHRASE_FILE=str(place))
    assert off.returncode == 0, off.stderr
    assert "New keys lie under" in terminal.well("keys", "list")
    assert "adds up" in terminal.well("audit", "verify")


def test_the_policies_of_key_providers_are_printed_before_there_are_keys(tmp_path: Path) -> None:
    terminal = Terminal(folder=tmp_path)
    assert "no transit engine" in terminal.run("keys", "policy").stderr
    assert "nothing of AWS KMS" in terminal.run("aws", "policy", "--keys").stderr
    at = {"DOCKSEAL_KEY_AT": "https://bao.example:8200/v1/transit/keys/dockseal"}
    for more in ([], ["--rotate"]):
        printed = terminal.run("keys", "policy", *more, DOCKSEAL_KEY_PROVIDER="transit", **at).stdout
        assert 'path "transit/encrypt/dockseal" {' in printed
        assert ("transit/keys/dockseal/rotate" in printed) is bool(more)
        assert "export" not in printed
    at = {"DOCKSEAL_KEY_AT": "arn:aws:kms:eu-west-1:123456789012:key/invented"}
    printed = terminal.run("aws", "policy", "--keys", DOCKSEAL_KEY_PROVIDER="aws-kms", **at).stdout
    statements = json.loads(printed)["Statement"]
    assert [each["Action"] for each in statements] == [["kms:Decrypt"], ["kms:Encrypt"]]
    name = (tmp_path / "dockseal-keys" / "installation").read_text()
    assert all(name in json.dumps(each["Condition"]) for each in statements)


def test_the_master_key_is_rotated_and_the_list_shows_it(tmp_path: Path) -> None:
    terminal = Terminal(folder=tmp_path)
    terminal.well("keys", "create")
    before = terminal.well("keys", "list")
    done = terminal.well("keys", "rotate")
    after = terminal.well("keys", "list")
    label = done.split()[2]
    assert f"master key {label}" in after
    assert f"master key {label}" not in before
    assert "adds up" in terminal.well("audit", "verify")


def test_the_service_does_not_start_while_copies_of_keys_outlive_what_they_open(tmp_path: Path) -> None:
    terminal = Terminal(folder=tmp_path)
    terminal.well("keys", "create")
    places = {"data_dir": tmp_path / "dockseal-data", "key_dir": tmp_path / "dockseal-keys"}
    app = build(settings_from(places))
    now = app.clock.now()
    amazon = AmazonOrder(
        amazon_order_id=AmazonOrderId("113-0000000-0000001"),
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
    with app.storage.transaction():
        app.storage.orders.insert(order)
    app.vault.seal(order, someone())
    app.close()
    for command in ("serve", "check"):
        refused = terminal.run(command, DOCKSEAL_KEY_BACKUPS="P9D")
        assert refused.returncode == 2
        assert "over 30 days" in " ".join((refused.stdout + refused.stderr).split())
