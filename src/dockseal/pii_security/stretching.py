"""Makes a key of a passphrase with scrypt (RFC 7914); the numbers it was made with are kept beside it."""

from collections.abc import Mapping

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from dockseal.domain.secret import Secret
from dockseal.errors import SettingsFault
from dockseal.pii_security.envelope import KEY_BYTES

COST = 2**17
"""Scrypt's N, with r = 8 and p = 1: 128 MiB and about a third of a second (OWASP, Password Storage)."""
LEAST_COST, MOST_COST = 2**14, 2**20
SHORTEST_PASSPHRASE = 16
SALT_BYTES = 16
_BLOCK, _PARALLEL = 8, 1


def stretching(cost: int) -> dict[str, object]:
    """Returns the numbers a new key is made with, as they are kept."""
    return {"kdf": "scrypt", "n": cost, "r": _BLOCK, "p": _PARALLEL}


def check_stretching(facts: Mapping[str, object]) -> None:
    """Refuses numbers that could not be ours, before memory is spent on them.

    Raises:
        ValueError: they could not.
    """
    if len(bytes.fromhex(str(facts["salt"]))) != SALT_BYTES:
        raise ValueError("salt")
    n = facts["n"]
    if not isinstance(n, int) or not LEAST_COST <= n <= MOST_COST or n & (n - 1):
        raise ValueError("n")
    if (facts["kdf"], facts["r"], facts["p"]) != ("scrypt", _BLOCK, _PARALLEL):
        raise ValueError("kdf")


def stretched(passphrase: Secret, facts: Mapping[str, object]) -> bytes:
    """Returns the key that a passphrase, a salt (hex) and these numbers make: 32 bytes."""
    n, r, p = (int(str(facts[name])) for name in ("n", "r", "p"))
    salt = bytes.fromhex(str(facts["salt"]))
    return Scrypt(salt=salt, length=KEY_BYTES, n=n, r=r, p=p).derive(passphrase.reveal().encode())


def refuse_if_short(passphrase: Secret) -> None:
    """Refuses a passphrase that is guessed too soon.

    Raises:
        SettingsFault: it is shorter than 16 characters.
    """
    if len(passphrase.reveal()) < SHORTEST_PASSPHRASE:
        raise SettingsFault(
            (f"the passphrase is too short: choose {SHORTEST_PASSPHRASE} characters or more",)
        )
