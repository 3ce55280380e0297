"""Follows the parcels of verified orders until they are delivered: it ends the time personal data is kept.

Amazon lists an order as changed when one of its packages moves, so the sweeps see most deliveries for
nothing. Should they not, an order is read once a day from its promised delivery on, for a month at most.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dockseal.domain.clock import Clock
from dockseal.domain.notice import Notice, NoticeSource
from dockseal.domain.order import Order
from dockseal.domain.shown import at_an_end
from dockseal.storage.store import Storage

LONGEST = timedelta(days=30)
"""So long after an order was shipped its parcels are followed: its personal data is destroyed by then."""
EVERY = timedelta(days=1)
_UNPROMISED = timedelta(days=5)
"""After so long a parcel is followed of which Amazon names no delivery date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """Looks after the parcels of verified orders."""

    storage: Storage
    clock: Clock

    def look(self, order: Order) -> bool:
        """Has an order read whose parcels should have arrived; tells whether it is to be read."""
        now = self.clock.now()
        next_try = follow_at(order, now)
        asks = next_try == now
        with self.storage.transaction():
            self.storage.orders.change(order, next_try=follow_at(order, now + EVERY) if asks else next_try)
            return asks and self._ask(order, now)

    def _ask(self, order: Order, now: datetime) -> bool:
        notice = Notice(
            id=f"follow/{order.id}/{now:%Y-%m-%d}",
            seller=order.seller,
            amazon_order_id=order.id,
            source=NoticeSource.VERIFICATION,
            noticed_at=now,
            tries=1,  # no list is waited for: nothing of it may have changed
        )
        return self.storage.notices.add(notice)


def follow_at(order: Order, earliest: datetime) -> datetime | None:
    """Returns when the parcels of a verified order are looked after, not before `earliest`; None: no more.

    Orders v0 shows no parcels: there is nothing to follow.
    """
    packages = order.amazon.packages
    if not packages or all(at_an_end(package) for package in packages):
        return None
    promised = order.amazon.deliver_by or _left(order) + _UNPROMISED
    at = max(promised, earliest)
    return at if at < _last(order) else None


def _left(order: Order) -> datetime:
    return order.shipped_at or order.confirmed_at or order.accepted_at


def _last(order: Order) -> datetime:
    return _left(order) + LONGEST
