"""Deadlines and risks: in a warehouse's working hours, and never better as time goes by."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId, WarehouseId
from dockseal.domain.order import OrderState
from dockseal.domain.shipping import Awaited, Risk, Situation
from dockseal.domain.working_hours import (
    USUAL_WEEK,
    Calendar,
    DayPlan,
    Span,
    WorkingHours,
    next_working_moment,
    working_time,
)
from dockseal.shipment_confirmation.deadlines import NOTICE, WORK, act_by_text, at_risk_until, deadline_of
from dockseal.shipment_confirmation.ship_risk import Verdict, risk_of, verdict

DE = "A1PA6795UKMFR9"
MINUTE = timedelta(minutes=1)
CUT = DayPlan(spans=(Span(opens=8 * 60, closes=17 * 60),), cut_off=15 * 60)
BERLIN = Calendar(hours=WorkingHours(zone="Europe/Berlin", week=(*[CUT] * 5, *USUAL_WEEK[5:])))
SUNDAY_NIGHT = datetime(2026, 11, 8, 22, 59, 59, tzinfo=UTC)
"""The end of Sunday 8 November in Germany."""


def friday(hour: int, minute: int = 0) -> datetime:
    """A time on Friday 6 November in Germany."""
    return datetime(2026, 11, 6, hour - 1, minute, tzinfo=UTC)


def waiting(*, ship_by: datetime | None = SUNDAY_NIGHT, why: str = "", left: bool = False) -> Awaited:
    return Awaited(
        ref=OrderRef("ref1"),
        id=AmazonOrderId("113-0000000-0000001"),
        state=OrderState.SHIPPED if left else OrderState.RELEASED,
        situation=Situation(
            seller=SellerId("acme-de"),
            warehouse=WarehouseId("berlin"),
            marketplace_id=DE,
            ship_by=ship_by,
            stopped=bool(why),
            left=left,
        ),
        why_stopped=why,
    )


def said(order: Awaited, now: datetime, calendar: Calendar = BERLIN) -> Verdict:
    return verdict(order, deadline_of(order.situation, calendar), calendar, now)


def test_an_order_due_on_sunday_must_leave_a_closed_warehouse_on_friday() -> None:
    deadline = deadline_of(waiting().situation, BERLIN)
    assert deadline is not None
    assert (deadline.last_moment, deadline.warn_at) == (friday(15), friday(13))
    assert act_by_text(deadline, DE, friday(9)) == "act by Fri 14:00 CET"
    assert act_by_text(deadline, DE, friday(9) - timedelta(days=7)) == "act by Fri 6 Nov 2026 14:00 CET"
    assert act_by_text(deadline, DE, friday(14, 30)) == "last parcel Fri 15:00 CET"
    assert act_by_text(deadline, DE, friday(16)) == "ship-by Sun 23:59 CET"


@pytest.mark.parametrize(
    ("now", "risk", "says"),
    [
        (friday(12, 59), Risk.ON_TRACK, ""),
        (friday(13), Risk.AT_RISK, "leaves at Fri 6 Nov 2026 15:00 CET: act by Fri 6 Nov 2026 14:00 CET"),
        (friday(14, 1), Risk.AT_RISK, "pack it first"),
        (friday(15, 1), Risk.AT_RISK, "left at Fri 6 Nov 2026 15:00 CET: have it collected"),
        (SUNDAY_NIGHT, Risk.AT_RISK, "Nobody works there until Mon 9 Nov 2026 08:00 CET."),
        (SUNDAY_NIGHT + MINUTE, Risk.OVERDUE, "Ship-by was Sun 8 Nov 2026 23:59 CET, and not all of it"),
    ],
)
def test_an_order_runs_from_on_track_to_overdue(now: datetime, risk: Risk, says: str) -> None:
    found = said(waiting(), now)
    assert found.risk is risk
    assert says in found.because
    assert bool(found.because) is (risk is not Risk.ON_TRACK)


def test_a_holiday_moves_the_last_moment_to_the_day_before() -> None:
    calendar = Calendar(hours=BERLIN.hours, holidays=frozenset({date(2026, 11, 6)}))
    found = said(waiting(), friday(9) - timedelta(days=1), calendar)
    assert found.deadline is not None
    assert found.deadline.last_moment == friday(15) - timedelta(days=1)
    assert said(waiting(), friday(13) - timedelta(days=1), calendar).risk is Risk.AT_RISK


def test_the_time_to_warn_reaches_back_over_a_night() -> None:
    early = DayPlan(spans=CUT.spans, cut_off=9 * 60)
    calendar = Calendar(hours=WorkingHours(zone="Europe/Berlin", week=(*[early] * 5, *USUAL_WEEK[5:])))
    deadline = deadline_of(waiting().situation, calendar)
    assert deadline is not None
    assert (deadline.last_moment, deadline.act_by) == (friday(9), friday(8))
    assert deadline.warn_at == friday(16) - timedelta(days=1)


@pytest.mark.parametrize(
    ("order", "now", "risk", "says"),
    [
        (waiting(why="Give it a SKU."), friday(9), Risk.BLOCKED, "Give it a SKU."),
        (waiting(why="Give it a SKU.", ship_by=None), friday(9), Risk.BLOCKED, "Give it a SKU."),
        (waiting(ship_by=None), friday(9), Risk.ON_TRACK, ""),
        (waiting(why="Give it a SKU."), SUNDAY_NIGHT + MINUTE, Risk.OVERDUE, "left. Give it a SKU."),
        (waiting(left=True), friday(16), Risk.ON_TRACK, ""),
        (waiting(left=True), SUNDAY_NIGHT - MINUTE, Risk.AT_RISK, "Amazon is to be told by"),
        (waiting(left=True), SUNDAY_NIGHT + MINUTE, Risk.OVERDUE, "Amazon is not told of its parcels"),
        (waiting(left=True, why="Amazon refused parcel 1."), friday(16), Risk.BLOCKED, "refused parcel 1"),
    ],
)
def test_what_stops_an_order_and_what_has_left_is_told_apart(
    order: Awaited, now: datetime, risk: Risk, says: str
) -> None:
    found = said(order, now)
    assert (found.risk, says in found.because) == (risk, True)


def test_a_warehouse_from_which_nothing_leaves_in_time_says_so() -> None:
    closed = frozenset(date(2025, 1, 1) + timedelta(days=n) for n in range(800))
    calendar = Calendar(hours=BERLIN.hours, holidays=closed)
    assert said(waiting(), friday(9), calendar).risk is Risk.ON_TRACK
    late = said(waiting(), SUNDAY_NIGHT - NOTICE, calendar)
    assert (late.risk, "No parcel leaves its warehouse" in late.because) == (Risk.AT_RISK, True)


@st.composite
def weeks(draw: st.DrawFn) -> Calendar:
    plans = []
    for _ in range(7):
        marks = sorted(draw(st.sets(st.integers(0, 1440), min_size=0, max_size=4)))
        spans = tuple(Span(opens=a, closes=b) for a, b in zip(marks[::2], marks[1::2], strict=False))
        plans.append(DayPlan(spans=spans))
    plans[0] = CUT
    zone = draw(st.sampled_from(["UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Tokyo"]))
    return Calendar(hours=WorkingHours(zone=zone, week=tuple(plans)))


SHIP_BYS = st.builds(lambda n: datetime(2026, 10, 20, tzinfo=UTC) + n * MINUTE, st.integers(0, 60 * 24 * 30))
_RANK = {Risk.ON_TRACK: 0, Risk.BLOCKED: 1, Risk.AT_RISK: 1, Risk.OVERDUE: 2}


@given(weeks(), SHIP_BYS, st.booleans(), st.booleans(), st.lists(st.integers(-9000, 9000), min_size=2))
def test_time_alone_never_makes_anything_better(
    calendar: Calendar, ship_by: datetime, stopped: bool, left: bool, minutes: list[int]
) -> None:
    order = waiting(ship_by=ship_by, why="It waits." if stopped else "", left=left)
    deadline = deadline_of(order.situation, calendar)
    risks = [risk_of(order.situation, deadline, ship_by + n * MINUTE) for n in sorted(minutes)]
    ranks = [_RANK[risk] for risk in risks]
    assert ranks == sorted(ranks)
    assert all((risk is Risk.OVERDUE) is (n > 0) for risk, n in zip(risks, sorted(minutes), strict=True))


@given(weeks(), SHIP_BYS)
def test_a_warning_comes_while_people_work_and_can_still_act(calendar: Calendar, ship_by: datetime) -> None:
    deadline = deadline_of(waiting(ship_by=ship_by).situation, calendar)
    assert deadline is not None
    assert deadline.last_moment is not None
    assert deadline.warn_at <= deadline.act_by <= deadline.last_moment <= ship_by
    assert working_time(calendar, deadline.warn_at, deadline.last_moment) == NOTICE
    assert working_time(calendar, deadline.act_by, deadline.last_moment) == WORK
    assert next_working_moment(calendar, deadline.warn_at) == deadline.warn_at


@given(weeks(), SHIP_BYS, st.sets(st.integers(0, 30)))
def test_what_is_to_ship_before_the_first_cut_off_without_hurry_is_at_risk_and_the_rest_is_not(
    calendar: Calendar, now: datetime, off: set[int]
) -> None:
    rests = frozenset(now.date() + timedelta(days=n) for n in off)
    calendar = replace(calendar, holidays=rests)
    until = at_risk_until(calendar, now)
    assert until is not None
    assert said(waiting(ship_by=until - MINUTE), min(now, until - MINUTE), calendar).risk is Risk.AT_RISK
    assert said(waiting(ship_by=until), now, calendar).risk is Risk.ON_TRACK


@given(weeks(), SHIP_BYS, st.integers(0, 120))
def test_an_order_close_to_its_ship_by_is_never_on_track(
    calendar: Calendar, ship_by: datetime, minutes: int
) -> None:
    order = waiting(ship_by=ship_by)
    assert said(order, ship_by - minutes * MINUTE, calendar).risk is Risk.AT_RISK
