"""A seller's orders, sorted by the clocks that lists go by, so that a page costs a page and not the shelf."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from datetime import datetime
from operator import attrgetter

from spapi_simulator.world.records import OrderRecord

_Place = tuple[datetime, str]


class Clocked:
    """Orders by one of their clocks.

    A change adds a place and leaves the old one, which is skipped from then on; when more than half of the
    places are old ones they are cleared away.
    """

    def __init__(self, clock: Callable[[OrderRecord], datetime]) -> None:
        self._clock = clock
        self._places: list[_Place] = []
        self._stale = 0

    def add(self, order: OrderRecord, *, again: bool = False) -> None:
        """Put an order in, or put it in again after its clock moved."""
        place = (self._clock(order), order.order_id)
        if self._places and place < self._places[-1]:
            insort(self._places, place)
        else:
            self._places.append(place)
        self._stale += again

    def clear_away(self, orders: dict[str, OrderRecord]) -> None:
        """Forget places that no read can need any more."""
        if self._stale * 2 < len(self._places) or len(self._places) < 1000:
            return
        needed = (
            place for place in self._places if orders[place[1]].shown_at_any_time(self._clock, place[0])
        )
        self._places = list(dict.fromkeys(needed))
        self._stale = 0

    def between(
        self,
        after: datetime,
        before: datetime,
        *,
        beyond: _Place | None,
        orders: dict[str, OrderRecord],
        now: datetime,
    ) -> Iterator[tuple[_Place, OrderRecord]]:
        """Yield orders as lists show them now, oldest first, within a window and beyond a place in it."""
        index = bisect_left(self._places, (after, ""))
        if beyond is not None:
            index = max(index, bisect_left(self._places, beyond))
        last: _Place | None = None
        while index < len(self._places) and (place := self._places[index])[0] <= before:
            index += 1
            if place in {last, beyond}:
                continue
            last = place
            shown = orders[place[1]].visible(now)
            if self._clock(shown) == place[0]:
                yield place, shown


class Shelf:
    """All orders of one seller."""

    def __init__(self) -> None:
        self._orders: dict[str, OrderRecord] = {}
        self.by_creation = Clocked(attrgetter("created_at"))
        self.by_update = Clocked(attrgetter("updated_at"))
        self.by_status = Clocked(attrgetter("status_changed_at"))

    def __iter__(self) -> Iterator[OrderRecord]:
        return iter(self._orders.values())

    def add(self, order: OrderRecord) -> None:
        """Put a new order on the shelf."""
        self._orders[order.order_id] = order
        for clocked in (self.by_creation, self.by_update, self.by_status):
            clocked.add(order)

    def moved(self, order: OrderRecord, *, status: bool) -> None:
        """Move an order that has changed."""
        for clocked in (self.by_update, self.by_status) if status else (self.by_update,):
            clocked.add(order, again=True)
            clocked.clear_away(self._orders)

    def between(
        self,
        clocked: Clocked,
        after: datetime,
        before: datetime,
        *,
        beyond: tuple[datetime, str] | None,
        now: datetime,
    ) -> Iterator[tuple[tuple[datetime, str], OrderRecord]]:
        """Yield the orders of a window, oldest first; those hidden from lists are not among them."""
        found = clocked.between(after, before, beyond=beyond, orders=self._orders, now=now)
        for place, order in found:
            hidden = self._orders[order.order_id].hidden_until
            if hidden is None or now >= hidden:
                yield place, order
