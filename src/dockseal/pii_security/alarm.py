"""The alarm: what is looked at before anything opens, and what rings when a canary is asked for."""

from collections.abc import Callable
from dataclasses import dataclass

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import OrderRef
from dockseal.errors import DocksealError
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.canary_orders import canaries_or_wait, known_canaries
from dockseal.pii_security.incidents.cases import Cases
from dockseal.pii_security.lockouts import Lockouts
from dockseal.storage.store import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Refuses who is locked, and locks who asks for a canary.

    Attributes:
        canaries: Gives the canary orders.
    """

    storage: Storage
    trail: Trail
    clock: Clock
    canaries: Callable[[], frozenset[OrderRef]]

    @property
    def lockouts(self) -> Lockouts:
        """Who failed how often in a row."""
        return Lockouts(storage=self.storage, trail=self.trail, clock=self.clock)

    @property
    def cases(self) -> Cases:
        """The cases, and who is locked because of one."""
        return Cases(storage=self.storage, trail=self.trail, clock=self.clock)

    def refuse_if_locked(self, actor: str) -> None:
        """Refuses who failed too often, or is locked because of an incident.

        Raises:
            LockedOut: it is.
            OpensStopped: nobody may open anything.
            StorageError: nobody can tell.
        """
        self.lockouts.refuse_if_locked(actor)
        self.cases.locks.refuse_if_locked(actor)

    def ring(self, order: OrderRef, actor: Actor, *, known: bool) -> None:
        """Locks who asks for a canary, and opens a case; nothing happens for any other order.

        Where the register of canaries is broken, our own services go on, since no work of theirs opens one;
        people and warehouses wait until it is mended. Health tells of it.

        Call it inside the transaction of the row that tells of the opening, or of its refusal.

        Args:
            order: What is opened, or was refused.
            actor: Who asks.
            known: Whether a grant of ours names this actor.

        Raises:
            RegisterBroken: nobody can tell which orders are canaries, and a person or a warehouse asks.
            StorageError: it cannot be read now.
        """
        ours = actor.kind is ActorKind.SERVICE
        if order in (known_canaries(self.canaries) if ours else canaries_or_wait(self.canaries, self.clock)):
            self.cases.canary_opened(order, actor, known=known)

    def ring_if_it_can(self, order: OrderRef, actor: Actor, *, known: bool) -> None:
        """Does so for what is refused anyway: its own row must not be lost for a register that is gone."""
        try:
            canary = order in self.canaries()
        except DocksealError:
            return
        if canary:
            self.cases.canary_opened(order, actor, known=known)
