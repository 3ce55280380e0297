"""The ledger: every time that Amazon was asked what is new leaves a row, failures and spent quotas too.

A row is written in a transaction of its own after the work, so that it stays when the work is undone. A
window that takes many pages has one row, written over with each page until it ends.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import structlog

from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.sync_run import SyncOutcome, SyncRun, SyncSource
from dockseal.errors import AmazonThrottled, DocksealError, StorageError
from dockseal.storage.store import Storage

_LONGEST_SENTENCE = 2000
_INTERRUPTED = "It was interrupted, and went on: "

log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Tally:
    """What one run counts while it goes on; see `SyncRun`."""

    window_since: datetime | None = None
    window_until: datetime | None = None
    pages: int = 0
    orders: int = 0
    news: int = 0
    calls: int = 0
    outcome: SyncOutcome = SyncOutcome.COMPLETE
    sentence: str = ""
    idle: bool = False
    """It turned out that there was nothing to ask Amazon: no row is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Keeps the rows of runs."""

    storage: Storage
    clock: Clock

    @contextlib.contextmanager
    def run(self, seller: SellerId, source: SyncSource) -> Iterator[Tally]:
        """Counts one run and adds its row at the end, however it ends; errors go on to the caller."""
        began, tally = self.clock.now(), Tally()
        try:
            with _judged(tally):
                yield tally
        finally:
            self._write(seller, source, began, tally)

    @contextlib.contextmanager
    def window(
        self, seller: SellerId, source: SyncSource, *, started_at: datetime | None, since: datetime | None
    ) -> Iterator[Tally]:
        """Counts one page of a window, on top of those before, and writes the window's row over.

        Args:
            seller: Whose orders are looked for.
            source: Where.
            started_at: When the window was opened.
            since: Where it begins.
        """
        began = started_at or self.clock.now()
        known = self.storage.sync_runs.find(seller, source, began, since)
        tally = _so_far(known) if known else Tally(window_since=since)
        try:
            with _judged(tally):
                yield tally
        finally:
            self._write(seller, source, began, tally)

    def _write(self, seller: SellerId, source: SyncSource, began: datetime, tally: Tally) -> None:
        run = SyncRun(
            seller=seller,
            source=source,
            started_at=began,
            ended_at=self.clock.now(),
            outcome=tally.outcome,
            window_since=tally.window_since,
            window_until=tally.window_until,
            pages=tally.pages,
            orders=tally.orders,
            news=tally.news,
            calls=tally.calls,
            sentence=tally.sentence[:_LONGEST_SENTENCE],
        )
        if tally.idle:
            return
        try:
            with self.storage.transaction():
                self.storage.sync_runs.put(run)
        except StorageError as error:  # what the run itself met is the news, not that its row is missing
            log.warning("ledger.not_written", seller=seller, sentence=str(error))


@contextlib.contextmanager
def _judged(tally: Tally) -> Iterator[None]:
    """Notes how a run ended; errors go on."""
    try:
        yield
    except AmazonThrottled as throttled:
        tally.outcome, tally.sentence, tally.idle = SyncOutcome.THROTTLED, str(throttled), False
        raise
    except DocksealError as error:
        tally.outcome, tally.sentence, tally.idle = SyncOutcome.FAILED, str(error), False
        raise
    except Exception as error:  # its text may carry anything; its type does not
        sentence = f"{type(error).__name__}: report this as a fault of Dockseal"
        tally.outcome, tally.sentence, tally.idle = SyncOutcome.FAILED, sentence, False
        raise


def _so_far(known: SyncRun) -> Tally:
    return Tally(
        window_since=known.window_since,
        window_until=known.window_until,
        pages=known.pages,
        orders=known.orders,
        news=known.news,
        calls=known.calls,
        sentence=_interrupted(known),
    )


def _interrupted(run: SyncRun) -> str:
    if run.sentence.startswith(_INTERRUPTED):
        return run.sentence
    return f"{_INTERRUPTED}{run.sentence}" if run.outcome is SyncOutcome.FAILED else ""
