"""`dockseal alerts`: channels, what fires, who sees to it, what is kept quiet."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alert_receivers import web_server
from dockseal.pii_security.channel_secrets import ChannelSecrets
from unit.cli.test_commands import Terminal
from unit.cli.test_credential_commands import app_of
from unit.monitoring_audit.alerts.made import firing

TOKEN = "services-T0-invented-4711"


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    terminal = Terminal(folder=tmp_path)
    terminal.well("keys", "create")
    return terminal


def test_a_channel_is_added_tried_listed_and_removed_and_its_address_never_shown(terminal: Terminal) -> None:
    with web_server(None) as web:
        add = ["alerts", "channels", "add", "chat", "--kind", "slack", "--from", "critical", "--file", "-"]
        shown = terminal.well(*add, given=f"{web.url}/{TOKEN}\n")
        assert "chat is told of alerts from critical on: 127.0.0.1." in shown
        shown += terminal.well("alerts", "channels", "test", "chat")
        assert "This is a test" in json.loads(web.posts[0].body)["text"]
        shown += terminal.well("alerts", "channels", "list")
        web.status = 404
        failed = terminal.run("alerts", "channels", "test", "chat")
        assert failed.returncode == 1
        assert "it answered 404" in failed.stderr
        shown += failed.stderr + terminal.well("credentials", "list")
    assert "alert channel chat" in shown
    assert TOKEN not in shown
    again = terminal.run(*add, given="https://x.example\n")
    assert "there is a channel chat already: give --again" in again.stderr
    terminal.well(*add, "--again", given="https://x.example\n")
    terminal.well("alerts", "channels", "remove", "chat")
    with app_of(terminal) as app:
        assert ChannelSecrets(credentials=app.credentials).read("chat") is None
        assert app.storage.credentials.names() == []
        tags = [row.tag for row in app.storage.audit.rows() if row.tag.startswith("alert:")]
    assert tags == [
        "alert:credential:stored",
        "alert:channel:added",
        "alert:channel:tried",
        "alert:channel:tried",
        "alert:credential:stored",
        "alert:channel:added",
        "alert:channel:removed",
    ]


def test_the_key_of_a_webhook_is_shown_once(terminal: Terminal) -> None:
    add = ["alerts", "channels", "add", "pager", "--kind", "webhook", "--file", "-"]
    shown = terminal.well(*add, given="https://pager.example/hook\n")
    assert shown.count("whsec_") == 1
    assert "whsec_" not in terminal.well("alerts", "channels", "list")


def test_mail_needs_what_it_needs(terminal: Terminal) -> None:
    add = ["alerts", "channels", "add", "desk", "--kind", "mail", "--to", "ops@shop.example"]
    assert "needs the name of its mail server" in terminal.run(*add).stderr
    add += ["--sender", "dockseal@shop.example", "--host", "mail.example"]
    assert "unencrypted" in terminal.run(*add, "--encryption", "none").stderr
    assert "password is missing" in terminal.run(*add, "--user", "dockseal").stderr
    assert "ops@shop.example by mail.example:587 (starttls)" in terminal.well(*add)
    terminal.well(*add, "--again", "--user", "dockseal", "--file", "-", given="mail-password-4711\n")
    with app_of(terminal) as app:
        kept = ChannelSecrets(credentials=app.credentials).read("desk")
        assert kept is not None
        assert kept["password"].reveal() == "mail-password-4711"
    terminal.well(*add, "--again")
    with app_of(terminal) as app:
        assert ChannelSecrets(credentials=app.credentials).read("desk") is None


def test_alerts_are_listed_seen_to_and_kept_quiet(terminal: Terminal) -> None:
    assert "No alert fires." in terminal.well("alerts", "list")
    with app_of(terminal) as app:
        app.storage.alerts.add(firing("sweep acme-us", datetime.now(UTC)))
    listed = terminal.run("alerts", "list")
    assert listed.returncode == 1
    assert "firing  critical  ref-sweep-acme-us  sweep acme-us" in listed.stdout
    assert "for 4 hours" in terminal.well("alerts", "ack", "ref-sweep-acme-us")
    assert "acknowledged  critical" in terminal.well("alerts", "list")
    made = terminal.well("alerts", "mute", "sweep", "--about", "acme-us", "--hours", "24")
    ref = re.findall(r"Mute (\w+) is in force", made)[0]
    assert f"mute {ref}  sweep acme-us" in terminal.well("alerts", "list")
    terminal.well("alerts", "unmute", ref)
    assert f"mute {ref}" not in terminal.well("alerts", "list")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("ack", "nothing"), "no alert nothing fires"),
        (("mute", "canary", "--hours", "25"), "at most 24 hours"),
        (("channels", "test", "nothing"), "there is no channel nothing"),
    ],
)
def test_what_cannot_be_says_why(terminal: Terminal, words: tuple[str, ...], sentence: str) -> None:
    done = terminal.run("alerts", *words)
    assert done.returncode == 1
    assert sentence in done.stderr


def test_the_rules_are_listed(terminal: Terminal) -> None:
    shown = terminal.well("alerts", "rules")
    assert re.search(r"canary +page +at once", shown)
    assert re.search(r"unmatched +warning +15 min +warehouses +720 h", shown)
