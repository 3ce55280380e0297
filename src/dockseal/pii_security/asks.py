"""Asks: a short text that says what shall be done to what, which officers sign one after the other.

    dockseal ask v1
    installation: 5d0c…
    what: key:destroy
    subject: 20261103T000000Z
    asked at: 2026-11-02T08:30:00+00:00
    valid until: 2026-11-03T08:30:00+00:00
    id: 8a41…

    — casey 9QxD…
    — robin Zm3K…

Each signature is over the text above the empty line, byte by byte, so an ask can go by mail or on paper. The
lines of signatures have the form of C2SP signed notes.
"""

import base64
import binascii
import re
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Self

from dockseal.errors import BadInput

LONGEST = timedelta(hours=24)
"""An ask is good for a day at most."""
_SUBJECT = re.compile(r"[!-~]+(?: [!-~]+)*")
_LONGEST_SUBJECT = 8000
_HEX = "[0-9a-f]{32}"
_LAYOUT = re.compile(
    r"dockseal ask v1\n"
    rf"installation: (?P<installation>{_HEX})\n"
    r"what: (?P<what>[a-z:]+)\n"
    r"subject: (?P<subject>[ -~]+)\n"
    r"asked at: (?P<asked_at>\S+)\n"
    r"valid until: (?P<valid_until>\S+)\n"
    rf"id: (?P<id>{_HEX})\n"
    r"\n"
    r"(?P<signatures>(?:— [a-z0-9-]{1,40} [A-Za-z0-9+/=]+\n)*)"
)
_EDITED = "this is no ask of `dockseal approvals ask`, or a letter of it was changed: make it anew"


class Act(StrEnum):
    """What nobody does alone."""

    KEY_DESTROY = "key:destroy"
    """Destroy the key of an epoch before its end; the subject is the epoch."""
    OFFICER_ADD = "officer:add"
    """Make somebody an officer; the subject is name and fingerprint."""
    OFFICER_REMOVE = "officer:remove"
    """End that; the subject is the name."""
    ARCHIVE_MAKE = "archive:make"
    """Keep personal data longer because a law demands it; the subject is all of the archive's terms."""
    ARCHIVE_DELETE = "archive:delete"
    """Delete an archive before its end; the subject is its id."""
    OPENS_ALLOW = "opens:allow"
    """Let an actor open again that an incident locked; the subject is the actor, or everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What shall be done to what.

    Attributes:
        id: Random; an ask is used once.
        installation: The registry of officers it is meant for: no other one takes it.
        what: The act.
        subject: What it is done to, in printable ASCII on one line; the act's own words.
        asked_at: From when it is good.
        valid_until: Until when; a day after that at most.
    """

    id: str
    installation: str
    what: Act
    subject: str
    asked_at: datetime
    valid_until: datetime

    @classmethod
    def made(
        cls, what: Act, subject: str, *, installation: str, now: datetime, valid: timedelta = LONGEST
    ) -> Self:
        """Makes an ask.

        Args:
            what: The act.
            subject: What it is done to.
            installation: As `Officers.installation` gives it.
            now: The time; asks are told to the second.
            valid: For how long it is good.

        Raises:
            BadInput: the subject cannot be one, or it would be good for too long.
        """
        if not _SUBJECT.fullmatch(subject) or len(subject) > _LONGEST_SUBJECT:
            raise BadInput(
                "a subject is one line of printable ASCII, without spaces at its ends, of "
                f"{_LONGEST_SUBJECT} characters at most"
            )
        if not timedelta(seconds=1) <= valid <= LONGEST:
            raise BadInput("an ask is good for a day at most: ask again when it is needed")
        asked_at = now.astimezone(UTC).replace(microsecond=0)
        return cls(
            id=secrets.token_hex(16),
            installation=installation,
            what=what,
            subject=subject,
            asked_at=asked_at,
            valid_until=asked_at + timedelta(seconds=int(valid.total_seconds())),
        )

    @property
    def too_long(self) -> bool:
        """Whether it is good for longer than any ask may be."""
        return self.valid_until - self.asked_at > LONGEST

    def as_text(self) -> str:
        """Returns what the officers sign."""
        return (
            "dockseal ask v1\n"
            f"installation: {self.installation}\n"
            f"what: {self.what}\n"
            f"subject: {self.subject}\n"
            f"asked at: {self.asked_at.astimezone(UTC).isoformat()}\n"
            f"valid until: {self.valid_until.astimezone(UTC).isoformat()}\n"
            f"id: {self.id}\n"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What one officer added."""

    officer: str
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAsk:
    """An ask with the signatures that were added to it so far."""

    ask: Ask
    signatures: tuple[Signature, ...] = ()

    @classmethod
    def read(cls, text: str) -> Self:
        """Reads an ask; nothing of it is believed yet.

        Raises:
            BadInput: it is none, or was edited where no signature would show it.
        """
        found = _LAYOUT.fullmatch(text)
        try:
            signed = cls(ask=_ask(found), signatures=tuple(_signatures(found["signatures"])) if found else ())
        except (ValueError, TypeError, binascii.Error):
            raise BadInput(_EDITED) from None
        if signed.as_text() != text:
            raise BadInput(_EDITED)
        return signed

    def as_text(self) -> str:
        """Returns the ask as it is kept in a file."""
        lines = (
            f"— {each.officer} {base64.b64encode(each.signature).decode()}\n" for each in self.signatures
        )
        return f"{self.ask.as_text()}\n{''.join(lines)}"

    def with_signature(self, signature: Signature) -> Self:
        """Returns it with one more signature.

        Raises:
            BadInput: this officer signed it before.
        """
        if signature.officer in {each.officer for each in self.signatures}:
            raise BadInput(f"{signature.officer} has signed this: another officer must be the second one")
        return replace(self, signatures=(*self.signatures, signature))


def _ask(found: re.Match[str] | None) -> Ask:
    if found is None:
        raise ValueError("layout")
    asked_at, valid_until = (datetime.fromisoformat(found[name]) for name in ("asked_at", "valid_until"))
    if asked_at.tzinfo is None or valid_until.tzinfo is None:
        raise ValueError("zone")
    return Ask(
        id=found["id"],
        installation=found["installation"],
        what=Act(found["what"]),
        subject=found["subject"],
        asked_at=asked_at,
        valid_until=valid_until,
    )


def _signatures(lines: str) -> list[Signature]:
    parts = [line.split(" ") for line in lines.splitlines()]
    return [
        Signature(officer=name, signature=base64.b64decode(text, validate=True)) for _, name, text in parts
    ]
