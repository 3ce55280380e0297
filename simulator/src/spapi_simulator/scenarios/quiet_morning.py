"""An ordinary morning."""

from collections.abc import Iterator
from datetime import timedelta

from spapi_simulator.scenarios.base import Doing, Planned, Scenario

_PENDING_SHARE, _CANCELLED_SHARE, _AMAZON_SHARE, _GIFT_SHARE = 0.05, 0.03, 0.03, 0.04
_PROGRAMS = ((("PRIME",), 0.10), (("AMAZON_BUSINESS",), 0.06))


class QuietMorning(Scenario):
    """Ordinary trade: mostly small orders, a few pending, cancelled, by Amazon, with a gift message."""

    name = "quiet-morning"
    summary = "ordinary trade: small orders, a few of them pending, cancelled, by Amazon, or gifts"

    @property
    def plan(self) -> Iterator[Planned]:
        """Every order, evenly over the hours."""
        chance = self.chance()
        for moment in chance.moments(self.orders, self.hours * 3600):
            lines = chance.basket()
            fate, extra = chance.draw.random(), chance.draw.random()
            pending = fate < _PENDING_SHARE
            cancelled = _PENDING_SHARE <= fate < _PENDING_SHARE + _CANCELLED_SHARE
            settled = _PENDING_SHARE + _CANCELLED_SHARE
            then: tuple[tuple[timedelta, Doing], ...] = ()
            if pending:
                then = ((timedelta(minutes=20), "authorise"),)
            if cancelled:
                then = ((timedelta(minutes=chance.draw.randint(1, 9)), "cancel"),)
            yield Planned(
                at=self.start + timedelta(seconds=moment),
                lines=lines,
                fulfilled_by="AMAZON" if settled <= fate < settled + _AMAZON_SHARE else "MERCHANT",
                programs=_programs(extra),
                gift_message="With best wishes from Testperson" if extra > 1 - _GIFT_SHARE else None,
                then=then,
            )


def _programs(draw: float) -> tuple[str, ...]:
    for programs, share in _PROGRAMS:
        if draw < share:
            return programs
        draw -= share
    return ()
