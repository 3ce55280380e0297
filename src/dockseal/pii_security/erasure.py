"""Erases on request: one order, a buyer's or a leaving seller's; a certificate says what was done.

Safe to run again, and to be killed anywhere: each order is either sealed as it was or erased, the next run
does what is left, and its certificate counts all of it. What is to be erased is written down in the vault and
beside the keys first, so that it is erased again where a backup brings it back. What is still to be shipped
is stopped first, since its address would be retrieved again. Beside the vault nothing here keeps personal
data: the operations database holds none, and what came with a reading (`hand`) is in memory, and given up
once its order is over (`letting_go`), after ten minutes at the latest.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from dockseal.domain.access import Actor
from dockseal.domain.audit import AuditRow
from dockseal.domain.clock import Clock
from dockseal.domain.erased import Certificate, Erased, Reason
from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId, new_order_ref
from dockseal.domain.order import NOTHING_KEPT, Order, OrderState
from dockseal.domain.policy import LONGEST_KEEP
from dockseal.domain.recipient import Recipient
from dockseal.errors import BadInput, MoveRefused
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.beside_keys import BesideKeys
from dockseal.pii_security.blind_index import BlindIndex, Found
from dockseal.pii_security.blind_words import word_of_order, words_of
from dockseal.pii_security.epochs import Retention, end_of
from dockseal.pii_security.erasing import erase
from dockseal.pii_security.key_store import KeyStore
from dockseal.pii_security.rollback import Rollback
from dockseal.storage.store import Storage

UNSHIPPED = frozenset({OrderState.ACCEPTED, OrderState.HELD, OrderState.RELEASABLE})
_OVER = frozenset({OrderState.CANCELLED, OrderState.VERIFIED})
_RACES = 5
_LISTED_FOR = 2 * LONGEST_KEEP
"""As long as any copy may be opened, and as long again as an address might be retrieved anew."""
_ASKED = frozenset(reason.value for reason in Reason)
_LEFT = "It left: its personal data was erased. Give its consent anew to have it back"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tally:
    """What was erased since it was first asked for, by this run and those that were killed."""

    began: AuditRow
    records: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    stopped: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """Erases over every store; tells what it did in the audit trail, and in a certificate."""

    storage: Storage
    keys: KeyStore
    trail: Trail
    retention: Retention
    clock: Clock
    beside: BesideKeys
    rollback: Rollback

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
        tally = self._begin("order", ref, actor=actor, reason=reason)
        self._erase(ref, actor=actor, reason=reason, tally=tally, stop=stop)
        return self._certify("order", ref, actor=actor, reason=reason, tally=tally)

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
        tally = self._begin("buyer", subject, actor=actor, reason=reason, orders=found.orders)
        left = found.orders
        for _ in range(_RACES):
            for ref in left:
                self._erase(ref, actor=actor, reason=reason, tally=tally, stop=stop)
            # A lane that was under way may have sealed one of them anew meanwhile.
            known = frozenset(found.orders)
            left = tuple(ref for ref in self._find_words(seller, asked).orders if ref in known)
            if not left:
                break
        return self._certify("buyer", subject, actor=actor, reason=reason, tally=tally), found

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
        tally = self._begin("seller", seller, actor=actor, reason=reason)
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
        self._erase_credentials(seller, actor)
        return self._certify("seller", seller, actor=actor, reason=reason, tally=tally)

    def _erase_credentials(self, seller: SellerId, actor: Actor) -> None:
        prefix = f"seller/{seller}/"
        named = (name for name in self.storage.credentials.names() if name.startswith(prefix))
        newest = [kept for kept in map(self.storage.credentials.latest, named) if kept is not None]
        if not newest and not self.storage.credential_marks.live(prefix):
            return
        versions = self.storage.credentials.count(prefix)
        with self.storage.transaction():
            self.trail.record(Tag.SELLER_CREDENTIAL_ERASED, actor=actor, seller=seller, versions=versions)
            self.storage.credential_marks.erase(prefix, newest)
        self.storage.credentials.delete(prefix)

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
            tally.stopped.add(ref)
        if erase(self.storage, self.trail, order=ref, actor=actor, reason=reason.value, known=order):
            tally.records.add(ref)
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
        tally.orders.add(ref)

    def _stop(self, order: Order, actor: Actor) -> Order:
        with self.storage.transaction():
            stopped = self.storage.orders.move(order, OrderState.CANCELLED, hold=None)
            self.storage.shelf.order_over(order.ref, self.clock.now(), cancelled=True)
            self.trail.record(
                Tag.ORDER_LIFE_CANCELLED, actor=actor, order=order.ref, seller=order.seller, reason="erased"
            )
        return stopped

    def _find(self, ref: OrderRef) -> Order | None:
        try:
            return self.storage.orders.get(ref)
        except BadInput:
            return None

    def _begin(
        self, what: str, subject: str, *, actor: Actor, reason: Reason, orders: Iterable[OrderRef] = ()
    ) -> _Tally:
        """Writes down what is to be erased, and returns what runs that were killed have erased of it."""
        with self.storage.transaction():
            self.trail.record(
                Tag.DATA_ERASURE_INTENDED, actor=actor, what=what, subject=subject, reason=reason.value
            )
        if what == "buyer":  # nothing leads from its subject to the orders
            for ref in orders:
                self._list("order", ref, reason)
        else:
            self._list(what, subject, reason)
        done = self.storage.audit.since(0, [Tag.DATA_ERASURE_DONE], what=what, subject=subject)
        after = done[-1].seq if done else 0
        began, *_ = self.storage.audit.since(after, [Tag.DATA_ERASURE_INTENDED], what=what, subject=subject)
        tally = _Tally(began=began)
        for row in self._rows_since(began, what, subject):
            (tally.records if row.tag == Tag.ORDER_DATA_ERASED else tally.stopped).add(row.order)
        tally.orders.update(tally.records | tally.stopped)
        return tally

    def _list(self, what: str, subject: str, reason: Reason) -> None:
        """Has the vault and the keys' place know of it, so that no backup brings it back."""
        now = self.clock.now()
        known = self._find(OrderRef(subject)) if what == "order" else None
        erased = Erased(
            what=what,
            subject=subject,
            reason=reason,
            at=now,
            until=now + _LISTED_FOR,
            seller=known.seller if known else "",
            amazon_order_id=known.id if known else "",
        )
        self.storage.erased.add(erased)
        self.beside.add(erased)

    def _rows_since(self, began: AuditRow, what: str, subject: str) -> list[AuditRow]:
        tags = [Tag.ORDER_DATA_ERASED, Tag.ORDER_LIFE_CANCELLED]
        named = {"seller": subject} if what == "seller" else {}
        rows = self.storage.audit.since(began.seq, tags, **named)
        ours = {Tag.ORDER_DATA_ERASED.value: _ASKED, Tag.ORDER_LIFE_CANCELLED.value: {"erased"}}
        rows = [row for row in rows if dict(row.fields).get("reason") in ours[row.tag]]
        return rows if named else [row for row in rows if row.order == subject]

    def _certify(
        self, what: str, subject: str, *, actor: Actor, reason: Reason, tally: _Tally
    ) -> Certificate:
        """Records that it is done, tells every store of that, and returns the certificate."""
        ends = [end_of(epoch) for epoch in self.keys.epochs()]
        credentials = self._credentials_erased(tally.began, subject) if what == "seller" else 0
        with self.storage.transaction():
            row = self.trail.record(
                Tag.DATA_ERASURE_DONE,
                actor=actor,
                what=what,
                subject=subject,
                reason=reason.value,
                records=len(tally.records),
                credentials=credentials,
            )
        self.rollback.note()
        return Certificate(
            what=what,
            subject=subject,
            reason=reason,
            began_at=tally.began.at,
            done_at=row.at,
            orders=len(tally.orders),
            stopped=len(tally.stopped),
            records=len(tally.records),
            credentials=credentials,
            copies_end_by=max(ends, default=row.at) + self.retention.key_backups,
            audit_row=row.seq,
            audit_hash=row.hash,
        )

    def _credentials_erased(self, began: AuditRow, seller: str) -> int:
        # A run that was killed before the deletion says it, and the next one says it once more.
        rows = self.storage.audit.since(began.seq, [Tag.SELLER_CREDENTIAL_ERASED], seller=seller)
        return max((int(dict(row.fields)["versions"]) for row in rows), default=0)


def _somebody() -> str:
    """Draws a name for a buyer that says nothing, and is never drawn again."""
    return f"buyer-{new_order_ref()}"
