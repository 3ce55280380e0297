"""Shreds: destroys the keys of ended epochs, so that no copy of their records can be opened by anyone."""

import re
import threading
from dataclasses import dataclass
from datetime import timedelta

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import OrderRef
from dockseal.domain.lane import Outcome, earliest
from dockseal.domain.order import Order, OrderState
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

    Each epoch goes: intent in the audit trail, key destroyed, orders told, rows deleted, done in the trail.
    Where the shredder stands apart, the key is asked for, and the rest follows once it is gone.
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
        intended, _ = self._recorded()
        keys = self.keys.epochs()
        left = {*keys, *self.storage.sealed.epochs(), *intended}
        # A row that names no epoch was altered: it opens for nobody, and must not stop the others.
        left = set(filter(is_epoch, left))
        over = {epoch for epoch in left if ended(epoch, now) or self._gone(epoch, keys)}
        over.update(self._returned(keys))
        shredded = [self._shred(epoch, begun=epoch in intended) for epoch in sorted(over, key=end_of)]
        cancelled = self._finish(OrderState.CANCELLED)
        verified = self._finish(OrderState.VERIFIED)
        return Outcome(
            done=sum(shredded) + cancelled + verified,
            more=BATCH in (cancelled, verified),
            again_at=earliest(
                None if all(shredded) else now + LOOK_AGAIN, *(end_of(epoch) for epoch in left - over)
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

    def _recorded(self) -> tuple[frozenset[str], frozenset[str]]:
        """Returns the epochs whose shredding was intended and not yet done, and those once shredded."""
        latest: dict[str, int] = {}
        done = set()
        for tag in (Tag.KEY_EPOCH_SHRED_INTENDED, Tag.KEY_EPOCH_SHREDDED):
            for row in self.storage.audit.search(tag=tag.value, limit=BATCH):
                sign = 1 if tag is Tag.KEY_EPOCH_SHRED_INTENDED else -1
                epoch = dict(row.fields)["epoch"]
                if sign < 0:
                    done.add(epoch)
                if row.seq > abs(latest.get(epoch, 0)):
                    latest[epoch] = sign * row.seq
        return frozenset(epoch for epoch, seq in latest.items() if seq > 0), frozenset(done)

    def _returned(self, keys: list[str]) -> list[str]:
        """Returns the epochs whose keys were destroyed before their end, and came back with a copy."""
        _, done = self._recorded()
        return [epoch for epoch in keys if epoch in done]

    def _gone(self, epoch: str, keys: list[str]) -> bool:
        """Tells whether the key was destroyed, or almost, while what lies under it is still to be deleted."""
        if self.keys.has(epoch):
            return False
        return epoch in keys or self.keys.destroyed_by(epoch) is not None

    def _shred(self, epoch: str, *, begun: bool) -> bool:
        """Shreds one epoch; tells whether its key is gone by now."""
        orders = self.storage.sealed.of_epoch(epoch)
        if not begun:
            with self.storage.transaction():
                self.trail.record(
                    Tag.KEY_EPOCH_SHRED_INTENDED, actor=SHREDDER, epoch=epoch, records=len(orders)
                )
        self.keys.destroy(epoch)
        by = self.keys.destroyed_by(epoch)
        if by is None:
            return False
        for order in orders:
            self._tell(order, epoch)
        deleted = self.storage.sealed.delete_epoch(epoch)
        with self.storage.transaction():
            self.trail.record(
                Tag.KEY_EPOCH_SHREDDED,
                actor=SHREDDER,
                epoch=epoch,
                records=deleted,
                by=f"user:{_ODD.sub('-', by)}",
            )
        if self.metrics is not None:
            self.metrics.shredded.inc(deleted)
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
                        self.storage.orders.change(order, sealed_until=None)
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
            try:
                with self.storage.transaction():
                    self._move(order)
            except MoveRefused:
                continue
            done += 1
        return done

    def _move(self, order: Order, *, epoch: str = "") -> None:
        self.storage.orders.move(order, OrderState.SHREDDED, sealed_until=None)
        told = {"epoch": epoch} if epoch else {}
        self.trail.record(Tag.ORDER_LIFE_SHREDDED, actor=SHREDDER, order=order.ref, **told)
