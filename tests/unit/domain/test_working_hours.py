"""Working hours, against a walk over every minute, and around the nights in which clocks are set."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockseal.domain.working_hours import (
    DAY_OFF,
    USUAL_WEEK,
    WHOLE_DAY,
    Calendar,
    DayPlan,
    Span,
    WorkingHours,
    last_departure,
    latest_start,
    next_working_moment,
    usual_hours,
    working_time,
    zone_of,
)

MINUTE = timedelta(minutes=1)
ZONES = (
    "UTC",
    "America/Los_Angeles",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Australia/Lord_Howe",  # sets its clocks by half an hour
    "Africa/Cairo",  # sets them at midnight
    "America/Santiago",  # skips the first hour of a day
    "America/St_Johns",
    "Pacific/Apia",
    "Pacific/Kiritimati",
)
WALKED = timedelta(days=3)


@st.composite
def plans(draw: st.DrawFn) -> DayPlan:
    marks = sorted(draw(st.sets(st.integers(0, WHOLE_DAY), max_size=6)))
    spans = tuple(Span(opens=a, closes=b) for a, b in zip(marks[::2], marks[1::2], strict=False))
    if not spans:
        return DAY_OFF
    cut_off = draw(st.none() | st.integers(spans[0].opens + 1, WHOLE_DAY))
    return DayPlan(spans=spans, cut_off=cut_off)


NIGHTS = st.sampled_from(
    [
        datetime(2026, 3, 8, tzinfo=UTC),
        datetime(2026, 3, 29, tzinfo=UTC),
        datetime(2026, 4, 5, tzinfo=UTC),
        datetime(2026, 4, 24, tzinfo=UTC),
        datetime(2026, 9, 6, tzinfo=UTC),
        datetime(2026, 10, 4, tzinfo=UTC),
        datetime(2026, 10, 25, tzinfo=UTC),
        datetime(2026, 10, 30, tzinfo=UTC),
        datetime(2026, 11, 1, tzinfo=UTC),
        datetime(2026, 7, 1, tzinfo=UTC),
    ]
)
"""Around most of these some zone sets its clocks."""


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    week = tuple(draw(st.lists(plans(), min_size=7, max_size=7).filter(lambda w: any(d.spans for d in w))))
    near = st.dates(date(2026, 3, 1), date(2026, 11, 9))
    return Calendar(
        hours=WorkingHours(
            zone=draw(st.sampled_from(ZONES)),
            week=week,
            closed=draw(st.frozensets(near, max_size=4)),
            extra=tuple(sorted(draw(st.dictionaries(near, plans(), max_size=3)).items())),
        ),
        holidays=draw(st.frozensets(near, max_size=4)),
    )


INSTANTS = st.builds(lambda night, minutes: night + minutes * MINUTE, NIGHTS, st.integers(-2000, 2000))


def at_work(calendar: Calendar, instant: datetime) -> bool:
    """What the walk goes by: the warehouse's own clock, and the plan of the day it shows."""
    there = instant.astimezone(ZoneInfo(calendar.hours.zone))
    minute = there.hour * 60 + there.minute
    return any(span.opens <= minute < span.closes for span in calendar.plan(there.date()).spans)


def departures(calendar: Calendar, since: datetime, until: datetime) -> list[datetime]:
    """Every minute of the walk at which a clock first shows a cut-off, or jumps past it."""
    zone, found, passed = ZoneInfo(calendar.hours.zone), [], set()
    instant = since - timedelta(days=2)
    while instant <= until:
        there = instant.astimezone(zone)
        for day in (there.date() - timedelta(days=1), there.date()):
            leaves = calendar.plan(day).leaves
            if leaves is None or day in passed:
                continue
            minute = there.hour * 60 + there.minute + (there.date() - day).days * WHOLE_DAY
            if minute >= leaves:
                passed.add(day)
                if instant > since - timedelta(days=2):
                    found.append(instant)
        instant += MINUTE
    return [each for each in found if each >= since]


@given(calendars(), INSTANTS)
@settings(deadline=None)
def test_the_next_working_moment_is_the_first_minute_of_a_walk_at_which_people_work(
    calendar: Calendar, instant: datetime
) -> None:
    walked = (instant + n * MINUTE for n in range(int(WALKED / MINUTE)))
    first = next((each for each in walked if at_work(calendar, each)), None)
    found = next_working_moment(calendar, instant)
    if first is None:
        assert found is None or found >= instant + WALKED
    else:
        assert found == first


