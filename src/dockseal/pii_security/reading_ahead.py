"""Reads an order once for both its halves: what is taken in, and the address it will be released with.

It stands between Amazon and who takes orders in, who sees the order alone. The personal half is put into the
hand, and only for orders that are still to be released. Nothing is read ahead where it would be of no use:
with Orders v0, whose addresses need a token; without the role; for a warehouse that needs none.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dockseal.amazon.orders import OrdersPage, OrdersReader
from dockseal.amazon.whole_orders import WholeReader
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import AmazonOrderId, SellerId, WarehouseId
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Order, OrdersApi, OrderState
from dockseal.domain.recipient import Recipient
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.hand import Hand
from dockseal.pii_security.missing import ROLE_MISSING
from dockseal.pii_security.needed import needed
from dockseal.storage.store import Storage

READER = Actor(kind=ActorKind.SERVICE, name="reading-ahead")
CATCHING_UP = timedelta(minutes=30)
"""A page of a window that reaches back so far is read by somebody who has missed something."""
BACKLOG = 20
"""From so many open notices on, a page is read for the orders on it."""
_TO_BE_SHIPPED = frozenset({AmazonStatus.UNSHIPPED, AmazonStatus.PARTIALLY_SHIPPED})
_BEFORE_RELEASE = frozenset({OrderState.ACCEPTED, OrderState.HELD, OrderState.RELEASABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingAhead:
    """Gives the reader of a seller's orders that keeps their personal half aside.

    Attributes:
        orders: Gives the reader without personal data.
        whole: Gives the reader with it, of v2026-01-01.
        without_recipient: Gives the warehouses that need no personal data.
    """

    storage: Storage
    trail: Trail
    clock: Clock
    hand: Hand
    orders: Callable[[SellerId], OrdersReader]
    whole: Callable[[SellerId], WholeReader]
    without_recipient: Callable[[], frozenset[WarehouseId]] = frozenset

    def reader(self, seller: SellerId) -> OrdersReader:
        """Returns the reader that takes orders in; a plain one where reading ahead is of no use."""
        plain = self.orders(seller)
        if plain.api is OrdersApi.V0 or not self._of_use(seller):
            return plain
        return _Splitting(self, seller, plain, self.whole(seller))

    def worth_a_page(self, seller: SellerId, since: datetime) -> bool:
        """Tells whether a page of a window from `since` on will show orders that are new to us."""
        return self.clock.now() - since >= CATCHING_UP or self.storage.notices.open_count(seller) >= BACKLOG

    def put_aside(
        self,
        seller: SellerId,
        orders: Iterable[AmazonOrder],
        recipients: Mapping[AmazonOrderId, Recipient],
        *,
        source: str,
    ) -> None:
        """Holds the recipients of those orders that are yet to be released, and drops the others.

        Args:
            seller: Whose orders were read.
            orders: The orders themselves.
            recipients: What came with them.
            source: What they were read from, as a word for the audit trail.
        """
        found = [order for order in orders if _ships(order) and order.amazon_order_id in recipients]
        known = self.storage.orders.among(seller, [order.amazon_order_id for order in found])
        wanted = [order for order in found if _waits(known.get(order.amazon_order_id))]
        if not wanted:
            return
        with self.storage.transaction():
            self.trail.record(
                Tag.SELLER_DATA_READ_AHEAD, actor=READER, seller=seller, orders=len(wanted), source=source
            )
        for order in wanted:
            recipient = recipients[order.amazon_order_id].only(needed(order))
            self.hand.put(seller, order, recipient)

    def waits(self, seller: SellerId, order_id: AmazonOrderId) -> bool:
        """Tells whether an order, as far as we know it, is yet to be released."""
        return _waits(self.storage.orders.find(seller, order_id))

    def _of_use(self, seller: SellerId) -> bool:
        if self.storage.sellers.get(seller).warehouse in self.without_recipient():
            return False
        return not self.storage.orders.held_for([ROLE_MISSING], seller)


class _Splitting:
    """Reads whole orders and gives on the order alone."""

    api = OrdersApi.V2026

    def __init__(
        self, ahead: ReadingAhead, seller: SellerId, plain: OrdersReader, whole: WholeReader
    ) -> None:
        self._ahead = ahead
        self._seller = seller
        self._plain = plain
        self._whole = whole

    def get(self, order_id: AmazonOrderId) -> AmazonOrder:
        """Reads one order (getOrder). See `OrdersReader.get`."""
        if not self._ahead.waits(self._seller, order_id):
            return self._plain.get(order_id)
        order, recipient = self._whole.get(order_id)
        if recipient is not None:
            self._ahead.put_aside(self._seller, [order], {order_id: recipient}, source="order")
        return order

    def complete(self, order: AmazonOrder) -> AmazonOrder:
        """Returns the order. See `OrdersReader.complete`."""
        return self._plain.complete(order)

    def search(
        self, *, since: datetime, until: datetime | None = None, page_token: str = "", created: bool = False
    ) -> OrdersPage:
        """Reads one page (searchOrders). See `OrdersReader.search`."""
        if created or not self._ahead.worth_a_page(self._seller, since):
            return self._plain.search(since=since, until=until, page_token=page_token, created=created)
        whole = self._whole.search(since=since, until=until, page_token=page_token)
        self._ahead.put_aside(self._seller, whole.page.orders, whole.recipients, source="page")
        return whole.page


def _ships(order: AmazonOrder) -> bool:
    return order.status in _TO_BE_SHIPPED and order.fulfilled_by is not FulfilledBy.AMAZON


def _waits(known: Order | None) -> bool:
    return known is None or known.state in _BEFORE_RELEASE
