"""Casework: all that people do about an incident, each act with its entry in the chain of custody."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dockseal.domain.access import Actor
from dockseal.domain.identifiers import OrderRef, SellerId
from dockseal.domain.incident import Entry, EntryKind, Incident
from dockseal.errors import BadInput, DocksealError, MoveRefused
from dockseal.monitoring_audit.tags import Tag
from dockseal.pii_security.asks import SignedAsk
from dockseal.pii_security.incidents.cases import Cases
from dockseal.pii_security.incidents.custody import Custody
from dockseal.pii_security.incidents.evidence import Evidence, Frozen
from dockseal.pii_security.incidents.exposure import Exposure, exposure
from dockseal.pii_security.incidents.measures import Measures
from dockseal.pii_security.incidents.notice import AMAZON, Contact, Notice, notice_of
from dockseal.pii_security.incidents.wording import checked_text
from dockseal.pii_security.two_persons import TwoPersons

PASSED = (EntryKind.HANDED_OVER, EntryKind.RECEIVED)
"""How evidence goes from one to another."""
_TRIES = 5
"""Two who add an entry at the same moment want the same number; what was done must not stay untold for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Casework:
    """What people do about incidents."""

    cases: Cases
    custody: Custody
    evidence: Evidence
    measures: Measures
    two: TwoPersons
    contact: Contact
    canaries: Callable[[], frozenset[OrderRef]]

    def open(self, what: str, by: Actor, *, actor: str = "", detected_at: datetime | None = None) -> Incident:
        """Opens a case because of a suspicion; see `Cases.open`."""
        with self.cases.storage.transaction():
            incident = self.cases.open(what, by, actor=actor, detected_at=detected_at)
            self.custody.add(incident, EntryKind.NOTE, "A person opened the case.", by)
        return incident

    def note(self, incident_id: str, text: str, by: Actor) -> Entry:
        """Adds what somebody found out.

        Raises:
            BadInput: there is no such open case, or the text holds what looks like personal data.
            MoveRefused: somebody else added an entry at the same moment; add it again.
        """
        text = checked_text(text)
        with self.cases.storage.transaction():
            return self.custody.add(self._open(incident_id), EntryKind.NOTE, text, by)

    def passed_on(self, incident_id: str, how: EntryKind, text: str, by: Actor) -> Entry:
        """Adds that evidence was handed over to somebody, or received by them.

        Raises:
            BadInput: there is no such case, or the text holds what looks like personal data.
        """
        if how not in PASSED:
            raise BadInput("evidence is handed over or received: say one of both")
        return self._add(self.cases.storage.incidents.get(incident_id), how, checked_text(text), by)

    def freeze(self, incident_id: str, by: Actor, logs: Sequence[Path] = ()) -> Frozen:
        """Freezes evidence; see `Evidence.freeze`."""
        return self.evidence.freeze(self._open(incident_id), by, logs)

    def verify(self, incident_id: str, by: Actor) -> int:
        """Compares the evidence with its manifests and its chain; returns how many collections there are.

        Raises:
            SignatureRefused: something was altered or is missing; names it. That is no entry of the chain.
        """
        incident = self.cases.storage.incidents.get(incident_id)
        number = self.evidence.verify(incident)
        self._add(incident, EntryKind.VERIFIED, f"{number} collections are as they were collected.", by)
        return number

    def take(self, incident_id: str, code: str, subject: str, by: Actor) -> str:
        """Takes a measure, and returns what was done.

        Its intent is committed before: one that is cut off has no entry, and health says to take it again.

        Raises:
            BadInput: there is no such open case or measure, or it cannot be done to this subject.
            DocksealError: it was not done; the sentence says why.
        """
        incident, measure = self._open(incident_id), self.measures.named(code)
        measure.check(subject)
        told = {"measure": measure.code} | ({"subject": subject} if subject else {})
        with self.cases.storage.transaction():
            self.cases.trail.record(
                Tag.INCIDENT_MEASURE_INTENDED,
                actor=by,
                order=None,
                incident=incident.id,
                **told,
            )
        try:
            done = measure.act(subject, incident.id, by)
        except DocksealError:
            failed = f"{measure.title} was tried and failed: {measure.code}."
            self._add(incident, EntryKind.NOTE, failed, by, **told)
            raise
        self._add(incident, EntryKind.MEASURE, done, by, **told)
        return done

    def exposure(self, incident: Incident) -> Exposure:
        """Counts the orders that the actor of a case opened."""
        return exposure(self.cases.storage, incident, self.canaries())

    def notice(self, incident: Incident) -> Notice:
        """Returns the notice to Amazon about a case as it stands."""
        chain = self.cases.storage.incidents.entries(incident.id)
        return notice_of(incident, self.exposure(incident), chain, self.contact)

    def told(self, incident_id: str, by: Actor) -> Incident:
        """Marks that a person has told Amazon; the countdown stops."""
        with self.cases.storage.transaction():
            incident = self.cases.told(self._open(incident_id), by)
            self.custody.add(incident, EntryKind.NOTICE, f"The notice was sent to {AMAZON}.", by)
        return incident

    def close(
        self, incident_id: str, by: Actor, *, root_cause: str, remediation: str, corrective_control: str
    ) -> Incident:
        """Closes a case; see `Cases.close`."""
        with self.cases.storage.transaction():
            closed = self.cases.close(
                self._open(incident_id),
                by,
                root_cause=root_cause,
                remediation=remediation,
                corrective_control=corrective_control,
            )
            self.custody.add(
                closed, EntryKind.CLOSED, "Closed with root cause, remediation and corrective control.", by
            )
        return closed

    def unlock(self, subject: str, ask: SignedAsk | None, by: Actor) -> None:
        """Lets an actor, or everybody, open again, because two officers asked for it; see `Locks.lift`."""
        self.cases.locks.lift(subject, ask, self.two, by)

    def wake(self, seller: SellerId, by: Actor) -> None:
        """Has the lanes of a seller run again that an incident stopped; that is an entry of its chain.

        Raises:
            BadInput: no incident stopped it.
        """
        storage = self.cases.storage
        with storage.transaction():
            stopped_by = storage.sellers.get(seller).stopped_by
            if not storage.sellers.wake(seller):
                raise BadInput(f"no incident stopped seller {seller}: see `dockseal sellers list`")
            self.cases.trail.record(Tag.SELLER_ACCOUNT_RESUMED, actor=by, seller=seller)
            incident = storage.incidents.get(stopped_by)
            self.custody.add(incident, EntryKind.MEASURE, f"The lanes of seller {seller} run again.", by)

    def confirm_contact(self, by: Actor) -> None:
        """Records that who Amazon reaches was confirmed now.

        Raises:
            BadInput: nobody is set.
        """
        if not self.contact.mail or not self.contact.name:
            raise BadInput("nobody is named: set DOCKSEAL_IMPOC_NAME and DOCKSEAL_IMPOC_MAIL first")
        with self.cases.storage.transaction():
            self.cases.trail.record(Tag.INCIDENT_CONTACT_CONFIRMED, actor=by)

    def reviewed_runbook(self, by: Actor) -> None:
        """Records that the incident plan was reviewed now."""
        with self.cases.storage.transaction():
            self.cases.trail.record(Tag.INCIDENT_RUNBOOK_REVIEWED, actor=by)

    def _open(self, incident_id: str) -> Incident:
        incident = self.cases.storage.incidents.get(incident_id)
        if not incident.open:
            raise BadInput(f"incident {incident.id} is closed: open another one if there is news")
        return incident

    def _add(self, incident: Incident, kind: EntryKind, text: str, by: Actor, **told: str) -> Entry:
        for _ in range(_TRIES):
            with contextlib.suppress(MoveRefused), self.cases.storage.transaction():
                return self.custody.add(incident, kind, text, by, **told)
        raise MoveRefused(f"others add to incident {incident.id} all the time: add it again")
