"""The hand: personal data that came with a reading, held in memory for the minutes until it is sealed.

Amazon gives an order and its address in one answer (Orders v2026-01-01). The order goes on to be taken in,
examined and routed; its address waits here, and is sealed when the order is about to be released. What was
not fetched by then is dropped, and would have to be read anew.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import AmazonOrderId, SellerId
from dockseal.domain.order import AmazonOrder, Order
from dockseal.domain.recipient import Recipient

KEPT_FOR = timedelta(minutes=10)
MOST = 20_000
"""So many at once; then the oldest are dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    recipient: Recipient = field(repr=False)
    updated_at: datetime
    until: datetime


class Hand:
    """Holds recipients for a while. Safe to use from many threads; nothing of it outlives the process.

    Args:
        clock: Tells the time.
        kept_for: How long each is held.
        most: How many are held at once.
    """

    def __init__(self, clock: Clock, *, kept_for: timedelta = KEPT_FOR, most: int = MOST) -> None:
        self._clock = clock
        self._kept_for = kept_for
        self._most = most
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[SellerId, AmazonOrderId], _Held] = OrderedDict()

    def put(self, seller: SellerId, reading: AmazonOrder, recipient: Recipient) -> None:
        """Holds what came with a reading, in place of what an earlier one brought."""
        until = self._clock.now() + self._kept_for
        key = (seller, reading.amazon_order_id)
        with self._lock:
            self._held[key] = _Held(recipient=recipient, updated_at=reading.updated_at, until=until)
            self._held.move_to_end(key)
            if len(self._held) > self._most:
                self._held.popitem(last=False)

    def take(self, order: Order) -> Recipient | None:
        """Gives away what is held for an order, unless the order was read again since, or too long ago."""
        with self._lock:
            held = self._held.pop((order.seller, order.id), None)
        if held is None or held.until <= self._clock.now() or held.updated_at < order.amazon.updated_at:
            return None
        return held.recipient

    def drop(self, seller: SellerId, order_id: AmazonOrderId) -> None:
        """Drops what is held for an order."""
        with self._lock:
            self._held.pop((seller, order_id), None)

    def drop_old(self) -> None:
        """Drops what nobody fetched in time."""
        now = self._clock.now()
        with self._lock:
            while self._held and next(iter(self._held.values())).until <= now:
                self._held.popitem(last=False)

    def orders(self, seller: SellerId) -> tuple[AmazonOrderId, ...]:
        """Returns the orders of a seller that something is held for, earliest first."""
        self.drop_old()
        with self._lock:
            return tuple(order_id for owner, order_id in self._held if owner == seller)
