"""Sends feeds to Amazon, each once, and reads what became of them; whatever is in them.

The intent is written before Amazon is called. Amazon takes no key to know a feed by: an answer that was lost
is settled by looking for a feed that nobody here knows, created since the intent. Only a feed that Amazon
does not show is sent again.
"""

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from dockseal.amazon.feeds import Feeds, FeedStatus
from dockseal.amazon.processing_report import WHOLE_FEED, ProcessingReport
from dockseal.domain.feed import Feed
from dockseal.storage.store import Storage

_CLOCKS_APART = timedelta(minutes=2)
"""Amazon's clock is believed to be no further behind ours than this."""
_KNOWN_SINCE = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """How a feed ended."""

    status: FeedStatus
    report: ProcessingReport | None = None
    """None: Amazon made none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeding:
    """Sends one feed, and reads its report. Every method raises what `Feeds` raises."""

    storage: Storage
    feeds: Feeds

    def send(self, feed: Feed, content: bytes, *, marketplaces: tuple[str, ...]) -> str:
        """Sends a feed whose intent is committed; returns Amazon's id of it.

        One that may have been sent before is looked for first (`found`).

        Args:
            feed: The intent.
            content: The file, the same each time.
            marketplaces: Where what is in it was bought.
        """
        document = self.feeds.upload(feed.seller, content)
        return self.feeds.create(feed.seller, feed.kind, marketplaces=marketplaces, document_id=document)

    def report(self, feed: Feed) -> ProcessingReport | None:
        """Returns what became of a feed; None while Amazon works on it."""
        heard = self.heard(feed)
        if heard is None or heard.report is not None:
            return None if heard is None else heard.report
        cancelled = heard.status is FeedStatus.CANCELLED
        words = "the feed was cancelled" if cancelled else "Amazon could not work on the feed"
        return ProcessingReport(processed=0, faults=MappingProxyType({WHOLE_FEED: words}))

    def heard(self, feed: Feed) -> Heard | None:
        """Returns how a feed ended, with its report; None while Amazon works on it."""
        standing = self.feeds.standing(feed.seller, feed.feed_id)
        if standing.status is FeedStatus.UNDER_WAY:
            return None
        if not standing.document_id:
            return Heard(status=standing.status)
        report = self.feeds.report(feed.seller, standing.document_id)
        return Heard(status=standing.status, report=report)

    def found(self, feed: Feed) -> str | None:
        """Returns Amazon's id of a feed whose answer was lost; None if Amazon does not show it."""
        since = feed.intended_at - _CLOCKS_APART
        known = self.storage.feeds.known_ids(feed.seller, feed.kind, since - _KNOWN_SINCE)
        new = [each for each in self.feeds.since(feed.seller, feed.kind, since) if each not in known]
        return new[0] if new else None
