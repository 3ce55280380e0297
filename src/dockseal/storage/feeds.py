"""The feeds: each written as an intent before Amazon is called."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from dockseal.domain.feed import Feed, FeedKind, FeedState
from dockseal.domain.identifiers import SellerId
from dockseal.errors import MoveRefused
from dockseal.storage.edge import edge
from dockseal.storage.operations.after_release import FeedRow
from dockseal.storage.rows import due_by

_OPEN = (FeedState.INTENDED.value, FeedState.SENT.value)


@edge
class Feeds:
    """The table of feeds."""

    def intend(self, seller: SellerId, kind: FeedKind, at: datetime) -> Feed:
        """Writes the intent of a feed, and gives it its number."""
        row = FeedRow(seller=seller, kind=kind.value, state=FeedState.INTENDED.value, intended_at=at)
        row.save(force_insert=True)
        return _feed(row)

    def open(self, seller: SellerId, kind: FeedKind) -> list[Feed]:
        """Returns the feeds whose report was not read yet, the oldest first."""
        rows = FeedRow.objects.filter(kind=kind.value, state__in=_OPEN, seller=seller)
        return [_feed(row) for row in rows.order_by("number")]

    def latest(self, seller: SellerId, kind: FeedKind) -> Feed | None:
        """Returns the feed of a kind that was intended last, None before the first."""
        row = FeedRow.objects.filter(kind=kind.value, seller=seller).order_by("-number").first()
        return None if row is None else _feed(row)

    def sellers_due(self, kind: FeedKind, now: datetime) -> list[SellerId]:
        """Returns the sellers that have an open feed whose next try has come."""
        rows = FeedRow.objects.filter(due_by(now), kind=kind.value, state__in=_OPEN)
        return [SellerId(name) for name in rows.order_by().values_list("seller", flat=True).distinct()]

    def known_ids(self, seller: SellerId, kind: FeedKind, since: datetime) -> frozenset[str]:
        """Returns Amazon's ids of the feeds that were intended since then."""
        rows = FeedRow.objects.filter(kind=kind.value, seller=seller, intended_at__gte=since)
        return frozenset(rows.exclude(feed_id="").values_list("feed_id", flat=True))

    def change(self, feed: Feed, **changes: Any) -> Feed:
        """Changes fields of a feed.

        Raises:
            MoveRefused: it is no longer as passed in.
        """
        new = replace(feed, **changes)
        if not FeedRow.objects.filter(**_columns(feed)).update(**_columns(new)):
            raise MoveRefused(f"feed {feed.number} was changed meanwhile; read it again")
        return new


def open_numbers() -> QuerySet[FeedRow, int]:
    """Returns our numbers of the feeds that are not over, for use inside another query."""
    return FeedRow.objects.filter(state__in=_OPEN).values_list("number", flat=True)


def _columns(feed: Feed) -> dict[str, Any]:
    return {
        "number": feed.number,
        "seller": feed.seller,
        "kind": feed.kind.value,
        "state": feed.state.value,
        "intended_at": feed.intended_at,
        "feed_id": feed.feed_id,
        "next_try": feed.next_try,
        "tries": feed.tries,
    }


def _feed(row: FeedRow) -> Feed:
    return Feed(
        number=row.number,
        seller=SellerId(row.seller),
        kind=FeedKind(row.kind),
        state=FeedState(row.state),
        intended_at=row.intended_at,
        feed_id=row.feed_id,
        next_try=row.next_try,
        tries=row.tries,
    )
