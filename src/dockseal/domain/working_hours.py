"""A warehouse's calendar: when people work there, and when the last parcel of a day leaves. Pure.

The warehouse is at work while its own clock shows a time within one of the day's spans: an hour that comes
twice in a night counts twice, one that is skipped counts for nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

WHOLE_DAY = 24 * 60
"""Minutes after midnight at which a day ends."""
FURTHEST = 400
"""Days that are looked at, forward or back: no warehouse rests longer."""
_MARGIN = timedelta(hours=15)
"""No zone is further from UTC."""
_SECOND = timedelta(seconds=1)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of a working day, in minutes after midnight of the warehouse's own clock."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        """Refuses what is no stretch of one day.

        Raises:
            ValueError: it ends before it begins, or lies outside of the day.
        """
        if not 0 <= self.opens < self.closes <= WHOLE_DAY:
            raise ValueError("working hours end later on a day than they begin, at 24:00 at the latest")


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlan:
    """One working day; without spans it is a day off."""

    spans: tuple[Span, ...] = ()
    cut_off: int | None = None
    """The last minute after midnight at which a parcel still leaves that day; None: when work ends."""

    def __post_init__(self) -> None:
        """Refuses what nobody can work by.

        Raises:
            ValueError: spans overlap or are out of order, or the cut-off lies on a day off or before work.
        """
        ends = [span.closes for span in self.spans]
        if any(span.opens < end for span, end in zip(self.spans[1:], ends, strict=False)):
            raise ValueError("working hours of one day follow each other without overlap")
        if self.cut_off is None:
            return
        if not self.spans:
            raise ValueError("a day off has no cut-off")
        if not self.spans[0].opens < self.cut_off <= WHOLE_DAY:
            raise ValueError("a cut-off comes after work begins, at 24:00 at the latest")

    @property
    def leaves(self) -> int | None:
        """The minute after midnight at which the last parcel leaves; None on a day off."""
        if not self.spans:
            return None
        return self.spans[-1].closes if self.cut_off is None else self.cut_off


DAY_OFF = DayPlan()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours:
    """What a warehouse told of its hours."""

    zone: str
    """IANA name of its time zone."""
    week: tuple[DayPlan, ...]
    """Monday first, seven of them."""
    closed: frozenset[date] = frozenset()
    """Its own days off."""
    extra: tuple[tuple[date, DayPlan], ...] = ()
    """Days with hours of their own, sorted; they come before everything else."""
    region: str = ""
    """Whose public holidays it keeps, such as `DE-BY` or `US`; empty for none."""

    def __post_init__(self) -> None:
        """Refuses a calendar on which nobody ever works.

        Raises:
            ValueError: it has not seven weekdays, or all of them are days off.
        """
        if len(self.week) != 7:
            raise ValueError("a week has seven days")
        if not any(plan.spans for plan in self.week):
            raise ValueError("a warehouse works on one weekday at least")


USUAL_WEEK = (*[DayPlan(spans=(Span(opens=9 * 60, closes=17 * 60),))] * 5, DAY_OFF, DAY_OFF)
"""What is assumed of a warehouse that told nothing: Monday to Friday, 9 to 17, the last parcel at 17."""


def usual_hours(zone: str) -> WorkingHours:
    """Returns what is assumed of a warehouse that told nothing of its hours."""
    return WorkingHours(zone=zone, week=USUAL_WEEK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Hours, and the public holidays of the years they are asked for."""

    hours: WorkingHours
    holidays: frozenset[date] = frozenset()
    _extra: dict[date, DayPlan] = field(init=False, compare=False, repr=False)
    _zone: tzinfo = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Looks the zone up once; UTC on a machine that does not know it."""
        object.__setattr__(self, "_extra", dict(self.hours.extra))
        object.__setattr__(self, "_zone", zone_of(self.hours.zone) or UTC)

    @property
    def zone(self) -> tzinfo:
        """The warehouse's time zone."""
        return self._zone

    def plan(self, day: date) -> DayPlan:
        """Returns the hours of a day: its own, a day off, a holiday, or those of its weekday."""
        if own := self._extra.get(day):
            return own
        if day in self.hours.closed or day in self.holidays:
            return DAY_OFF
        return self.hours.week[day.weekday()]


