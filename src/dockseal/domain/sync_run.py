"""The ledger of synchronisation: one entry for each time that Amazon was asked what is new."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dockseal.domain.identifiers import SellerId


class SyncSource(StrEnum):
    """Where a run looked."""

    SWEEP = "sweep"
    ORDER_BY_ORDER = "order_by_order"
    PAGES = "pages"
    REPORT = "report"
    RECONCILIATION = "reconciliation"
    SHADOW = "shadow"
    """Read with the other Orders API too, to compare."""


class SyncOutcome(StrEnum):
    """How a run ended."""

    COMPLETE = "complete"
    UNFINISHED = "unfinished"
    """It goes on with the next page."""
    THROTTLED = "throttled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncRun:
    """One run, as it ended."""

    seller: SellerId
    source: SyncSource
    started_at: datetime
    ended_at: datetime
    outcome: SyncOutcome
    window_since: datetime | None = None
    window_until: datetime | None = None
    pages: int = 0
    orders: int = 0
    """Orders seen."""
    news: int = 0
    """Of these, how many were new here or newer than what is kept."""
    calls: int = 0
    """Calls to Amazon."""
    sentence: str = ""
    """Why it failed, or what a person should know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that the two Orders APIs say differently of one order, in the words of the newer one."""

    seller: SellerId
    amazon_order_id: str
    field: str
    v0: str
    v2026: str
    found_at: datetime
