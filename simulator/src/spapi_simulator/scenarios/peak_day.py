"""The busiest day of the year."""

from collections.abc import Iterator
from datetime import timedelta

from spapi_simulator.scenarios.base import Doing, Planned, Scenario
from spapi_simulator.scenarios.chance import Chance

_ANYTIME, _NOON = 0.10, 0.55
"""The shares of orders that are placed at any time of the day and around noon; the others in the evening."""
_PENDING, _CANCELLED = 0.06, 0.03


class PeakDay(Scenario):
    """A day of very many orders, most of them around noon and in the evening.

    `--orders 100000` fits into memory: what is still to come takes a number for each order.
    """

    name = "peak-day"
    summary = "10,000 orders in a day, most around noon and in the evening; also good for 100,000"
    orders = 10_000
    hours = 24.0

    @property
    def plan(self) -> Iterator[Planned]:
        """Every order, over a day with two peaks."""
        chance = self.chance()
        for moment in sorted(self._moment(chance) for _ in range(self.orders)):
            yield Planned(
                at=self.start + timedelta(seconds=moment),
                lines=chance.basket((1, 1, 1, 1, 2)),
                programs=("PRIME",) if chance.happens(0.2) else (),
                then=_fate(chance),
            )

    def _moment(self, chance: Chance) -> float:
        """Draw when an order is placed, in seconds from the start."""
        day, part = self.hours * 3600, chance.draw.random()
        if part < _ANYTIME:
            return chance.draw.uniform(0, day)
        noon = part < _ANYTIME + _NOON
        return chance.draw.triangular(0.2 * day if noon else 0.6 * day, 0.7 * day if noon else day)


def _fate(chance: Chance) -> tuple[tuple[timedelta, Doing], ...]:
    fate, seconds = chance.draw.random(), chance.draw.uniform(20, 3600)
    if fate < _PENDING:
        return ((timedelta(seconds=seconds), "authorise"),)
    if fate < _PENDING + _CANCELLED:
        return ((timedelta(seconds=seconds), "cancel"),)
    return ()
