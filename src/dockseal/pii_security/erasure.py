"""Erases on request: one order, a buyer's or a leaving seller's; a certificate says what was done.

Safe to run again, and to be killed anywhere: each order is either sealed as it was or erased, and the next
run does what is left. What is still to be shipped is stopped first, since its address would be retrieved
again. Beside the vault nothing here keeps personal data: the operations database holds none, and what came
with a reading (`hand`) is in memory, is given up once its order is over, and after ten minutes at the latest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dockseal.domain.access import Actor
from dockseal.domain.clock import Clock
from dockseal.domain.erased import Certificate, Reason
from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId, new_order_ref
from dockseal.domain.order import NOTHING_KEPT, Order, OrderState
from dockseal.domain.recipient import Recipient
from dockseal.errors import BadInput, MoveRefused
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.blind_index import BlindIndex, Found
from dockseal.pii_security.blind_words import word_of_order, words_of
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
        if self.storage.sealed.get(ref) is None:
            self.storage.orders.get(ref)
        self._refuse_unshipped([ref], stop=stop)
        began, tally = self._begin("order", ref, actor=actor, reason=reason), _Tally()
        self._erase(ref, actor=actor, reason=reason, tally=tally, stop=stop)
        return self._certify("order", ref, began_at=began, actor=actor, reason=reason, tally=tally)

    def sealed_as(self, order_id: AmazonOrderId) -> tuple[OrderRef, ...]:
        """Returns what is sealed of an order that only the vault knows any more, by Amazon's order id."""
        index = self._index()
        found = (index.find(seller, word_of_order(seller, order_id)) for seller in index.sellers())
        return tuple(ref for each in found for ref in each.orders)

    def find_buyer(self, seller: SellerId, asked: Recipient, *, actor: Actor) -> Found:
        """Finds the orders of a seller whose buyer has this e-mail address or phone number; erases nothing.

        Args:
            seller: Whose orders are looked through.
            asked: What the buyer goes by; see `asked_for`.
            actor: Who asks.

        Raises:
            BadInput: no seller has this name.
            StorageError: a database or the key store cannot be used.
        """
        self.storage.sellers.get(seller)
        return self._search(seller, asked, actor=actor, subject=_somebody())

    def buyer(
        self, seller: SellerId, asked: Recipient, *, actor: Actor, reason: Reason, stop: bool = False
    ) -> tuple[Certificate, Found]:
        """Erases what is kept of all orders of a buyer at one seller; also returns what was found.

        The certificate names the buyer by a reference drawn for this run: nothing leads from it to the value.

        Args:
            seller: Whose buyer it is.
            asked: What the buyer goes by; see `asked_for`.
            actor: Who does it.
            reason: Why.
            stop: Orders that no warehouse has yet are not shipped any more.

        Raises:
            BadInput: no seller has this name, or an order is yet to be shipped and `stop` was not said.
            StorageError: a database or the key store cannot be used; run again.
        """
        self.storage.sellers.get(seller)
        subject = _somebody()
        found = self._search(seller, asked, actor=actor, subject=subject)
        self._refuse_unshipped(found.orders, stop=stop)
        began, tally = self._begin("buyer", subject, actor=actor, reason=reason), _Tally()
        left = found.orders
        for _ in range(_RACES):
            for ref in left:
                self._erase(ref, actor=actor, reason=reason, tally=tally, stop=stop)
            # A lane that was under way may have sealed one of them anew meanwhile.
            known = frozenset(found.orders)
            left = tuple(ref for ref in self._find_words(seller, asked).orders if ref in known)
            if not left:
                break
        done = self._certify("buyer", subject, began_at=began, actor=actor, reason=reason, tally=tally)
        return done, found

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

    def _search(self, seller: SellerId, asked: Recipient, *, actor: Actor, subject: str) -> Found:
        """Looks through the blind index; that somebody does so is on record first."""
        with self.storage.transaction():
            self.trail.record(
                Tag.DATA_BUYER_SEARCHED,
                actor=actor,
                seller=seller,
                subject=subject,
                field_names=",".join(sorted(asked.fields())),
            )
        return self._find_words(seller, asked)

    def _find_words(self, seller: SellerId, asked: Recipient) -> Found:
        return self._index().find(seller, words_of(seller, asked))

    def _index(self) -> BlindIndex:
        return BlindIndex(storage=self.storage, keys=self.keys)

    def _refuse_unshipped(self, refs: Iterable[OrderRef], *, stop: bool) -> None:
        orders = [order for ref in refs if (order := self._find(ref)) is not None]
        waiting = [
            f"order {order.ref} is {order.state.value}" for order in orders if order.state in UNSHIPPED
        ]
        if waiting and not stop:
            raise BadInput(
                f"{'; '.join(waiting)}: its address would be retrieved again to ship it. Cancel it "
                "in Seller Central first, or say --stop to have it shipped by nobody"
            )

    def _of_seller(self, seller: SellerId) -> list[OrderRef]:
        """Returns the orders that something is kept of, or would be retrieved for."""
        waiting = self.storage.orders.sealed_or_in(UNSHIPPED | _OVER, seller)
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
        if erase(self.storage, self.trail, order=ref, actor=actor, reason=reason.value, known=order):
            tally.records += 1
        order = self._find(ref)
        if order is None:
            return
        if order.state in _OVER:
            with self.storage.transaction():
                self.storage.orders.move(order, OrderState.SHREDDED, **NOTHING_KEPT)
                self.trail.record(Tag.ORDER_LIFE_SHREDDED, actor=actor, order=ref)
        elif order.sealed_until is not None:
            with self.storage.transaction():
                self.storage.orders.change(order, **NOTHING_KEPT)
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


def _somebody() -> str:
    """Draws a name for a buyer that says nothing, and is never drawn again."""
    return f"buyer-{new_order_ref()}"
