"""Orders against their ship-by, in the hours of a warehouse that rests at weekends and on holidays."""

from datetime import UTC, datetime, timedelta

import pytest

from day import SELLER, WAREHOUSE, Day, MakeDay
from dockseal.cli.opened import person
from dockseal.domain.order import OrderState
from dockseal.domain.shipping import Measure, Risk
from dockseal.domain.working_hours import usual_hours
from dockseal.domain.working_hours_text import Wishes, changed
from dockseal.shipment_confirmation.calendars import set_hours
from dockseal.shipment_confirmation.outlook import RATES_KEPT
from dockseal.shipment_confirmation.rates import Rate, Scope, Standing
from dockseal.shipment_confirmation.ship_risk import Verdict
from spapi_simulator import Line


@pytest.fixture
def day(make_day: MakeDay) -> Day:
    """A day with a warehouse in Reno: Monday to Friday from 8 to 17, the last parcel at 15."""
    day = make_day()
    hours = changed(
        usual_hours("America/Los_Angeles"),
        Wishes(days=["mon-fri 08:00-17:00"], cut_offs=["mon-fri 15:00"], holidays="US"),
    )
    app = day.app
    set_hours(app.storage, app.trail, warehouse=WAREHOUSE, hours=hours, actor=person())
    return day


def at(date: int, hour: int, minute: int = 0) -> datetime:
    """A time of a day in November in Reno."""
    return datetime(2026, 11, date, tzinfo=UTC) + timedelta(hours=hour + 8, minutes=minute)


def end_of(date: int) -> datetime:
    """The end of a day in November in the marketplace."""
    return at(date, 24) - timedelta(seconds=1)


def until(day: Day, instant: datetime) -> None:
    """Lets time pass up to an instant; Dockseal sleeps until minutes before."""
    day.clock.set(instant - timedelta(minutes=5))
    day.run(minutes=5)


def placed(day: Day, ship_by: datetime) -> str:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")], ship_by=ship_by)
    day.run(minutes=3)
    return order_id


def verdict(day: Day, order_id: str) -> Verdict:
    found = day.app.outlook.view().verdict(day.order(order_id))
    assert found is not None
    return found


def late(day: Day) -> Rate:
    day.clock.advance(RATES_KEPT)
    (found,) = [
        rate
        for rate in day.app.outlook.rates()
        if (rate.scope, rate.name, rate.measure, rate.days) == (Scope.SELLER, SELLER, Measure.LATE, 10)
    ]
    return found


def counted(day: Day) -> dict[Risk, int]:
    return {count.risk: count.number for count in day.app.outlook.counts()}


def test_a_friday_evening_order_waits_over_the_weekend_and_is_warned_of_while_people_can_still_pack(
    day: Day,
) -> None:
    until(day, at(6, 18))
    monday, sunday = placed(day, end_of(9)), placed(day, end_of(8))
    assert verdict(day, monday).risk is Risk.ON_TRACK
    # Whoever promised it for Sunday has to know now: no parcel leaves before Monday.
    assert verdict(day, sunday).risk is Risk.AT_RISK
    assert "left at Fri 6 Nov 2026 15:00 PST" in verdict(day, sunday).because
    day.ship(sunday)
    day.run(minutes=10)
    assert counted(day) == {Risk.ON_TRACK: 1}

    until(day, at(9, 12, 55))
    assert verdict(day, monday).risk is Risk.ON_TRACK
    until(day, at(9, 13, 1))
    warned = verdict(day, monday)
    assert warned.risk is Risk.AT_RISK
    assert "leaves at Mon 9 Nov 2026 15:00 PST: act by Mon 9 Nov 2026 14:00 PST" in warned.because
    day.ship(monday, tracking_number="1Z999AA10123456802")
    day.run(minutes=30)
    assert day.order(monday).state is OrderState.VERIFIED
    assert counted(day) == {}
    until(day, at(10, 8))
    assert (late(day).bad, late(day).total, late(day).standing) == (0, 2, Standing.MET)


def test_before_a_holiday_an_order_must_leave_the_day_before(day: Day) -> None:
    until(day, at(25, 9))
    thanksgiving = placed(day, end_of(26))
    found = verdict(day, thanksgiving)
    assert found.deadline is not None
    assert (found.risk, found.deadline.last_moment) == (Risk.ON_TRACK, at(25, 15))
    until(day, at(25, 13, 30))
    assert verdict(day, thanksgiving).risk is Risk.AT_RISK


def test_an_overdue_order_is_a_late_shipment_before_and_after_it_leaves(day: Day) -> None:
    in_time, overdue = placed(day, end_of(2)), placed(day, end_of(2))
    until(day, at(2, 14))
    day.ship(in_time)
    day.run(minutes=10)
    assert (late(day).bad, late(day).total, late(day).coming) == (0, 0, 1)
    until(day, at(3, 9))
    assert verdict(day, overdue).risk is Risk.OVERDUE
    rate = late(day)
    assert (rate.bad, rate.total, rate.standing) == (1, 2, Standing.MISSED)
    assert rate.words == "1 of 2 orders late."
    day.ship(overdue, tracking_number="1Z999AA10123456802")
    day.run(minutes=30)
    assert counted(day) == {}
    assert (late(day).bad, late(day).total) == (1, 2)
    text = day.app.metrics_text().decode()
    assert 'dockseal_predicted_rate{rate="late_shipment_10d",seller="acme-us"} 0.5' in text


def test_a_held_order_is_blocked_and_says_why(day: Day) -> None:
    order_id = day.amazon.place_order(
        day.account, lines=[Line(sku="MUG-1")], programs=["IN_STORE_PICK_UP"], ship_by=end_of(4)
    )
    day.run(minutes=3)
    found = verdict(day, order_id)
    hold = day.order(order_id).hold
    assert hold is not None
    assert (found.risk, found.because) == (Risk.BLOCKED, hold.sentence)
    ((listed, _),) = day.app.outlook.view().listed(limit=10)
    assert listed.id == order_id
    metrics = day.app.metrics_text().decode()
    assert 'dockseal_ship_risk{risk="blocked",seller="acme-us",warehouse=""} 1.0' in metrics
