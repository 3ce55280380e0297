"""Lists of feeds: what getFeeds may be asked, and its pages."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from spapi_simulator.feeds.feed import RETENTION, STATUSES, Feed
from spapi_simulator.front.answers import refuse_input
from spapi_simulator.front.bodies import listed, size_of_page
from spapi_simulator.front.dates import parse
from spapi_simulator.front.gate import Caller
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.seeded import Seeded

_TOKEN_LIFE = timedelta(hours=24)


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
    utc = behaviours.refuse_utc_offsets
    since, until = query.get("createdSince"), query.get("createdUntil")
    start = now - RETENTION if since is None else parse(since, "createdSince", utc_only=utc)
    end = now if until is None else parse(until, "createdUntil", utc_only=utc)
    if start < now - RETENTION and behaviours.refuse_created_since_before_retention:
        raise refuse_input("createdSince must not be more than 90 days ago.")
    if end < start:
        raise refuse_input("createdUntil must not be earlier than createdSince.")
    return Question(
        feed_types=frozenset(feed_types),
        marketplace_ids=frozenset(marketplace_ids),
        statuses=frozenset(listed(query, "processingStatuses", allowed=STATUSES)),
        since=start,
        until=end,
        size=size_of_page(query, "pageSize", default=10),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The rest of a list: feeds older than the one at `before`."""

    seller_id: str
    question: Question
    before: int
    issued_at: datetime


class Pages:
    """The tokens that were handed out for further pages; each is good for a day."""

    def __init__(self, seeded: Seeded) -> None:
        self._seeded = seeded
        self._pages: dict[str, Page] = {}

    def keep(self, page: Page) -> str:
        """Return a token for a page."""
        self._forget(page.issued_at)
        token = self._seeded.page_token()
        self._pages[token] = page
        return token

    def find(self, token: str, *, seller_id: str, now: datetime) -> Page:
        """Return the page of a token.

        Raises:
            Refusal: 400 for a token that was not given to this seller, or is more than a day old.
        """
        self._forget(now)
        page = self._pages.get(token)
        if page is None or page.seller_id != seller_id:
            raise refuse_input("nextToken is not valid.")
        return page

    def _forget(self, now: datetime) -> None:
        while self._pages and now - next(iter(self._pages.values())).issued_at > _TOKEN_LIFE:
            del self._pages[next(iter(self._pages))]
