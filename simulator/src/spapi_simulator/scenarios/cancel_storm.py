"""Buyers who change their minds."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from spapi_simulator.scenarios.base import Doing, Planned, Scenario
from spapi_simulator.scenarios.chance import Chance

_DECIDED = 0.4
"""The share of buyers who leave their order as it is."""


class CancelStorm(Scenario):
    """More than half of the buyers cancel or ask for it: at once, after a while, or as it is packed."""

    name = "cancel-storm"
    summary = "buyers cancel and ask to cancel, seconds after ordering or minutes before the ship-by time"
    orders = 400
    hours = 3.0

    @property
    def plan(self) -> Iterator[Planned]:
        """Every order, with a ship-by time within the scenario or soon after it."""
        chance = self.chance()
        for moment in chance.moments(self.orders, self.hours * 3600):
            placed = self.start + timedelta(seconds=moment)
            ship_by = placed + timedelta(minutes=chance.draw.randint(45, 180))
            yield Planned(
                at=placed,
                lines=chance.basket(),
                ship_by=ship_by,
                then=_change_of_mind(chance, placed, ship_by),
            )


def _change_of_mind(
    chance: Chance, placed: datetime, ship_by: datetime
) -> tuple[tuple[timedelta, Doing], ...]:
    draw, pick = chance.draw, chance.draw.random()
    if pick < _DECIDED:
        return ()
    just_before = ship_by - placed - timedelta(seconds=draw.randint(20, 600))
    choices: tuple[tuple[timedelta, Doing], ...] = (
        (timedelta(seconds=draw.randint(2, 50)), "cancel"),
        (timedelta(minutes=draw.randint(3, 40)), "request_cancel"),
        (just_before, "cancel"),
        (just_before, "request_cancel"),
        (timedelta(minutes=draw.randint(1, 40)), "cancel_unit"),
    )
    return (choices[int((pick - _DECIDED) / (1 - _DECIDED) * len(choices))],)
