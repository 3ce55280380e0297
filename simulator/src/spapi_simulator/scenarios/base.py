"""What a scenario is: orders, buyers' doings and faults on the agenda of a simulated world."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from spapi_simulator.scenarios.chance import Chance
from spapi_simulator.simulator import Simulator
from spapi_simulator.world.accounts import Seller
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.people import Recipient
from spapi_simulator.world.records import Line

Doing = Literal["authorise", "cancel", "cancel_unit", "request_cancel", "ship"]
"""What may become of an order: by the bank, by its buyer, or by the seller's own hand."""
_OPEN = frozenset({"PENDING", "UNSHIPPED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One order of a scenario, and what becomes of it and when.

    Attributes:
        at: When it is placed; before the scenario's start it is one that was there already.
        marketplace_id: None is the seller's first.
        ship_by: None is what Amazon promises where the marketplace is.
        recipient: None is an invented one.
        then: What happens after so much time; what no longer fits the order's state does not happen.
    """

    at: datetime
    lines: tuple[Line, ...]
    fulfilled_by: str = "MERCHANT"
    programs: tuple[str, ...] = ()
    gift_message: str | None = None
    marketplace_id: str | None = None
    ship_by: datetime | None = None
    recipient: Recipient | None = None
    then: tuple[tuple[timedelta, Doing], ...] = ()

    @property
    def pending(self) -> bool:
        """Whether it waits for its payment."""
        return any(doing == "authorise" for _, doing in self.then)


class Scenario(ABC):
    """A stream of orders and disturbances over simulated time, the same for the same seed.

    Everything is on the simulator's agenda, so each thing happens at its own instant, before any call that
    comes later is answered, however fast the clock runs. Only the next order is on it at a time: a plan of
    many thousand orders takes no room.

    Attributes:
        name: What the command line calls it.
        summary: What it is good for, in one line.
        orders, hours: How much there is and how long it takes; the class holds what is usual.
        region, marketplaces: Where its sellers are unless told otherwise.
        behaviours: The switches that its world needs.
        start: The instant it begins.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    orders: int = 200
    hours: float = 4.0
    region: ClassVar[str] = "NA"
    marketplaces: ClassVar[tuple[str, ...]] = ("ATVPDKIKX0DER",)
    behaviours: ClassVar[Behaviours] = Behaviours()

    def __init__(
        self,
        sim: Simulator,
        sellers: Sequence[Seller],
        *,
        orders: int | None = None,
        hours: float | None = None,
        start: datetime | None = None,
    ) -> None:
        self.orders = type(self).orders if orders is None else orders
        self.hours = type(self).hours if hours is None else hours
        self.start = start or sim.clock.now()
        self._sim = sim
        self._sellers = sellers
        self._waiting = 0
        self._done = 0
        self._placed = 0
        self._coming = self.plan
        self.prepare()
        self._await_next()

    @property
    @abstractmethod
    def plan(self) -> Iterator[Planned]:
        """Every order by its time, from the beginning, made as it is asked for."""

    def prepare(self) -> None:  # noqa: B027  most scenarios have nothing besides orders
        """Put on the agenda what happens besides orders."""

    @property
    def finished(self) -> bool:
        """Whether everything planned has happened."""
        return not self._waiting

    def step(self, now: datetime) -> int:
        """Let everything happen that is due; return how many things have happened by `now`, the clock's."""
        del now  # the agenda goes by the clock itself
        self._sim.catch_up()
        return self._done

    def at(self, due: datetime, act: Callable[[], object]) -> None:
        """Put something on the agenda; the scenario is not finished before it has happened."""
        self._waiting += 1
        self._sim.at(due, lambda: self._do(act))

    def chance(self) -> Chance:
        """Return a fresh generator of this scenario's choices."""
        return Chance(self._sim.seed, self.name)

    def _do(self, act: Callable[[], object]) -> None:
        self._waiting -= 1
        self._done += 1
        act()

    def _await_next(self) -> None:
        planned = next(self._coming, None)
        if planned is not None:
            self.at(planned.at, lambda: self._place(planned))

    def _place(self, planned: Planned) -> None:
        order_id = self._sim.place_order(
            self._sellers[self._placed % len(self._sellers)],
            lines=planned.lines,
            marketplace_id=planned.marketplace_id,
            pending=planned.pending,
            fulfilled_by=planned.fulfilled_by,
            ship_by=planned.ship_by,
            recipient=planned.recipient,
            gift_message=planned.gift_message,
            programs=planned.programs,
        )
        self._placed += 1
        for after, doing in planned.then:
            self._later(planned.at + after, order_id, doing)
        self._await_next()

    def _later(self, due: datetime, order_id: str, doing: Doing) -> None:
        self.at(due, lambda: self._follow(order_id, doing))

    def _follow(self, order_id: str, doing: Doing) -> None:
        order = self._sim.order(order_id)
        if doing == "authorise" and order.status == "PENDING":
            self._sim.authorise_payment(order_id)
        elif doing == "cancel" and order.status in _OPEN:
            self._sim.cancel(order_id)
        elif doing == "request_cancel" and order.status == "UNSHIPPED":
            self._sim.request_cancel(order_id)
        elif doing == "ship" and order.status == "UNSHIPPED":
            self._sim.ship(order_id)
        elif doing == "cancel_unit" and order.status in _OPEN:
            item = next((one for one in order.items if one.quantity_ordered > one.quantity_shipped), None)
            if item is not None:
                self._sim.cancel_item(order_id, item.order_item_id, 1)
