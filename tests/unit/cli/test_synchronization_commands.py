"""`sellers status`, `sellers runs` and `orders why`, as a person types them."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import commands
from dockseal.bootstrap import build
from dockseal.domain.clock import SystemClock
from dockseal.domain.identifiers import AmazonOrderId, SellerId
from dockseal.domain.notice import Notice, NoticeSource, Watermark
from dockseal.domain.sync_run import SyncOutcome, SyncRun, SyncSource
from dockseal.settings import load

SECRETS = {"client_id": "client", "client_secret": "invented-secret-1", "refresh_token": "Atzr|invented-2"}
ACME = SellerId("acme-us")
DAY = datetime(2026, 11, 2, 14, 3, 10, tzinfo=UTC)


def typed(folder: Path, *words: str, given: str = "", fails: bool = False) -> str:
    """Types a command; returns what it printed, on either stream."""
    plain = {name: text for name, text in os.environ.items() if not name.startswith("DOCKSEAL_")}
    done = commands.typed(*words, cwd=folder, env={**plain, "COLUMNS": "250"}, given=given)
    assert (done.returncode != 0) is fails, done.stderr
    return (done.stdout + done.stderr).replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a seller, whose ledger has a sweep, a failure and a count, and a notice that waits."""
    place = tmp_path_factory.mktemp("installed")
    typed(place, "keys", "create")
    typed(place, "warehouses", "add", "reno", "--adapter", "by_hand")
    seller = ["--marketplace", "ATVPDKIKX0DER", "--partner-id", "A0SAMPLE", "--warehouse", "reno"]
    typed(place, "sellers", "add", "acme-us", *seller, "--secrets-file", "-", given=json.dumps(SECRETS))
    here = Path.cwd()
    os.chdir(place)
    app = build(load({}))
    try:
        fill(app.storage.sync_runs.add)
        app.storage.watermarks.set(Watermark(seller=ACME, complete_to=DAY))
        app.storage.notices.add(
            Notice(
                id="n1",
                seller=ACME,
                amazon_order_id=AmazonOrderId("113-0000000-0000007"),
                source=NoticeSource.NOTIFICATION,
                noticed_at=SystemClock().now() - timedelta(minutes=2),
            )
        )
    finally:
        app.close()
        os.chdir(here)
    return place


def fill(add: object) -> None:
    """Three rows, an hour apart."""
    assert callable(add)
    window = {"window_since": DAY - timedelta(days=2), "window_until": DAY}
    rows = [
        (SyncSource.SWEEP, SyncOutcome.COMPLETE, {"pages": 12, "orders": 1171, "calls": 12, **window}, ""),
        (SyncSource.SWEEP, SyncOutcome.FAILED, {"calls": 1, **window}, "Amazon cannot be reached"),
        (
            SyncSource.RECONCILIATION,
            SyncOutcome.COMPLETE,
            {"pages": 13, "orders": 1204, "calls": 13, **window},
            "Amazon 1 204 · us 1 204 · oldest unseen 0 s",
        ),
    ]
    for hour, (source, outcome, numbers, sentence) in enumerate(rows):
        at = DAY + timedelta(hours=hour)
        add(
            SyncRun(
                seller=ACME,
                source=source,
                started_at=at,
                ended_at=at,
                outcome=outcome,
                sentence=sentence,
                **numbers,  # type: ignore[arg-type]  # numbers and instants, by the fields' names
            )
        )


@pytest.mark.parametrize("names", [(), ("acme-us",)])
def test_status_says_how_complete_a_seller_is_on_one_page(folder: Path, names: tuple[str, ...]) -> None:
    said = typed(folder, "sellers", "status", *names)
    assert "acme-us  last complete to 2026-11-02 14:03:10 UTC, late" in said
    assert "Amazon 1 204 · us 1 204 · oldest unseen 0 s (at 2026-11-02 16:03:10 UTC)" in said
    assert "1 notice waits, the oldest for 12" in said


def test_status_of_an_unknown_seller_says_where_to_look(folder: Path) -> None:
    assert "sellers list" in typed(folder, "sellers", "status", "nobody", fails=True)


def test_runs_lists_the_ledger_newest_first_failures_too(folder: Path) -> None:
    lines = typed(folder, "sellers", "runs", "acme-us").splitlines()
    assert "reconciliation" in lines[1]
    assert "failed" in lines[2]
    assert "Amazon cannot be reached" in lines[2]
    assert "1171" in lines[3]
    assert len(typed(folder, "sellers", "runs", "acme-us", "--limit", "1").splitlines()) == 2


def test_why_answers_for_a_noticed_order_and_for_one_in_no_table(folder: Path) -> None:
    assert "is not imported yet: it was noticed at" in typed(folder, "orders", "why", "113-0000000-0000007")
    unknown = typed(folder, "orders", "why", "113-0000000-0000008")
    assert "no notification and no list of Amazon's showed it" in unknown
    assert "--ask-amazon" in unknown


def test_why_asks_amazon_for_its_own_ids_only(folder: Path) -> None:
    assert "own order ids only" in typed(folder, "orders", "why", "MUG-1", "--ask-amazon", fails=True)
