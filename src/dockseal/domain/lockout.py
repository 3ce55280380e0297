"""One source of attempts that fail: a person, or an address that keys or sign-in links come from."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lockout:
    """How a source fares."""

    source: str
    """Such as `person:console`, `api/192.0.2.7` or `sign-in/192.0.2.7`."""
    failures: int
    """In a row, up to now."""
    last_at: datetime
    """When the last one was."""
    locked_until: datetime | None = None
    """It is refused until then; None: it never was locked."""

    def locked(self, now: datetime) -> bool:
        """Tells whether it is refused now."""
        return self.locked_until is not None and now < self.locked_until
