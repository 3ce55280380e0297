"""Lists of feeds: what getFeeds may be asked, and its pages."""

from dataclasses import dataclass
from datetime import datetime

import httpx

from spapi_simulator.feeds.feed import STATUSES, Feed
from spapi_simulator.front.answers import refuse_input
from spapi_simulator.front.bodies import listed, size_of_page
from spapi_simulator.front.days import created_between
from spapi_simulator.front.gate import Caller
from spapi_simulator.world.behaviours import Behaviours


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a list is to hold; empty sets ask for everything."""

    feed_types: frozenset[str]
    marketplace_ids: frozenset[str]
    statuses: frozenset[str]
    since: datetime
    until: datetime
    size: int

    def wants(self, feed: Feed) -> bool:
        """Say whether a feed belongs into the list."""
        return (
            feed.feed_type in self.feed_types
            and (not self.marketplace_ids or not self.marketplace_ids.isdisjoint(feed.marketplace_ids))
            and (not self.statuses or feed.status in self.statuses)
            and self.since <= feed.created_at <= self.until
        )


def ask_for(query: httpx.QueryParams, caller: Caller, *, now: datetime, behaviours: Behaviours) -> Question:
    """Return the question of a first page.

    Raises:
        Refusal: 400 without feedTypes, or for a value that is not allowed; 403 for foreign marketplaces.
    """
    feed_types = listed(query, "feedTypes", most=10)
    if not feed_types:
        raise refuse_input("Either feedTypes or nextToken is required.")
    marketplace_ids = listed(query, "marketplaceIds", most=10)
    caller.check_marketplaces(marketplace_ids)
    since, until = created_between(query, now=now, behaviours=behaviours)
    return Question(
        feed_types=frozenset(feed_types),
        marketplace_ids=frozenset(marketplace_ids),
        statuses=frozenset(listed(query, "processingStatuses", allowed=STATUSES)),
        since=since,
        until=until,
        size=size_of_page(query, "pageSize", default=10),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The rest of a list: feeds older than the one at `before`."""

    question: Question
    before: int
