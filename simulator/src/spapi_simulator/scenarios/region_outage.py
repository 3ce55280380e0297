"""A region of Amazon's that is down for hours."""

from collections.abc import Iterator
from datetime import timedelta

from spapi_simulator.front.faults import Fault
from spapi_simulator.scenarios.base import Planned, Scenario

_FROM, _UNTIL, _WELL = 0.25, 0.60, 0.70
"""When the outage begins and ends, and when the last call fails, as parts of the scenario's time."""


class RegionOutage(Scenario):
    """A region answers with a load balancer's pages, then with errors, then hardly, and comes back limping.

    Login with Amazon and SQS go on working; buyers go on buying.
    """

    name = "region-outage"
    summary = "a region is down for hours: 503 pages, 500 errors, cut connections; then it recovers"
    hours = 8.0

    @property
    def plan(self) -> Iterator[Planned]:
        """Every order, evenly over the hours."""
        chance = self.chance()
        for moment in chance.moments(self.orders, self.hours * 3600):
            yield Planned(at=self.start + timedelta(seconds=moment), lines=chance.basket())

    def prepare(self) -> None:
        """Put the outage in force, a third of it in each of its forms, and the recovery after it."""
        length = timedelta(hours=self.hours)
        begin, until, well = (self.start + length * part for part in (_FROM, _UNTIL, _WELL))
        first, second = begin + (until - begin) / 3, begin + (until - begin) * 2 / 3
        for region in sorted({seller.region for seller in self._sellers}):
            for fault in (
                Fault(operation="*", region=region, status=503, body="html", since=begin, until=first),
                Fault(operation="*", region=region, status=500, since=first, until=second),
                Fault(operation="*", region=region, status=None, every=2, since=second, until=until),
                Fault(operation="*", region=region, effect="cut", since=second, until=until),
                Fault(operation="*", region=region, status=503, every=3, since=until, until=well),
            ):
                self._sim.faults.add(fault)
        self.at(well, lambda: None)
