"""Until when an order must leave, and when a person is warned: while people still work and can act. Pure.

Amazon's ship-by counts by the confirmation. Confirming before the parcel is handed over and scanned is judged
false shipping, so that the last cut-off before ship-by is the last moment, even where people still work after
it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dockseal.domain.marketplaces import local_text, local_time
from dockseal.domain.shipping import Situation
from dockseal.domain.working_hours import Calendar, departures, last_departure, latest_start

WORK = timedelta(hours=1)
"""Working time that an order needs from the shelf to the carrier; our own estimate."""
NOTICE = timedelta(hours=2)
"""Working time before the last cut-off from which an order is at risk and a person is told."""
TELLING = timedelta(hours=1)
"""Time before ship-by from which parcels that have left are at risk, because Amazon is not told of them."""
_WITHIN_A_WEEK = timedelta(days=6)
"""So far from now a weekday says which day it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """When an order must leave. All instants are aware; the marketplace's zone is for the words alone.

    Attributes:
        ship_by: Until when Amazon wants to be told of all packages.
        last_moment: The last cut-off until then; None where none comes before it, or all parcels have left.
        warn_at: From here on a person is told: `NOTICE` of working time is left.
        act_by: Who begins later needs luck: `WORK` of working time is left.
    """

    ship_by: datetime
    last_moment: datetime | None
    warn_at: datetime
    act_by: datetime


def deadline_of(situation: Situation, calendar: Calendar) -> Deadline | None:
    """Returns when orders of a situation must leave; None where Amazon names no ship-by."""
    if situation.ship_by is None:
        return None
    if situation.left:
        alone = situation.ship_by - TELLING
        return Deadline(ship_by=situation.ship_by, last_moment=None, warn_at=alone, act_by=alone)
    last = last_departure(calendar, situation.ship_by)
    until = last or situation.ship_by
    return Deadline(
        ship_by=situation.ship_by,
        last_moment=last,
        warn_at=latest_start(calendar, NOTICE, until) or until - NOTICE,
        act_by=latest_start(calendar, WORK, until) or until - WORK,
    )


def at_risk_until(calendar: Calendar, now: datetime) -> datetime | None:
    """Returns the first cut-off that parcels make without hurry: what is to ship before it is at risk now.

    None where no such cut-off comes.
    """
    for cut_off in departures(calendar, now):
        start = latest_start(calendar, NOTICE, cut_off)
        if start is not None and start > now:
            return cut_off
    return None


def act_by_text(deadline: Deadline, marketplace_id: str, now: datetime) -> str:
    """Says in a few words, in the marketplace's time, what can still be done: `act by Fri 14:00 CET`."""
    if now <= deadline.act_by:
        words, instant = "act by", deadline.act_by
    elif deadline.last_moment is not None and now <= deadline.last_moment:
        words, instant = "last parcel", deadline.last_moment
    else:
        words, instant = "ship-by", deadline.ship_by
    written = local_time if abs(instant - now) < _WITHIN_A_WEEK else local_text
    return f"{words} {written(instant, marketplace_id)}"
