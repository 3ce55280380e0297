"""Erases on request: one order, or everything of a seller who leaves, with a certificate of what was done.

Safe to run again, and to be killed anywhere: each order is either sealed as it was or erased, and the next
run does what is left. What is still to be shipped is stopped first, since its address would be retrieved
again. Beside the vault nothing here keeps personal data: the operations database holds none, and what came
with a reading (`hand`) is in memory, is given up once its order is over, and after ten minutes at the latest.
"""

from dataclasses import dataclass
from datetime import datetime

from dockseal.domain.access import Actor
from dockseal.domain.clock import Clock
from dockseal.domain.erased import Certificate, Reason
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.domain.order import Order, OrderState
from dockseal.errors import BadInput, MoveRefused
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.epochs import Retention, end_of
from dockseal.pii_security.erasing import erase
from dockseal.pii_security.key_store import KeyStore
from dockseal.storage.store import Storage

UNSHIPPED = frozenset({OrderState.ACCEPTED, OrderState.HELD, OrderState.RELEASABLE})
_OVER = frozenset({OrderState.CANCELLED, OrderState.VERIFIED})
_RACES = 5
_LEFT = "It left: its personal data was erased. Give its consent anew to have it back"


@dataclass(slots=True, kw_only=True)
class _Tally:
    records: int = 0
    orders: int = 0
    stopped: int = 0
    credentials: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """Erases over every store; tells what it did in the audit trail, and in a certificate."""

    storage: Storage
    keys: KeyStore
    trail: Trail
    retention: Retention
    clock: Clock

    def order(self, ref: OrderRef, *, actor: Actor, reason: Reason, stop: bool = False) -> Certificate:
        """Erases what is kept of one order.

        Args:
            ref: Which order.
            actor: Who does it.
            reason: Why.
            stop: An order that no warehouse has yet is not shipped any more.

        Raises:
            BadInput: no order has this reference, or it is yet to be shipped and `stop` was not said.
            StorageError: a database cannot be used; run again.
        """
        state = self.storage.orders.get(ref).state
        if state in UNSHIPPED and not stop:
            raise BadInput(
                f"order {ref} is {state.value}: its address would be retrieved again to ship it. Cancel it "
                "in Seller Central first, or say --stop to have it shipped by nobody"
            )
        began, tally = self._begin("order", ref, actor=actor, reason=reason), _Tally()
        self._erase(ref, actor=actor, reason=reason, tally=tally, stop=stop)
        return self._certify("order", ref, began_at=began, actor=actor, reason=reason, tally=tally)

    def seller(self, seller: SellerId, *, actor: Actor, reason: Reason) -> Certificate:
        """Erases what is kept of all orders of a seller, and its credentials. Its lanes rest from then on.

        Args:
            seller: Which seller.
            actor: Who does it.
            reason: Why.

        Raises:
            BadInput: no seller has this name.
            StorageError: a database cannot be used; run again.
        """
        kept = self.storage.sellers.get(seller)
        began, tally = self._begin("seller", seller, actor=actor, reason=reason), _Tally()
        with self.storage.transaction():
            self.storage.sellers.change(kept, rests_because=_LEFT)
            self.trail.record(Tag.SELLER_ACCOUNT_RESTED, actor=actor, seller=seller, reason="left")
        # A lane that was under way may still seal or take in: what it left is found by the next round.
        for _ in range(_RACES):
            left = self._of_seller(seller)
            for ref in left:
                self._erase(ref, actor=actor, reason=reason, tally=tally, stop=True)
            if not left:
                break
        tally.credentials = self.storage.credentials.delete(f"seller/{seller}/")
        return self._certify("seller", seller, began_at=began, actor=actor, reason=reason, tally=tally)

    def _of_seller(self, seller: SellerId) -> list[OrderRef]:
        """Returns the orders that something is kept of, or would be retrieved for."""
        waiting = self.storage.orders.sealed_or_in(UNSHIPPED | {OrderState.CANCELLED}, seller)
        return list(dict.fromkeys([*self.storage.sealed.of_seller(seller), *waiting]))

    def _erase(self, ref: OrderRef, *, actor: Actor, reason: Reason, tally: _Tally, stop: bool) -> None:
        for _ in range(_RACES):
            try:
                self._erase_once(ref, actor=actor, reason=reason, tally=tally, stop=stop)
            except MoveRefused:
                continue  # changed meanwhile; it is read again
            return
        raise MoveRefused(f"order {ref} is being changed all the time: stop `dockseal serve`, and run again")

    def _erase_once(self, ref: OrderRef, *, actor: Actor, reason: Reason, tally: _Tally, stop: bool) -> None:
        order = self._find(ref)
        if order is not None and order.state in UNSHIPPED and stop:
            order = self._stop(order, actor)
            tally.stopped += 1
        if erase(self.storage, self.trail, order=ref, actor=actor, reason=reason.value):
            tally.records += 1
        if order is None:
            return
        if order.state in _OVER:
            with self.storage.transaction():
                self.storage.orders.move(order, OrderState.SHREDDED, sealed_until=None)
                self.trail.record(Tag.ORDER_LIFE_SHREDDED, actor=actor, order=ref)
        elif order.sealed_until is not None:
            with self.storage.transaction():
                self.storage.orders.change(order, sealed_until=None)
        tally.orders += 1

    def _stop(self, order: Order, actor: Actor) -> Order:
        with self.storage.transaction():
            stopped = self.storage.orders.move(order, OrderState.CANCELLED, hold=None)
            self.trail.record(Tag.ORDER_LIFE_CANCELLED, actor=actor, order=order.ref, reason="erased")
        return stopped

    def _find(self, ref: OrderRef) -> Order | None:
        try:
            return self.storage.orders.get(ref)
        except BadInput:
            return None

    def _begin(self, what: str, subject: str, *, actor: Actor, reason: Reason) -> datetime:
        with self.storage.transaction():
            self.trail.record(
                Tag.DATA_ERASURE_INTENDED, actor=actor, what=what, subject=subject, reason=reason.value
            )
        return self.clock.now()

    def _certify(
        self, what: str, subject: str, *, began_at: datetime, actor: Actor, reason: Reason, tally: _Tally
    ) -> Certificate:
        ends = [end_of(epoch) for epoch in self.keys.epochs()]
        with self.storage.transaction():
            row = self.trail.record(
                Tag.DATA_ERASURE_DONE,
                actor=actor,
                what=what,
                subject=subject,
                reason=reason.value,
                records=tally.records,
                credentials=tally.credentials,
            )
        return Certificate(
            what=what,
            subject=subject,
            reason=reason,
            began_at=began_at,
            done_at=row.at,
            orders=tally.orders,
            stopped=tally.stopped,
            records=tally.records,
            credentials=tally.credentials,
            copies_end_by=max(ends, default=row.at) + self.retention.key_backups,
            audit_row=row.seq,
            audit_hash=row.hash,
        )
