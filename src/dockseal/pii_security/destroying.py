"""Destroys the key of an epoch before its end, because two officers asked for it.

The tombstone decides: before it nothing has happened and another ask is needed, after it the lane `shred`
finishes whatever a crash left. Orders whose data is lost by it go on as after any shredding: those that no
warehouse has yet have their address retrieved again, and sealed under an epoch that is left.
"""

from dataclasses import dataclass

from dockseal.domain.access import Actor
from dockseal.domain.identifiers import OrderRef
from dockseal.domain.order import OrderState
from dockseal.errors import BadInput
from dockseal.monitoring_audit.tags import Tag
from dockseal.pii_security.asks import Act, SignedAsk
from dockseal.pii_security.epochs import ended, is_epoch
from dockseal.pii_security.shredding import Shredding
from dockseal.pii_security.two_persons import TwoPersons

_WAITING = frozenset({OrderState.ACCEPTED, OrderState.HELD, OrderState.RELEASABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Destroyed:
    """What destroying the key of an epoch did."""

    records: int
    """So many records lay under it."""
    again: int
    """Of so many orders the address is needed again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destroying:
    """Destroys keys early."""

    shredding: Shredding
    two: TwoPersons

    def run(self, epoch: str, ask: SignedAsk | None, actor: Actor) -> Destroyed:
        """Destroys the key of an epoch, and deletes what lies under it.

        Args:
            epoch: As `dockseal keys list` names it.
            ask: What two officers signed.
            actor: Who does it.

        Raises:
            BadInput: this is no epoch, it is over, or its key is gone already.
            TwoPersonsNeeded: two officers did not ask for it.
            StorageError: a database or the key store cannot be used; the lane `shred` finishes what began.
        """
        keys, storage, trail = self.shredding.keys, self.shredding.storage, self.shredding.trail
        if not is_epoch(epoch):
            raise BadInput("this names no epoch: give it as `dockseal keys list` does")
        if ended(epoch, self.shredding.clock.now()) or not keys.has(epoch):
            raise BadInput(f"there is no key of epoch {epoch} any more: the lane shred deletes what is left")
        told = self.two.decided(ask, what=Act.KEY_DESTROY, subject=epoch, actor=actor)
        with storage.transaction():
            trail.record(Tag.KEY_EPOCH_DESTROY_ASKED, actor=actor, order=None, epoch=epoch, **told)
        orders = storage.sealed.of_epoch(epoch)
        done = Destroyed(records=len(orders), again=sum(map(self._needed_again, orders)))
        keys.destroy(epoch, ask=ask.as_text() if ask is not None else "")
        while self.shredding.run().more:
            pass  # a batch at a time
        return done

    def _needed_again(self, ref: OrderRef) -> bool:
        try:
            return self.shredding.storage.orders.get(ref).state in _WAITING
        except BadInput:
            return False
