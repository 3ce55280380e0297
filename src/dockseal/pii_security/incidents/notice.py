"""The notice to Amazon, filled in: without personal data, for a person to read and send (DPP 1.6.3)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from urllib.parse import quote

from dockseal.domain.incident import Entry, EntryKind, Incident, Source
from dockseal.pii_security.incidents.exposure import Exposure

AMAZON = "security@amazon.com"
_WHAT = {
    Source.CANARY: (
        "An order with an invented buyer, which no work needs, was opened or asked for. Whoever does so may "
        "have read personal data of real buyers without a reason."
    ),
    Source.PERSON: "A person suspects that Amazon information was read or copied without a reason.",
}

_KINDS = {
    "person": "an account of a person",
    "warehouse": "the access of a warehouse",
    "service": "a service",
}
_ACTORS = re.compile(rf"\b({'|'.join(_KINDS)}):[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
"""Actors in the sentences of measures: Amazon is told what each is, not what somebody here is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Who Amazon reaches about incidents (IMPOC, DPP 1.6.5)."""

    name: str
    mail: str

    @property
    def text(self) -> str:
        """Both, as they stand in the notice."""
        if not self.mail:
            return "(nobody is named: set DOCKSEAL_IMPOC_NAME and DOCKSEAL_IMPOC_MAIL)"
        return f"{self.name}, {self.mail}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One mail."""

    subject: str
    text: str

    @property
    def mailto(self) -> str:
        """A link that opens it in a mail program (RFC 6068)."""
        return f"mailto:{AMAZON}?subject={quote(self.subject)}&body={quote(self.text)}"


def notice_of(incident: Incident, exposed: Exposure, chain: Sequence[Entry], contact: Contact) -> Notice:
    """Returns the notice about a case as it stands now.

    Args:
        incident: The case.
        exposed: Whose orders its actor opened.
        chain: Its chain of custody: the measures in it are told.
        contact: Who Amazon reaches.
    """
    measures = [
        f"- {entry.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC: {_ACTORS.sub(_kind, entry.text)}"
        for entry in chain
        if entry.kind is EntryKind.MEASURE
    ]
    locked = ["- it was locked at once, in the moment of the alarm"] if _locked(incident) else []
    text = "\n".join(
        (
            "To Amazon Security,",
            "",
            "we report a security incident that may concern Amazon information. It is a suspicion until our",
            "investigation ends.",
            "",
            f"Case: {incident.id}",
            f"First alarm: {incident.detected_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
            f"What happened: {_WHAT[incident.source]}",
            f"Who: {_who(incident)}",
            "Scope:",
            *_scope(incident, exposed),
            "Measures so far:",
            *(locked + measures or ["- none yet"]),
            f"Contact (IMPOC): {contact.text}",
            "",
            "Evidence is frozen with its chain of custody and available on request. We speak to no",
            "authority and to no buyer in Amazon's name.",
            "",
        )
    )
    return Notice(subject=f"Security incident {incident.id}", text=text)


def _locked(incident: Incident) -> bool:
    return incident.source is Source.CANARY and bool(incident.actor)


def _who(incident: Incident) -> str:
    return _KINDS.get(incident.actor.partition(":")[0], "not known yet")


def _kind(found: re.Match[str]) -> str:
    return _KINDS[found[1]]


def _scope(incident: Incident, exposed: Exposure) -> list[str]:
    if not incident.actor:
        return ["- not known yet"]
    if not exposed.by_seller:
        return ["- no order of a real buyer was opened by it within 30 days before, by our audit trail"]
    return [
        f"- seller {seller}: {number} orders opened within 30 days before or since, by our audit trail"
        for seller, number in exposed.by_seller.items()
    ]
