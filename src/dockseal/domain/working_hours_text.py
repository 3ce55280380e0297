"""Working hours as people write them: `mon-fri 08:00-17:00`, `sat 09:00-12:00,13:00-15:00`. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from dockseal.domain.working_hours import WHOLE_DAY, DayPlan, Span, WorkingHours, usual_hours, zone_of

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFF = "off"
NO_HOLIDAYS = "none"
_TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
_ON_A_DAY = "write a day such as mon-fri, sat or 2026-12-19, and then its hours, such as 08:00-17:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What somebody wants a warehouse's hours to be; None: as they are."""

    zone: str | None = None
    days: Sequence[str] | None = None
    """In place of the whole week, its cut-offs and all extra days."""
    cut_offs: Sequence[str] | None = None
    """In place of all cut-offs."""
    closed: Sequence[str] | None = None
    """In place of all own days off; an empty text alone: none."""
    holidays: str | None = None
    """A country, or a country and its subdivision, by ISO 3166; `none` for none."""


def changed(known: WorkingHours | None, wishes: Wishes) -> WorkingHours:
    """Returns hours with what somebody wants of them.

    Raises:
        ValueError: a wish cannot be read, or nobody could work by it; the sentence says which.
    """
    hours = known or usual_hours(_first_zone(wishes))
    if wishes.zone is not None:
        hours = replace(hours, zone=_zone(wishes.zone))
    if wishes.days is not None:
        hours = _with_days(hours, wishes.days)
    if wishes.cut_offs is not None:
        hours = _with_cut_offs(hours, wishes.cut_offs)
    if wishes.closed is not None:
        hours = replace(hours, closed=frozenset(_date(text) for text in wishes.closed if text))
    if wishes.holidays is not None:
        region = wishes.holidays.strip()
        hours = replace(hours, region="" if region.lower() == NO_HOLIDAYS else region.upper())
    return hours


def told(hours: WorkingHours) -> Iterator[tuple[str, str]]:
    """Yields what hours say, as pairs of a name and words that can be given back."""
    yield "zone", hours.zone
    for first, last, plan in _runs(hours.week):
        yield _days_text(first, last), plan_text(plan)
    for day, plan in hours.extra:
        yield f"{day}", plan_text(plan)
    if hours.closed:
        yield "closed", ", ".join(f"{day}" for day in sorted(hours.closed))
    yield "public holidays", hours.region or NO_HOLIDAYS


def plan_text(plan: DayPlan) -> str:
    """Returns one day's hours in words, such as `08:00-17:00, last parcel 15:00`."""
    if plan.leaves is None:
        return OFF
    spans = ",".join(f"{_clock(span.opens)}-{_clock(span.closes)}" for span in plan.spans)
    return f"{spans}, last parcel {_clock(plan.leaves)}"


def _first_zone(wishes: Wishes) -> str:
    if wishes.zone is None:
        raise ValueError("say the warehouse's time zone first, such as --zone Europe/Berlin")
    return _zone(wishes.zone)


def _zone(name: str) -> str:
    if zone_of(name) is None:
        raise ValueError(
            f"{name!r} is no time zone: write its IANA name, such as Europe/Berlin or America/New_York"
        )
    return name


def _with_days(hours: WorkingHours, texts: Sequence[str]) -> WorkingHours:
    plans: dict[int | date, DayPlan] = {}
    for day, words in _each(texts):
        if day in plans:
            raise ValueError(f"{_name(day)} is given twice: write its hours once, joined by commas")
        plans[day] = _on(day, words)
    week = tuple(plans.get(day, DayPlan()) for day in range(len(DAYS)))
    extra = sorted((day, plan) for day, plan in plans.items() if isinstance(day, date))
    return replace(hours, week=week, extra=tuple(extra))


def _on(day: int | date, words: str) -> DayPlan:
    if words.lower() == OFF:
        return DayPlan()
    try:
        return DayPlan(spans=tuple(_span(text) for text in words.split(",")))
    except ValueError as fault:
        raise ValueError(f"{_name(day)}: {fault}") from None


def _with_cut_offs(hours: WorkingHours, texts: Sequence[str]) -> WorkingHours:
    given: Mapping[int | date, int] = {day: _minute(words) for day, words in _each(texts)}
    plans: dict[int | date, DayPlan] = {**dict(enumerate(hours.week)), **dict(hours.extra)}
    for day in given:
        if day not in plans:
            raise ValueError(f"{day} has no hours of its own: give them too, such as '{day} 08:00-12:00'")
    new = {day: _cut(day, plan, given.get(day)) for day, plan in plans.items()}
    extra = tuple((day, new[day]) for day, _ in hours.extra)
    return replace(hours, week=tuple(new[day] for day in range(len(DAYS))), extra=extra)


def _cut(day: int | date, plan: DayPlan, cut_off: int | None) -> DayPlan:
    try:
        return replace(plan, cut_off=cut_off)
    except ValueError as fault:
        raise ValueError(f"{_name(day)}: {fault}") from None


def _each(texts: Iterable[str]) -> Iterator[tuple[int | date, str]]:
    for text in texts:
        days, _, words = text.strip().partition(" ")
        if not words.strip():
            raise ValueError(f"{text!r} cannot be read: {_ON_A_DAY}")
        for day in _days(days):
            yield day, words.replace(" ", "")


def _days(text: str) -> list[int | date]:
    first, is_range, last = text.lower().partition("-")
    if first in DAYS and (not is_range or last in DAYS):
        since, until = DAYS.index(first), DAYS.index(last or first)
        if since <= until:
            return list(range(since, until + 1))
        return [*range(since, len(DAYS)), *range(until + 1)]
    return [_date(text)]


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is no day: {_ON_A_DAY}") from None


def _span(text: str) -> Span:
    opens, _, closes = text.partition("-")
    return Span(opens=_minute(opens), closes=_minute(closes))


def _minute(text: str) -> int:
    found = _TIME.fullmatch(text.strip())
    minute = int(found[1]) * 60 + int(found[2]) if found else WHOLE_DAY + 1
    if minute > WHOLE_DAY:
        raise ValueError(f"{text!r} is no time of day: write it with 24 hours, such as 08:00 or 24:00")
    return minute


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _name(day: int | date) -> str:
    return DAYS[day] if isinstance(day, int) else f"{day}"


def _runs(week: tuple[DayPlan, ...]) -> Iterator[tuple[int, int, DayPlan]]:
    for plan, days in groupby(range(len(week)), key=lambda day: week[day]):
        run = list(days)
        yield run[0], run[-1], plan


def _days_text(first: int, last: int) -> str:
    return DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last]}"
