"""The ledger's rows stay, whatever becomes of the work they tell of."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.sync_run import SyncOutcome, SyncSource
from dockseal.errors import AmazonThrottled, AmazonUnavailable
from dockseal.order_synchronization.ledger import Ledger
from dockseal.order_synchronization.tidying import Tidying
from dockseal.storage.store import DatabasePlaces, Storage

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
ACME = SellerId("acme-us")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger over empty tables."""
    places = DatabasePlaces(operations=tmp_path / "operations.sqlite3", vault=tmp_path / "vault.sqlite3")
    storage = Storage.open(places, secret_key="only for tests")
    yield Ledger(storage=storage, clock=ManualClock(start=NOW))
    storage.close()


@pytest.mark.parametrize(
    ("error", "outcome", "said"),
    [
        (AmazonThrottled("getOrder", NOW), SyncOutcome.THROTTLED, "quota for getOrder is spent"),
        (AmazonUnavailable("Amazon cannot be reached"), SyncOutcome.FAILED, "Amazon cannot be reached"),
        (ValueError("1 Sample Street"), SyncOutcome.FAILED, "ValueError: report this as a fault of Dockseal"),
    ],
)
def test_a_row_survives_the_failure_it_tells_of(
    ledger: Ledger, error: Exception, outcome: SyncOutcome, said: str
) -> None:
    def work() -> None:
        with ledger.run(ACME, SyncSource.SWEEP) as tally:
            tally.calls = 1
            with ledger.storage.transaction():
                raise error

    with pytest.raises(type(error)):
        work()
    (row,) = ledger.storage.sync_runs.latest(ACME)
    assert (row.outcome, row.calls) == (outcome, 1)
    assert said in row.sentence
    assert "Street" not in row.sentence


def test_the_pages_of_a_window_are_one_row_that_remembers_an_interruption(ledger: Ledger) -> None:
    def page(outcome: SyncOutcome, error: Exception | None = None) -> None:
        with ledger.window(ACME, SyncSource.SWEEP, started_at=NOW, since=NOW - timedelta(days=1)) as tally:
            tally.outcome = outcome
            if error is not None:
                raise error
            tally.pages += 1

    page(SyncOutcome.UNFINISHED)
    with pytest.raises(AmazonUnavailable):
        page(SyncOutcome.COMPLETE, AmazonUnavailable("Amazon cannot be reached"))
    assert [row.outcome for row in ledger.storage.sync_runs.latest(ACME)] == [SyncOutcome.FAILED]
    page(SyncOutcome.COMPLETE)
    (row,) = ledger.storage.sync_runs.latest(ACME)
    assert (row.pages, row.outcome) == (2, SyncOutcome.COMPLETE)
    assert row.sentence == "It was interrupted, and went on: Amazon cannot be reached"


def test_two_windows_opened_in_one_instant_are_two_rows(ledger: Ledger) -> None:
    for days in (7, 4):
        with ledger.window(ACME, SyncSource.SWEEP, started_at=NOW, since=NOW - timedelta(days=days)):
            pass
    assert len(ledger.storage.sync_runs.latest(ACME)) == 2


def test_a_run_that_had_nothing_to_ask_leaves_no_row(ledger: Ledger) -> None:
    with ledger.run(ACME, SyncSource.ORDER_BY_ORDER) as tally:
        tally.idle = True
    assert ledger.storage.sync_runs.latest(ACME) == []


def test_rows_are_forgotten_after_90_days(ledger: Ledger) -> None:
    with ledger.run(ACME, SyncSource.SWEEP):
        pass
    for days, left in [(90, 1), (91, 0)]:
        Tidying(storage=ledger.storage, clock=ManualClock(start=NOW + timedelta(days=days))).run()
        assert len(ledger.storage.sync_runs.latest(ACME)) == left
