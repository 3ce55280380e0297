"""The vault: seals personal data before its first write, and opens it under a grant until its deadline."""

import threading
from dataclasses import dataclass, field
from typing import NoReturn

from dockseal.domain.access import Actor, ActorKind, Grant
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import OrderRef
from dockseal.domain.order import Order, OrderState
from dockseal.domain.recipient import Recipient
from dockseal.domain.sealed import SealedRecord
from dockseal.errors import (
    BadInput,
    DocksealError,
    GrantRefused,
    KeyDestroyed,
    MoveRefused,
    NothingSealed,
    PastDeadline,
    SealBroken,
    StorageError,
)
from dockseal.monitoring_audit.metrics import Metrics
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.envelope import Identity, seal, unseal
from dockseal.pii_security.epochs import Retention
from dockseal.pii_security.erasing import erase
from dockseal.pii_security.grants import Grants
from dockseal.pii_security.keys import KeyStore
from dockseal.storage.store import Storage

VAULT = Actor(kind=ActorKind.SERVICE, name="vault")
_OVER = frozenset({OrderState.CANCELLED, OrderState.SHREDDED})
_REASONS: dict[type[DocksealError], str] = {
    GrantRefused: "grant_refused",
    NothingSealed: "nothing_sealed",
    PastDeadline: "past_deadline",
    KeyDestroyed: "key_destroyed",
    SealBroken: "seal_broken",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """Keeps the sealed personal data of orders."""

    storage: Storage
    keys: KeyStore
    trail: Trail
    grants: Grants
    clock: Clock
    retention: Retention
    metrics: Metrics
    _creating: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def seal(self, order: Order, recipient: Recipient) -> Order:
        """Seals personal data that was retrieved just now, and returns the order with its deadline.

        The vault's row comes first; until the order knows of it, it opens for nobody who reads the order, and
        the next retrieval replaces it.

        Raises:
            MoveRefused: the order is over, or is no longer as passed in.
            KeyDestroyed: the epoch ended this moment; seal again.
        """
        if order.state in _OVER:
            raise MoveRefused(f"order {order.ref} is {order.state.value}; nothing is sealed for it")
        now = self.clock.now()
        deadline = self.retention.deadline(now)
        epoch = self.retention.epoch_of(deadline)
        kept = self.storage.sealed.get(order.ref)
        identity = Identity(
            order=order.ref,
            seller=order.seller,
            version=kept.version + 1 if kept else 1,
            epoch=epoch,
            deadline=deadline,
            sealed_at=now,
        )
        self.storage.sealed.put(seal(recipient, identity=identity, epoch_key=self._sealing_key(epoch)))
        changed = self._note_sealed(order, recipient, identity)
        self.metrics.sealed.inc()
        return changed

    def open(self, order: OrderRef, grant: Grant) -> Recipient:
        """Opens what a grant covers. The audit row is committed before anything is decrypted.

        Args:
            order: Which order.
            grant: As `Grants.issue` gave it.

        Returns:
            The fields of the grant that are present, and no others.

        Raises:
            GrantRefused: the grant does not cover this.
            NothingSealed: no personal data is kept, or the order is over.
            PastDeadline: it is no longer opened.
            KeyDestroyed: nobody can open it any more.
            SealBroken: the record was altered or moved.
            StorageError: it is called inside a transaction, where its audit row could still be undone.
        """
        if self.storage.in_transaction():
            raise StorageError("personal data is opened outside of transactions, so that its audit row stays")
        try:
            record = self._openable(order, grant)
            key = self.keys.existing_key(record.epoch)
        except DocksealError as fault:
            self._refuse(order, grant, fault)
        with self.storage.transaction():
            self.trail.record(
                Tag.ORDER_DATA_OPENED,
                actor=grant.actor,
                order=order,
                seller=record.seller,
                purpose=grant.purpose,
                grant=grant.id,
                fields=len(grant.fields),
                field_names=",".join(sorted(grant.fields)),
            )
        try:
            recipient = unseal(record, key)
        except SealBroken as fault:
            self._refuse(order, grant, fault)
        self.metrics.opened.labels(grant.purpose.name.lower()).inc()
        return recipient.only(grant.fields)

    def erase(self, order: OrderRef, *, actor: Actor = VAULT, reason: str = "cancelled") -> bool:
        """Deletes the sealed data of one order at once; tells whether there was any.

        Args:
            order: Which order.
            actor: Who does it.
            reason: A code for the audit trail.
        """
        return erase(self.storage, self.trail, order=order, actor=actor, reason=reason)

    def _sealing_key(self, epoch: str) -> bytes:
        """Returns the epoch's key; its audit row is committed before it is made."""
        with self._creating:
            if not self.keys.has(epoch):
                with self.storage.transaction():
                    ends_at = self.retention.end_of(epoch)
                    self.trail.record(Tag.KEY_EPOCH_CREATED, actor=VAULT, epoch=epoch, ends_at=ends_at)
            return self.keys.epoch_key(epoch)

    def _note_sealed(self, order: Order, recipient: Recipient, identity: Identity) -> Order:
        names = recipient.fields()
        try:
            with self.storage.transaction():
                changed = self.storage.orders.change(
                    order, sealed_until=identity.deadline, next_try=None, tries=0
                )
                self.trail.record(
                    Tag.ORDER_DATA_SEALED,
                    actor=VAULT,
                    order=order.ref,
                    seller=order.seller,
                    epoch=identity.epoch,
                    deadline=identity.deadline,
                    version=identity.version,
                    fields=len(names),
                    **({"field_names": ",".join(sorted(names))} if names else {}),
                )
        except MoveRefused:
            # Cancelled while its data was on the way: nobody will come to erase it after this.
            if self._is_over(order.ref):
                self.erase(order.ref)
            raise
        return changed

    def _openable(self, order: OrderRef, grant: Grant) -> SealedRecord:
        self.grants.check(grant, order)
        record = self.storage.sealed.get(order)
        if record is None or self._is_over(order):
            raise NothingSealed(f"no personal data is kept for order {order}")
        if record.seller != grant.seller:
            raise GrantRefused(f"the grant for order {order} names another seller")
        if self.clock.now() >= record.deadline:
            raise PastDeadline(
                f"the personal data of order {order} was kept until {record.deadline:%Y-%m-%d}"
            )
        return record

    def _is_over(self, order: OrderRef) -> bool:
        try:
            return self.storage.orders.get(order).state in _OVER
        except BadInput:
            return True

    def _refuse(self, order: OrderRef, grant: Grant, fault: DocksealError) -> NoReturn:
        # What a grant says that was not issued here is no evidence: then the vault speaks for itself.
        known = self.grants.issued(grant)
        told = {"purpose": grant.purpose, "grant": grant.id} if known else {}
        with self.storage.transaction():
            self.trail.record(
                Tag.ORDER_DATA_OPEN_REFUSED,
                actor=grant.actor if known else VAULT,
                order=order,
                reason=_REASONS.get(type(fault), "key_unavailable"),
                **told,
            )
        raise fault
