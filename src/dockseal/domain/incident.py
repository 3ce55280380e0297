"""An incident: a case that somebody works on, with its countdown and chain of custody (DPP 1.6.2-1.6.4)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dockseal.domain.policy import INCIDENT_TOLD_WITHIN

ESCALATED_AFTER = (timedelta(hours=4), timedelta(hours=12), timedelta(hours=20))
"""Each time that so much of the countdown is over, the reminder says more."""
EVERYBODY = "everybody"
"""What a lock is on that stops every opening."""


class Source(StrEnum):
    """What opened a case."""

    CANARY = "canary"
    """A canary order was opened."""
    PERSON = "person"
    """A person has a suspicion, which suffices."""


class EntryKind(StrEnum):
    """What one entry of a chain of custody tells."""

    OPENED = "opened"
    NOTE = "note"
    MEASURE = "measure"
    """Something was revoked or stopped."""
    COLLECTED = "collected"
    """Evidence was frozen; the entry names the digest of its manifest."""
    HANDED_OVER = "handed over"
    RECEIVED = "received"
    VERIFIED = "verified"
    """Somebody compared the evidence with its manifest, and it was as it was."""
    NOTICE = "notice"
    """Amazon was told."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One case. Its texts went through a check that refuses personal data."""

    id: str
    source: Source
    actor: str = ""
    """Whose deed it is about, such as `warehouse:reno`; empty: nobody's that is known."""
    order: str = ""
    """Our reference of the canary; empty where there was none."""
    what: str
    """In a sentence."""
    detected_at: datetime
    """The first alarm: the countdown begins here, whenever the case was opened."""
    opened_at: datetime
    opened_by: str
    seq: int
    """The newest row of the audit trail as it was opened."""
    told_at: datetime | None = None
    """When a person told Amazon; None: not yet."""
    told_by: str = ""
    closed_at: datetime | None = None
    closed_by: str = ""
    root_cause: str = ""
    remediation: str = ""
    corrective_control: str = ""

    @property
    def open(self) -> bool:
        """Whether somebody still has to work on it."""
        return self.closed_at is None

    @property
    def tell_by(self) -> datetime:
        """Until when Amazon is to be told."""
        return self.detected_at + INCIDENT_TOLD_WITHIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One link of a chain of custody."""

    incident: str
    number: int
    """Counts from 1 without gaps."""
    at: datetime
    kind: EntryKind
    by: str
    """The actor who wrote it."""
    text: str
    note: str
    """All of it, and the digest of the entry before, as a signed note (C2SP)."""
    digest: str
    """SHA-256 (hex) of the note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """One actor may open nothing any more, or nobody may, until two officers say so."""

    subject: str
    """An actor such as `person:console`, or `everybody`."""
    since: datetime
    incident: str
