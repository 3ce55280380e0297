"""An hour in which Amazon allows next to nothing."""

from collections.abc import Iterator
from datetime import timedelta

from spapi_simulator.catalogue import CATALOGUE
from spapi_simulator.front.faults import Fault
from spapi_simulator.front.operations import Operation
from spapi_simulator.scenarios.base import Planned, Scenario

_HOUR = timedelta(hours=1)
_CUT = 10


class ThrottledHour(Scenario):
    """After a quarter of the time every usage plan is cut to a tenth, for an hour; then it is as before.

    Some calls are refused although the bucket still holds a token, as it happens at Amazon.
    """

    name = "throttled-hour"
    summary = "usage plans are cut to a tenth for an hour, with 429 here and there even below them"

    @property
    def plan(self) -> Iterator[Planned]:
        """Every order, evenly over the hours."""
        chance = self.chance()
        for moment in chance.moments(self.orders, self.hours * 3600):
            yield Planned(at=self.start + timedelta(seconds=moment), lines=chance.basket())

    def prepare(self) -> None:
        """Cut the plans when the hour begins, and give them back when it ends."""
        begin = self.start + timedelta(hours=self.hours / 4)
        self.at(begin, lambda: self._allow(1 / _CUT))
        self.at(begin + _HOUR, lambda: self._allow(1))
        for seller in self._sellers:
            refused = Fault(
                operation="*",
                status=429,
                every=8,
                since=begin,
                until=begin + _HOUR,
                seller_id=seller.seller_id,
            )
            self._sim.faults.add(refused)

    def _allow(self, part: float) -> None:
        """Let every seller have this part of each usage plan."""
        for seller in self._sellers:
            for operation in filter(_is_sellers, CATALOGUE):
                self._sim.limits.plan(
                    seller.seller_id,
                    operation.bucket,
                    rate=operation.rate * part,
                    burst=max(1.0, operation.burst * part),
                )


def _is_sellers(operation: Operation) -> bool:
    return not operation.scope
