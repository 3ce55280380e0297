"""Schedules: reports that come by themselves, each about the period since the one before."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from spapi_simulator.front.answers import JSON
from spapi_simulator.reports.life import Life
from spapi_simulator.reports.order_rows import stamp
from spapi_simulator.reports.report import Wish
from spapi_simulator.world.present import Present
from spapi_simulator.world.seeded import Seeded

_MONTH = "P1M"
_FIXED: Mapping[str, timedelta] = MappingProxyType({
    **{f"PT{minutes}M": timedelta(minutes=minutes) for minutes in (5, 15, 30)},
    **{f"PT{hours}H": timedelta(hours=hours) for hours in (1, 2, 4, 8, 12, 84)},
    **{f"P{days}D": timedelta(days=days) for days in (1, 2, 3, 7, 14, 15, 18, 30)},
})  # fmt: skip
PERIODS = (*_FIXED, _MONTH)


@dataclass(slots=True, kw_only=True)
class Schedule:
    """One schedule. Its reports are made at the anchor and every whole period after it.

    Attributes:
        turn: The number of periods from the anchor to the next report.
        alive: False once it is cancelled or replaced.
    """

    schedule_id: str
    wish: Wish
    period: str
    anchor: datetime
    turn: int
    alive: bool = True

    def moment(self, turn: int) -> datetime:
        """Return the instant of a turn; a month ends on its last day where the anchor's day is missing."""
        if self.period != _MONTH:
            return self.anchor + turn * _FIXED[self.period]
        months = self.anchor.year * 12 + self.anchor.month - 1 + turn
        year, month = months // 12, months % 12 + 1
        return self.anchor.replace(
            year=year, month=month, day=min(self.anchor.day, monthrange(year, month)[1])
        )

    def shape(self) -> JSON:
        """Return a `ReportSchedule`."""
        return {
            "reportScheduleId": self.schedule_id,
            "reportType": self.wish.kind.name,
            "marketplaceIds": list(self.wish.marketplace_ids),
            "period": self.period,
            "nextReportCreationTime": stamp(self.moment(self.turn)),
            **({"reportOptions": dict(self.wish.options)} if self.wish.options else {}),
        }


class Schedules:
    """Keeps the schedules of all sellers, and makes their reports when it is time."""

    def __init__(self, life: Life, present: Present, seeded: Seeded) -> None:
        self._life = life
        self._present = present
        self._seeded = seeded
        self._schedules: dict[str, Schedule] = {}

    def create(self, wish: Wish, period: str, *, first: datetime | None) -> Schedule:
        """Start a schedule in place of one for the same type and marketplaces.

        Args:
            wish: What its reports show.
            period: One of `PERIODS`.
            first: When the first report is made; a period from now without it. An instant in the past keeps
                its rhythm: the first report is made at the next turn (Amazon does not document this case).
        """
        for other in list(self.of_seller(wish.seller.seller_id)):
            if other.wish.kind is wish.kind and set(other.wish.marketplace_ids) == set(wish.marketplace_ids):
                self.cancel(other)
        now = self._present.now()
        schedule = Schedule(
            schedule_id=self._new_id(),
            wish=wish,
            period=period,
            anchor=first or now,
            turn=0 if first else 1,
        )
        _catch_up(schedule, now)
        self._schedules[schedule.schedule_id] = schedule
        self._present.at(schedule.moment(schedule.turn), lambda: self._make(schedule))
        return schedule

    def find(self, seller_id: str, schedule_id: str) -> Schedule | None:
        """Return a living schedule of a seller."""
        schedule = self._schedules.get(schedule_id)
        return schedule if schedule is not None and schedule.wish.seller.seller_id == seller_id else None

    def of_seller(self, seller_id: str) -> Iterator[Schedule]:
        """Yield the living schedules of a seller, oldest first."""
        return (one for one in self._schedules.values() if one.wish.seller.seller_id == seller_id)

    def cancel(self, schedule: Schedule) -> None:
        """End a schedule; the reports it has made live on."""
        schedule.alive = False
        self._schedules.pop(schedule.schedule_id, None)

    def _new_id(self) -> str:
        while (found := f"50{self._seeded.digits('report schedule', 9)}") in self._schedules:
            pass
        return found

    def _make(self, schedule: Schedule) -> None:
        if not schedule.alive:
            return
        start, end = schedule.moment(schedule.turn - 1), schedule.moment(schedule.turn)
        self._life.create(schedule.wish, start=start, end=end, schedule_id=schedule.schedule_id)
        schedule.turn += 1
        self._present.at(schedule.moment(schedule.turn), lambda: self._make(schedule))


def _catch_up(schedule: Schedule, now: datetime) -> None:
    """Move a schedule that was to begin in the past to its next turn."""
    missed = now - schedule.anchor
    if missed <= timedelta():
        return
    longest = _FIXED.get(schedule.period, timedelta(days=31))
    schedule.turn = max(schedule.turn, missed // longest)
    while schedule.moment(schedule.turn) < now:
        schedule.turn += 1
