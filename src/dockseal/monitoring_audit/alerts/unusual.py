"""Tells an hour in which an actor opens more personal data than it ever does: against its own past alone.

An intruder who stays below every fixed limit still opens more than the person whose name they use. So each
actor is measured by its own hours of the last four weeks, in a way that some hours of theft among them cannot
shift; who has no past yet has a stricter, fixed bound.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from types import MappingProxyType

from dockseal.domain.access import ActorKind

PAST = timedelta(days=28)
"""So far back an actor's hours count."""
HOUR = timedelta(hours=1)
KNOWN_HOURS = 10
"""With fewer hours in which it opened anything, an actor has no habit yet."""
_FORGIVEN = 20
"""One hour in so many, and at least one, may be out of all measure and still set no habit."""
_ABOVE_HABIT = 1.5
_SPREADS = 6.0
_NORMAL = 1.4826
"""Makes a median absolute deviation comparable to a standard deviation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is never unusual for one kind of actor, in opens an hour."""

    floor: int
    """With a habit; however small that is."""
    new: int
    """Without one."""


TERMS: Mapping[str, Terms] = MappingProxyType(
    {
        ActorKind.PERSON.value: Terms(floor=10, new=5),
        ActorKind.WAREHOUSE.value: Terms(floor=500, new=200),
        ActorKind.SERVICE.value: Terms(floor=5000, new=2000),
    }
)
"""A person opens one order at a time; a service and a warehouse open a peak of them."""
_STRICTEST = TERMS[ActorKind.PERSON.value]


def usual(actor: str, past: Sequence[int]) -> int:
    """Returns how often an actor may open personal data within an hour before somebody is told.

    Args:
        actor: As the audit trail names it, such as `person:console`.
        past: Its opens in each hour of `PAST` in which it opened anything, in any order.
    """
    terms = TERMS.get(actor.partition(":")[0], _STRICTEST)
    if len(past) < KNOWN_HOURS:
        return terms.new
    middle = median(past)
    spread = _NORMAL * median([abs(each - middle) for each in past])
    habit = sorted(past)[-1 - max(1, len(past) // _FORGIVEN)]
    return max(terms.floor, math.ceil(_ABOVE_HABIT * habit), math.ceil(middle + _SPREADS * spread))
