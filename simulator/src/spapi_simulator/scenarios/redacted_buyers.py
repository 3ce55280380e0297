"""Buyers whose data is gone, and buyers who gave less of it than one would like."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import cycle

from spapi_simulator.scenarios.base import Planned, Scenario
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.people import invent
from spapi_simulator.world.seeded import Seeded

_KEPT_DAYS = 30.0
_OLD = 0.6
"""The share of orders that were shipped before the start."""


class RedactedBuyers(Scenario):
    """Orders shipped up to three months ago, most without personal data by now; and new ones with gaps.

    Amazon takes personal data away thirty days after an order was settled.
    """

    name = "redacted-buyers"
    summary = "old orders whose personal data is gone, and new ones with parts of the address missing"
    behaviours = Behaviours(redact_after_days=_KEPT_DAYS)

    @property
    def plan(self) -> Iterator[Planned]:
        """Old orders first, from ninety days to one day before the start; then the new ones."""
        chance, people = self.chance(), Seeded(self._sim.seed + 1)
        old = int(self.orders * _OLD)
        for days in sorted((chance.draw.uniform(1, 90) for _ in range(old)), reverse=True):
            shipped = timedelta(hours=chance.draw.uniform(2, 20))
            yield Planned(
                at=self.start - timedelta(days=days), lines=chance.basket(), then=((shipped, "ship"),)
            )
        gaps = cycle(_GAPS)
        for moment in chance.moments(self.orders - old, self.hours * 3600):
            someone = invent(people, "US")
            yield Planned(
                at=self.start + timedelta(seconds=moment),
                lines=chance.basket(),
                recipient=replace(someone, **next(gaps)),
            )


_GAPS: tuple[dict[str, str], ...] = (
    {},
    {"phone": ""},
    {"postal_code": ""},
    {"address_line_1": "", "address_line_2": ""},
    {"state": "", "county": ""},
    {"name": ""},
    {"city": ""},
    {"buyer_name": "", "buyer_email": ""},
)
"""What some buyers leave out."""
