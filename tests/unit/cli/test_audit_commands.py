"""Searching and exporting the audit trail, as a person types it."""

import csv
import io
import json
import stat
from datetime import UTC, datetime

import pytest

from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.monitoring_audit.tags import Tag
from unit.cli.test_commands import Terminal, held, installed, once_installed
from unit.cli.test_credential_commands import app_of

_ = (installed, once_installed)
SAM = Actor(kind=ActorKind.PERSON, name="terminal-sam")


@pytest.fixture
def opened_twice(installed: Terminal) -> Terminal:
    """An order whose data somebody opened twice."""
    order = held()
    installed.insert(order)
    with app_of(installed) as app, app.storage.transaction():
        for _ in range(2):
            app.trail.record(
                Tag.ORDER_DATA_OPENED, actor=SAM, order=order.ref, purpose=Purpose.PACKING_SLIP, fields=2
            )
    return installed


def test_who_opened_the_data_of_an_order_is_found_by_amazons_id(opened_twice: Terminal) -> None:
    said = opened_twice.well("audit", "search", "--order", held().id, "--tag", "order:data")
    lines = [line.split() for line in said.splitlines()]
    assert [line[3:] for line in lines[1:]] == [
        ["person:terminal-sam", "order:data:opened", held().ref, "fields=2", "purpose=packing_slip"]
    ] * 2
    assert int(lines[1][0]) == int(lines[2][0]) + 1
    assert held().id not in said


def test_more_rows_than_shown_are_told_of(installed: Terminal) -> None:
    said = installed.well("audit", "search", "--limit", "2")
    assert len(said.splitlines()) == 4
    assert "the newest 2; raise --limit" in said
    assert "no such row" in installed.well("audit", "search", "--actor", "person:nobody")


def test_an_export_goes_to_the_terminal_or_into_a_new_file_of_its_owner(opened_twice: Terminal) -> None:
    asked = ("audit", "search", "--purpose", "packing_slip")
    rows = list(csv.DictReader(io.StringIO(opened_twice.well(*asked, "--csv"), newline="")))
    assert [row["tag"] for row in rows] == ["order:data:opened"] * 2
    told = [json.loads(line) for line in opened_twice.well(*asked, "--ocsf", "--limit", "1").splitlines()]
    assert [each["class_uid"] for each in told] == [6005]
    assert opened_twice.well(*asked, "--json", "--to", "rows.jsonl") == ""
    file = opened_twice.folder / "rows.jsonl"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [json.loads(line)["hash"] for line in file.read_text().splitlines()] == [
        row["hash"] for row in rows
    ]
    again = opened_twice.run(*asked, "--json", "--to", "rows.jsonl")
    assert again.returncode == 1
    assert "name a new file" in again.stderr


def test_an_export_without_a_limit_is_whole(installed: Terminal) -> None:
    with app_of(installed) as app, app.storage.transaction():
        for _ in range(700):
            app.trail.record(Tag.KEY_MASTER_ROTATION_INTENDED, actor=SAM)
    said = installed.well("audit", "search", "--tag", "key:master:rotation_intended", "--json")
    assert len(said.splitlines()) == 700


def test_the_access_register_counts_by_actor_deed_and_purpose(opened_twice: Terminal) -> None:
    (entry,) = [line.split() for line in opened_twice.well("audit", "register").splitlines()[1:]]
    assert entry[:5] == ["person:terminal-sam", "order:data:opened", "packing_slip", "2", "1"]
    (told,) = opened_twice.well("audit", "register", "--json").splitlines()
    assert json.loads(told)["times"] == 2
    assert "packing_slip,2,1," in opened_twice.well("audit", "register", "--csv")
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert "Nobody did anything" in opened_twice.well("audit", "register", "--until", today)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["search", "--csv", "--json"], "give one of --csv, --json and --ocsf"),
        (["search", "--to", "x"], "--to needs a form"),
        (["search", "--json", "--to", "no/such/x"], "cannot be written"),
        (["search", "--tag", "order:dat"], "docs/audit-tags.md"),
        (["search", "--actor", "sam"], "person:sam"),
        (["search", "--since", "monday"], "`since` is no time"),
        (["register", "--until", "monday"], "`until` is no time"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(
    installed: Terminal, words: list[str], says: str
) -> None:
    refused = installed.run("audit", *words)
    assert refused.returncode == 1
    assert says in " ".join(refused.stderr.split())
