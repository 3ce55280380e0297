"""When orders could first be shipped: the clock that order reports go by."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from datetime import datetime

from spapi_simulator.world.book import CREATED, Book
from spapi_simulator.world.present import Present
from spapi_simulator.world.records import UNPAID, OrderRecord


class Fulfillable:
    """Remembers when each order left its pending state; one that is paid at once never was in it."""

    def __init__(self, book: Book, present: Present) -> None:
        self._book = book
        self._present = present
        self._places: dict[str, list[tuple[datetime, str]]] = {}
        self._later: dict[str, datetime] = {}
        self._waiting: set[str] = set()
        book.listeners.append(self.order_changed)

    def order_changed(self, order: OrderRecord, change: str) -> None:
        """Note an order that can be shipped from now on (a listener of the book)."""
        if order.status in UNPAID:
            self._waiting.add(order.order_id)
        elif order.order_id in self._waiting:
            self._waiting.discard(order.order_id)
            if order.status != "CANCELLED":
                self._later[order.order_id] = self._present.now()
                self._note(order, self._present.now())
        elif change == CREATED:
            self._note(order, order.created_at)

    def at(self, order: OrderRecord) -> datetime:
        """Return when an order could first be shipped."""
        return self._later.get(order.order_id, order.created_at)

    def between(self, seller_id: str, after: datetime, before: datetime) -> Iterator[OrderRecord]:
        """Yield the orders that became fulfillable in a window, oldest first, as lists show them."""
        now = self._present.now()
        places = self._places.get(seller_id, [])
        first = bisect_left(places, (after, ""))
        for _, order_id in places[first : bisect_right(places, (before, "~"))]:
            order = self._book.get(order_id)
            if order.hidden_until is None or now >= order.hidden_until:
                yield order.visible(now)

    def _note(self, order: OrderRecord, instant: datetime) -> None:
        insort(self._places.setdefault(order.seller_id, []), (instant, order.order_id))
