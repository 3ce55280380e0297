"""Shreds: destroys the keys of ended epochs, so that no copy of their records can be opened by anyone."""

import contextlib
import re
import threading
from dataclasses import dataclass
from datetime import timedelta

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import OrderRef
from dockseal.domain.label import PRINTED_FOR, LabelState
from dockseal.domain.lane import Outcome, earliest
from dockseal.domain.order import NOTHING_KEPT, Order, OrderState
from dockseal.errors import BadInput, MoveRefused, StorageUnavailable
from dockseal.monitoring_audit.metrics import Metrics
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.epochs import end_of, ended, is_epoch
from dockseal.pii_security.erasing import erase
from dockseal.pii_security.key_store import KeyStore
from dockseal.storage.store import Storage

SHREDDER = Actor(kind=ActorKind.SERVICE, name="shredding")
BATCH = 200
LOOK_AGAIN = timedelta(seconds=2)
"""So soon it is looked whether a shredder that stands apart has destroyed a key."""
PATIENCE = timedelta(minutes=1)
"""So long a start waits for it."""
_RACES = 3
_ODD = re.compile(r"[^A-Za-z0-9._-]")
_FINISHED = frozenset({OrderState.VERIFIED, OrderState.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shredding:
    """The lane that ends personal data. A crash anywhere in it is finished by the next run.

    Each epoch goes: intent in the trail, key destroyed, orders told and rows deleted, done in the trail.
    Where the shredder stands apart, the key is asked for, and the rest follows once it is gone. The keys of
    all epochs come first: from then on nobody can open a row, however many there are. The rows go batch by
    batch, and other lanes have their turn in between.
    """

    storage: Storage
    keys: KeyStore
    trail: Trail
    clock: Clock
    metrics: Metrics | None = None

    def run(self) -> Outcome:
        """Shreds every ended epoch, then moves orders that are over and keep nothing to SHREDDED.

        Raises:
            StorageError: a database or the key store cannot be used; nothing is lost, run again.
        """
        now = self.clock.now()
        begun, keys = self._begun(), self.keys.epochs()
        left = {*keys, *self.storage.sealed.epochs(), *begun}
        # A row that names no epoch was altered: it opens for nobody, and must not stop the others.
        left = set(filter(is_epoch, left))
        over = {epoch for epoch in left if ended(epoch, now) or self._gone(epoch, keys)}
        over.update(self._returned(keys))
        records = {epoch: self._destroy(epoch, begun.get(epoch)) for epoch in sorted(over, key=end_of)}
        gone = {epoch: by for epoch in records if (by := self.keys.destroyed_by(epoch)) is not None}
        wiped = sum(self._wipe(epoch, records[epoch], by=by) for epoch, by in gone.items())
        cancelled = self._finish(OrderState.CANCELLED)
        verified = self._finish(OrderState.VERIFIED)
        return Outcome(
            done=wiped + cancelled + verified,
            more=wiped < len(gone) or BATCH in (cancelled, verified),
            again_at=earliest(
                now + LOOK_AGAIN if len(gone) < len(over) else None, *(end_of(epoch) for epoch in left - over)
            ),
        )

    def before_all(self) -> None:
        """Shreds what has ended, before anything opens: the keys or databases may come from a backup.

        Raises:
            StorageUnavailable: the shredder stands apart and has not destroyed such a key within a minute.
            StorageError: a database or the key store cannot be used.
        """
        until = self.clock.now() + PATIENCE
        while True:
            self.run()
            keys, now = self.keys.epochs(), self.clock.now()
            left = [*(epoch for epoch in keys if ended(epoch, now)), *self._returned(keys)]
            if not left:
                return
            if now >= until:
                raise StorageUnavailable(
                    f"the key of epoch {left[0]}, which is to be destroyed, is still there: start `dockseal "
                    "shredder`; if it runs, read what it says of this epoch"
                )
            self.clock.wait(threading.Event(), LOOK_AGAIN.total_seconds())

    def _begun(self) -> dict[str, int]:
        """Returns the epochs whose shredding was intended and is not recorded as done, with their records."""
        intended = self._latest(Tag.KEY_EPOCH_SHRED_INTENDED)
        done = self._latest(Tag.KEY_EPOCH_SHREDDED)
        return {
            epoch: records for epoch, (seq, records) in intended.items() if seq > done.get(epoch, (0, 0))[0]
        }

    def _latest(self, tag: Tag) -> dict[str, tuple[int, int]]:
        """Returns the last row of this tag about each epoch: its number, and how many records it tells of."""
        found: dict[str, tuple[int, int]] = {}
        for row in self.storage.audit.search(tag=tag.value, limit=BATCH):
            fields = dict(row.fields)
            last, _ = found.get(fields["epoch"], (0, 0))
            if row.seq > last:
                found[fields["epoch"]] = row.seq, int(fields["records"])
        return found

    def _returned(self, keys: list[str]) -> list[str]:
        """Returns the epochs whose keys were destroyed before their end, and came back with a copy."""
        done = self._latest(Tag.KEY_EPOCH_SHREDDED)
        return [epoch for epoch in keys if epoch in done]

    def _gone(self, epoch: str, keys: list[str]) -> bool:
        """Tells whether the key was destroyed, or almost, while what lies under it is still to be deleted."""
        if self.keys.has(epoch):
            return False
        return epoch in keys or self.keys.destroyed_by(epoch) is not None

    def _destroy(self, epoch: str, begun: int | None) -> int:
        """Destroys the key of an epoch, or asks for it; returns how many records there were as that began."""
        records = self.storage.sealed.count(epoch) if begun is None else begun
        if begun is None:
            with self.storage.transaction():
                self.trail.record(Tag.KEY_EPOCH_SHRED_INTENDED, actor=SHREDDER, epoch=epoch, records=records)
        self.keys.destroy(epoch)
        return records

    def _wipe(self, epoch: str, records: int, *, by: str) -> bool:
        """Tells the next orders of an epoch and deletes their rows; tells whether they were the last."""
        orders = self.storage.sealed.of_epoch(epoch, limit=BATCH)
        # One commit for all of them: a disk that is waited for at each would take hours over a million.
        with self.storage.transaction():
            for order in orders:
                self._tell(order, epoch)
        deleted = self.storage.sealed.wipe(epoch, orders)
        if self.metrics is not None:
            self.metrics.shredded.inc(deleted)
        if len(orders) == BATCH:
            return False
        with self.storage.transaction():
            self.trail.record(
                Tag.KEY_EPOCH_SHREDDED,
                actor=SHREDDER,
                epoch=epoch,
                records=records,
                by=f"user:{_ODD.sub('-', by)}",
            )
        return True

    def _tell(self, ref: OrderRef, epoch: str) -> None:
        """Writes into the order that nothing is kept of it any more."""
        for _ in range(_RACES):
            try:
                order = self.storage.orders.get(ref)
            except BadInput:
                return
            try:
                with self.storage.transaction():
                    if order.state in _FINISHED:
                        self._move(order, epoch=epoch)
                    elif order.sealed_until is not None and order.sealed_until <= end_of(epoch):
                        self.storage.orders.change(order, **NOTHING_KEPT)
            except MoveRefused:
                continue  # changed meanwhile; it is read again
            return

    def _finish(self, state: OrderState) -> int:
        """Moves orders in a state that is an end to SHREDDED; those verified only once nothing is kept."""
        now = self.clock.now()
        sealed = False if state is OrderState.VERIFIED else None
        done = 0
        for order in self.storage.orders.due(state, now=now, sealed=sealed, limit=BATCH):
            if state is OrderState.CANCELLED:
                erase(self.storage, self.trail, order=order.ref, actor=SHREDDER, reason="cancelled")
            elif self.storage.sealed.get(order.ref) is not None:
                continue  # its row goes with its epoch
            elif self._is_shown(order):
                continue
            try:
                with self.storage.transaction():
                    self._move(order)
            except MoveRefused:
                continue
            done += 1
        return done

    def _is_shown(self, order: Order) -> bool:
        """Tells whether Amazon still shows the buyer on a label bought here; looks again when that ends."""
        ends = [
            label.intended_at + PRINTED_FOR
            for label in self.storage.labels.of_order(order.ref)
            if label.state is LabelState.BOUGHT
        ]
        if not ends or max(ends) <= self.clock.now():
            return False
        with contextlib.suppress(MoveRefused):
            self.storage.orders.change(order, next_try=max(ends))
        return True

    def _move(self, order: Order, *, epoch: str = "") -> None:
        self.storage.orders.move(order, OrderState.SHREDDED, **NOTHING_KEPT)
        told = {"epoch": epoch} if epoch else {}
        self.trail.record(Tag.ORDER_LIFE_SHREDDED, actor=SHREDDER, order=order.ref, **told)
