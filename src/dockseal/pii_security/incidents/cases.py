"""Cases: opened by a canary or by a person, told to Amazon by a person, closed with what was learnt."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from dockseal.domain.access import Actor, ActorKind, actor_named
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import OrderRef
from dockseal.domain.incident import EVERYBODY, Incident, Source
from dockseal.errors import BadInput
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.incidents.wording import checked_text
from dockseal.pii_security.locks import Locks
from dockseal.storage.store import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """Opens, tells and closes cases. Each has its audit row in the same transaction."""

    storage: Storage
    trail: Trail
    clock: Clock

    @property
    def locks(self) -> Locks:
        """Who may open nothing."""
        return Locks(storage=self.storage, trail=self.trail, clock=self.clock)

    def canary_opened(self, order: OrderRef, actor: Actor, *, known: bool) -> Incident:
        """Locks who opened a canary, or tried to, and opens a case about it, unless one is open.

        Where a second one does so while the first case is open, it is somebody with many names: then all
        opening is stopped. Call it inside the transaction of the opening's own audit row: either all of it
        is kept, or nothing was opened.

        Args:
            order: The canary.
            actor: Who it was.
            known: Whether the grant was ours; otherwise the name in it proves nothing, and locks nobody.
        """
        about = str(actor) if known else ""
        kept = self.storage.incidents.open_of(about)
        incident = kept or self._open(
            Source.CANARY,
            what="A canary order was opened." if known else "A canary order was asked for without a grant.",
            detected_at=self.clock.now(),
            by=actor,
            actor=about,
            order=order,
        )
        self.trail.record(
            Tag.INCIDENT_CANARY_OPENED, actor=actor, incident=incident.id, canary=order, granted=known
        )
        if known:
            self.locks.put(about, incident.id, actor)
        if self._second(incident):
            self.locks.put(EVERYBODY, incident.id, actor)
        return incident

    def open(self, what: str, by: Actor, *, actor: str = "", detected_at: datetime | None = None) -> Incident:
        """Opens a case because a person has a suspicion.

        Args:
            what: What is suspected, in a sentence.
            by: Who opens it.
            actor: Whose deed it may be, as the audit trail names them, which has to know them; empty: nobody
                knows.
            detected_at: When it was first noticed; None: now.

        Raises:
            BadInput: the sentence or the actor holds what looks like personal data, nobody is known as this
                actor, or that instant is to come.
        """
        now = self.clock.now()
        if detected_at is not None and detected_at > now:
            raise BadInput("it cannot have been detected later than now: say when the first alarm was")
        if actor and not self.knows(actor):
            raise BadInput(
                "nobody is known as this actor: name it as the audit trail does, such as warehouse:reno, or "
                "leave it out"
            )
        with self.storage.transaction():
            return self._open(
                Source.PERSON, what=checked_text(what), detected_at=detected_at or now, by=by, actor=actor
            )

    def knows(self, actor: str) -> bool:
        """Tells whether there is such a warehouse, or the audit trail has a row of this actor.

        Raises:
            BadInput: it is not written as an actor is, or holds what looks like personal data.
        """
        try:
            named = actor_named(actor)
        except ValueError as fault:
            raise BadInput(str(fault)) from None
        checked_text(named.name)
        warehouses = {each.id for each in self.storage.warehouses.all()}
        if named.kind is ActorKind.WAREHOUSE and named.name in warehouses:
            return True
        return bool(self.storage.audit.search(actor=str(named), limit=1))

    def told(self, incident: Incident, by: Actor) -> Incident:
        """Marks that a person has told Amazon; the countdown stops. Call it inside `Storage.transaction`.

        Raises:
            BadInput: it was marked before, or the case is closed.
            MoveRefused: somebody else changed it at the same moment.
        """
        if incident.told_at is not None or not incident.open:
            raise BadInput(f"incident {incident.id} needs no notice any more: look at it again")
        now, head = self.clock.now(), self.storage.audit.head()
        latest = now if head is None else max(now, head.at)  # a clock that was put back makes nothing timely
        told = self.storage.incidents.change(incident, told_at=now, told_by=str(by))
        self.trail.record(
            Tag.INCIDENT_NOTICE_SENT, actor=by, incident=incident.id, in_time=latest <= incident.tell_by
        )
        return told

    def close(
        self, incident: Incident, by: Actor, *, root_cause: str, remediation: str, corrective_control: str
    ) -> Incident:
        """Closes a case with what DPP 1.6.4 wants to be documented. Call it inside `Storage.transaction`.

        Raises:
            BadInput: one of the three is missing or holds what looks like personal data, Amazon was not told,
                or it is closed.
            MoveRefused: somebody else changed it at the same moment.
        """
        if not incident.open:
            raise BadInput(f"incident {incident.id} is closed already")
        if incident.told_at is None:
            raise BadInput(
                f"Amazon was not told of incident {incident.id}, and suspicion counts: send the notice, and "
                f"mark it with `dockseal incidents notice {incident.id} --sent`"
            )
        texts = {
            "root_cause": checked_text(root_cause),
            "remediation": checked_text(remediation),
            "corrective_control": checked_text(corrective_control),
        }
        now = self.clock.now()
        closed = self.storage.incidents.change(incident, closed_at=now, closed_by=str(by), **texts)
        self.trail.record(Tag.INCIDENT_CASE_CLOSED, actor=by, incident=incident.id)
        return closed

    def _second(self, incident: Incident) -> bool:
        canaries = [
            each
            for each in self.storage.incidents.all(open_only=True)
            if each.source is Source.CANARY and each.actor and each.id != incident.id
        ]
        return bool(canaries) and bool(incident.actor)

    def _open(
        self,
        source: Source,
        *,
        what: str,
        detected_at: datetime,
        by: Actor,
        actor: str = "",
        order: str = "",
    ) -> Incident:
        incident = self.storage.incidents.add(
            Incident(
                id=f"inc-{detected_at:%Y%m%d}-{secrets.token_hex(3)}",
                source=source,
                actor=actor,
                order=order,
                what=what,
                detected_at=detected_at,
                opened_at=self.clock.now(),
                opened_by=str(by),
                seq=self.storage.audit.noted_head()[0],
            )
        )
        self.trail.record(
            Tag.INCIDENT_CASE_OPENED,
            actor=by,
            incident=incident.id,
            source=source.value,
            detected_at=detected_at,
        )
        return incident
