"""Makes up for a restored backup: what was shredded or erased since is shredded and erased again, first.

What ended is known by the clock. What somebody asked to erase is written down in the vault and beside the
keys, so that one of both has it though the other is old. What else an old vault has sealed, the orders tell;
what an old operations database does not know any more, the vault: whatever does not fit is erased, and
retrieved anew where it is needed.
"""

from dataclasses import dataclass

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.erased import Erased
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.domain.order import NOTHING_KEPT, Order, OrderState
from dockseal.domain.sealed import CredentialMark, SealedCredential
from dockseal.errors import BadInput, MoveRefused, NothingSealed, SealBroken
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.beside_keys import BesideKeys
from dockseal.pii_security.epochs import is_epoch
from dockseal.pii_security.erasing import erase
from dockseal.pii_security.erasure import UNSHIPPED, Erasure
from dockseal.pii_security.key_store import KeyStore
from dockseal.pii_security.replay import refuse_replayed
from dockseal.pii_security.rollback import Rollback, Store
from dockseal.pii_security.shredding import Shredding
from dockseal.storage.store import Storage

RESTORER = Actor(kind=ActorKind.SERVICE, name="restoring")
_TO_END = UNSHIPPED | {OrderState.CANCELLED}
_RACES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was made up for."""

    old: frozenset[Store]
    erased: int
    """Orders and sellers that were erased again."""
    records: int
    """Sealed records that did not fit, and were deleted besides."""
    credentials: tuple[str, ...]
    """Names of credentials that are not the ones that were stored last: to be stored again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoring:
    """Shreds and erases again. Safe to run again, and to be killed anywhere."""

    storage: Storage
    keys: KeyStore
    trail: Trail
    beside: BesideKeys
    rollback: Rollback
    erasure: Erasure
    shredding: Shredding

    def replay(self) -> int:
        """Shreds what has ended and erases what was listed: before anything is served, each time.

        Returns:
            How many orders and sellers were erased again.

        Raises:
            StorageError: a database or the folder of the keys cannot be used; nothing must be served.
        """
        while self.shredding.run().more:
            pass
        operations_old = Store.OPERATIONS in self.rollback.old()
        return sum(self._again(erased, operations_old) for erased in self._listed_anywhere())

    def _listed_anywhere(self) -> list[Erased]:
        """Returns what either list has, and has both know all of it."""
        here, beside = self.storage.erased.all(), self.beside.erased()
        newest = {(one.what, one.subject): one for one in sorted((*here, *beside), key=lambda one: one.at)}
        for erased in newest.values():
            if erased not in here:
                self.storage.erased.add(erased)
            if erased not in beside:
                self.beside.add(erased)
        return list(newest.values())

    def run(self, actor: Actor) -> Restored:
        """Makes up for a backup that was put in the place of a store, and has every store told of that.

        Raises:
            StorageError: a database or the folder of the keys cannot be used; run again.
        """
        old = self.rollback.old()
        erased = self.replay()
        records = sum(map(self._unfit, self.storage.sealed.every()))
        self._forget_lost()
        credentials = self._credentials(operations_old=Store.OPERATIONS in old)
        with self.storage.transaction():
            self.trail.record(
                Tag.SERVICE_STORES_RESTORED,
                actor=actor,
                operations=Store.OPERATIONS in old,
                vault=Store.VAULT in old,
                keys=Store.KEYS in old,
                erased=erased,
                records=records,
            )
        self.rollback.accept()
        return Restored(old=old, erased=erased, records=records, credentials=credentials)

    def _again(self, erased: Erased, operations_old: bool) -> bool:
        """Erases once more what is there of it; tells whether anything was."""
        if erased.what == "seller":
            return self._seller_again(erased, operations_old)
        order = self._listed(erased)
        if order is None:
            return erase(
                self.storage,
                self.trail,
                order=OrderRef(erased.subject),
                actor=RESTORER,
                reason=erased.reason.value,
            )
        return self._order_again(order, erased)

    def _order_again(self, order: Order, erased: Erased) -> bool:
        sealed = self.storage.sealed.get(order.ref) is not None or order.sealed_until is not None
        if not sealed and order.state not in _TO_END:
            return False
        self.erasure.order(order.ref, actor=RESTORER, reason=erased.reason, stop=True)
        return True

    def _seller_again(self, erased: Erased, operations_old: bool) -> bool:
        seller = SellerId(erased.subject)
        try:
            kept = self.storage.sellers.get(seller)
        except BadInput:
            return False
        login = self.storage.credentials.latest(f"seller/{seller}/lwa")
        newer = login is not None and login.stored_at > erased.at
        if not newer and (operations_old or not self.storage.credential_marks.live(f"seller/{seller}/")):
            left = self.storage.sealed.of_seller(seller) or self.storage.orders.sealed_or_in(_TO_END, seller)
            if left or login is not None or not kept.rests_because:
                self.erasure.seller(seller, actor=RESTORER, reason=erased.reason)
                return True
            return False
        # It gave its consent anew: only what is from before is erased.
        before = self.storage.orders.sealed_or_in(_TO_END, seller, until=erased.at)
        refs = {*self.storage.sealed.of_seller(seller, until=erased.at), *before}
        known = [order for order in map(self._find, sorted(refs)) if order is not None]
        return sum(self._order_again(order, erased) for order in known) > 0

    def _listed(self, erased: Erased) -> Order | None:
        """Returns a listed order: by our reference, or by Amazon's id where it was taken in once more."""
        found = self._find(OrderRef(erased.subject))
        return found or self.storage.orders.find(SellerId(erased.seller), erased.amazon_order_id)

    def _find(self, ref: OrderRef) -> Order | None:
        try:
            return self.storage.orders.get(ref)
        except BadInput:
            return None

    def _unfit(self, ref: OrderRef) -> bool:
        """Deletes a record that its order does not know or that no key opens; tells whether it did."""
        for _ in range(_RACES):
            record, order = self.storage.sealed.get(ref), self._find(ref)
            if record is None or self._fits(record.epoch, ref, order):
                return False
            try:
                return erase(
                    self.storage, self.trail, order=ref, actor=RESTORER, reason="restored", known=order
                )
            except MoveRefused:
                continue  # changed meanwhile; it is read again
        raise MoveRefused(f"order {ref} is being changed all the time: stop `dockseal serve`, and run again")

    def _fits(self, epoch: str, ref: OrderRef, order: Order | None) -> bool:
        record = self.storage.sealed.get(ref)
        if record is None or order is None or not is_epoch(epoch) or not self.keys.has(epoch):
            return False
        try:
            refuse_replayed(record, order)
        except (NothingSealed, SealBroken):
            return False
        return True

    def _forget_lost(self) -> None:
        """Tells the orders whose records the vault does not have any more; they are retrieved anew."""
        for seller in self.storage.sellers.all():
            for ref in self.storage.orders.sealed_or_in((), seller.id):
                order = self.storage.orders.get(ref)
                if order.sealed_until is not None and self.storage.sealed.get(ref) is None:
                    self.storage.orders.change(order, **NOTHING_KEPT)

    def _credentials(self, *, operations_old: bool) -> tuple[str, ...]:
        """Takes over what an old operations database does not know; returns what an old vault lacks."""
        lost = []
        for mark in self.storage.credential_marks.all():
            newest = self.storage.credentials.latest(mark.name)
            if not mark.mark:
                self.storage.credentials.delete(mark.name)  # it was erased
            elif newest is not None and newest.version > mark.version and operations_old:
                self.storage.credential_marks.put(newest)
            elif newest is None or self._marked(mark) is None:
                lost.append(mark.name)
        return tuple(lost)

    def _marked(self, mark: CredentialMark) -> SealedCredential | None:
        kept = self.storage.credentials.version(mark.name, mark.version)
        return kept if kept is not None and kept.mark == mark.mark else None