def zone_of(name: str) -> ZoneInfo | None:
    """Returns a time zone by its IANA name; None where it is not known."""
    try:
        return ZoneInfo(name)
    except (OSError, LookupError, ValueError):
        return None


def next_working_moment(calendar: Calendar, instant: datetime) -> datetime | None:
    """Returns the instant itself while people work, or when they begin again; None if they never do."""
    for day in _days(calendar, instant, step=1):
        for begins, ends in _worked(calendar, day):
            if ends > instant:
                return max(begins, instant)
    return None


def last_departure(calendar: Calendar, by: datetime) -> datetime | None:
    """Returns the last cut-off that is not later than `by`; None if no parcel left in `FURTHEST` days."""
    for day in _days(calendar, by, step=-1):
        leaves = calendar.plan(day).leaves
        if leaves is not None and (instant := _shown(calendar.zone, day, leaves)) <= by:
            return instant
    return None


def departures(calendar: Calendar, after: datetime) -> Iterator[datetime]:
    """Yields the cut-offs later than an instant, of `FURTHEST` days."""
    for day in _days(calendar, after, step=1):
        leaves = calendar.plan(day).leaves
        if leaves is not None and (instant := _shown(calendar.zone, day, leaves)) > after:
            yield instant


def working_time(calendar: Calendar, since: datetime, until: datetime) -> timedelta:
    """Returns how long people work between two instants; nothing where the second is not the later one."""
    total = timedelta()
    if until <= since:
        return total
    last = until.astimezone(calendar.zone).date() + _ONE_DAY
    for day in _days(calendar, since, step=1):
        if day > last:
            break
        for begins, ends in _worked(calendar, day):
            total += max(timedelta(), min(ends, until) - max(begins, since))
    return total


def latest_start(calendar: Calendar, work: timedelta, until: datetime) -> datetime | None:
    """Returns the latest instant that leaves so much working time until another one; None if none does."""
    left = work
    for day in _days(calendar, until, step=-1):
        for begins, ends in reversed(_worked(calendar, day)):
            here = min(ends, until) - begins
            if here <= timedelta():
                continue
            if here >= left:
                return min(ends, until) - left
            left -= here
    return None


def _days(calendar: Calendar, instant: datetime, *, step: int) -> Iterator[date]:
    """Yields local days, from the one beside an instant's on: a cut-off may lie past its day's midnight."""
    first = instant.astimezone(calendar.zone).date() - timedelta(days=step)
    for n in range(FURTHEST):
        yield first + timedelta(days=step * n)


def _worked(calendar: Calendar, day: date) -> list[tuple[datetime, datetime]]:
    """Returns when people work on a local day, in order, as instants in UTC."""
    spans = calendar.plan(day).spans
    if not spans:
        return []
    midnight = datetime.combine(day, time(), UTC)
    found = []
    for since, until, offset in _offsets(calendar.zone, midnight):
        for span in spans:
            begins = max(since, midnight + timedelta(minutes=span.opens) - offset)
            ends = min(until, midnight + timedelta(minutes=span.closes) - offset)
            if begins < ends:
                found.append((begins, ends))
    return found


def _shown(zone: tzinfo, day: date, minute: int) -> datetime:
    """Returns when a clock first shows a minute of a local day, or jumps past it, in UTC."""
    midnight = datetime.combine(day, time(), UTC)
    shown = midnight + timedelta(minutes=minute)
    for since, until, offset in _offsets(zone, midnight):
        if shown - offset < until:
            return max(since, shown - offset)
    raise AssertionError("the offsets of a day reach past its end")


def _offsets(zone: tzinfo, midnight: datetime) -> list[tuple[datetime, datetime, timedelta]]:
    """Returns how far a zone is from UTC around a day, piece by piece: two where clocks are set in it."""
    since, until = midnight - _MARGIN, midnight + _ONE_DAY + _MARGIN
    before, after = _offset(zone, since), _offset(zone, until)
    if before == after:
        return [(since, until, before)]
    early, late = since, until
    while late - early > _SECOND:
        middle = early + (late - early) // 2
        early, late = (middle, late) if _offset(zone, middle) == before else (early, middle)
    change = late.replace(microsecond=0)
    return [(since, change, before), (change, until, after)]


def _offset(zone: tzinfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()
