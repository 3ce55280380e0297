"""The intake's plan: the cheapest source that is sufficient, as a pure function.

**What it costs.** An order read by itself costs one call (getOrder) and is fresh at once. A page costs one
call for up to a hundred orders, in the order of their changes, but shows a change only two minutes after it
was made, and comes from a bucket that regains a token in minutes. With v0 either way costs one more call an
order for its items, unless a page shows it as shipped and its items are known. A call that finds `k` calls
before it in its bucket is made when the bucket has regained what is missing: `(k + 1 - tokens) / rate`
seconds from now.

With v2026-01-01 the personal data of an order that is new comes with either reading, and costs nothing more.

**What is best.** That the last order is in as soon as possible; with that, the fewest calls; with that, the
fewest pages. Pages take the oldest changes; what is left is read order by order, ship-by first, and then from
the other end. A feed changes thousands of orders at one instant or in turn, and Amazon documents no order
among those: they are taken to come by their ids, in whose order our feeds name them. Were they to come
otherwise, pages would show some that were read already, and cost time, and nothing else. An order that must
ship within the hour is not kept waiting for a page while there is a token. News is planned for as if there
were nothing else: what is only read back gives way.

**What can wait.** A notice that nothing waits for, such as the echo of our own confirmation, is answered by
the next sweep, which is made anyway: it costs nothing. One that no page answered is read by itself.

**A flood.** An order report gives any number of orders, with their addresses, in about five calls, but up to
45 minutes late and under a role of its own. The plan says when one would be sooner; pages and single reads
go on meanwhile, so it takes nothing from them. It is asked for in `flooding`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate
from operator import attrgetter

from dockseal.domain.identifiers import AmazonOrderId
from dockseal.domain.lane import earliest
from dockseal.domain.order_report import ReportTerms
from dockseal.domain.quota import BucketState

PAGE = 100
"""Orders on a full page."""
LIST_LAG = timedelta(minutes=2)
"""Pages show a change only this long after it was made."""
URGENT = timedelta(hours=1)
"""An order this close to its ship-by instant is read by itself at once."""
PATIENCE = timedelta(minutes=30)
"""A notice that nothing waits for is left to the sweeps for so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An order that is to be read."""

    order_id: AmazonOrderId
    changed_by: datetime
    """The change that it is read for was made at this instant at the latest."""
    ship_by: datetime | None = None
    pressing: bool = True
    """Something waits for it."""
    listed: bool = True
    """A page to come can show it: the pages read so far do not reach up to its change."""
    read_back: bool = False
    """Nothing is new of it: it is read to see what Amazon shows, and gives way to news."""
    page_is_enough: bool = False
    """With v0: a page is expected to show it as shipped, and its items need not be read then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """The buckets there are to read with."""

    order: BucketState
    """Of getOrder."""
    pages: BucketState
    """Of searchOrders, or of v0's getOrders."""
    items: BucketState | None = None
    """Of v0's getOrderItems; None where an order carries its items."""
    page_size: int = PAGE
    report: ReportTerms | None = None
    """What an order report is counted on for; None: there is none to be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do now."""

    one_by_one: tuple[AmazonOrderId, ...] = ()
    """To be read by themselves now, in this order, as far as the tokens reach."""
    page_at: datetime | None = None
    """When to read the next page; None: no page is needed."""
    pages: int = 0
    calls: int = 0
    """Calls that take in everything, without a report."""
    all_in: datetime
    """When the last order is in; with a report if that is sooner."""
    left_to_sweep: int = 0
    """How many wait for a sweep."""
    report_is_sooner: bool = False
    """An order report would have everything in sooner."""


def plan(due: Sequence[Due], supply: Supply, now: datetime) -> Plan:
    """Plans the reading of every due order.

    Args:
        due: What is to be read; each order once.
        supply: What there is to read with.
        now: The present instant.
    """
    wanted = [each for each in due if each.pressing or not each.listed or now - each.changed_by >= PATIENCE]
    everything = _plan(wanted, supply, now)
    news = [each for each in wanted if not each.read_back]
    if news and len(news) < len(wanted):
        everything = _news_first(_plan(news, supply, now), everything)
    return replace(everything, left_to_sweep=len(due) - len(wanted))


