"""Refusals: each open that is refused has its row, and counts against who asks for it."""

from dataclasses import dataclass
from typing import NoReturn

from dockseal.domain.access import Actor, ActorKind, Grant
from dockseal.domain.identifiers import OrderRef
from dockseal.errors import (
    ActorLocked,
    BudgetSpent,
    DocksealError,
    GrantRefused,
    KeyDestroyed,
    LockedOut,
    NothingSealed,
    OpensExhausted,
    OpensStopped,
    PastDeadline,
    RegisterBroken,
    SealBroken,
)
from dockseal.monitoring_audit.tags import Tag
from dockseal.pii_security.alarm import Alarm

VAULT = Actor(kind=ActorKind.SERVICE, name="vault")
_REASONS: dict[type[DocksealError], str] = {
    GrantRefused: "grant_refused",
    BudgetSpent: "budget_spent",
    OpensExhausted: "budget_spent",
    LockedOut: "locked_out",
    ActorLocked: "actor_locked",
    OpensStopped: "opens_stopped",
    RegisterBroken: "register_broken",
    NothingSealed: "nothing_sealed",
    PastDeadline: "past_deadline",
    KeyDestroyed: "key_destroyed",
    SealBroken: "seal_broken",
}
_FAILURES = (GrantRefused, NothingSealed, PastDeadline)
"""What counts against a person who asks for it: no fault of ours, and not that much was opened already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """Refuses opens."""

    alarm: Alarm

    def refuse(self, order: OrderRef, grant: Grant, fault: DocksealError, *, known: bool) -> NoReturn:
        """Records that an open is refused, and raises why.

        Args:
            order: What was asked for.
            grant: What was shown.
            fault: Why not.
            known: Whether the grant was issued here. What one says that was not is no evidence: then the
                vault speaks for itself.
        """
        alarm, told = self.alarm, {"purpose": grant.purpose, "grant": grant.id} if known else {}
        with alarm.storage.transaction():
            alarm.trail.record(
                Tag.ORDER_DATA_OPEN_REFUSED,
                actor=grant.actor if known else VAULT,
                order=order,
                reason=_REASONS.get(type(fault), "key_unavailable"),
                **told,
            )
            if not isinstance(fault, ActorLocked):
                alarm.ring_if_it_can(order, grant.actor if known else VAULT, known=known)
            person = known and grant.actor.kind is ActorKind.PERSON
            if person and isinstance(fault, _FAILURES) and not isinstance(fault, LockedOut | BudgetSpent):
                alarm.lockouts.failed(str(grant.actor), actor=grant.actor)
        raise fault
