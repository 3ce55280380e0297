"""The reconciling sweep: asks Amazon for every change since the watermark, so nothing hangs on a notice.

The watermark is the cut-off Amazon itself echoes; the next sweep reaches back before it by an overlap. An
unfinished window goes on from its page token, which lives 24 hours (searchOrders, Orders v2026-01-01).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from dockseal.amazon.orders import OrdersPage, OrdersReader, Unreadable
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import AmazonOrderId, SellerId, amazon_order_id
from dockseal.domain.lane import Outcome
from dockseal.domain.notice import Notice, NoticeSource, Watermark
from dockseal.domain.order import AmazonOrder, OrdersApi
from dockseal.errors import AccessDenied, AmazonRefused
from dockseal.order_synchronization.keeping import Keeping
from dockseal.storage.store import Storage

_TOKEN_LIVES = timedelta(hours=23)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeping:
    """Sweeps a seller's orders.

    Attributes:
        orders: Gives the reader of a seller's orders.
        overlap: How far each window reaches back before the watermark.
        first: How far back the first window of a seller reaches.
    """

    storage: Storage
    orders: Callable[[SellerId], OrdersReader]
    keeping: Keeping
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
        mark = self._window(seller)
        reader = self.orders(seller)
        page = self._page(reader, mark)
        changed = sum(self._keep(reader, seller, order) for order in page.orders)
        for unreadable in page.unreadable:
            self._hold(seller, unreadable)
        with self.storage.transaction():
            self.storage.watermarks.set(self._after(mark, page))
        return Outcome(done=changed + len(page.unreadable), more=bool(page.next_token))

    def _window(self, seller: SellerId) -> Watermark:
        """Returns the watermark with an open window: the unfinished one while its token lives."""
        now = self.clock.now()
        mark = self.storage.watermarks.get(seller) or Watermark(seller=seller, complete_to=now - self.first)
        alive = mark.window_started_at is not None and now - mark.window_started_at < _TOKEN_LIVES
        if mark.page_token and alive:
            return mark
        return replace(
            mark,
            window_since=mark.complete_to - self.overlap,
            window_until=None,
            window_started_at=now,
            page_token="",
        )

    def _page(self, reader: OrdersReader, mark: Watermark) -> OrdersPage:
        since = mark.window_since or mark.complete_to
        try:
            return reader.search(since=since, page_token=mark.page_token)
        except AccessDenied:
            raise
        except AmazonRefused as refused:
            if mark.page_token:  # Amazon no longer knows the token: the window starts over, losing nothing
                log.warning("sweep.token_refused", seller=mark.seller, status=refused.status)
                with self.storage.transaction():
                    self.storage.watermarks.set(replace(mark, page_token="", window_until=None))
            raise

    def _after(self, mark: Watermark, page: OrdersPage) -> Watermark:
        """Moves the watermark past a page; it jumps to Amazon's cut-off only after the last one."""
        until = mark.window_until or page.complete_to
        if page.next_token:
            return replace(mark, page_token=page.next_token, window_until=until)
        complete_to = max(mark.complete_to, until) if until else mark.complete_to
        return Watermark(seller=mark.seller, complete_to=complete_to)

    def _keep(self, reader: OrdersReader, seller: SellerId, order: AmazonOrder) -> bool:
        if reader.api is OrdersApi.V2026:
            return self._keep_if_newer(seller, order)
        return self._notice(seller, order)  # v0 lists orders without their items

    def _keep_if_newer(self, seller: SellerId, order: AmazonOrder) -> bool:
        known = self.storage.orders.find(seller, order.amazon_order_id)
        if known is not None and known.amazon.updated_at >= order.updated_at:
            return False
        return self.keeping.keep(seller, order, read_at=self.clock.now())

    def _notice(self, seller: SellerId, order: AmazonOrder) -> bool:
        known = self.storage.orders.find(seller, order.amazon_order_id)
        if known is not None and known.amazon.updated_at >= order.updated_at:
            return False
        notice = Notice(
            id=f"sweep/{order.amazon_order_id}/{order.updated_at.isoformat()}",
            seller=seller,
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


def _order_id(text: str) -> AmazonOrderId | None:
    try:
        return amazon_order_id(text)
    except ValueError:
        return None
