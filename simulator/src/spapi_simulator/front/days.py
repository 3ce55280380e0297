"""What the lists of feeds and of reports share: how far back they reach, and tokens that last a day."""

from datetime import datetime, timedelta
from typing import Generic, TypeVar

import httpx

from spapi_simulator.front.answers import refuse_input
from spapi_simulator.front.dates import parse
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.seeded import Seeded

RETENTION = timedelta(days=90)
"""Feeds and reports are kept for so long."""
_TOKEN_LIFE = timedelta(days=1)
_Page = TypeVar("_Page")


def created_between(
    query: httpx.QueryParams, *, now: datetime, behaviours: Behaviours
) -> tuple[datetime, datetime]:
    """Return from when to when what is listed was created; all that is kept unless the query says less.

    Raises:
        Refusal: 400 for what is no instant, one before the retention, and an end before its beginning.
    """
    utc = behaviours.refuse_utc_offsets
    since, until = query.get("createdSince"), query.get("createdUntil")
    start = now - RETENTION if since is None else parse(since, "createdSince", utc_only=utc)
    end = now if until is None else parse(until, "createdUntil", utc_only=utc)
    if start < now - RETENTION and behaviours.refuse_created_since_before_retention:
        raise refuse_input("createdSince must not be more than 90 days ago.")
    if end < start:
        raise refuse_input("createdUntil must not be earlier than createdSince.")
    return start, end


class DayTokens(Generic[_Page]):
    """The tokens that were handed out for further pages; each is good for a day, and for its seller."""

    def __init__(self, seeded: Seeded) -> None:
        self._seeded = seeded
        self._pages: dict[str, tuple[str, datetime, _Page]] = {}

    def keep(self, page: _Page, *, seller_id: str, now: datetime) -> str:
        """Return a token for a page."""
        self._forget(now)
        token = self._seeded.page_token()
        self._pages[token] = (seller_id, now, page)
        return token

    def find(self, token: str, *, seller_id: str, now: datetime) -> _Page | None:
        """Return the page of a token; None if it was not given to this seller, or is more than a day old."""
        self._forget(now)
        whose, _, page = self._pages.get(token, ("", now, None))
        return page if whose == seller_id else None

    def _forget(self, now: datetime) -> None:
        self._pages = {token: kept for token, kept in self._pages.items() if now - kept[1] <= _TOKEN_LIFE}
