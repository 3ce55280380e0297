"""What both order lists share: the time window, the filters, the pages."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

import httpx

from spapi_simulator.front.answers import Refusal, refuse_input
from spapi_simulator.front.dates import parse
from spapi_simulator.front.faults import Fault
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.records import OrderRecord
from spapi_simulator.world.seeded import Seeded

_TOKEN_LIFE = timedelta(hours=24)
Place = tuple[datetime, str]
"""An instant and an order id: where an order stands in a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The time window of a list; `updated` tells which clock of an order counts."""

    updated: bool
    after: datetime
    before: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The four window parameters in one API's spelling."""

    created_after: str
    created_before: str
    updated_after: str
    updated_before: str


def window(query: httpx.QueryParams, names: Names, *, cutoff: datetime, behaviours: Behaviours) -> Window:
    """Return the window of a list request.

    Raises:
        Refusal: 400 unless exactly one family is given, *Before is not earlier than *After, and nothing is
            newer than the cut-off (two minutes ago).
    """
    created, updated = query.get(names.created_after), query.get(names.updated_after)
    if (created is None) == (updated is None):
        raise refuse_input(f"Give exactly one of {names.created_after} and {names.updated_after}.")
    by_update = updated is not None
    if query.get(names.created_before if by_update else names.updated_before) is not None:
        raise refuse_input("Parameters of creation and of update may not be mixed.")
    after_name = names.updated_after if by_update else names.created_after
    before_name = names.updated_before if by_update else names.created_before
    utc = behaviours.refuse_utc_offsets
    after = parse(updated if by_update else created, after_name, utc_only=utc)
    if after > cutoff and behaviours.refuse_after_newer_than_lag:
        raise refuse_input(f"{after_name} must be at least two minutes before the time of the request.")
    before = cutoff
    if (given := query.get(before_name)) is not None:
        before = parse(given, before_name, utc_only=utc)
        if before > cutoff:
            raise refuse_input(
                f"{before_name} must be at least two minutes before the time of the request; "
                "the newest data that can be read is two minutes old."
            )
        if before < after:
            raise refuse_input(f"{before_name} must not be earlier than {after_name}.")
    return Window(updated=by_update, after=after, before=before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where the next page starts, and the question it belongs to; `began` is where the page before it did."""

    seller_id: str
    question: tuple[tuple[str, str], ...]
    window: Window
    began: Place | None
    after: Place
    issued_at: datetime


class Pages:
    """The page tokens that were handed out; those of the day before are forgotten."""

    def __init__(self, seeded: Seeded, behaviours: Behaviours) -> None:
        self._seeded = seeded
        self._behaviours = behaviours
        self._pages: dict[str, Page] = {}

    def keep(self, page: Page) -> str:
        """Return a token for a page."""
        while self._pages and page.issued_at - next(iter(self._pages.values())).issued_at > 2 * _TOKEN_LIFE:
            del self._pages[next(iter(self._pages))]
        token = self._seeded.page_token()
        self._pages[token] = page
        return token

    def find(self, token: str, seller_id: str) -> Page:
        """Return the page of a token.

        Raises:
            Refusal: 400 for a token that was not issued to this seller, or that was changed by encoding.
        """
        page = self._pages.get(token)
        if page is None or page.seller_id != seller_id:
            if self._behaviours.null_message_for_bad_tokens:
                raise Refusal(400, "InvalidInput", message=None)
            raise refuse_input("could not decode your NextToken")
        return page

    @staticmethod
    def expired(page: Page, now: datetime) -> bool:
        """Say whether a page token is older than 24 hours (Orders v2026-01-01)."""
        return now - page.issued_at > _TOKEN_LIFE


def beyond(page: Page | None, fault: Fault | None) -> Place | None:
    """Return the place after which a page starts; a fault can make it the page before once more."""
    if page is None:
        return None
    return page.began if fault is not None and fault.effect == "repeat" else page.after


def select(
    found: Iterable[tuple[Place, OrderRecord]],
    wanted: Callable[[OrderRecord], bool],
    *,
    size: int,
    fault: Fault | None = None,
) -> tuple[list[OrderRecord], Place | None]:
    """Return one page of what was found, and the place of its last order (None on the last page)."""
    if fault is not None and fault.effect == "half":
        size = max(1, size // 2)
    hits = list(islice(((place, one) for place, one in found if wanted(one)), size + 1))
    more = hits[size - 1][0] if len(hits) > size else None
    return [order for _, order in hits[:size]], more
