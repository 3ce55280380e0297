"""Every order there is, and what happens to it: placed, paid, cancelled, shipped."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from spapi_simulator.world.accounts import Seller
from spapi_simulator.world.clock import Clock
from spapi_simulator.world.marketplaces import MARKETPLACES, Marketplace
from spapi_simulator.world.people import Recipient, invent
from spapi_simulator.world.records import UNPAID, Item, Line, OrderRecord
from spapi_simulator.world.seeded import Seeded

Listener = Callable[[OrderRecord, str], None]
"""Told of an order and of what happened to it."""
CREATED = "created"
STATUS_CHANGE = "OrderStatusChange"
BUYER_REQUEST = "BuyerRequestedChange"


class Book:
    """The orders of all sellers."""

    def __init__(self, clock: Clock, seeded: Seeded) -> None:
        self._clock = clock
        self._seeded = seeded
        self._orders: dict[str, OrderRecord] = {}
        self.listeners: list[Listener] = []

    def find(self, order_id: str) -> OrderRecord | None:
        """Return an order by its id."""
        return self._orders.get(order_id)

    def get(self, order_id: str) -> OrderRecord:
        """Return an order by its id.

        Raises:
            KeyError: There is none.
        """
        return self._orders[order_id]

    def of_seller(self, seller_id: str) -> Iterator[OrderRecord]:
        """Yield a seller's orders in the order they were placed."""
        return (order for order in self._orders.values() if order.seller_id == seller_id)

    def all(self) -> list[OrderRecord]:
        """Return every order."""
        return list(self._orders.values())

    def place(
        self,
        seller: Seller,
        lines: Sequence[Line],
        *,
        marketplace_id: str,
        pending: bool = False,
        fulfilled_by: str = "MERCHANT",
        ship_by: datetime | None = None,
        recipient: Recipient | None = None,
        gift_message: str | None = None,
        programs: Sequence[str] = (),
    ) -> OrderRecord:
        """Place an order; see `Simulator.place_order`."""
        now = self._clock.now()
        marketplace = MARKETPLACES[marketplace_id]
        order = OrderRecord(
            order_id=self._new_id(),
            seller_id=seller.seller_id,
            marketplace=marketplace,
            status="PENDING" if pending else "UNSHIPPED",
            fulfilled_by=fulfilled_by,
            items=[self._item(line, gift_message) for line in lines],
            recipient=recipient or invent(self._seeded, marketplace.country),
            programs=tuple(programs),
            created_at=now,
            updated_at=now,
            status_changed_at=now,
            earliest_ship=now,
            ship_by=ship_by or _end_of_next_day(now, marketplace),
            pending_since=now if pending else None,
        )
        self._orders[order.order_id] = order
        self._tell(order, CREATED)
        return order

    def authorise_payment(self, order_id: str) -> None:
        """Let a pending order be paid."""
        order = self.get(order_id)
        if order.status in UNPAID:
            order.status = "UNSHIPPED"
            order.pending_since = None
            self._changed(order, status=True)

    def cancel(self, order_id: str, *, by: str = "BUYER") -> None:
        """Cancel an order that is not shipped.

        Raises:
            ValueError: Something of it is shipped.
        """
        order = self.get(order_id)
        if order.shipped_count or order.status in {"SHIPPED", "CANCELLED"}:
            raise ValueError(f"Order {order.order_id} is {order.status} and can no longer be cancelled.")
        order.status = "CANCELLED"
        order.pending_since = None
        for item in order.items:
            item.cancelled_by = by
            item.quantity_ordered = 0
        self._changed(order, status=True)

    def cancel_item(self, order_id: str, order_item_id: str, quantity: int, *, stays: bool) -> None:
        """Cancel some units of one item; an order with nothing left is cancelled.

        Raises:
            ValueError: No such item, or fewer units are left to ship.
        """
        order = self.get(order_id)
        item = order.item(order_item_id)
        if item is None or not 0 < quantity <= item.quantity_ordered - item.quantity_shipped:
            raise ValueError(
                f"Order {order.order_id} has no {quantity} units of item {order_item_id} to cancel."
            )
        if sum(one.quantity_ordered for one in order.items) == quantity:
            self.cancel(order_id)
            return
        item.quantity_ordered -= quantity
        if not item.quantity_ordered:
            item.cancelled_by = "BUYER"
            if not stays:
                order.items.remove(item)
        before = order.status
        self._settle_status(order)
        self._changed(order, status=order.status != before)

    def request_cancel(self, order_id: str) -> None:
        """Let the buyer ask to cancel; the seller still has to do it."""
        order = self.get(order_id)
        for item in order.items:
            item.cancel_requested = True
        self._changed(order, status=False)
        self._tell(order, BUYER_REQUEST)

    def keep_showing(self, order: OrderRecord, seconds: float) -> None:
        """Let reads see an order as it is now for some seconds, whatever changes meanwhile."""
        order.keep_showing(self._clock.now() + timedelta(seconds=seconds))

    def shipped(self, order: OrderRecord) -> None:
        """Recount what is in packages, and let the status follow."""
        for item in order.items:
            item.quantity_shipped = sum(
                content.quantity
                for package in order.packages
                for content in package.items
                if content.order_item_id == item.order_item_id
            )
        before = order.status
        self._settle_status(order)
        self._changed(order, status=order.status != before)

    def _changed(self, order: OrderRecord, *, status: bool) -> None:
        """Note a change, and tell of it when it is one of the status."""
        now = self._clock.now()
        order.updated_at = now
        if status:
            order.status_changed_at = now
            self._tell(order, STATUS_CHANGE)

    @staticmethod
    def _settle_status(order: OrderRecord) -> None:
        if order.shipped_count:
            order.status = "PARTIALLY_SHIPPED" if order.unshipped_count else "SHIPPED"

    def _tell(self, order: OrderRecord, change: str) -> None:
        for listener in self.listeners:
            listener(order, change)

    def _item(self, line: Line, gift_message: str | None) -> Item:
        return Item(
            order_item_id=self._seeded.digits("item", 14),
            sku=line.sku,
            asin=line.asin or "B0" + self._seeded.letters("asin", 8),
            title=line.title or f"Sample article {line.sku}",
            price=Decimal(line.price),
            quantity_ordered=line.quantity,
            gift_message=gift_message,
            transparency=line.transparency,
        )

    def _new_id(self) -> str:
        digits = self._seeded.digits("order", 14)
        return f"{113 + int(digits[0]) % 3}-{digits[:7]}-{digits[7:]}"


def _end_of_next_day(now: datetime, marketplace: Marketplace) -> datetime:
    """Return the last second of tomorrow where the marketplace is."""
    offset = timedelta(hours=marketplace.utc_offset)
    local = (now + offset).replace(hour=23, minute=59, second=59, microsecond=0) + timedelta(days=1)
    return local - offset
