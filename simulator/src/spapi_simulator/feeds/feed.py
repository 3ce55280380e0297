"""A feed as Amazon keeps it, and the feeds of everybody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from spapi_simulator.front.answers import JSON
from spapi_simulator.front.dates import millis
from spapi_simulator.front.days import RETENTION

IN_QUEUE, IN_PROGRESS = "IN_QUEUE", "IN_PROGRESS"
DONE, FATAL, CANCELLED = "DONE", "FATAL", "CANCELLED"
STATUSES = (CANCELLED, DONE, FATAL, IN_PROGRESS, IN_QUEUE)


@dataclass(slots=True, kw_only=True)
class Feed:
    """One feed and how far it is.

    Attributes:
        place: Its running number among all feeds; later feeds have higher ones.
        result_document_id: Where its processing report is; empty until there is one.
    """

    feed_id: str
    place: int
    seller_id: str
    region: str
    feed_type: str
    marketplace_ids: tuple[str, ...]
    created_at: datetime
    status: str = IN_QUEUE
    started_at: datetime | None = None
    ended_at: datetime | None = None
    result_document_id: str = ""

    def shape(self) -> JSON:
        """Return a `Feed` of Amazon's model; what has not happened yet is left out."""
        shape: JSON = {
            "feedId": self.feed_id,
            "feedType": self.feed_type,
            "marketplaceIds": list(self.marketplace_ids),
            "createdTime": millis(self.created_at),
            "processingStatus": self.status,
        }
        if self.started_at is not None:
            shape["processingStartTime"] = millis(self.started_at)
        if self.ended_at is not None:
            shape["processingEndTime"] = millis(self.ended_at)
        if self.result_document_id:
            shape["resultFeedDocumentId"] = self.result_document_id
        return shape


class Shelf:
    """The feeds of the last 90 days; older ones are forgotten."""

    def __init__(self) -> None:
        self._feeds: dict[str, Feed] = {}
        self._count = 0

    def next_place(self) -> int:
        """Return the running number of the next feed."""
        self._count += 1
        return self._count

    def add(self, feed: Feed) -> None:
        """Keep a new feed."""
        self._forget(feed.created_at)
        self._feeds[feed.feed_id] = feed

    def find(self, feed_id: str, *, seller_id: str, now: datetime) -> Feed | None:
        """Return a seller's feed, if it still is kept."""
        self._forget(now)
        feed = self._feeds.get(feed_id)
        return feed if feed is not None and feed.seller_id == seller_id else None

    def newest_first(self, seller_id: str, *, now: datetime) -> Iterator[Feed]:
        """Yield a seller's feeds, the newest first."""
        self._forget(now)
        return (one for one in reversed(self._feeds.values()) if one.seller_id == seller_id)

    def _forget(self, now: datetime) -> None:
        """Drop what is too old; feeds lie here in the order they were created."""
        while self._feeds and now - (oldest := next(iter(self._feeds.values()))).created_at > RETENTION:
            del self._feeds[oldest.feed_id]
