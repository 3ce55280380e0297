"""How old a credential may get, by its class: the one table of ages, each with where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from dockseal.domain.policy import CLIENT_SECRET_LIVES, CONSENT_LIVES, ROTATED_WITHIN


class CredentialClass(StrEnum):
    """What a credential is for."""

    CLIENT_SECRET = "client secret"  # noqa: S105 - names a class
    """What an application, or a seller's own client, logs in to Amazon with."""
    REFRESH_TOKEN = "refresh token"  # noqa: S105 - names a class
    """A seller's consent to an application."""
    WAREHOUSE_SECRET = "warehouse secret"  # noqa: S105 - names a class
    """What a warehouse knows us by."""
    API_KEY = "API key"
    """What we know a warehouse by; only a hash of it is kept."""
    SIGNING_KEY = "signing key"
    """What certificates are signed with."""
    MASTER_KEY = "master key"
    """What all else lies under, the keys of console and metrics among them."""
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """How old credentials of one class may get.

    Attributes:
        soon: From this age on somebody is told.
        urgent: From this age on it is told as urgent.
        limit: At this age it is overdue, or no longer works.
        source: Who says so.
    """

    soon: timedelta
    urgent: timedelta
    limit: timedelta
    source: str


def _term(soon: int, urgent: int, limit: timedelta, source: str) -> Term:
    return Term(soon=timedelta(days=soon), urgent=timedelta(days=urgent), limit=limit, source=source)


_DPP = "DPP 1.4.2: programmatic credentials are rotated at least every 12 months"
_ROTATION = "Amazon, Rotating your application's LWA credentials: calls fail after 180 days"
_CONSENT = "Amazon, Renew authorizations: a consent ends after 365 days"

TERMS: Mapping[CredentialClass, Term] = MappingProxyType(
    {
        CredentialClass.CLIENT_SECRET: _term(90, 150, CLIENT_SECRET_LIVES, _ROTATION),
        CredentialClass.REFRESH_TOKEN: _term(300, 335, CONSENT_LIVES, _CONSENT),
        CredentialClass.WAREHOUSE_SECRET: _term(300, 335, ROTATED_WITHIN, _DPP),
        CredentialClass.API_KEY: _term(300, 335, ROTATED_WITHIN, _DPP),
        CredentialClass.SIGNING_KEY: _term(300, 335, ROTATED_WITHIN, _DPP),
        CredentialClass.MASTER_KEY: _term(300, 335, ROTATED_WITHIN, _DPP + "; DPP 2.4: keys are rotated"),
        CredentialClass.OTHER: _term(300, 335, ROTATED_WITHIN, _DPP),
    }
)
"""In days: 90 and 180 are Amazon's own for client secrets, 300 leaves two months of the twelve."""


class Stage(StrEnum):
    """How pressing a rotation is."""

    FRESH = "fresh"
    SOON = "soon"
    URGENT = "urgent"
    OVERDUE = "overdue"
    UNKNOWN = "unknown"
    """Nobody wrote down how old it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What is known of a credential without opening it."""

    name: str
    """Such as `seller/acme-us/lwa`."""
    kind: CredentialClass
    owner: str
    """Whose it is, such as `seller acme-us`."""
    rotate: str
    """How it is rotated: a command, or what to do."""
    stored_at: datetime | None
    """When the first secret of this name was stored."""
    since: datetime | None
    """Since when the secret of now is in use; None: nobody wrote it down."""
    ends_at: datetime | None = None
    """When Amazon said that it ends; None: its age decides."""
    version: int = 0
    """Counts what was sealed under this name; 0: it is not in the credential vault."""
    by_itself: bool = False
    """Dockseal rotates it when it is time."""

    @property
    def rotated_at(self) -> datetime | None:
        """When it last took the place of another one."""
        return None if self.since == self.stored_at else self.since

    @property
    def due(self) -> datetime | None:
        """By when it is to be rotated."""
        if self.ends_at is not None or self.since is None:
            return self.ends_at
        return self.since + TERMS[self.kind].limit

    def stage(self, now: datetime) -> Stage:
        """Returns how pressing its rotation is."""
        due, term = self.due, TERMS[self.kind]
        if due is None:
            return Stage.UNKNOWN
        if now >= due:
            return Stage.OVERDUE
        if now >= due - (term.limit - term.urgent):
            return Stage.URGENT
        return Stage.SOON if now >= due - (term.limit - term.soon) else Stage.FRESH

    def alarm(self, now: datetime) -> str:
        """Returns what to do about its age, in a sentence without its end; empty when nothing."""
        stage, due = self.stage(now), self.due
        if stage is Stage.FRESH or (stage is Stage.SOON and self.by_itself):
            return ""
        what = f"The {self.kind} of {self.owner}"
        if due is None:
            return f"{what} is of an unknown age: {self.rotate}"
        if stage is Stage.OVERDUE:
            return f"{what} was to be rotated by {due:%Y-%m-%d}, {(now - due).days} days ago: {self.rotate}"
        now_or_soon = "is to be rotated now" if stage is Stage.URGENT else "is to be rotated soon"
        return f"{what} {now_or_soon}, by {due:%Y-%m-%d}, in {(due - now).days} days: {self.rotate}"
