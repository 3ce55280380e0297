"""A feed: one file with many wishes, which Amazon works through by and by."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dockseal.domain.identifiers import SellerId


class FeedKind(StrEnum):
    """What a feed is about: Amazon's `feedType`."""

    ACKNOWLEDGEMENT = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
    """Cancels orders."""
    FULFILLMENT = "POST_ORDER_FULFILLMENT_DATA"
    """Tells of packages."""


class FeedState(StrEnum):
    """How far a feed got."""

    INTENDED = "intended"
    """Written before Amazon is called: look for it there before it is sent again."""
    SENT = "sent"
    """Amazon has it, under its feed id."""
    DONE = "done"
    """Its processing report was read."""
    DROPPED = "dropped"
    """It was surely not sent; what it held is free for another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One feed, by our number of it."""

    number: int = 0
    """Given when it is kept."""
    seller: SellerId
    kind: FeedKind
    state: FeedState = FeedState.INTENDED
    intended_at: datetime
    feed_id: str = ""
    """Amazon's id; empty until it is known."""
    next_try: datetime | None = None
    """When its next step is due; once it is dropped: before when none of its kind is sent again."""
    tries: int = 0
