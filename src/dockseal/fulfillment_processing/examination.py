"""Examines accepted orders: each is held with a reason, or made releasable and routed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.lane import Outcome
from dockseal.domain.order import AmazonStatus, Hold, Order, OrderState
from dockseal.domain.seller import Seller
from dockseal.errors import MoveRefused
from dockseal.fulfillment_processing.known_skus import unknown_at
from dockseal.fulfillment_processing.routing import route
from dockseal.fulfillment_processing.validation import faults, one_hold
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage

BATCH = 100
UNPAID_WAIT = timedelta(minutes=10)
"""How long an unpaid order is left alone, so that many of them do not crowd out paid ones."""

_EXAMINER = Actor(kind=ActorKind.SERVICE, name="examination")
_UNPAID = frozenset({AmazonStatus.PENDING, AmazonStatus.PENDING_AVAILABILITY})


class Decision(Enum):
    """What becomes of an accepted order."""

    WAIT = "wait"
    CANCEL = "cancel"
    HOLD = "hold"
    RELEASE = "release"


def decide(order: Order) -> Decision:
    """Decides by Amazon's status and the rules of validation."""
    if order.amazon.status in _UNPAID:
        return Decision.WAIT
    if order.amazon.status is AmazonStatus.CANCELLED:
        return Decision.CANCEL
    return Decision.HOLD if faults(order) else Decision.RELEASE


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """The lane that decides over accepted orders. Safe to run again: each order moves once."""

    storage: Storage
    trail: Trail
    clock: Clock

    def busy(self) -> list[SellerId]:
        """Returns the sellers that have orders to examine."""
        return self.storage.orders.sellers_due(OrderState.ACCEPTED, now=self.clock.now())

    def run(self, seller: SellerId) -> Outcome:
        """Examines the accepted orders of a seller that are due, the earliest ship-by first."""
        now = self.clock.now()
        home = self.storage.sellers.get(seller)
        due = self.storage.orders.due(OrderState.ACCEPTED, now=now, seller=seller, limit=BATCH)
        done = sum(self._examine(order, home, now=now) for order in due)
        return Outcome(
            done=done,
            more=len(due) == BATCH,
            again_at=self.storage.orders.next_try(OrderState.ACCEPTED, seller, after=now),
        )

    def _examine(self, order: Order, seller: Seller, *, now: datetime) -> bool:
        decision = decide(order)
        try:
            with self.storage.transaction():
                self._carry_out(decision, order, seller=seller, now=now)
        except MoveRefused:
            # A new reading came in meanwhile; it is examined instead, in the next run.
            return False
        return decision is not Decision.WAIT

    def _carry_out(self, decision: Decision, order: Order, *, seller: Seller, now: datetime) -> None:
        orders = self.storage.orders
        if decision is Decision.WAIT:
            orders.change(order, attention="", next_try=now + UNPAID_WAIT)
        elif decision is Decision.CANCEL:
            orders.move(order, OrderState.CANCELLED, hold=None)
            self.trail.record(Tag.ORDER_LIFE_CANCELLED, actor=_EXAMINER, order=order.ref)
        elif decision is Decision.HOLD:
            self._hold(order, one_hold(faults(order)))
        else:
            warehouse = route(order, seller)
            unknown = unknown_at(self.storage, warehouse, order)
            if unknown is not None:
                self._hold(order, unknown)
                return
            orders.move(order, OrderState.RELEASABLE, warehouse=warehouse, hold=None, attention="")
            self.trail.record(
                Tag.ORDER_LIFE_ROUTED, actor=_EXAMINER, order=order.ref, warehouse=str(warehouse)
            )

    def _hold(self, order: Order, hold: Hold) -> None:
        self.storage.orders.move(order, OrderState.HELD, hold=hold)
        self.trail.record(Tag.ORDER_LIFE_HELD, actor=_EXAMINER, order=order.ref, code=hold.code)
