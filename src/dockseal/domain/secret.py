"""Secrets that cannot be shown by accident, and the credentials made of them."""

import hmac
from dataclasses import dataclass
from typing import NoReturn

from dockseal.errors import PlaintextRefused


class Secret:
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
class LwaCredentials:
    """What Login with Amazon asks of us for one seller (OAuth client and refresh token)."""

    client_id: str
    client_secret: Secret
    refresh_token: Secret
