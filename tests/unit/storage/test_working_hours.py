"""The working hours of warehouses, kept and read back."""

from datetime import date

from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.working_hours import USUAL_WEEK, DayPlan, Span, WorkingHours
from dockseal.storage.store import Storage

RENO, LINZ = WarehouseId("reno"), WarehouseId("linz")
SPLIT = DayPlan(spans=(Span(opens=0, closes=600), Span(opens=700, closes=1440)), cut_off=900)
SHORT = DayPlan(spans=(Span(opens=480, closes=720),))
HOURS = WorkingHours(
    zone="America/Los_Angeles",
    week=(SPLIT, *USUAL_WEEK[1:]),
    closed=frozenset({date(2026, 12, 24), date(2026, 12, 25)}),
    extra=((date(2026, 12, 19), SHORT), (date(2026, 12, 26), DayPlan())),
    region="US-CA",
)


def test_hours_are_kept_whole_and_one_warehouse_at_a_time(storage: Storage) -> None:
    assert storage.working_hours.get(RENO) is None
    storage.working_hours.set(RENO, WorkingHours(zone="UTC", week=USUAL_WEEK))
    storage.working_hours.set(RENO, HOURS)
    storage.working_hours.set(LINZ, WorkingHours(zone="Europe/Vienna", week=USUAL_WEEK, region="AT"))
    assert storage.working_hours.get(RENO) == HOURS
    assert set(storage.working_hours.all()) == {RENO, LINZ}
    storage.working_hours.set(LINZ, None)
    storage.working_hours.set(LINZ, None)
    assert storage.working_hours.all() == {RENO: HOURS}
