"""The only module that reads the time."""

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time, and waits in it."""

    def now(self) -> datetime:
        """Returns the present instant, aware, in UTC."""

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        """Waits until `stop` is set or `seconds` of this clock have passed; tells whether it was set."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Returns the present instant, aware, in UTC."""
        return datetime.now(UTC)

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        """Waits in real seconds."""
        return stop.wait(max(0.0, seconds))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaledClock:
    """Time that runs `speed` times as fast, from `start` at the real instant `anchor`.

    Several processes given the same three numbers agree on the time.

    Attributes:
        start: The instant this clock showed at `anchor`.
        speed: Seconds of this clock per real second.
        anchor: Unix time in seconds at which it showed `start`.
    """

    start: datetime
    speed: float
    anchor: float

    def now(self) -> datetime:
        """Returns this clock's present instant, aware, in UTC."""
        return self.start + timedelta(seconds=(time.time() - self.anchor) * self.speed)

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        """Waits `seconds` of this clock: fewer real ones when it runs fast."""
        return stop.wait(max(0.0, seconds) / self.speed)


def scaled_from_now(*, start: datetime, speed: float) -> ScaledClock:
    """Returns a clock that shows `start` now and runs `speed` times as fast as the machine's."""
    return ScaledClock(start=start, speed=speed, anchor=time.time())


@dataclass(slots=True, kw_only=True)
class ManualClock:
    """Time that moves only when told to: for deterministic runs."""

    start: datetime
    _passed: timedelta = field(default=timedelta(), init=False)

    def now(self) -> datetime:
        """Returns the instant last moved to."""
        return self.start + self._passed

    def advance(self, step: timedelta) -> None:
        """Moves on by `step`."""
        self._passed += step

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        """Moves on by `seconds` at once."""
        self.advance(timedelta(seconds=max(0.0, seconds)))
        return stop.is_set()


def parse_instant(text: str) -> datetime:
    """Reads an ISO 8601 instant with a zone and returns it in UTC.

    Raises:
        ValueError: the text is no instant, or names no zone.
    """
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError("an instant needs a zone, such as 2026-11-02T08:00:00Z")
    return _in_utc(value)


def parse_utc(text: str) -> datetime:
    """Reads an ISO 8601 instant, meant in UTC where it names no zone, and returns it in UTC.

    Raises:
        ValueError: the text is no instant.
    """
    value = datetime.fromisoformat(text)
    return _in_utc(value.replace(tzinfo=UTC) if value.tzinfo is None else value)


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:  # in the first or the last hours that can be written at all
        raise ValueError("there is no such instant in UTC") from None


def instant_text(value: datetime) -> str:
    """Writes an instant as Amazon takes it: UTC, milliseconds, `Z` (offsets are refused)."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
