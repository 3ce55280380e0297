"""The simulator's clocks: one moved by hand, one that runs faster than the wall."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol, runtime_checkable


class Clock(Protocol):
    """Anything that can say what time it is in the simulated world."""

    def now(self) -> datetime:
        """Return the simulated instant, aware and in UTC."""
        ...


@runtime_checkable
class MovableClock(Clock, Protocol):
    """A clock that can be moved from outside."""

    def advance(self, by: timedelta | None = None, *, seconds: float = 0) -> datetime:
        """Move by a timedelta, by seconds, or by both; return the new instant."""
        ...

    def set(self, to: datetime) -> None:
        """Move to an instant, which may lie in the past."""
        ...


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self._now = _utc(start)

    def now(self) -> datetime:
        """Return the instant the clock was last moved to."""
        return self._now

    def advance(self, by: timedelta | None = None, *, seconds: float = 0) -> datetime:
        """Move forward by a timedelta, by seconds, or by both; return the new instant."""
        self._now += (by or timedelta()) + timedelta(seconds=seconds)
        return self._now

    def set(self, to: datetime) -> None:
        """Move to an instant; it may lie in the past."""
        self._now = _utc(to)

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        """Move forward by `seconds` at once instead of waiting; tell whether `stop` is set."""
        self.advance(seconds=max(0.0, seconds))
        return stop.is_set()


class ScaledClock:
    """A clock that runs `speed` times as fast as the wall clock.

    now = start + (wall - anchor) * speed, with `anchor` in Unix seconds. Processes that share the three
    numbers agree on the time.
    """

    def __init__(
        self, start: datetime, speed: float, anchor: float, *, wall: Callable[[], float] = time.time
    ) -> None:
        self.start = _utc(start)
        self.speed = speed
        self.anchor = anchor
        self._wall = wall

    def now(self) -> datetime:
        """Return the scaled instant."""
        return self.start + timedelta(seconds=(self._wall() - self.anchor) * self.speed)

    def advance(self, by: timedelta | None = None, *, seconds: float = 0) -> datetime:
        """Jump by a timedelta, by seconds, or by both, and run on from there; return the new instant.

        `start` moves along, so processes that share the three numbers have to read them again.
        """
        self.start += (by or timedelta()) + timedelta(seconds=seconds)
        return self.now()

    def set(self, to: datetime) -> None:
        """Jump to an instant, which may lie in the past, and run on from there."""
        self.start += _utc(to) - self.now()


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("The simulator's clock needs an aware datetime; add tzinfo=UTC.")
    return instant.astimezone(UTC)
