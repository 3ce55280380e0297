"""Deterministic values: the same seed and the same calls give the same ids, tokens and choices."""

import base64
import hashlib
import random
from collections import Counter


class Seeded:
    """A source of repeatable values; one counter per kind, so kinds do not disturb each other."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._count: Counter[str] = Counter()

    def digest(self, kind: str) -> bytes:
        """Return the next 32 bytes of a kind."""
        self._count[kind] += 1
        return hashlib.sha256(f"{self._seed}|{kind}|{self._count[kind]}".encode()).digest()

    def hex(self, kind: str, length: int = 32) -> str:
        """Return up to 64 hexadecimal digits."""
        return self.digest(kind).hex()[:length]

    def digits(self, kind: str, length: int) -> str:
        """Return decimal digits; the first may be 0."""
        return str(int.from_bytes(self.digest(kind)[:16]) % 10**length).zfill(length)

    def uuid(self, kind: str) -> str:
        """Return text in the shape of a UUID."""
        text = self.hex(kind)
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def letters(self, kind: str, length: int) -> str:
        """Return capital letters and digits."""
        return base64.b32encode(self.digest(kind)).decode()[:length]

    def secret(self, kind: str) -> str:
        """Return URL-safe text long enough for a token."""
        return base64.urlsafe_b64encode(self.digest(kind) + self.digest(kind)).decode().rstrip("=")

    def page_token(self) -> str:
        """Return a page token in plain base64, so that it needs URL encoding exactly once."""
        return base64.b64encode(b"\xfb\xff" + self.digest("page")).decode()

    def chooser(self, kind: str) -> random.Random:
        """Return a generator of choices for one purpose."""
        return random.Random(f"{self._seed}|{kind}")  # noqa: S311  repeatable choices, not secrets
