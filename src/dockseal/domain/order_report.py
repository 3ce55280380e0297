"""An order report that Amazon was asked for: where it stands with us, apart from what it shows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dockseal.domain.identifiers import SellerId
from dockseal.domain.order import AmazonOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedReport:
    """The report last asked for of one marketplace of a seller."""

    seller: SellerId
    marketplace_id: str
    asked_at: datetime
    report_id: str = ""
    """Amazon's id of the one being made; empty: none is."""
    rests_until: datetime | None = None
    """No other is asked for before this instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersOfReport:
    """What an order report showed, apart from personal data."""

    orders: tuple[AmazonOrder, ...]
    """Those that are new here, and may be kept."""
    left: int = 0
    """How many it shows that are to be read by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTerms:
    """What is counted on when an order report is thought of."""

    flood: int = 5000
    """From so many orders on it is."""
    pages: int = 20
    """After so many pages of one window it is too, however few notices there are: the burst is spent."""
    takes: timedelta = timedelta(minutes=45)
    """How long one takes, with what it lags behind (SP-API, "Order reports")."""
    lag: timedelta = timedelta(minutes=30)
    """How much of what happened before it was asked for it may not show yet."""
