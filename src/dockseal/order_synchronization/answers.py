"""What a page answers: notices that need no reading of their own any more.

A page is complete up to Amazon's cut-off. An order on it is shown as it was then, so every notice of it that
Amazon sent before the cut-off is answered. v0 lists orders without their items: what a page said of them is
remembered for a while, so that only the items are yet to be read; of a shipped order not even these, where
they are known and the page counts as many units.
"""

import contextlib
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dockseal.domain.identifiers import AmazonOrderId, SellerId
from dockseal.domain.notice import Notice, NoticeSource
from dockseal.domain.order import AmazonOrder, AmazonStatus, OrdersApi
from dockseal.storage.store import Storage

_MOST_KEPT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """An order as a page of v0 showed it, without its items."""

    order: AmazonOrder
    as_of: datetime
    """The page's cut-off."""
    listed_at: datetime
    """When the page was read."""

    def answers(self, notice: Notice) -> bool:
        """Tells whether it shows what a notice tells of."""
        if notice.source is NoticeSource.SWEEP:
            return notice.noticed_at <= self.listed_at
        return notice.noticed_at <= self.as_of


def all_shipped(header: AmazonOrder, known: AmazonOrder) -> AmazonOrder | None:
    """Returns an order that a page of v0 shows as shipped with the items that are known; None: read them.

    The page counts the units that were shipped. All that was ordered when the items were last read is shipped
    if it is as many; are they fewer, something of it was cancelled, and only the items tell what.

    Args:
        header: The order as the page shows it, without its items.
        known: The order as it was read last.
    """
    ordered = sum(line.ordered for line in known.lines)
    if header.status is not AmazonStatus.SHIPPED or not ordered or header.units != (ordered, 0):
        return None
    return replace(
        header,
        units=None,
        lines=tuple(replace(line, shipped=line.ordered) for line in known.lines),
        programs=header.programs | known.programs,
        has_gift_message=known.has_gift_message,
        verification=header.verification and known.verification,
    )


class Answers:
    """Knows what the pages read so far have answered. Safe to use from many threads.

    Headers are kept in memory: after a restart, orders are read as a whole.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._lock = threading.Lock()
        self._turns: defaultdict[SellerId, threading.RLock] = defaultdict(threading.RLock)
        self._headers: OrderedDict[tuple[SellerId, AmazonOrderId], Header] = OrderedDict()

    @contextlib.contextmanager
    def turn(self, seller: SellerId) -> Iterator[None]:
        """Lets one thread at a time read pages of a seller: two would spend two calls on one page."""
        with self._lock:
            turn = self._turns[seller]
        with turn:
            yield

    def take_over(
        self,
        seller: SellerId,
        api: OrdersApi,
        orders: Sequence[AmazonOrder],
        *,
        as_of: datetime,
        now: datetime,
    ) -> None:
        """Takes over a page after its orders were kept or noticed.

        Args:
            seller: Whose page it is.
            api: v0 lists orders without their items.
            orders: What is on it.
            as_of: Its cut-off.
            now: When it was read.
        """
        waiting = self._storage.notices.open_among(seller, [order.amazon_order_id for order in orders])
        for order in orders:
            if order.amazon_order_id not in waiting:
                continue
            if api is OrdersApi.V0:
                self._remember(seller, Header(order=order, as_of=as_of, listed_at=now))
            else:
                with self._storage.transaction():
                    self._storage.notices.close(seller, order.amazon_order_id, as_of)

    def header(self, notice: Notice) -> Header | None:
        """Returns what a page said of the order of a notice, if that answers it."""
        with self._lock:
            known = self._headers.get((notice.seller, notice.amazon_order_id))
        return known if known is not None and known.answers(notice) else None

    def forget(self, seller: SellerId, order_id: AmazonOrderId) -> None:
        """Drops what a page said of an order that is read now."""
        with self._lock:
            self._headers.pop((seller, order_id), None)

    def _remember(self, seller: SellerId, header: Header) -> None:
        key = (seller, header.order.amazon_order_id)
        with self._lock:
            self._headers[key] = header
            self._headers.move_to_end(key)
            if len(self._headers) > _MOST_KEPT:
                self._headers.popitem(last=False)
