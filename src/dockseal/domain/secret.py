"""Secrets that cannot be shown by accident, and the credentials made of them."""

import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn

from dockseal.domain.withheld import Withheld
from dockseal.errors import PlaintextRefused


class Secret(Withheld):
    """A secret text. `reveal` is the one way to its contents; everything else refuses."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Returns the secret in clear: only to sign, to log in with, or to seal."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(****)"

    def __str__(self) -> str:
        raise PlaintextRefused

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        raise PlaintextRefused

    def __format__(self, spec: str) -> str:
        raise PlaintextRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSecrets:
    """The secrets that something is signed with: two while the far side changes over."""

    newest: Secret
    before: Secret | None = None
    """The one that `newest` took the place of, until its time is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCredentials:
    """What an application proves itself with at Login with Amazon; two secrets live during a rotation."""

    client_id: str
    client_secret: Secret
    secret_before: Secret | None = None
    """The secret that `client_secret` took the place of; Amazon takes it for some days more."""
    before_until: datetime | None = None
    """Until when Amazon takes it; None: as long as it usually does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LwaCredentials:
    """What Login with Amazon asks of us for one seller (OAuth client and refresh token)."""

    client_id: str
    client_secret: Secret
    refresh_token: Secret
    secret_before: Secret | None = field(default=None, repr=False)
    application: str = field(default="", repr=False)
    """Whose client it is; empty: the seller brought a client of its own."""

    @property
    def client(self) -> ClientCredentials:
        """The application's part of it."""
        return ClientCredentials(
            client_id=self.client_id, client_secret=self.client_secret, secret_before=self.secret_before
        )
