"""Locks: who may open nothing any more, or that nobody may, until two officers say so."""

from dataclasses import dataclass
from datetime import timedelta

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import Clock
from dockseal.domain.incident import EVERYBODY, Lock
from dockseal.errors import ActorLocked, BadInput, OpensStopped
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.asks import Act, SignedAsk
from dockseal.pii_security.two_persons import TwoPersons
from dockseal.storage.store import Storage

LOOKED_AFTER = timedelta(minutes=1)
"""Orders that wait because everything is stopped are tried again so often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locks:
    """Locks actors, or everybody, for as long as nobody lifts it. Every process shares them."""

    storage: Storage
    trail: Trail
    clock: Clock

    def refuse_if_locked(self, actor: str) -> None:
        """Refuses an actor that is locked, or anybody while all opens are stopped.

        Raises:
            ActorLocked: this actor is.
            OpensStopped: everybody is.
            StorageError: nobody can tell; take it for locked.
        """
        for lock in self.storage.locks.among(actor, EVERYBODY):
            if lock.subject == actor:
                raise ActorLocked(actor, lock.incident)
            raise OpensStopped(lock.incident, self.clock.now() + LOOKED_AFTER)

    def put(self, subject: str, incident: str, by: Actor) -> bool:
        """Locks an actor or `everybody`; tells whether it was not locked before.

        Whoever is locked at the console loses every session of it, in the same transaction: the console
        knows one person. Call it inside `Storage.transaction`.
        """
        new = self.storage.locks.put(Lock(subject=subject, since=self.clock.now(), incident=incident))
        if subject.startswith(f"{ActorKind.PERSON}:"):
            self.storage.sessions.end_all()
        if new:
            self.trail.record(
                Tag.ACCESS_LOCK_PUT, actor=by, subject=subject.replace(" ", "_"), incident=incident
            )
        return new

    def lift(self, subject: str, ask: SignedAsk | None, two: TwoPersons, by: Actor) -> None:
        """Lets an actor, or everybody, open again, because two officers asked for it.

        Raises:
            BadInput: nothing locks it.
            TwoPersonsNeeded: two officers did not ask for it, or who is locked is one of them; that is on
                record.
        """
        if not self.storage.locks.among(subject):
            raise BadInput(f"{subject} is not locked: see `dockseal incidents list`")
        locked = subject.partition(":")[2]
        told = two.decided(
            ask,
            what=Act.OPENS_ALLOW,
            subject=subject.replace(" ", "_"),
            actor=by,
            but={locked, locked.removeprefix("terminal-")},
        )
        with self.storage.transaction():
            self.storage.locks.lift(subject)
            self.trail.record(
                Tag.ACCESS_LOCK_LIFTED, actor=by, order=None, subject=subject.replace(" ", "_"), **told
            )
