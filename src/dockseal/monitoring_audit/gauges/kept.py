"""Counts that take long: over what only grows, such as the orders that are over."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

T = TypeVar("T")
MANY = 20_000
"""More than this take long enough to count that the count is kept."""
KEPT = timedelta(minutes=10)
"""So long it is kept."""


@dataclass(slots=True, kw_only=True)
class Kept(Generic[T]):
    """Keeps a count of many for `KEPT`; one of few is counted anew each time.

    Attributes:
        count: Counts now.
        size: Tells how many were counted.
    """

    count: Callable[[], T]
    size: Callable[[T], int]
    _kept: tuple[datetime, T] | None = field(default=None, init=False)

    def at(self, now: datetime) -> T:
        """Returns the count, at most `KEPT` old; never one of later, after the clock was set back."""
        kept = self._kept
        if kept is not None and timedelta() <= now - kept[0] < KEPT:
            return kept[1]
        found = self.count()
        self._kept = (now, found) if self.size(found) > MANY else None
        return found
