"""The intake: reads each noticed order from Amazon, without personal data, and keeps it.

Where it is read from is decided in `planning`: by itself, or on the pages of the sweep's own window. An
intake by pages is a sweep, so the two never spend the same call twice.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from dockseal.amazon.operations import (
    GET_ORDER,
    GET_ORDER_ITEMS_V0,
    GET_ORDER_V0,
    GET_ORDERS_V0,
    SEARCH_ORDERS,
    Operation,
)
from dockseal.amazon.orders import OrdersReader
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.lane import NOTHING, Outcome, earliest, longer_wait, work_through
from dockseal.domain.notice import Notice, NoticeSource
from dockseal.domain.order import AmazonOrder, Order, OrdersApi, OrderState
from dockseal.domain.order_report import ReportTerms
from dockseal.domain.quota import BucketState
from dockseal.domain.sync_run import SyncOutcome, SyncSource
from dockseal.errors import AccessDenied, AmazonRefused, AmazonThrottled, AmazonUnavailable, AnswerUnreadable
from dockseal.order_synchronization.answers import Answers, Header, all_shipped
from dockseal.order_synchronization.keeping import Keeping
from dockseal.order_synchronization.ledger import Ledger, Tally
from dockseal.order_synchronization.planning import Due, Plan, Supply, plan
from dockseal.storage.store import Storage

BATCH = 50
LOOK_AHEAD = 500
"""So many due notices are planned for at once."""
_FIRST_WAIT = timedelta(seconds=15)
_LONGEST_WAIT = timedelta(minutes=5)
_LOOK_AGAIN = timedelta(minutes=5)
"""How long a notice that is left to the sweeps is not looked at."""
_TOLD = frozenset({OrderState.SHIPPED, OrderState.CONFIRMED, OrderState.VERIFIED})
_SETTLED = frozenset({*_TOLD, OrderState.SHREDDED, OrderState.CANCELLED})
"""Nothing waits for news of such an order: most are the echo of our own confirmation."""
_HINTS = frozenset({NoticeSource.NOTIFICATION, NoticeSource.BUYER, NoticeSource.SWEEP})
_ON_PAGES = _HINTS | {NoticeSource.VERIFICATION}
"""Told of something that Amazon lists as a change."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Takes in orders that were noticed.

    Attributes:
        orders: Gives the reader of a seller's orders.
        buckets: Tells how a bucket of Amazon's stands.
        page: Reads the next page of the sweep's window.
        answers: Knows what pages have answered.
        ledger: Keeps a row of each run.
    """

    storage: Storage
    orders: Callable[[SellerId], OrdersReader]
    buckets: Callable[[SellerId, Operation], BucketState]
    page: Callable[[SellerId], Outcome]
    answers: Answers
    keeping: Keeping
    ledger: Ledger
    clock: Clock

    def busy(self) -> list[SellerId]:
        """Returns the sellers that have due notices."""
        return self.storage.notices.sellers_due(self.clock.now())

    def run(self, seller: SellerId) -> Outcome:
        """Reads the orders of due notices as the plan says, those to ship first before the others.

        Raises:
            AmazonUnavailable: Amazon is down; the rest waits.
            AccessDenied: Amazon lets us read none of the seller's orders.
            CredentialRefused: the seller's credentials ended.
        """
        now = self.clock.now()
        due = self._due(seller, now)
        next_try = self.storage.notices.next_try(seller, after=now)
        if not due:
            return replace(NOTHING, again_at=next_try)
        reader = self.orders(seller)
        wanted = self._plan(reader, seller, due, now)
        page_at = wanted.page_at
        if page_at is not None and page_at <= now:
            paged = self._by_page(seller)
            if paged is not None:
                return paged
            page_at = None
            wanted = self._plan(reader, seller, due, now, pages=False)
        chosen = _chosen(due, wanted, self.answers)
        if not chosen and page_at is None:
            self._leave(due, now)
        return self._one_by_one(reader, seller, chosen, again_at=earliest(page_at, next_try))

    def _due(self, seller: SellerId, now: datetime) -> list[Notice]:
        """Returns the notices to plan for: of a backlog the first ones, and the newest."""
        due = self.storage.notices.due(seller, now, LOOK_AHEAD)
        if len(due) < LOOK_AHEAD:
            return due
        # Pages come from the oldest on. Read alone is what they would show last, so that both last longest.
        newest = self.storage.notices.due(seller, now, BATCH, newest=True)
        seen = {notice.id for notice in due}
        return due + [notice for notice in reversed(newest) if notice.id not in seen]

    def outlook(self, seller: SellerId, due: Sequence[Notice], report: ReportTerms) -> Plan:
        """Plans how all of these would come in, were an order report to be had."""
        return self._plan(self.orders(seller), seller, due, self.clock.now(), report=report)

    def _plan(
        self,
        reader: OrdersReader,
        seller: SellerId,
        due: Sequence[Notice],
        now: datetime,
        *,
        pages: bool = True,
        report: ReportTerms | None = None,
    ) -> Plan:
        """Plans for what no page has said anything of yet; for everything, where a report is thought of."""
        mark = self.storage.watermarks.get(seller)
        known = self.storage.orders.among(seller, [notice.amazon_order_id for notice in due])
        settled = {order_id for order_id, order in known.items() if order.state in _SETTLED}
        return plan(
            [
                Due(
                    order_id=notice.amazon_order_id,
                    changed_by=notice.noticed_at,
                    ship_by=notice.ship_by,
                    pressing=notice.amazon_order_id not in settled or notice.source not in _HINTS,
                    listed=pages
                    and notice.source in _ON_PAGES
                    and notice.tries == 0
                    and (mark is None or notice.noticed_at > mark.complete_to),
                    read_back=notice.source is NoticeSource.VERIFICATION,
                    page_is_enough=reader.api is OrdersApi.V0 and _expected_shipped(known, notice),
                )
                for notice in due
                if report is not None or self.answers.header(notice) is None
            ],
            replace(self._supply(reader, seller), report=report),
            now,
        )

    def _supply(self, reader: OrdersReader, seller: SellerId) -> Supply:
        if reader.api is OrdersApi.V0:
            return Supply(
                order=self.buckets(seller, GET_ORDER_V0),
                pages=self.buckets(seller, GET_ORDERS_V0),
                items=self.buckets(seller, GET_ORDER_ITEMS_V0),
            )
        return Supply(order=self.buckets(seller, GET_ORDER), pages=self.buckets(seller, SEARCH_ORDERS))

    def _by_page(self, seller: SellerId) -> Outcome | None:
        """Reads a page; None when there is none to be had now, so that the orders are read by themselves."""
        try:
            return replace(self.page(seller), more=True)
        except (AccessDenied, AnswerUnreadable):
            raise
        except (AmazonThrottled, AmazonUnavailable, AmazonRefused) as error:
            log.info("intake.no_page", seller=seller, sentence=str(error))
            return None

    def _one_by_one(
        self, reader: OrdersReader, seller: SellerId, chosen: Sequence[Notice], *, again_at: datetime | None
    ) -> Outcome:
        if not chosen:
            return replace(NOTHING, again_at=again_at)
        with self.ledger.run(seller, SyncSource.ORDER_BY_ORDER) as tally:
            outcome = work_through(
                chosen[:BATCH],
                lambda notice: self._take_in(reader, notice, tally),
                postpone=self._postpone,
            )
            if outcome.again_at is not None:
                tally.outcome, tally.idle = SyncOutcome.THROTTLED, not tally.orders
        if outcome.again_at is not None:
            return replace(outcome, again_at=earliest(outcome.again_at, again_at))
        return replace(outcome, more=len(chosen) > BATCH, again_at=again_at)

    def _take_in(self, reader: OrdersReader, notice: Notice, tally: Tally) -> bool:
        header = self.answers.header(notice)
        asked_at = self.clock.now()
        try:
            reading, calls = self._read(reader, notice, header)
        except AccessDenied:
            raise
        except AmazonRefused as refused:  # such as an order that Amazon told us of but does not show yet
            log.warning("order.not_shown", order_id=notice.amazon_order_id, status=refused.status)
            tally.calls += 1
            self._postpone(notice)
            return False
        except AnswerUnreadable as error:
            calls = 1
            self.keeping.hold_unreadable(notice.seller, notice.amazon_order_id, sentence=str(error))
        else:
            read_at = asked_at if header is None else header.as_of
            tally.news += self.keeping.keep(notice.seller, reading, read_at=read_at)
        tally.orders += 1
        tally.calls += calls
        self._close(notice, header, asked_at)
        return True

    def _read(self, reader: OrdersReader, notice: Notice, header: Header | None) -> tuple[AmazonOrder, int]:
        """Returns an order as Amazon shows it, and how many calls that took."""
        if header is None:
            return reader.get(notice.amazon_order_id), 2 if reader.api is OrdersApi.V0 else 1
        known = self.storage.orders.find(notice.seller, notice.amazon_order_id)
        whole = all_shipped(header.order, known.amazon) if known is not None else None
        return (whole, 0) if whole is not None else (reader.complete(header.order), 1)

    def _close(self, notice: Notice, header: Header | None, asked_at: datetime) -> None:
        """Closes what the reading answers; notices of something newer stay open."""
        with self.storage.transaction():
            order = (notice.seller, notice.amazon_order_id)
            if header is None:
                self.storage.notices.close(*order, asked_at)
            else:
                self.storage.notices.close(*order, header.as_of)
                self.storage.notices.close_listed(*order, header.listed_at)
        self.answers.forget(notice.seller, notice.amazon_order_id)

    def _leave(self, due: Sequence[Notice], now: datetime) -> None:
        """Leaves notices to the sweeps: until a page answers them, they are looked at now and then."""
        with self.storage.transaction():
            for notice in due:
                self.storage.notices.postpone(notice, now + _LOOK_AGAIN, notice.tries)

    def _postpone(self, notice: Notice) -> None:
        wait = longer_wait(notice.tries, first=_FIRST_WAIT, longest=_LONGEST_WAIT)
        with self.storage.transaction():
            self.storage.notices.postpone(notice, self.clock.now() + wait, notice.tries + 1)


def _expected_shipped(known: Mapping[str, Order], notice: Notice) -> bool:
    order = known.get(notice.amazon_order_id)
    return order is not None and order.state in _TOLD and bool(order.amazon.lines)


def _chosen(due: Sequence[Notice], wanted: Plan, answers: Answers) -> list[Notice]:
    """Returns the notices to read now, ship-by first; with those of which a page said all but the items."""
    turn = {order_id: number for number, order_id in enumerate(wanted.one_by_one)}
    chosen = [
        notice for notice in due if notice.amazon_order_id in turn or answers.header(notice) is not None
    ]
    return sorted(chosen, key=lambda notice: turn.get(notice.amazon_order_id, -1))
