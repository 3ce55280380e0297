"""The vault: seals personal data before its first write, and opens it under a grant until its deadline."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import NoReturn

from dockseal.domain.access import FOUND_BY, Actor, ActorKind, Grant
from dockseal.domain.clock import Clock
from dockseal.domain.ending import events_of
from dockseal.domain.identifiers import OrderRef
from dockseal.domain.order import NOTHING_KEPT, OVER, Order
from dockseal.domain.recipient import Recipient
from dockseal.domain.sealed import SealedRecord
from dockseal.errors import (
    BadInput,
    BudgetSpent,
    DocksealError,
    GrantRefused,
    KeyDestroyed,
    MoveRefused,
    NothingSealed,
    OpensExhausted,
    PastDeadline,
    SealBroken,
    StorageError,
)
from dockseal.monitoring_audit.metrics import Metrics
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.alarm import Alarm
from dockseal.pii_security.blind_index import BlindIndex, clues_of
from dockseal.pii_security.budgets import Budgets
from dockseal.pii_security.canary_orders import known_canaries
from dockseal.pii_security.deadlines import deadline as deadline_of
from dockseal.pii_security.envelope import Identity, rewrap, seal, unseal
from dockseal.pii_security.epochs import Retention
from dockseal.pii_security.erasing import erase
from dockseal.pii_security.grants import Grants
from dockseal.pii_security.in_use import InUse
from dockseal.pii_security.key_store import KeyStore
from dockseal.pii_security.lockouts import Lockouts
from dockseal.pii_security.passing import Passing
from dockseal.pii_security.refusals import VAULT, Refusals
from dockseal.pii_security.replay import refuse_replayed
from dockseal.storage.store import Storage


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
    passing: Passing
    budgets: Budgets = field(default_factory=Budgets)
    in_use: InUse = field(default_factory=InUse)
    canaries: Callable[[], frozenset[OrderRef]] = frozenset
    _creating: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    @property
    def lockouts(self) -> Lockouts:
        """Who failed how often in a row."""
        return Lockouts(storage=self.storage, trail=self.trail, clock=self.clock)

    @property
    def alarm(self) -> Alarm:
        """What refuses who is locked, and rings for canaries."""
        return Alarm(storage=self.storage, trail=self.trail, clock=self.clock, canaries=self.canaries)

    def keep(self, order: Order, recipient: Recipient) -> Order:
        """Keeps what was retrieved until the release: sealed, or in memory where it is passed on.

        Raises:
            MoveRefused: the order is over, or is no longer as passed in.
            PastDeadline: it was shipped or delivered so long ago that nothing may be kept of it, or erased.
            KeyDestroyed: the epoch ended this moment; keep it again.
        """
        self.in_use.note(recipient)
        if not self.passing.wanted(order):
            return self.seal(order, recipient)
        self._deadline(order, self.clock.now())
        self.passing.put(order, recipient.without(FOUND_BY))
        return order

    def seal(self, order: Order, recipient: Recipient) -> Order:
        """Seals personal data that was retrieved just now, and returns the order with its deadline.

        The vault's row comes first, and the order is told of it second. Where that was cut off, a first seal
        opens for nobody, and the next retrieval replaces it; what was sealed in place of an earlier record
        opens, since it is newer than what the order knows. Numbers of versions only grow.

        Raises:
            MoveRefused: the order is over, or is no longer as passed in.
            PastDeadline: it was shipped or delivered so long ago that nothing may be kept of it, or erased.
            KeyDestroyed: the epoch ended this moment; seal again.
        """
        now = self.clock.now()
        deadline = self._deadline(order, now)
        deadline, key = self._until(deadline, now)
        kept = self.storage.sealed.get(order.ref)
        identity = Identity(
            order=order.ref,
            seller=order.seller,
            version=max(order.sealed_version, kept.version if kept else 0) + 1,
            epoch=self.retention.epoch_of(deadline),
            deadline=deadline,
            sealed_at=now,
        )
        sealable = recipient.without(FOUND_BY)
        record = seal(sealable, identity=identity, epoch_key=key)
        words = self._index().words(order, recipient, before=kept)
        self.storage.sealed.put(record, clues_of(record, words, epoch_key=key))
        changed = self._note_sealed(order, sealable, record)
        if order.ref not in known_canaries(self.canaries):
            self.metrics.sealed.inc()
        return changed

    def _deadline(self, order: Order, now: datetime) -> datetime:
        if order.state in OVER:
            raise MoveRefused(f"order {order.ref} is {order.state.value}; nothing is kept for it")
        deadline = deadline_of(self.retention, sealed_at=now, events=events_of(order))
        if deadline <= now:
            raise PastDeadline(f"order {order.ref} left too long ago for its personal data to be kept")
        if self.storage.erased.has(order.seller, order.id):
            raise PastDeadline(f"somebody asked to erase order {order.ref}: nothing of it is kept any more")
        return deadline

    def open(self, order: OrderRef, grant: Grant) -> Recipient:
        """Opens what a grant covers, sealed or passed on. The audit row is committed before that.

        Args:
            order: Which order.
            grant: As `Grants.issue` gave it.

        Returns:
            The fields of the grant that are present, and no others.

        Raises:
            GrantRefused: the grant does not cover this.
            BudgetSpent: it does, but this person opened as much for this purpose as an hour allows.
            OpensExhausted: it does, but this service did; it may go on later.
            RegisterBroken: it does, but nobody can tell whether it is a canary, and this is no service.
            LockedOut: this person was refused ten times in a row.
            NothingSealed: no personal data is kept, or the order is over.
            PastDeadline: it is no longer opened.
            KeyDestroyed: nobody can open it any more.
            SealBroken: the record was altered or moved, or is an earlier one that was put back.
            StorageError: it is called inside a transaction, where its audit row could still be undone.
        """
        if self.storage.in_transaction():
            raise StorageError("personal data is opened outside of transactions, so that its audit row stays")
        try:
            self.grants.check(grant, order)
            self.alarm.refuse_if_locked(str(grant.actor))
            read = self._passed(order, grant) or self._openable(order, grant)
        except DocksealError as fault:
            self._refuse(order, grant, fault)
        try:
            self._note_open(order, grant)
        except (BudgetSpent, OpensExhausted) as fault:
            self._refuse(order, grant, fault)
        try:
            recipient = read()
        except SealBroken as fault:
            self._refuse(order, grant, fault)
        return self.in_use.note(recipient.only(grant.fields))

    def admit(self, order: OrderRef, grant: Grant) -> None:
        """Records that Amazon is about to show personal data itself, such as on a label; as `open` does.

        Args:
            order: Which order.
            grant: As `Grants.issue` gave it.

        Raises:
            GrantRefused: the grant does not cover this.
            BudgetSpent: it does, but this person was shown as much for this purpose as an hour allows.
            OpensExhausted: it does, but this service was; it may go on later.
            LockedOut: this person was refused ten times in a row.
            NothingSealed: the order is over, or its personal data was to be erased.
        """
        try:
            self.grants.check(grant, order)
            self.alarm.refuse_if_locked(str(grant.actor))
            kept = self._kept(order)
            if kept is None or self.storage.erased.has(kept.seller, kept.id):
                raise NothingSealed(f"order {order} is over: nothing of its buyer is shown any more")
            self._note_open(order, grant)
        except DocksealError as fault:
            self._refuse(order, grant, fault)

    def shorten(self, order: Order) -> bool:
        """Moves the deadline of what is sealed to where the order's news puts it; tells whether it moved.

        The data key is wrapped anew by the earlier epoch's key; nothing is opened. Where that epoch is over,
        the record is erased. A crash between the databases leaves the earlier deadline, and the order is told
        by the next run.

        Raises:
            MoveRefused: the order or its record was changed meanwhile.
            KeyDestroyed: an epoch ended this moment; shredding has the rest.
            SealBroken: the record was altered or moved, or is an earlier one that was put back.
        """
        if order.sealed_until is None:
            return False
        record = self.storage.sealed.get(order.ref)
        if record is None:  # a run was killed before it told the order
            self.storage.orders.change(order, **NOTHING_KEPT)
            return True
        refuse_replayed(record, order)
        deadline = self._due_of(record, order)
        if deadline <= self.clock.now():
            erase(self.storage, self.trail, order=order.ref, actor=VAULT, reason="past_deadline")
            with self.storage.transaction():
                self.storage.orders.change(order, **NOTHING_KEPT)
            return True
        if deadline == order.sealed_until:
            return False
        earlier = self._wrapped_until(record, deadline)
        clues = () if earlier is record else self._index().moved(record, earlier)
        with self.storage.transaction():
            self.storage.orders.change(order, sealed_until=earlier.deadline)
            self.trail.record(
                Tag.ORDER_DATA_SHORTENED,
                actor=VAULT,
                order=order.ref,
                seller=order.seller,
                epoch=earlier.epoch,
                deadline=earlier.deadline,
                version=record.version,
            )
            # Last: what stops before this changes nothing, and a commit lost after it is made up for.
            if earlier is not record:
                self.storage.sealed.shorten(earlier, clues)
        return True

    def _wrapped_until(self, record: SealedRecord, deadline: datetime) -> SealedRecord:
        if deadline == record.deadline:
            return record
        old_key = self.keys.existing_key(record.epoch)
        deadline, new_key = self._until(deadline, self.clock.now())
        epoch = self.retention.epoch_of(deadline)
        return rewrap(record, old_key=old_key, new_key=new_key, epoch=epoch, deadline=deadline)

    def _index(self) -> BlindIndex:
        return BlindIndex(storage=self.storage, keys=self.keys)

    def _until(self, deadline: datetime, now: datetime) -> tuple[datetime, bytes]:
        """Returns a deadline with its epoch's key: an earlier one where that key was destroyed early.

        Raises:
            KeyDestroyed: no epoch before it is left.
        """
        while True:
            try:
                return deadline, self._sealing_key(self.retention.epoch_of(deadline))
            except KeyDestroyed:
                deadline -= self.retention.epoch_length
                if deadline <= now:
                    raise

    def _due_of(self, record: SealedRecord, order: Order) -> datetime:
        standing = min(record.deadline, order.sealed_until or record.deadline)
        return deadline_of(
            self.retention, sealed_at=record.sealed_at, events=events_of(order), standing=standing
        )

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
            if self.keys.makes(epoch):
                with self.storage.transaction():
                    ends_at = self.retention.end_of(epoch)
                    self.trail.record(Tag.KEY_EPOCH_CREATED, actor=VAULT, epoch=epoch, ends_at=ends_at)
            return self.keys.epoch_key(epoch)

    def _note_sealed(self, order: Order, recipient: Recipient, record: SealedRecord) -> Order:
        names = recipient.fields()
        try:
            with self.storage.transaction():
                changed = self.storage.orders.change(
                    order,
                    sealed_until=record.deadline,
                    sealed_version=record.version,
                    sealed_mark=record.mark,
                    next_try=None,
                    tries=0,
                )
                self.trail.record(
                    Tag.ORDER_DATA_SEALED,
                    actor=VAULT,
                    order=order.ref,
                    seller=order.seller,
                    epoch=record.epoch,
                    deadline=record.deadline,
                    version=record.version,
                    fields=len(names),
                    **({"field_names": ",".join(sorted(names))} if names else {}),
                )
        except MoveRefused:
            # Cancelled or erased while its data was on the way: nobody will come to erase it after this.
            kept = self._kept(order.ref)
            if kept is None or (order.sealed_until is not None and kept.sealed_until is None):
                self.erase(order.ref)
            raise
        return changed

    def _note_open(self, order: OrderRef, grant: Grant) -> None:
        with self.storage.transaction():
            row = self.trail.record(
                Tag.ORDER_DATA_OPENED,
                actor=grant.actor,
                order=order,
                seller=grant.seller,
                purpose=grant.purpose,
                grant=grant.id,
                fields=len(grant.fields),
                field_names=",".join(sorted(grant.fields)),
            )
            self.alarm.ring(order, grant.actor, known=True)
            self.budgets.check(self.storage, grant.actor, grant.purpose, now=row.at)
            if grant.actor.kind is ActorKind.PERSON:
                self.lockouts.passed(str(grant.actor))

    def _passed(self, order: OrderRef, grant: Grant) -> Callable[[], Recipient] | None:
        """Gives what is on its way to a warehouse; None if the order has no such thing."""
        if order not in self.passing.orders(grant.seller):
            return None
        kept = self._kept(order)
        if kept is None:
            self.passing.drop(order)
            return None
        found = self.passing.find(kept)
        return None if found is None else lambda: found

    def _openable(self, order: OrderRef, grant: Grant) -> Callable[[], Recipient]:
        """Gives what is sealed."""
        record, kept = self.storage.sealed.get(order), self._kept(order)
        if record is None or kept is None:
            raise NothingSealed(f"no personal data is kept for order {order}")
        if record.seller != grant.seller:
            raise GrantRefused(f"the grant for order {order} names another seller")
        refuse_replayed(record, kept)
        # Counted anew from what is known now: neither a late lane nor a row put back extends it.
        due = self._due_of(record, kept)
        if self.clock.now() >= due:
            raise PastDeadline(f"the personal data of order {order} was kept until {due:%Y-%m-%d}")
        return partial(unseal, record, self.keys.existing_key(record.epoch))

    def _kept(self, ref: OrderRef) -> Order | None:
        """Returns an order that is not over."""
        try:
            order = self.storage.orders.get(ref)
        except BadInput:
            return None
        return None if order.state in OVER else order

    def _refuse(self, order: OrderRef, grant: Grant, fault: DocksealError) -> NoReturn:
        Refusals(alarm=self.alarm).refuse(order, grant, fault, known=self.grants.issued(grant))
