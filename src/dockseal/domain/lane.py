"""What one run of a lane tells the engine, and how a lane works through a batch."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from dockseal.errors import AmazonThrottled, AmazonUnavailable, MoveRefused, OutcomeUnknown

_FAILURES_IN_A_ROW = 3
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of one lane run."""

    done: int = 0
    """How many pieces of work changed something: wakes the steps after it."""
    more: bool = False
    """More work is due right now than this batch took."""
    keys: tuple[str, ...] = ()
    """Whose next steps have work, where that is not the lane's own key."""
    again_at: datetime | None = None
    """Run again at this instant, sooner than the timer would; such as when a quota refills."""


NOTHING = Outcome()


def earliest(*instants: datetime | None) -> datetime | None:
    """Returns the earliest of the instants given, None if there is none."""
    known = [instant for instant in instants if instant is not None]
    return min(known) if known else None


def longer_wait(tries: int, *, first: timedelta, longest: timedelta) -> timedelta:
    """Returns how long to wait after `tries` failures: twice as long each time, up to `longest`."""
    doublings: int = 2 ** min(tries, 20)
    return min(first * doublings, longest)


def work_through(
    items: Iterable[Item], act: Callable[[Item], bool], *, postpone: Callable[[Item], None]
) -> Outcome:
    """Acts on each item; one item's failure does not stop the others.

    Args:
        items: In the order they are to be worked on.
        act: Does one; tells whether something changed.
        postpone: Puts off one item for which Amazon was unavailable or its answer lost.

    Returns:
        What was done. A spent quota ends the batch, and `again_at` says when it refills.

    Raises:
        AmazonUnavailable: for three items in a row: it is not the item, it is Amazon.
    """
    done = failures = 0
    for item in items:
        try:
            done += act(item)
            failures = 0
        except AmazonThrottled as throttled:
            return Outcome(done=done, again_at=throttled.until)
        except MoveRefused:  # somebody else moved it first: the tables say what is due now
            continue
        except (AmazonUnavailable, OutcomeUnknown):
            with suppress(MoveRefused):
                postpone(item)
            failures += 1
            if failures == _FAILURES_IN_A_ROW:
                raise
    return Outcome(done=done)
