"""Shreds: destroys the keys of ended epochs, so that no copy of their records can be opened by anyone."""

from dataclasses import dataclass

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import OrderRef
from dockseal.domain.lane import Outcome, earliest
from dockseal.domain.order import Order, OrderState
from dockseal.errors import BadInput, MoveRefused
from dockseal.monitoring_audit.metrics import Metrics
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.epochs import end_of, ended, is_epoch
from dockseal.pii_security.erasing import erase
from dockseal.pii_security.keys import KeyStore
from dockseal.storage.store import Storage

SHREDDER = Actor(kind=ActorKind.SERVICE, name="shredding")
BATCH = 200
_RACES = 3
_FINISHED = frozenset({OrderState.VERIFIED, OrderState.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shredding:
    """The lane that ends personal data. A crash anywhere in it is finished by the next run.

    Each epoch goes: intent in the audit trail, key destroyed, orders told, rows deleted, done in the trail.
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
        intended = self._begun()
        left = {*self.keys.epochs(), *self.storage.sealed.epochs(), *intended}
        # A row that names no epoch was altered: it opens for nobody, and must not stop the others.
        left = set(filter(is_epoch, left))
        over = sorted((epoch for epoch in left if ended(epoch, now) or self._gone(epoch)), key=end_of)
        for epoch in over:
            self._shred(epoch, begun=epoch in intended)
        cancelled = self._finish(OrderState.CANCELLED)
        verified = self._finish(OrderState.VERIFIED)
        return Outcome(
            done=len(over) + cancelled + verified,
            more=BATCH in (cancelled, verified),
            again_at=earliest(*(end_of(epoch) for epoch in left.difference(over))),
        )

    def _gone(self, epoch: str) -> bool:
        """Tells whether the key was destroyed before its end, while what lies under it is to be deleted."""
        return not self.keys.has(epoch) and not self.keys.makes(epoch)

    def _begun(self) -> frozenset[str]:
        """Returns the epochs whose shredding was intended and is not recorded as done."""
        latest: dict[str, int] = {}
        for tag in (Tag.KEY_EPOCH_SHRED_INTENDED, Tag.KEY_EPOCH_SHREDDED):
            for row in self.storage.audit.search(tag=tag.value, limit=BATCH):
                sign = 1 if tag is Tag.KEY_EPOCH_SHRED_INTENDED else -1
                epoch = dict(row.fields)["epoch"]
                if row.seq > abs(latest.get(epoch, 0)):
                    latest[epoch] = sign * row.seq
        return frozenset(epoch for epoch, seq in latest.items() if seq > 0)

    def _shred(self, epoch: str, *, begun: bool) -> None:
        orders = self.storage.sealed.of_epoch(epoch)
        if not begun:
            with self.storage.transaction():
                self.trail.record(
                    Tag.KEY_EPOCH_SHRED_INTENDED, actor=SHREDDER, epoch=epoch, records=len(orders)
                )
        self.keys.destroy(epoch)
        for order in orders:
            self._tell(order, epoch)
        deleted = self.storage.sealed.delete_epoch(epoch)
        with self.storage.transaction():
            self.trail.record(Tag.KEY_EPOCH_SHREDDED, actor=SHREDDER, epoch=epoch, records=deleted)
        if self.metrics is not None:
            self.metrics.shredded.inc(deleted)

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
