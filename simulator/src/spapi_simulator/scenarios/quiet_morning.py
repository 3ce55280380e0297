"""Scenarios: a stream of orders and buyers' doings over simulated time, the same for the same seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from spapi_simulator.simulator import Simulator
from spapi_simulator.world.accounts import Seller
from spapi_simulator.world.records import Line
from spapi_simulator.world.seeded import Seeded

_PENDING_SHARE, _CANCELLED_SHARE, _AMAZON_SHARE, _GIFT_SHARE = 0.05, 0.03, 0.03, 0.04
_PROGRAMS: Sequence[tuple[tuple[str, ...], float]] = ((("PRIME",), 0.10), (("AMAZON_BUSINESS",), 0.06))
_PRODUCTS = ("Enamel mug", "Oak cutting board", "Linen towel", "Garden twine", "Desk lamp", "Tea sampler")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One order of a scenario and what its buyer does."""

    at: datetime
    lines: tuple[Line, ...]
    fulfilled_by: str = "MERCHANT"
    programs: tuple[str, ...] = ()
    gift_message: str | None = None
    authorised_after: timedelta | None = None
    cancelled_after: timedelta | None = None


class QuietMorning:
    """Ordinary trade: mostly small orders, a few pending, cancelled, by Amazon, with a gift message."""

    name = "quiet-morning"

    def __init__(
        self,
        sim: Simulator,
        sellers: Sequence[Seller],
        *,
        orders: int,
        hours: float,
        start: datetime | None = None,
    ) -> None:
        self._sim = sim
        self._sellers = sellers
        self.plan = _plan(Seeded(sim.seed), start or sim.clock.now(), orders=orders, hours=hours)
        self._next = 0
        self._later: list[tuple[datetime, str, str]] = []

    @property
    def finished(self) -> bool:
        """Whether everything planned has happened."""
        return self._next == len(self.plan) and not self._later

    def step(self, now: datetime) -> int:
        """Let everything happen that is due at `now`; return how many things did."""
        done = 0
        while self._next < len(self.plan) and self.plan[self._next].at <= now:
            self._place(self.plan[self._next])
            self._next += 1
            done += 1
        due = [entry for entry in self._later if entry[0] <= now]
        self._later = [entry for entry in self._later if entry[0] > now]
        for _, what, order_id in sorted(due):
            self._follow(what, order_id)
        return done + len(due)

    def _place(self, planned: Planned) -> None:
        seller = self._sellers[self._next % len(self._sellers)]
        order_id = self._sim.place_order(
            seller,
            lines=planned.lines,
            pending=planned.authorised_after is not None,
            fulfilled_by=planned.fulfilled_by,
            gift_message=planned.gift_message,
            programs=planned.programs,
        )
        if planned.authorised_after is not None:
            self._later.append((planned.at + planned.authorised_after, "authorise", order_id))
        if planned.cancelled_after is not None:
            self._later.append((planned.at + planned.cancelled_after, "cancel", order_id))

    def _follow(self, what: str, order_id: str) -> None:
        with self._sim.lock:
            status = self._sim.order(order_id).status
            if what == "authorise" and status == "PENDING":
                self._sim.authorise_payment(order_id)
            if what == "cancel" and status in {"PENDING", "UNSHIPPED"}:
                self._sim.cancel(order_id)


def _plan(seeded: Seeded, start: datetime, *, orders: int, hours: float) -> list[Planned]:
    chance = seeded.chooser("quiet-morning")
    moments = sorted(chance.uniform(0, hours * 3600) for _ in range(orders))
    planned = []
    for moment in moments:
        lines = tuple(
            Line(
                sku=f"SKU-{number:03d}",
                quantity=chance.choice((1, 1, 1, 1, 2, 3)),
                title=_PRODUCTS[number % len(_PRODUCTS)],
                price=f"{chance.randint(5, 80)}.{chance.choice(('00', '50', '99'))}",
            )
            for number in chance.sample(range(1, 60), chance.choice((1, 1, 1, 2, 2, 3)))
        )
        fate, extra = chance.random(), chance.random()
        pending = fate < _PENDING_SHARE
        cancelled = _PENDING_SHARE <= fate < _PENDING_SHARE + _CANCELLED_SHARE
        amazon = not pending and not cancelled and fate < _PENDING_SHARE + _CANCELLED_SHARE + _AMAZON_SHARE
        planned.append(
            Planned(
                at=start + timedelta(seconds=moment),
                lines=lines,
                fulfilled_by="AMAZON" if amazon else "MERCHANT",
                programs=_programs(extra),
                gift_message="With best wishes from Testperson" if extra > 1 - _GIFT_SHARE else None,
                authorised_after=timedelta(minutes=20) if pending else None,
                cancelled_after=timedelta(minutes=chance.randint(1, 9)) if cancelled else None,
            )
        )
    return planned


def _programs(draw: float) -> tuple[str, ...]:
    for programs, share in _PROGRAMS:
        if draw < share:
            return programs
        draw -= share
    return ()
