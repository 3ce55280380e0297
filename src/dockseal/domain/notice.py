"""A notice: Amazon told us something about an order. A hint, never the truth."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dockseal.domain.identifiers import AmazonOrderId, SellerId


class NoticeSource(StrEnum):
    """How we came to know."""

    NOTIFICATION = "notification"
    BUYER = "buyer"
    """A notification too, of something that the buyer asks for."""
    SWEEP = "sweep"
    RECONCILIATION = "reconciliation"
    """A second list of Amazon's shows what the table here lacks."""
    PERSON = "person"
    """Somebody saw to something at Amazon of which Amazon tells nobody."""
    VERIFICATION = "verification"
    """Nothing happened at Amazon: what it was told is to be read back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One reason to read one order. The same `id` twice is the same notice."""

    id: str
    """Amazon's NotificationId, or one the sweep makes from order id and update time."""
    seller: SellerId
    amazon_order_id: AmazonOrderId
    source: NoticeSource
    noticed_at: datetime
    ship_by: datetime | None = None
    next_try: datetime | None = None
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Watermark:
    """How far the sweep of one seller is complete, and where an unfinished window stands."""

    seller: SellerId
    complete_to: datetime
    """Everything Amazon changed before this instant is taken in."""
    window_since: datetime | None = None
    window_until: datetime | None = None
    """How far the open window will be complete, from Amazon's echo."""
    page_token: str = ""
    """Opaque token of the next page of an unfinished window; dies after 24 h (v2026-01-01)."""
    window_started_at: datetime | None = None
    window_bound: datetime | None = None
    """The end that Amazon was asked for, repeated with every page; None: as late as Amazon can."""
