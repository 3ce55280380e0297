"""Every order there is, and what happens to it: placed, paid, cancelled, shipped, delivered."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from spapi_simulator.world.accounts import Seller
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.marketplaces import MARKETPLACES, Marketplace
from spapi_simulator.world.people import Recipient, invent
from spapi_simulator.world.present import Present
from spapi_simulator.world.records import (
    EASY_SHIP,
    PLAIN_TERMS,
    UNPAID,
    Item,
    Line,
    OrderRecord,
    Terms,
)
from spapi_simulator.world.regulation import APPROVED, Regulation
from spapi_simulator.world.seeded import Seeded
from spapi_simulator.world.shelf import Shelf

Listener = Callable[[OrderRecord, str], None]
"""Told of an order and of what happened to it."""
CREATED = "created"
STATUS_CHANGE = "OrderStatusChange"
BUYER_REQUEST = "BuyerRequestedChange"
_PAYMENT_CHECK = timedelta(minutes=30)


class Book:
    """The orders of all sellers."""

    def __init__(self, present: Present, seeded: Seeded, behaviours: Behaviours) -> None:
        self._present = present
        self._seeded = seeded
        self._behaviours = behaviours
        self._orders: dict[str, OrderRecord] = {}
        self._shelves: dict[str, Shelf] = {}
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
        return iter(self.shelf(seller_id))

    def shelf(self, seller_id: str) -> Shelf:
        """Return a seller's orders, sorted by their clocks."""
        return self._shelves.setdefault(seller_id, Shelf())

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
        terms: Terms = PLAIN_TERMS,
    ) -> OrderRecord:
        """Place an order; see `Simulator.place_order`."""
        now = self._present.now()
        marketplace = MARKETPLACES[marketplace_id]
        order_id = self._new_id()
        status = "PENDING" if pending else "UNSHIPPED"
        if terms.available_from is not None:
            status = "PENDING_AVAILABILITY"
            self._present.at(terms.available_from, lambda: self._becomes_available(order_id))
        order = OrderRecord(
            order_id=order_id,
            seller_id=seller.seller_id,
            marketplace=marketplace,
            status=status,
            fulfilled_by=fulfilled_by,
            items=[self._item(line, gift_message) for line in lines],
            recipient=recipient or invent(self._seeded, marketplace.country),
            programs=tuple(programs),
            created_at=now,
            updated_at=now,
            status_changed_at=now,
            earliest_ship=now,
            ship_by=ship_by or _end_of_next_day(terms.available_from or now, marketplace),
            terms=terms,
            seller_order_id=terms.seller_order_id or order_id,
            pending_since=now if status in UNPAID else None,
            regulation=Regulation() if any(line.prescription for line in lines) else None,
            easy_ship_status="PendingSchedule" if EASY_SHIP in programs else "",
        )
        self._orders[order.order_id] = order
        self.shelf(order.seller_id).add(order)
        self.tell(order, CREATED)
        return order

    def authorise_payment(self, order_id: str) -> None:
        """Let a pending order be paid."""
        order = self.get(order_id)
        if order.status in UNPAID:
            self._before(order)
            order.status = "UNSHIPPED"
            order.pending_since = None
            self._changed(order, status=True)

    def cancel(self, order_id: str, *, by: str = "BUYER", reason: str = "") -> None:
        """Cancel an order that is not shipped.

        Raises:
            ValueError: Something of it is shipped.
        """
        order = self.get(order_id)
        if order.shipped_count or order.status in {"SHIPPED", "CANCELLED"}:
            raise ValueError(f"Order {order.order_id} is {order.status} and can no longer be cancelled.")
        self._before(order)
        order.status = "CANCELLED"
        order.pending_since = None
        for item in order.items:
            item.cancelled_by, item.cancel_reason = by, reason
            item.quantity_ordered = 0
        self._changed(order, status=True)

    def cancel_item(
        self,
        order_id: str,
        order_item_id: str,
        quantity: int,
        *,
        stays: bool,
        by: str = "BUYER",
        reason: str = "",
    ) -> None:
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
            self.cancel(order_id, by=by, reason=reason)
            return
        self._before(order)
        item.quantity_ordered -= quantity
        if not item.quantity_ordered:
            item.cancelled_by, item.cancel_reason = by, reason
            if not stays:
                order.items.remove(item)
        self._settle(order)

    def request_cancel(self, order_id: str) -> None:
        """Let the buyer ask to cancel; the seller still has to do it."""
        order = self.get(order_id)
        self._before(order)
        for item in order.items:
            item.cancel_requested = True
        self._changed(order, status=False)
        self.tell(order, BUYER_REQUEST)

    def change_address(self, order_id: str, recipient: Recipient) -> None:
        """Let the buyer have an order sent elsewhere; the order's clock moves, and nothing tells of it.

        Raises:
            ValueError: Nothing of it is left to ship.
        """
        order = self.get(order_id)
        if order.status not in {*UNPAID, "UNSHIPPED", "PARTIALLY_SHIPPED"}:
            raise ValueError(f"Order {order_id} is {order.status}: its address can no longer be changed.")
        self._before(order)
        order.recipient = recipient
        self._changed(order, status=False)

    def keep_showing(self, order: OrderRecord, seconds: float) -> None:
        """Let reads see an order as it is now for some seconds, whatever changes meanwhile."""
        order.keep_showing(self._present.now() + timedelta(seconds=seconds))

    def shipped(self, order: OrderRecord) -> None:
        """Recount what is in packages, and let the status follow."""
        for item in order.items:
            item.quantity_shipped = sum(
                content.quantity
                for package in order.packages
                for content in package.items
                if content.order_item_id == item.order_item_id
            )
        self._settle(order)

    def package_moved(self, order: OrderRecord, reference: str, status: str, detail: str = "") -> None:
        """Note where a package is: a change of the order, and none of its status."""
        package = order.package(reference)
        if package is None or package.status == status:
            return
        self._before(order)
        now = self._present.now()
        moved = replace(
            package,
            status=status,
            detailed_status=detail,
            delivered_at=now if status == "DELIVERED" else package.delivered_at,
        )
        order.packages[order.packages.index(package)] = moved
        self._changed(order, status=False)

    def collected(self, order: OrderRecord, status: str, quantities: dict[str, int]) -> None:
        """Note what a store says of an order its buyer collects (updateShipmentStatus)."""
        self._before(order)
        order.pickup_status = status
        if status == "PickedUp":
            for item in order.items:
                item.quantity_shipped += quantities.get(item.order_item_id, 0)
        self._settle(order)

    def easy_ship_moved(self, order_id: str, status: str) -> None:
        """Note what Amazon's own carrier says of an Easy Ship order, in v0 spelling."""
        order = self.get(order_id)
        self._before(order)
        order.easy_ship_status = status
        if status in {"PickedUp", "DroppedOff"}:
            for item in order.items:
                item.quantity_shipped = item.quantity_ordered
        self._settle(order)

    def verified(self, order: OrderRecord, verdict: Regulation) -> None:
        """Note a verdict on regulated items; a rejected order is cancelled."""
        self._before(order)
        order.regulation = verdict
        self._changed(order, status=False)
        if verdict.status not in {"Pending", APPROVED} and not order.shipped_count:
            self.cancel(order.order_id, by="AMAZON", reason="ItemNotAvailable")

    def confirm_invoice(self, order_id: str) -> None:
        """Let Amazon accept the invoice of a shipped order."""
        order = self.get(order_id)
        self._before(order)
        order.invoice_confirmed = True
        self._changed(order, status=True)

    def number(self, order: OrderRecord, seller_order_id: str) -> None:
        """Give an order the seller's own number."""
        self._before(order)
        order.seller_order_id = seller_order_id
        self._changed(order, status=False)

    def _becomes_available(self, order_id: str) -> None:
        order = self.get(order_id)
        if order.status == "PENDING_AVAILABILITY":
            self._before(order)
            order.status = "PENDING"
            self._changed(order, status=True)
            self._present.at(self._present.now() + _PAYMENT_CHECK, lambda: self.authorise_payment(order_id))

    def _before(self, order: OrderRecord) -> None:
        """Keep what reads by id go on showing, where they are slower than lists."""
        if lag := self._behaviours.by_id_lag_seconds:
            order.keep_showing_by_id(self._present.now() + timedelta(seconds=lag))

    def _changed(self, order: OrderRecord, *, status: bool) -> None:
        """Note a change, and tell of it when it is one of the status."""
        now = self._present.now()
        order.updated_at = now
        if status:
            order.status_changed_at = now
        self.shelf(order.seller_id).moved(order, status=status)
        if status:
            self.tell(order, STATUS_CHANGE)

    def _settle(self, order: OrderRecord) -> None:
        """Let the status follow what is shipped."""
        before = order.v0_status
        if order.shipped_count:
            order.status = "PARTIALLY_SHIPPED" if order.unshipped_count else "SHIPPED"
        elif order.status in {"PARTIALLY_SHIPPED", "SHIPPED"}:
            order.status = "UNSHIPPED"
        self._changed(order, status=order.v0_status != before)

    def tell(self, order: OrderRecord, change: str) -> None:
        """Tell every listener what happened to an order."""
        for listener in self.listeners:
            listener(order, change)

    def _item(self, line: Line, gift_message: str | None) -> Item:
        item_id = self._seeded.digits("item", 14)
        asin = line.asin or "B0" + self._seeded.letters("asin", 8)
        full = replace(
            line,
            asin=asin,
            title=line.title or f"Sample article {line.sku}",
            gift_message=gift_message if line.gift_message is None else line.gift_message,
        )
        return Item(order_item_id=item_id, line=full, quantity_ordered=line.quantity)

    def _new_id(self) -> str:
        digits = self._seeded.digits("order", 14)
        return f"{113 + int(digits[0]) % 3}-{digits[:7]}-{digits[7:]}"


def _end_of_next_day(now: datetime, marketplace: Marketplace) -> datetime:
    """Return the last second of tomorrow where the marketplace is."""
    offset = timedelta(hours=marketplace.utc_offset)
    local = (now + offset).replace(hour=23, minute=59, second=59, microsecond=0) + timedelta(days=1)
    return local - offset
