"""Examines accepted orders: each is held with a reason, or made releasable and routed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.lane import Outcome
from dockseal.domain.order import AmazonStatus, Hold, Order, OrderState
from dockseal.domain.release import Release
from dockseal.domain.seller import Seller
from dockseal.errors import MoveRefused
from dockseal.fulfillment_processing.causes import Cause, reexamine
from dockseal.fulfillment_processing.known_skus import unknown_to
from dockseal.fulfillment_processing.parts import faults_beside_parts, left_to_release, parts_elsewhere
from dockseal.fulfillment_processing.routing import Route, Routing, Ways
from dockseal.fulfillment_processing.routing_rules import NO_RULE
from dockseal.fulfillment_processing.validation import one_hold, to_ship
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


def decide(order: Order, elsewhere: Sequence[Release] = ()) -> Decision:
    """Decides by Amazon's status and the rules of validation.

    Args:
        order: The order.
        elsewhere: The parts of it that warehouses have already.
    """
    if order.amazon.status in _UNPAID:
        return Decision.WAIT
    if order.amazon.status is AmazonStatus.CANCELLED:
        return Decision.CANCEL
    return Decision.HOLD if faults_beside_parts(order, elsewhere) else Decision.RELEASE


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """The lane that decides over accepted orders. Safe to run again: each order moves once.

    Attributes:
        routing: Says which warehouse each line goes to, as far as the destination does not matter.
    """

    storage: Storage
    trail: Trail
    clock: Clock
    routing: Routing = field(default_factory=Routing)

    def busy(self) -> list[SellerId]:
        """Returns the sellers that have orders to examine; other rules have held ones examined again."""
        if self.routing.changed():
            reexamine(self.storage, self.trail, Cause.ROUTING, actor=_EXAMINER)
        return self.storage.orders.sellers_due(OrderState.ACCEPTED, now=self.clock.now())

    def run(self, seller: SellerId) -> Outcome:
        """Examines the accepted orders of a seller that are due, the earliest ship-by first."""
        now = self.clock.now()
        home = self.storage.sellers.get(seller)
        due = self.storage.orders.due(OrderState.ACCEPTED, now=now, seller=seller, limit=BATCH)
        ways = self.routing.ways() if due else Ways()
        done = sum(self._examine(order, home, ways, now=now) for order in due)
        return Outcome(
            done=done,
            more=len(due) == BATCH,
            again_at=self.storage.orders.next_try(OrderState.ACCEPTED, seller, after=now),
        )

    def _examine(self, order: Order, seller: Seller, ways: Ways, *, now: datetime) -> bool:
        elsewhere = self._elsewhere(order)
        decision = decide(order, elsewhere)
        try:
            with self.storage.transaction():
                if decision is Decision.RELEASE:
                    self._route(order, seller, ways, elsewhere)
                else:
                    self._stop(decision, order, elsewhere, now=now)
        except MoveRefused:
            # A new reading came in meanwhile; it is examined instead, in the next run.
            return False
        return decision is not Decision.WAIT

    def _elsewhere(self, order: Order) -> list[Release]:
        # Before anything was refused or changed there was no release.
        releases = self.storage.releases.of_order(order.ref) if order.revision > 1 else []
        return parts_elsewhere(releases, order.revision)

    def _stop(self, decision: Decision, order: Order, elsewhere: Sequence[Release], *, now: datetime) -> None:
        orders = self.storage.orders
        if decision is Decision.WAIT:
            orders.change(order, attention="", next_try=now + UNPAID_WAIT)
        elif decision is Decision.CANCEL:
            orders.move(order, OrderState.CANCELLED, hold=None)
            self.trail.record(Tag.ORDER_LIFE_CANCELLED, actor=_EXAMINER, order=order.ref)
        else:
            self._hold(order, one_hold(faults_beside_parts(order, elsewhere)))

    def _route(self, order: Order, seller: Seller, ways: Ways, elsewhere: Sequence[Release]) -> None:
        """Makes an order releasable, by the way that the personal data of its lines has to come."""
        lines = left_to_release(order, elsewhere) or to_ship(order)
        route = self.routing.route(order, lines, home=seller.warehouse)
        unknown = None if route.open else unknown_to(self.storage, order, route.parts)
        if unknown is not None:
            self._hold(order, unknown)
            return
        warehouse = ways.leading(route)
        self.storage.orders.move(order, OrderState.RELEASABLE, warehouse=warehouse, hold=None, attention="")
        self.trail.record(
            Tag.ORDER_LIFE_ROUTED,
            actor=_EXAMINER,
            order=order.ref,
            warehouse=str(warehouse),
            **_decided_by(route, warehouse),
        )

    def _hold(self, order: Order, hold: Hold) -> None:
        self.storage.orders.move(order, OrderState.HELD, hold=hold)
        self.trail.record(Tag.ORDER_LIFE_HELD, actor=_EXAMINER, order=order.ref, code=hold.code)


def _decided_by(route: Route, warehouse: WarehouseId) -> dict[str, int | bool]:
    """Says that the destination is still to decide, or which one rule decided."""
    if route.open:
        return {"open": True}
    rules = {choice.rule for choice in route.choices if choice.warehouse == warehouse}
    return {"rule": rules.pop()} if len(rules) == 1 and rules != {NO_RULE} else {}
