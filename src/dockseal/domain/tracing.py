"""What a tracer is told: which lane ran, whom it called, and how that ended. No text, no id of an order."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Protocol


@dataclass(slots=True, kw_only=True)
class Work:
    """One run of a lane, as it goes on. What is set before its end is what is told of it."""

    trace_id: str = ""
    """Names the trace in the logs; empty where nobody traces."""
    result: str = ""
    count: int = 0
    """How many things it did."""
    error: BaseException | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of somebody else that is over."""

    to: str
    """`amazon` or `warehouse`."""
    about: Mapping[str, str | int] = field(default_factory=lambda: MappingProxyType({}))
    """What may be told of it, such as seller, operation and status."""
    at: datetime
    """When it was over."""
    seconds: float
    failed: bool = False
    error: BaseException | None = None


class Tracer(Protocol):
    """Is told of work and of calls. Calls made within a piece of work, in its thread, belong to it."""

    def working(self, lane: str, key: str) -> AbstractContextManager[Work]:
        """Surrounds one run of a lane for a key."""

    def called(self, call: Call) -> None:
        """Takes one call that is over."""

    def close(self) -> None:
        """Sends what is still to be sent, for a few seconds at most."""


class NoTracer:
    """Tells nobody."""

    @contextmanager
    def working(self, lane: str, key: str) -> Iterator[Work]:
        """Surrounds nothing."""
        del lane, key
        yield Work()

    def called(self, call: Call) -> None:
        """Takes nothing."""

    def close(self) -> None:
        """Has nothing to send."""
