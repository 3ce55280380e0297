"""Where a sweep's windows begin and end: pure, so that every border can be tried.

    complete_to - overlap        complete_to                    bound (None: as late as Amazon can)
          ├──────── read again ───────┼──────────── new ──────────────┤
          since                                                       until: how far it will be complete

The watermark jumps to a window's end once its last page is kept, and not before. A far stretch is cut, so
that a cold start is seen to move on. A window whose page token dies begins again at half its width: nothing
of it is skipped, and however many orders change in it, one of its halves ends within the life of a token.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from dockseal.domain.notice import Watermark

LONGEST = timedelta(days=3)
"""More is asked for in parts. A part costs one call even if it is empty, and searchOrders allows 20 at once
and one in three minutes: three parts of a first week show how it goes and cost two calls more than one."""
SHORTEST = timedelta(minutes=2)
"""A window is not cut below this."""
SETTLED = timedelta(minutes=10)
"""A bound lies this far back at least: Amazon refuses one of the last two minutes, by its own clock."""
TOKEN_LIVES = timedelta(hours=23)
"""A page token dies after 24 hours (searchOrders, v2026-01-01)."""
UNTOLD = timedelta(minutes=10)
"""Should Amazon not say how far its list is complete, it is taken to be so up to this long ago."""


def opened(mark: Watermark, now: datetime, overlap: timedelta) -> Watermark:
    """Returns the watermark with an open window: the unfinished one while its token lives, else a new one.

    Args:
        mark: Where the sweep stands.
        now: The present instant.
        overlap: How far a window reaches back before the watermark.
    """
    if mark.page_token and mark.window_started_at is not None:
        if timedelta() <= now - mark.window_started_at < TOKEN_LIVES:
            return mark
        mark = narrowed(mark, now)
    return replace(
        mark,
        window_since=mark.complete_to - overlap,
        window_until=None,
        window_bound=mark.window_bound or _cut(mark.complete_to, now),
        window_started_at=now,
        page_token="",
    )


def narrowed(mark: Watermark, now: datetime) -> Watermark:
    """Returns the watermark after its page token was lost: the next window is half as wide."""
    end = min(mark.window_bound or mark.window_until or now, now - SETTLED)
    half = (end - mark.complete_to) / 2
    return Watermark(
        seller=mark.seller,
        complete_to=mark.complete_to,
        window_bound=mark.complete_to + half if half >= SHORTEST else None,
    )


def moved(mark: Watermark, *, next_token: str, echo: datetime | None) -> Watermark:
    """Returns the watermark past one page of its open window.

    Args:
        mark: The watermark as the page was asked for.
        next_token: Asks for the next page; empty after the last.
        echo: How far Amazon says this list is complete.
    """
    until = mark.window_until or _complete_until(mark, echo)
    if next_token:
        return replace(mark, page_token=next_token, window_until=until)
    return Watermark(seller=mark.seller, complete_to=max(mark.complete_to, until))


def goes_on(before: Watermark, after: Watermark) -> bool:
    """Tells whether more is to be read at once after a page: the next, or the part after a bounded one."""
    return bool(after.page_token) or (
        before.window_bound is not None and after.complete_to > before.complete_to
    )


def _cut(complete_to: datetime, now: datetime) -> datetime | None:
    bound = complete_to + LONGEST
    return bound if bound <= now - SETTLED else None


def _complete_until(mark: Watermark, echo: datetime | None) -> datetime:
    """Returns the least of what Amazon echoes and what was asked for; never an instant yet to come."""
    started_at = mark.window_started_at or mark.complete_to
    known = [each for each in (echo, mark.window_bound) if each is not None]
    return min(started_at, *known) if known else started_at - UNTOLD
