"""A small world for one test, ready to be asked: what the fixture `amazon` of the pytest plugin gives."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import httpx

from spapi_simulator.simulator import Simulator
from spapi_simulator.watching.server import SimulatorServer
from spapi_simulator.world.accounts import Application, Seller
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.clock import ManualClock
from spapi_simulator.world.marketplaces import MARKETPLACES
from spapi_simulator.world.records import Line

_START = datetime(2026, 11, 2, 8, tzinfo=UTC)
_HOME = {"NA": "ATVPDKIKX0DER", "EU": "A1PA6795UKMFR9", "FE": "A1VC38T7YXB528"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the marker `amazon` may say; whatever it leaves out follows from the rest, or is as usual."""

    seed: int = 7
    start: datetime = _START
    region: str | None = None
    marketplaces: Sequence[str] | None = None
    behaviours: Behaviours | None = None


@dataclass(kw_only=True)
class Amazon:
    """A simulator with one application, one seller who authorised it, and a queue that hears of their orders.

    Attributes:
        sim: The simulator: faults, limits, the journal and everything buyers do.
        clock: Stands still until it is moved.
        http: A client whose every request goes to the simulator, whichever of Amazon's hosts it names.
    """

    sim: Simulator
    clock: ManualClock
    app: Application
    seller: Seller
    refresh_token: str = field(repr=False)
    queue_url: str
    http: httpx.Client = field(repr=False)
    _stack: ExitStack = field(default_factory=ExitStack, repr=False)
    _url: str = ""

    @classmethod
    def open(cls, choices: Mapping[str, Any] | None = None) -> Self:
        """Build a world from the choices of a marker.

        Raises:
            ValueError: There is no such choice or region, or a marketplace does not fit the region.
        """
        try:
            wanted = Choices(**(choices or {}))
        except TypeError:
            known = ", ".join(Choices.__dataclass_fields__)
            raise ValueError(f"The marker amazon may say {known}.") from None
        if wanted.region not in {None, *_HOME}:
            raise ValueError(f"There is no region {wanted.region}.")
        marketplaces = tuple(wanted.marketplaces or (_HOME[wanted.region or "NA"],))
        first = MARKETPLACES.get(marketplaces[0])
        region = wanted.region or (first.region if first else "NA")
        clock = ManualClock(wanted.start)
        sim = Simulator(clock=clock, seed=wanted.seed, behaviours=wanted.behaviours)
        app, seller = sim.add_application(), sim.add_seller(region=region, marketplaces=marketplaces)
        queue_url = sim.add_queue("orders")
        sim.subscribe(app, seller, queue_url)
        return cls(
            sim=sim,
            clock=clock,
            app=app,
            seller=seller,
            refresh_token=sim.authorize(app, seller),
            queue_url=queue_url,
            http=httpx.Client(transport=sim.transport),
        )

    def __enter__(self) -> Self:
        self._stack.enter_context(self.http)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def serve(self) -> str:
        """Answer over HTTP as well until the test ends, for clients in other processes; return the URL."""
        if not self._url:
            self._url = self._stack.enter_context(SimulatorServer(self.sim)).url
        return self._url

    def place(self, *quantities: int, **choices: Any) -> str:
        """Place an order with so many units of each article, one of one by default; return its id.

        Args:
            quantities: One article for each of them.
            choices: As in `Simulator.place_order`.
        """
        if "lines" not in choices:
            counted = enumerate(quantities or (1,), start=1)
            choices["lines"] = [Line(sku=f"SKU-{n:03d}", quantity=quantity) for n, quantity in counted]
        return self.sim.place_order(self.seller, **choices)

    def advance(self, by: timedelta | None = None, *, seconds: float = 0) -> datetime:
        """Let time pass and everything happen that is due; return the new instant."""
        now = self.clock.advance(by, seconds=seconds)
        self.sim.catch_up()
        return now
