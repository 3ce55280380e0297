"""Working hours as people write them."""

import contextlib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.working_hours import DAY_OFF, USUAL_WEEK, DayPlan, Span, WorkingHours, usual_hours
from dockseal.domain.working_hours_text import Wishes, changed, plan_text, told

BERLIN = usual_hours("Europe/Berlin")


def test_hours_are_read_as_people_write_them() -> None:
    hours = changed(
        None,
        Wishes(
            zone="Europe/Berlin",
            days=["mon-thu 08:00-12:00, 13:00-17:00", "Fri 8:00-14:00", "2026-12-19 09:00-12:00"],
            cut_offs=["mon-thu 15:00", "2026-12-19 11:00"],
            closed=["2026-12-24", "2026-12-31"],
            holidays="de-by",
        ),
    )
    long = DayPlan(spans=(Span(opens=480, closes=720), Span(opens=780, closes=1020)), cut_off=900)
    assert hours == WorkingHours(
        zone="Europe/Berlin",
        week=(*[long] * 4, DayPlan(spans=(Span(opens=480, closes=840),)), DAY_OFF, DAY_OFF),
        closed=frozenset({date(2026, 12, 24), date(2026, 12, 31)}),
        extra=((date(2026, 12, 19), DayPlan(spans=(Span(opens=540, closes=720),), cut_off=660)),),
        region="DE-BY",
    )
    assert dict(told(hours)) == {
        "zone": "Europe/Berlin",
        "mon-thu": "08:00-12:00,13:00-17:00, last parcel 15:00",
        "fri": "08:00-14:00, last parcel 14:00",
        "sat-sun": "off",
        "2026-12-19": "09:00-12:00, last parcel 11:00",
        "closed": "2026-12-24, 2026-12-31",
        "public holidays": "DE-BY",
    }


def test_what_nobody_wishes_stays_as_it_is() -> None:
    known = replace(BERLIN, closed=frozenset({date(2026, 12, 24)}), region="DE")
    assert changed(known, Wishes()) == known
    assert changed(known, Wishes(closed=[""])) == replace(known, closed=frozenset())
    assert changed(known, Wishes(holidays="none")) == replace(known, region="")
    assert changed(known, Wishes(zone="Asia/Tokyo")).week == known.week


def test_other_days_take_the_cut_offs_before_with_them() -> None:
    with_cut_off = changed(BERLIN, Wishes(cut_offs=["mon-fri 15:00"]))
    assert {plan.leaves for plan in with_cut_off.week[:5]} == {900}
    assert changed(with_cut_off, Wishes(days=["mon-fri 09:00-17:00"])) == BERLIN
    assert changed(with_cut_off, Wishes(cut_offs=["mon 16:00"])).week[1].leaves == 17 * 60


def test_days_go_over_the_end_of_the_week() -> None:
    week = changed(BERLIN, Wishes(days=["sat-tue 10:00-24:00"])).week
    assert [bool(plan.spans) for plan in week] == [True, True, False, False, False, True, True]
    assert plan_text(week[0]) == "10:00-24:00, last parcel 24:00"


@pytest.mark.parametrize(
    ("wishes", "says"),
    [
        (Wishes(zone="Berlin"), "'Berlin' is no time zone"),
        (Wishes(days=["mon-fri"]), "cannot be read"),
        (Wishes(days=["someday 08:00-12:00"]), "'someday' is no day"),
        (Wishes(days=["mon 08:00-12:00", "mon-fri 09:00-17:00"]), "mon is given twice"),
        (Wishes(days=["mon 8-17"]), "'8' is no time of day"),
        (Wishes(days=["mon 08:00-25:00"]), "'25:00' is no time of day"),
        (Wishes(days=["mon 17:00-08:00"]), "mon: working hours end later"),
        (Wishes(days=["mon 08:00-12:00,11:00-13:00"]), "mon: .* without overlap"),
        (Wishes(days=["mon off"]), "works on one weekday"),
        (Wishes(days=["2026-02-30 08:00-12:00"]), "'2026-02-30' is no day"),
        (Wishes(cut_offs=["sat 12:00"]), "sat: a day off has no cut-off"),
        (Wishes(cut_offs=["mon 09:00"]), "mon: a cut-off comes after work begins"),
        (Wishes(cut_offs=["2026-12-19 11:00"]), "2026-12-19 has no hours of its own"),
        (Wishes(closed=["Christmas"]), "'Christmas' is no day"),
    ],
)
def test_what_cannot_be_hours_is_refused_in_a_sentence(wishes: Wishes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        changed(BERLIN, wishes)


def test_the_first_hours_of_a_warehouse_need_its_zone() -> None:
    with pytest.raises(ValueError, match="--zone Europe/Berlin"):
        changed(None, Wishes(days=["mon-fri 08:00-17:00"]))
    assert changed(None, Wishes(zone="UTC")).week == USUAL_WEEK


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_does_anything_but_be_read_or_refused(day: str, cut_off: str) -> None:
    for wishes in (Wishes(zone=day), Wishes(days=[day]), Wishes(cut_offs=[cut_off]), Wishes(closed=[day])):
        with contextlib.suppress(ValueError):
            assert changed(BERLIN, wishes).zone


@given(st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True).map(sorted))
def test_told_hours_can_be_given_back(marks: list[int]) -> None:
    spans = tuple(Span(opens=a, closes=b) for a, b in zip(marks[::2], marks[1::2], strict=False))
    hours = WorkingHours(zone="UTC", week=(DayPlan(spans=spans),) * 7)
    words = dict(told(hours))["mon-sun"].partition(", last")[0]
    assert changed(BERLIN, Wishes(days=[f"mon-sun {words}"])).week == hours.week
