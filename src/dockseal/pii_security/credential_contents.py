"""What a sealed credential holds, and what it is bound to."""

from collections.abc import Mapping
from datetime import datetime

from dockseal.domain.clock import parse_instant
from dockseal.domain.sealed import SealedCredential
from dockseal.errors import SealBroken
from dockseal.pii_security.envelope import decrypt

FORMER, UNTIL = "secret_before", "before_until"
"""Where the former secret lies beside the newest, and until when it counts."""
_AGING = ("client_secret", "refresh_token", "secret", "seed", "key", "url", "password")
"""What the age of a credential is counted by: the first of these that it has."""


def bound_to(name: str, version: int) -> bytes:
    """Returns the additional authenticated data of one version."""
    return f"dockseal/credential/{name}/{version}".encode()


def decrypted(key: bytes, kept: SealedCredential) -> bytes:
    """Returns what a credential holds.

    Raises:
        SealBroken: it was altered or moved, or lies under another key.
    """
    bound = bound_to(kept.name, kept.version)
    return decrypt(key, kept.ciphertext, bound=bound, what=f"credential {kept.name}")


def opens(key: bytes, kept: SealedCredential) -> bool:
    """Tells whether a credential lies under this key."""
    try:
        decrypted(key, kept)
    except SealBroken:
        return False
    return True


def until_of(contents: Mapping[str, str]) -> datetime | None:
    """Returns until when the former secret counts, where that is said."""
    return parse_instant(contents[UNTIL]) if UNTIL in contents else None


def aging(contents: Mapping[str, str] | None) -> str | None:
    """Returns the secret whose age counts; None: it holds none."""
    return next((contents[name] for name in _AGING if name in contents), None) if contents else None
