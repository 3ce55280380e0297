"""What one run of a lane tells the engine."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of one lane run."""

    done: int = 0
    """How many pieces of work changed something: wakes the steps after it."""
    more: bool = False
    """More work is due right now than this batch took."""
    again_at: datetime | None = None
    """Run again at this instant, sooner than the timer would; such as when a quota refills."""


NOTHING = Outcome()


def earliest(*instants: datetime | None) -> datetime | None:
    """Returns the earliest of the instants given, None if there is none."""
    known = [instant for instant in instants if instant is not None]
    return min(known) if known else None
