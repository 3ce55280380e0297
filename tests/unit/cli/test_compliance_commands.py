"""`dockseal compliance` as an officer types it."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from dockseal.bootstrap import create_keys
from dockseal.cli.main import app
from dockseal.cli.opened import person
from dockseal.errors import BadInput, SettingsFault
from dockseal.settings import load

NOTE = "somebody with a seller login compares them with Amazon's live text"
DOCUMENT = "ab" * 32


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKSEAL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DOCKSEAL_KEY_DIR", str(tmp_path / "keys"))
    monkeypatch.setenv("DOCKSEAL_AUDIT_ANCHOR_DIR", str(tmp_path / "anchors"))
    (tmp_path / "anchors").mkdir()
    create_keys(load(), person())


def typed(*words: str) -> Result:
    """Types a command."""
    return CliRunner().invoke(app, ["compliance", *words], terminal_width=200)


def plain(text: str) -> str:
    """A text without the ends of its lines."""
    return " ".join(text.split())


@pytest.mark.parametrize("command", ["report", "answers", "processing", "access", "retention", "keys"])
def test_each_says_to_compare_with_amazons_text_on_paper_and_in_json(command: str) -> None:
    assert NOTE in plain(typed(command).output)
    assert NOTE in json.loads(typed(command, "--json").output)["note"]


def test_the_report_ends_with_1_while_a_clause_is_not_met_and_says_which() -> None:
    told = typed("report")
    assert told.exit_code == 1
    text = plain(told.output)
    assert "NOT MET 1.4.1 [A] Passwords of twelve characters and more" in text
    assert "MET 2.6.1 [A]" in text
    assert "48 clauses and parts of clauses: 26 MET, 4 NOT MET, 18 ORGANISATIONAL, 0 OVERDUE." in text


def test_the_plan_and_the_contact_are_not_met_until_their_commands_put_them_on_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = plain(typed("report").output)
    assert "The incident plan was never reviewed: review docs/incidents.md" in text
    assert "Nobody is named whom Amazon reaches about incidents" in text
    monkeypatch.setenv("DOCKSEAL_IMPOC_NAME", "Ines Invented")
    monkeypatch.setenv("DOCKSEAL_IMPOC_MAIL", "ines@invented.example")
    for words in (["runbook", "--reviewed"], ["contact", "--confirm"]):
        assert CliRunner().invoke(app, ["incidents", *words]).exit_code == 0
    text = plain(typed("report").output)
    assert "28 MET, 2 NOT MET, 18 ORGANISATIONAL, 0 OVERDUE." in text
    assert "Invented" not in text


def test_what_is_attested_is_in_the_next_report_with_its_document() -> None:
    assert typed("attest", "1.6.2", "--by", "officer", "--document", DOCUMENT).exit_code == 0
    controls = json.loads(typed("report", "--json").output)["controls"]
    (plan,) = [each for each in controls if each["control"] == "1.6.2"]
    assert plan["attestation"]["document"] == DOCUMENT
    assert plan["attestation"]["by"] == "officer"


def test_a_day_long_past_is_overdue_at_once() -> None:
    told = typed("attest", "2.6.1-review", "--by", "officer", "--document", DOCUMENT, "--on", "2020-01-01")
    assert "until 2020-01-15" in told.output
    assert "OVERDUE 2.6.1-review" in plain(typed("report").output)


def test_a_clause_nobody_knows_names_those_that_people_attest() -> None:
    told = typed("attest", "9.9", "--by", "officer", "--document", DOCUMENT)
    assert isinstance(told.exception, BadInput)
    assert "people attest 1.1.1-firewall" in str(told.exception)


def test_old_orders_are_forgotten_by_a_command_and_by_the_owner_on_postgresql_alone() -> None:
    told = CliRunner().invoke(app, ["orders", "forget"])
    assert told.output == "0 orders were forgotten, with all that was kept for them.\n"
    told = CliRunner().invoke(app, ["database", "forget"])
    assert isinstance(told.exception, SettingsFault)
    assert "files of SQLite" in str(told.exception)


def test_every_field_of_personal_data_has_its_record() -> None:
    told = json.loads(typed("processing", "--json").output)["fields"]
    by_field = {each["field"]: each for each in told}
    assert by_field["buyer_email"]["shared"] == "with nobody"
    assert by_field["phone"]["used"] == "shipping label; hand-over to the warehouse"
    assert by_field["gift_message"]["used"] == "packing slip; hand-over to the warehouse"
    assert all(all(each.values()) for each in told)


def test_the_inventory_of_keys_names_them_and_shows_none() -> None:
    told = json.loads(typed("keys", "--json").output)
    assert [each["name"] for each in told["secrets"]] == ["master key"]
    assert {each["what"]: each["how much"] for each in told["own"]}["the master key lies under"] == (
        "the mode of its folder"
    )
