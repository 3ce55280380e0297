"""The reconciling sweep: asks Amazon for every change since the watermark, so nothing hangs on a notice.

The watermark is the cut-off Amazon itself echoes; the next sweep reaches back before it by an overlap, which
covers what Amazon's lists show late. Where windows begin and end is decided in `windows`. Each window leaves
a row in the ledger.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from dockseal.amazon.orders import OrdersPage, OrdersReader, Unreadable
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import AmazonOrderId, SellerId, amazon_order_id
from dockseal.domain.lane import Outcome
from dockseal.domain.notice import Notice, NoticeSource, Watermark
from dockseal.domain.order import AmazonOrder, OrdersApi
from dockseal.domain.sync_run import SyncOutcome, SyncSource
from dockseal.errors import AccessDenied, AmazonRefused, AmazonThrottled
from dockseal.order_synchronization.answers import Answers
from dockseal.order_synchronization.keeping import Keeping
from dockseal.order_synchronization.ledger import Ledger, Tally
from dockseal.order_synchronization.windows import goes_on, moved, narrowed, opened
from dockseal.storage.store import Storage

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeping:
    """Sweeps a seller's orders.

    Attributes:
        orders: Gives the reader of a seller's orders.
        ledger: Keeps a row of each window.
        answers: Is told what each page shows.
        overlap: How far each window reaches back before the watermark.
        first: How far back the first window of a seller reaches.
    """

    storage: Storage
    orders: Callable[[SellerId], OrdersReader]
    keeping: Keeping
    ledger: Ledger
    answers: Answers
    clock: Clock
    overlap: timedelta
    first: timedelta

    def run(self, seller: SellerId) -> Outcome:
        """Reads one page of the open window, or the first of a new one.

        Raises:
            AmazonThrottled: the quota is spent.
            AmazonUnavailable: Amazon is down; the same page is asked for again.
            CredentialRefused: the seller's credentials ended.
        """
        with self.answers.turn(seller):
            mark = self._window(seller)
            with self.ledger.window(
                seller, SyncSource.SWEEP, started_at=mark.window_started_at, since=mark.window_since
            ) as tally:
                tally.window_until = mark.window_until or mark.window_bound
                return self._read(mark, tally)

    def _window(self, seller: SellerId) -> Watermark:
        now = self.clock.now()
        mark = self.storage.watermarks.get(seller) or Watermark(seller=seller, complete_to=now - self.first)
        return opened(mark, now, self.overlap)

    def _read(self, mark: Watermark, tally: Tally) -> Outcome:
        seller, reader = mark.seller, self.orders(mark.seller)
        page = self._page(reader, mark, tally)
        read_at = page.complete_to or self.clock.now()
        changed = sum(self._keep(reader, mark, order, read_at) for order in page.orders)
        for unreadable in page.unreadable:
            self._hold(seller, unreadable)
        after = moved(mark, next_token=page.next_token, echo=page.complete_to)
        self.answers.take_over(
            seller,
            reader.api,
            page.orders,
            as_of=after.window_until or after.complete_to,
            now=self.clock.now(),
        )
        with self.storage.transaction():
            self.storage.watermarks.set(after)
        tally.pages += 1
        tally.orders += len(page.orders) + len(page.unreadable)
        tally.news += changed
        tally.window_until = after.window_until or after.complete_to
        tally.outcome = SyncOutcome.UNFINISHED if after.page_token else SyncOutcome.COMPLETE
        return Outcome(done=changed + len(page.unreadable), more=goes_on(mark, after))

    def _page(self, reader: OrdersReader, mark: Watermark, tally: Tally) -> OrdersPage:
        since = mark.window_since or mark.complete_to
        tally.calls += 1
        try:
            return reader.search(since=since, until=mark.window_bound, page_token=mark.page_token)
        except AmazonThrottled:
            tally.calls -= 1  # nothing was sent, or nothing was done
            raise
        except AccessDenied:
            raise
        except AmazonRefused as refused:
            if mark.page_token:  # Amazon no longer knows the token: the window starts over, losing nothing
                log.warning("sweep.token_refused", seller=mark.seller, status=refused.status)
                with self.storage.transaction():
                    self.storage.watermarks.set(narrowed(mark, self.clock.now()))
            raise

    def _keep(self, reader: OrdersReader, mark: Watermark, order: AmazonOrder, read_at: datetime) -> bool:
        """Keeps an order of a list, which shows it as it was at `read_at`."""
        known = self.storage.orders.find(mark.seller, order.amazon_order_id)
        whole = reader.api is OrdersApi.V2026  # v0 lists orders without their items
        if known is not None and not _newer(order, known.amazon, whole=whole):
            if whole:
                self.keeping.seen_unchanged(known, read_at=read_at)
            return False
        if whole:
            return self.keeping.keep(mark.seller, order, read_at=read_at)
        return self._notice(mark, order)

    def _notice(self, mark: Watermark, order: AmazonOrder) -> bool:
        """Has an order read by its id.

        The notice is named by its window too: should reads by id still show the order as it was, then the
        next window, which overlaps this one, lists it once more, and it is read once more.
        """
        window = mark.window_started_at.isoformat() if mark.window_started_at else ""
        notice = Notice(
            id=f"sweep/{order.amazon_order_id}/{order.updated_at.isoformat()}/{window}",
            seller=mark.seller,
            amazon_order_id=order.amazon_order_id,
            source=NoticeSource.SWEEP,
            noticed_at=self.clock.now(),
            ship_by=order.ship_by,
        )
        with self.storage.transaction():
            return self.storage.notices.add(notice)

    def _hold(self, seller: SellerId, unreadable: Unreadable) -> None:
        order_id = _order_id(unreadable.amazon_order_id)
        if order_id is None:
            log.error("sweep.order_unreadable", seller=seller, sentence=unreadable.what)
            return
        self.keeping.hold_unreadable(seller, order_id, sentence=unreadable.what)


def _newer(listed: AmazonOrder, known: AmazonOrder, *, whole: bool) -> bool:
    """Tells whether a list says more of an order than we have; two changes can bear one timestamp.

    Args:
        listed: As the list shows it.
        known: As it is kept.
        whole: The list shows everything; else only what does not lie in the items.
    """
    if listed.updated_at != known.updated_at:
        return listed.updated_at > known.updated_at
    if whole:
        return listed != known
    return (listed.status, listed.ship_by) != (known.status, known.ship_by)


def _order_id(text: str) -> AmazonOrderId | None:
    try:
        return amazon_order_id(text)
    except ValueError:
        return None
