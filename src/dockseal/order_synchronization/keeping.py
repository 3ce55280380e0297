"""Keeps what Amazon said of an order: the first reading accepts it, later ones change it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.attention import with_earlier
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import AmazonOrderId, SellerId, new_order_ref
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Hold, Order, OrderState
from dockseal.domain.shipment import Package
from dockseal.monitoring_audit.stop_wishes import want_stops
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.order_synchronization.changes import Change, change_of
from dockseal.order_synchronization.parcel_news import label_under_way
from dockseal.storage.store import Storage

ACTOR = Actor(kind=ActorKind.SERVICE, name="order-synchronization")
_OVER = frozenset({AmazonStatus.SHIPPED, AmazonStatus.CANCELLED, AmazonStatus.UNFULFILLABLE})
_BEFORE_RELEASE = frozenset({OrderState.ACCEPTED, OrderState.RELEASABLE})
_AT_THE_WAREHOUSE = frozenset({OrderState.RELEASED, OrderState.PARTLY_SHIPPED})
_READ_BACK = frozenset({OrderState.PARTLY_SHIPPED, OrderState.SHIPPED, OrderState.CONFIRMED})
_SHIPPING = frozenset({OrderState.RELEASABLE, OrderState.RELEASED, OrderState.VERIFIED, *_READ_BACK})
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)
"""Amazon's clock is believed to be no further ahead of ours than this."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """Writes readings of Amazon's orders, each with its audit row in one transaction."""

    storage: Storage
    trail: Trail
    clock: Clock

    def keep(self, seller: SellerId, reading: AmazonOrder, *, read_at: datetime) -> bool:
        """Keeps one reading; tells whether it changed anything.

        Orders that Amazon ships itself, and orders that were over before we first saw them, are not kept.
        A reading older than the one we have is dropped.

        Args:
            seller: Whose order it is.
            reading: What Amazon said.
            read_at: When it was asked.
        """
        ahead = reading.updated_at > read_at + _AHEAD
        if ahead:
            # A year 9999 would make every later reading look older than this one.
            log.warning("order.updated_in_the_future", seller=seller, order_id=reading.amazon_order_id)
            reading = replace(reading, updated_at=read_at)
        with self.storage.transaction():
            order = self.storage.orders.find(seller, reading.amazon_order_id)
            if order is None:
                return self._accept(seller, reading, read_at)
            if reading.updated_at < order.amazon.updated_at:
                return False
            if ahead and replace(reading, updated_at=order.amazon.updated_at) == order.amazon:
                return False
            change = Change() if reading == order.amazon else change_of(order, reading, self._reported(order))
            self._apply(order, change, reading, read_at=max(read_at, order.read_at))
            return True

    def seen_unchanged(self, order: Order, *, read_at: datetime) -> None:
        """Notes that a list shows an order as it is kept, where its packages wait for a reading.

        Args:
            order: As it is kept.
            read_at: Up to when the list is complete.
        """
        if order.state in _READ_BACK and read_at > order.read_at:
            with self.storage.transaction():
                self.storage.orders.change(order, read_at=read_at)

    def hold_unreadable(self, seller: SellerId, order_id: AmazonOrderId, *, sentence: str) -> None:
        """Holds an order whose answer lacks what we cannot do without, so that a person sees it.

        Args:
            seller: Whose order it is.
            order_id: Amazon's id of it.
            sentence: What is missing.
        """
        hold = Hold(code="unreadable", sentence=f"{sentence}. It is read again when Amazon changes it.")
        now = self.clock.now()
        with self.storage.transaction():
            order = self.storage.orders.find(seller, order_id)
            if order is None:
                order = self._insert(seller, _unread(order_id), now)
            if order.hold == hold:
                return
            if order.state in _BEFORE_RELEASE:
                self.storage.orders.move(order, OrderState.HELD, hold=hold)
                self._record(Tag.ORDER_LIFE_HELD, order, code=hold.code)
            else:
                attention = with_earlier(order.attention, [hold.sentence])
                self.storage.orders.change(order, attention=attention)

    def _accept(self, seller: SellerId, reading: AmazonOrder, read_at: datetime) -> bool:
        if reading.fulfilled_by is FulfilledBy.AMAZON:
            log.debug("order.fulfilled_by_amazon", seller=seller)
            return False
        if reading.status in _OVER:
            log.info("order.over_before_we_saw_it", seller=seller, order_id=reading.amazon_order_id)
            return False
        self._insert(seller, reading, read_at)
        return True

    def _insert(self, seller: SellerId, reading: AmazonOrder, read_at: datetime) -> Order:
        order = Order(
            ref=new_order_ref(),
            seller=seller,
            state=OrderState.ACCEPTED,
            amazon=reading,
            read_at=read_at,
            accepted_at=self.clock.now(),
        )
        self.storage.orders.insert(order)
        self._record(Tag.ORDER_LIFE_ACCEPTED, order)
        return order

    def _apply(self, order: Order, change: Change, reading: AmazonOrder, *, read_at: datetime) -> None:
        if change.stop is not None:
            want_stops(self.storage, self.trail, order, change.stop, actor=ACTOR, at=self.clock.now())
        facts: dict[str, Any] = {"amazon": reading, "read_at": read_at}
        if order.state is not OrderState.HELD or change.to is not None:
            # A newer reading may be what a waiting step waits for: it need not wait any longer.
            facts |= {"next_try": None, "tries": 0}
        if order.state is OrderState.VERIFIED:
            # Its packages are followed until they are delivered: news of them is looked at.
            facts["next_try"] = order.next_try if reading == order.amazon else self.clock.now()
        facts |= self._address_facts(order, change)
        if change.revised:
            facts["revision"] = order.revision + 1
        if change.attention:
            facts["attention"] = change.attention
        if change.to is None:
            self.storage.orders.change(order, **facts)
            return
        if change.to is OrderState.CANCELLED:
            facts["hold"] = None
            moved = self.storage.orders.move(order, change.to, **facts)
            self.storage.shelf.order_over(order.ref, self.clock.now(), cancelled=True)
            self._record(change.tag, moved)
            return
        moved = self.storage.orders.move(order, change.to, **facts, hold=change.hold)
        self._record(change.tag, moved, **({"code": change.hold.code} if change.hold else {}))

    def _reported(self, order: Order) -> tuple[Package, ...] | None:
        """Returns what warehouses reported of an order; None while a bought label is not taken in."""
        if order.state not in _SHIPPING or label_under_way(self.storage.labels.of_order(order.ref)):
            return None
        return tuple(self.storage.packages.of_order(order.ref))

    def _address_facts(self, order: Order, change: Change) -> dict[str, Any]:
        """Says what becomes of the sealed recipient; a comparison that is still owed stays owed."""
        if change.retrieve_again and order.sealed_until is not None:
            return {"sealed_until": None}
        owed = order.state in _AT_THE_WAREHOUSE and order.next_try is not None
        if change.to is None and (change.compare_address or owed):
            return {"next_try": order.next_try or self.clock.now()}
        return {}

    def _record(self, tag: Tag | None, order: Order, **fields: str) -> None:
        if tag is not None:
            self.trail.record(tag, actor=ACTOR, order=order.ref, **fields)


def _unread(order_id: AmazonOrderId) -> AmazonOrder:
    """An order of which only the id is known; older than any reading, so that the next one replaces it."""
    return AmazonOrder(
        amazon_order_id=order_id,
        status=AmazonStatus.UNKNOWN,
        fulfilled_by=FulfilledBy.UNKNOWN,
        updated_at=_LONG_AGO,
    )
