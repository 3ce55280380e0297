"""What sellers came back from Amazon with, in memory for five minutes, under a token of ours.

Our session cookie does not come along when Amazon sends a browser to us (SameSite=Strict), so the address is
taken in without a session, and finished from a page of ours by whoever is signed in. It also leaves the code
out of every address after the first.
"""

import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dockseal.domain.secret import Secret

LIVES = timedelta(minutes=5)
"""Amazon's code lives no longer."""
_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """What one address carried."""

    state: str = field(repr=False)
    selling_partner_id: str
    code: Secret
    declined: bool
    until: datetime


@dataclass(slots=True, kw_only=True)
class Returns:
    """The last hundred of them at most: anybody may call the address."""

    _kept: dict[str, Return] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, found: Return, now: datetime) -> str:
        """Keeps one, and returns the token it is found by."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            alive = [(name, each) for name, each in self._kept.items() if each.until > now]
            self._kept = dict([*alive, (token, found)][-_MOST:])
        return token

    def look(self, token: str, now: datetime) -> Return | None:
        """Returns one and keeps it; None when it is unknown, taken or too old."""
        with self._lock:
            found = self._kept.get(token)
        return found if found is not None and found.until > now else None

    def waiting(self, now: datetime) -> list[tuple[str, Return]]:
        """Returns all that wait to be finished, with their tokens."""
        with self._lock:
            return [(token, each) for token, each in self._kept.items() if each.until > now]

    def take(self, token: str, now: datetime) -> Return | None:
        """Returns one and forgets it; None when it is unknown, taken or too old."""
        with self._lock:
            found = self._kept.pop(token, None)
        return found if found is not None and found.until > now else None