@given(calendars(), INSTANTS, st.integers(0, int(WALKED / MINUTE)))
@settings(deadline=None)
def test_working_time_is_the_number_of_minutes_of_a_walk(
    calendar: Calendar, since: datetime, minutes: int
) -> None:
    walked = sum(at_work(calendar, since + n * MINUTE) for n in range(minutes))
    assert working_time(calendar, since, since + minutes * MINUTE) == walked * MINUTE
    assert working_time(calendar, since + minutes * MINUTE, since) == timedelta()


@given(calendars(), INSTANTS)
@settings(deadline=None, max_examples=60)
def test_the_last_departure_is_the_last_cut_off_of_a_walk(calendar: Calendar, by: datetime) -> None:
    found = last_departure(calendar, by)
    walked = departures(calendar, by - WALKED, by)
    if walked:
        assert found == walked[-1]
    else:
        assert found is None or found < by - WALKED


@given(calendars(), INSTANTS, st.integers(1, 600))
@settings(deadline=None)
def test_the_latest_start_leaves_exactly_the_time_that_is_needed(
    calendar: Calendar, until: datetime, minutes: int
) -> None:
    start = latest_start(calendar, minutes * MINUTE, until)
    assert start is not None
    assert working_time(calendar, start, until) == minutes * MINUTE
    assert working_time(calendar, start + MINUTE, until) < minutes * MINUTE


def test_over_a_weekend_with_a_holiday_nothing_leaves_and_nobody_works() -> None:
    calendar = Calendar(hours=usual_hours("Europe/Berlin"), holidays=frozenset({date(2026, 4, 6)}))
    thursday = datetime(2026, 4, 2, 15, tzinfo=UTC)  # 17:00 in Berlin
    assert last_departure(calendar, datetime(2026, 4, 6, 22, tzinfo=UTC)) == datetime(
        2026, 4, 3, 15, tzinfo=UTC
    )
    friday_off = Calendar(hours=calendar.hours, holidays=frozenset({date(2026, 4, 3), date(2026, 4, 6)}))
    assert last_departure(friday_off, datetime(2026, 4, 6, 22, tzinfo=UTC)) == thursday
    assert next_working_moment(friday_off, thursday) == datetime(2026, 4, 7, 7, tzinfo=UTC)


def test_an_extra_day_comes_before_holidays_and_days_off() -> None:
    saturday, short = date(2026, 12, 19), DayPlan(spans=(Span(opens=480, closes=720),))
    hours = WorkingHours(
        zone="UTC", week=USUAL_WEEK, closed=frozenset({saturday}), extra=((saturday, short),)
    )
    calendar = Calendar(hours=hours, holidays=frozenset({saturday}))
    assert calendar.plan(saturday) == short
    assert last_departure(calendar, datetime(2026, 12, 20, tzinfo=UTC)) == datetime(
        2026, 12, 19, 12, tzinfo=UTC
    )


def test_the_night_without_the_hour_is_worked_an_hour_less() -> None:
    night = DayPlan(spans=(Span(opens=0, closes=360),))
    calendar = Calendar(hours=WorkingHours(zone="Europe/Berlin", week=(night,) * 7))
    spring, autumn = datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)
    day = timedelta(days=1)
    assert working_time(calendar, spring, spring + day) == timedelta(hours=5)
    assert working_time(calendar, autumn, autumn + day) == timedelta(hours=7)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Span(opens=600, closes=600), "end later"),
        (lambda: Span(opens=0, closes=WHOLE_DAY + 1), "24:00"),
        (lambda: DayPlan(spans=(Span(opens=60, closes=120), Span(opens=100, closes=200))), "overlap"),
        (lambda: DayPlan(cut_off=600), "day off"),
        (lambda: DayPlan(spans=(Span(opens=60, closes=120),), cut_off=60), "after work begins"),
        (lambda: WorkingHours(zone="UTC", week=(DAY_OFF,) * 7), "one weekday"),
        (lambda: WorkingHours(zone="UTC", week=USUAL_WEEK[:6]), "seven"),
    ],
)
def test_what_nobody_can_work_by_is_refused(make: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make()  # type: ignore[operator]  # one of the makers above


def test_a_zone_nobody_knows_is_none_and_a_calendar_falls_back_to_utc() -> None:
    assert [zone_of(name) for name in ("Mars/Olympus", "../etc/passwd", "")] == [None, None, None]
    assert Calendar(hours=usual_hours("Mars/Olympus")).zone is UTC
