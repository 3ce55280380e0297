"""The first morning after a long weekend."""

from collections.abc import Iterator
from datetime import timedelta

from spapi_simulator.scenarios.base import Planned, Scenario

_WEEKEND = timedelta(days=4)
_NEW = 0.05
"""The share of orders that come in after the start."""


class HolidayBacklog(Scenario):
    """Nobody worked for four days: thousands of orders wait, and their ship-by times are hours away.

    The messages about them wait in the queue as well.
    """

    name = "holiday-backlog"
    summary = "thousands of orders of a long weekend wait at the start, all to be shipped within hours"
    orders = 2500
    hours = 8.0

    @property
    def plan(self) -> Iterator[Planned]:
        """The orders of the weekend, then those of the day."""
        chance = self.chance()
        new = int(self.orders * _NEW)
        for moment in chance.moments(self.orders - new, _WEEKEND.total_seconds()):
            placed = self.start - _WEEKEND + timedelta(seconds=moment)
            hours = chance.draw.uniform(2, 14)
            withdrawn = chance.draw.uniform(60, 7200)
            yield Planned(
                at=placed,
                lines=chance.basket(),
                ship_by=(self.start + timedelta(hours=hours)).replace(microsecond=0),
                programs=("PRIME",) if chance.happens(0.1) else (),
                then=((timedelta(seconds=withdrawn), "cancel"),) if chance.happens(0.03) else (),
            )
        for moment in chance.moments(new, self.hours * 3600):
            yield Planned(at=self.start + timedelta(seconds=moment), lines=chance.basket())