def _news_first(news: Plan, everything: Plan) -> Plan:
    """Plans for news as if there were nothing else, and for what is only read back with what that leaves."""
    first = dict.fromkeys((*news.one_by_one, *everything.one_by_one))
    return replace(
        everything,
        one_by_one=tuple(first),
        page_at=earliest(news.page_at, everything.page_at),
        calls=everything.calls + len(first) - len(everything.one_by_one),
    )


def _plan(wanted: Sequence[Due], supply: Supply, now: datetime) -> Plan:
    tokens = supply.order.tokens_at(now)
    hurried = _by_ship_by(each for each in wanted if each.ship_by and each.ship_by - now <= URGENT)
    at_once = {each.order_id for each in hurried[: max(0, int(tokens))]}
    pageable = sorted(
        (each for each in wanted if each.listed and each.order_id not in at_once),
        key=lambda each: (each.changed_by, each.order_id),
    )
    covered, finish = _best_cover(pageable, len(wanted), supply, now)
    by_page = {each.order_id for each in pageable[:covered]}
    pages = _pages(covered, supply)
    page_at = None
    if covered:
        first = pageable[min(covered, supply.page_size) - 1]
        page_at = max(supply.pages.ready(1, now), first.changed_by + LIST_LAG)
    alone = _by_ship_by(each for each in wanted if each.order_id not in by_page)
    reported = _reported(len(wanted), supply, now) or finish
    return Plan(
        one_by_one=tuple(each.order_id for each in alone),
        page_at=page_at,
        pages=pages,
        calls=pages + len(alone) + (_items(pageable, len(alone))[covered] if supply.items else 0),
        all_in=min(finish, reported),
        report_is_sooner=reported < finish,
    )


def _best_cover(pageable: Sequence[Due], wanted: int, supply: Supply, now: datetime) -> tuple[int, datetime]:
    """Returns how many of the oldest changes the pages take, and when all is in."""
    best: tuple[datetime, int, int] | None = None
    of_pages = _items(pageable, 0)
    for covered in range(len(pageable) + 1):
        pages = _pages(covered, supply)
        alone, items = wanted - covered, 0
        ends = [supply.order.ready(alone, now)]
        if covered:
            # The last page comes last of all, and not before its last change shows.
            ends += [supply.pages.ready(pages, now), pageable[covered - 1].changed_by + LIST_LAG]
        if supply.items is not None:
            items = of_pages[covered] + alone
            ends.append(supply.items.ready(items, now))
        candidate = (max(ends), pages + alone + items, covered)
        if best is None or candidate < best:
            best = candidate
    return (best[2], best[0]) if best else (0, now)


def _reported(wanted: int, supply: Supply, now: datetime) -> datetime | None:
    """Returns when an order report would have everything in; None if none is thought of."""
    if supply.report is None or wanted < supply.report.flood:
        return None
    return now + supply.report.takes


def _items(pageable: Sequence[Due], alone: int) -> list[int]:
    """Returns for how many orders their items are read, if pages take none, the first, the first two ..."""
    return list(accumulate((not each.page_is_enough for each in pageable), initial=alone))


def _pages(covered: int, supply: Supply) -> int:
    return -(-covered // supply.page_size)


def _by_ship_by(due: Iterable[Due]) -> list[Due]:
    """Sorts by ship-by, unknown ones last; then those no page will show, the oldest change first.

    What is only read back comes last of all.

    Of the others the newest change comes first: pages come from the other end, and meet them late.
    """

    def place(each: Due) -> tuple[bool, bool, float, bool, float]:
        ship_by = each.ship_by.timestamp() if each.ship_by else 0
        newest = (-1 if each.listed else 1) * each.changed_by.timestamp()
        return each.read_back, each.ship_by is None, ship_by, each.listed, newest

    by_id = sorted(due, key=attrgetter("order_id"))
    last_first = [each for each in reversed(by_id) if each.listed]
    return sorted([*last_first, *(each for each in by_id if not each.listed)], key=place)
