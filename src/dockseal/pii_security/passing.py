"""Passing on: personal data on its way from Amazon to a warehouse, in memory alone, where none may be kept.

Where a warehouse chose `passed`, what was retrieved for a release waits here until the warehouse has taken
the order, ten minutes at most, and is written nowhere. What is lost on the way, by time or by a restart, is
retrieved anew. A few for each warehouse at once: one that is down does not have Amazon asked for them all.
"""

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import OrderRef, SellerId, WarehouseId
from dockseal.domain.order import Order
from dockseal.domain.recipient import Recipient
from dockseal.pii_security.hand import KEPT_FOR

MOST = 100
"""From so many orders of one warehouse on, no more are retrieved for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnItsWay:
    recipient: Recipient = field(repr=False)
    seller: SellerId
    warehouse: WarehouseId | None
    updated_at: datetime
    until: datetime


class Passing:
    """Holds recipients on their way. Safe to use from many threads; nothing of it outlives the process.

    Args:
        clock: Tells the time.
        warehouses: Gives the warehouses that chose to have personal data passed on.
        most: How many orders are on their way to one warehouse, about.
    """

    def __init__(
        self, clock: Clock, warehouses: Callable[[], frozenset[WarehouseId]] = frozenset, *, most: int = MOST
    ) -> None:
        self._clock = clock
        self._warehouses = warehouses
        self.most = most
        self._lock = threading.Lock()
        self._held: OrderedDict[OrderRef, _OnItsWay] = OrderedDict()

    def wanted(self, order: Order) -> bool:
        """Tells whether the personal data of an order is passed on, and never sealed."""
        return order.warehouse in self._warehouses()

    def put(self, order: Order, recipient: Recipient) -> None:
        """Holds what was retrieved just now for an order, in place of what was before."""
        held = _OnItsWay(
            recipient=recipient,
            seller=order.seller,
            warehouse=order.warehouse,
            updated_at=order.amazon.updated_at,
            until=self._clock.now() + KEPT_FOR,
        )
        with self._lock:
            self._held[order.ref] = held
            self._held.move_to_end(order.ref)

    def find(self, order: Order) -> Recipient | None:
        """Returns what is held for an order; drops it if the order was changed or routed anew since."""
        with self._lock:
            held = self._held.get(order.ref)
            if held is None:
                return None
            late = held.until <= self._clock.now() or held.updated_at < order.amazon.updated_at
            if late or held.warehouse != order.warehouse:
                del self._held[order.ref]
                return None
            return held.recipient

    def drop(self, order: OrderRef) -> None:
        """Drops what is held for an order: it was handed over, or will not be."""
        with self._lock:
            self._held.pop(order, None)

    def drop_old(self) -> None:
        """Drops what was not handed over in time."""
        now = self._clock.now()
        with self._lock:
            while self._held and next(iter(self._held.values())).until <= now:
                self._held.popitem(last=False)

    def orders(self, seller: SellerId | None = None) -> frozenset[OrderRef]:
        """Returns the orders that are on their way: those of a seller, or all."""
        self.drop_old()
        with self._lock:
            return frozenset(ref for ref, held in self._held.items() if seller in {None, held.seller})

    def full(self) -> frozenset[WarehouseId]:
        """Returns the warehouses that no more is retrieved for at present."""
        self.drop_old()
        with self._lock:
            counted = Counter(held.warehouse for held in self._held.values())
        return frozenset(each for each, count in counted.items() if each and count >= self.most)
