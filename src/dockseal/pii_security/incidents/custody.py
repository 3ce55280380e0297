"""The chain of custody of a case: entries that are added and never changed, each signed over the one before.

    dockseal incident entry v1
    incident: inc-20261102-8a41f3
    number: 2
    at: 2026-11-02T09:10:00+00:00
    kind: note
    by: person:terminal-casey
    before: 3f0c…

    what was written

Each is a signed note (C2SP) of the installation's signing key. Its digest stands in the audit trail as well,
so that an entry which is taken away is missed, also the last one.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from types import MappingProxyType

from dockseal.domain.access import Actor
from dockseal.domain.clock import Clock
from dockseal.domain.incident import Entry, EntryKind, Incident
from dockseal.errors import SignatureRefused
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.pii_security.notes import VerifierKey, verified
from dockseal.pii_security.signing import Signing
from dockseal.storage.store import Storage

START = "0" * 64
"""What the first entry follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """Writes chains of custody, and verifies them."""

    storage: Storage
    trail: Trail
    clock: Clock
    signing: Signing

    def add(self, incident: Incident, kind: EntryKind, text: str, by: Actor, **told: str) -> Entry:
        """Adds an entry, with its audit row. Call it inside `Storage.transaction`.

        The chain of a case that a canary opened begins with its first entry by a person: that entry is
        preceded by one that tells how it was opened.

        Args:
            incident: Which case.
            kind: What it tells.
            text: What is to be told, on one line, checked before: see `wording`.
            by: Who tells it.
            **told: Further fields of its audit row: which measure it is about, and whom that was done to.

        Raises:
            MoveRefused: somebody else added one at the same moment; add it again.
            SealBroken: the signing key was altered.
        """
        chain = self.storage.incidents.entries(incident.id)
        if not chain and kind is not EntryKind.OPENED:
            chain = [self._append(incident, EntryKind.OPENED, _opening(incident), by, before=[])]
        return self._append(incident, kind, text, by, before=chain, told=told)

    def verify(self, incident: Incident) -> list[Entry]:
        """Returns a chain that is whole and as it was signed.

        Raises:
            SignatureRefused: it is not; names the first entry that is wrong.
        """
        chain, keys = self.storage.incidents.entries(incident.id), self.signing.public_keys()
        before = START
        for number, entry in enumerate(chain, start=1):
            _check(entry, number, before, keys)
            before = entry.digest
        told = self.storage.audit.since(0, [Tag.INCIDENT_CASE_NOTED], incident=incident.id)
        noted = [dict(row.fields)["digest"] for row in told]
        if noted != [entry.digest for entry in chain]:
            raise SignatureRefused(
                f"the audit trail tells of {len(noted)} entries of incident {incident.id}, and not of these "
                f"{len(chain)}: some were taken away, added or put in another's place"
            )
        return chain

    def _append(
        self,
        incident: Incident,
        kind: EntryKind,
        text: str,
        by: Actor,
        *,
        before: list[Entry],
        told: Mapping[str, str] = MappingProxyType({}),
    ) -> Entry:
        entry = Entry(
            incident=incident.id,
            number=len(before) + 1,
            at=self.clock.now(),
            kind=kind,
            by=str(by),
            text=text,
            note="",
            digest="",
        )
        note = self.signing.sign(_signed_text(entry, before[-1].digest if before else START), by)
        kept = self.storage.incidents.append(_with_note(entry, note))
        self.trail.record(
            Tag.INCIDENT_CASE_NOTED,
            actor=by,
            order=None,
            incident=incident.id,
            entry=kept.number,
            kind=kind.name.lower(),
            digest=kept.digest,
            **told,
        )
        return kept


def digest_of(note: str) -> str:
    """Returns SHA-256 (hex) of a note."""
    return hashlib.sha256(note.encode()).hexdigest()


def _with_note(entry: Entry, note: str) -> Entry:
    return Entry(
        incident=entry.incident,
        number=entry.number,
        at=entry.at,
        kind=entry.kind,
        by=entry.by,
        text=entry.text,
        note=note,
        digest=digest_of(note),
    )


def _signed_text(entry: Entry, before: str) -> str:
    return (
        "dockseal incident entry v1\n"
        f"incident: {entry.incident}\n"
        f"number: {entry.number}\n"
        f"at: {entry.at.astimezone(UTC).isoformat()}\n"
        f"kind: {entry.kind}\n"
        f"by: {entry.by}\n"
        f"before: {before}\n"
        f"\n{entry.text}\n"
    )


def _check(entry: Entry, number: int, before: str, keys: list[VerifierKey]) -> None:
    try:
        text, _ = verified(entry.note, keys)
    except SignatureRefused as fault:
        raise SignatureRefused(f"entry {number} of incident {entry.incident}: {fault}") from None
    if entry.number != number or text != _signed_text(entry, before) or digest_of(entry.note) != entry.digest:
        raise SignatureRefused(
            f"entry {number} of incident {entry.incident} is not what was signed, or does not follow the one "
            "before: it was altered, moved, or one is missing"
        )


def _opening(incident: Incident) -> str:
    about = f" It is about {incident.actor}." if incident.actor else ""
    return (
        f"{incident.what}{about} First alarm: {incident.detected_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC; "
        f"case opened by {incident.opened_by} after audit row {incident.seq}."
    )
