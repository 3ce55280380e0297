"""How many orders and packages stand where, and since when."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.order import OVER, OrderState
from dockseal.monitoring_audit.gauges.family import gauge, single
from dockseal.monitoring_audit.gauges.kept import Kept
from dockseal.storage.store import Storage

_SOON_HOURS = 2
_KEPT_LONG = (OrderState.VERIFIED, *sorted(OVER))
"""States that hold nearly all orders there ever were."""
_MOVING = tuple(state for state in OrderState if state not in _KEPT_LONG)


class OrderGauges(Collector):
    """What becomes of the orders: only those under way are counted at each scrape."""

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        canaries: Callable[[], Mapping[tuple[SellerId, OrderState], int]] = dict,
    ) -> None:
        """Makes it; `canaries` tells how many orders of a seller and state are nobody's, and do not count."""
        self._canaries = canaries
        self._storage = storage
        self._clock = clock
        self._rest = Kept[list[tuple[SellerId, OrderState, int]]](
            count=lambda: storage.orders.counts(_KEPT_LONG),
            size=lambda found: sum(number for _, _, number in found),
        )

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yields the gauges of orders and of packages."""
        now, orders, canaries = self._clock.now(), self._storage.orders, self._canaries()
        counted = sorted([*orders.counts(_MOVING), *self._rest.at(now)])
        yield gauge(
            "orders",
            "Orders by seller and state.",
            "seller",
            "state",
            rows=(
                ([seller, state.value], number - canaries.get((seller, state), 0))
                for seller, state, number in counted
            ),
        )
        yield gauge(
            "oldest_order_seconds",
            "Seconds since the oldest order of a state was accepted.",
            "state",
            rows=(([state.value], (now - since).total_seconds()) for state, since in orders.ages().items()),
        )
        yield gauge(
            "held_orders",
            "Held orders by the code of their hold.",
            "code",
            rows=(([code], number) for code, number in orders.holds()),
        )
        yield gauge(
            "held_packages",
            "Packages held before Amazon is told, by the code of their hold.",
            "code",
            rows=(([code], number) for code, number in self._storage.packages.hold_counts()),
        )
        yield single(
            "urgent_orders",
            f"Orders without a package, {_SOON_HOURS} h or less before ship-by.",
            orders.late(now + timedelta(hours=_SOON_HOURS)),
        )
        yield gauge(
            "unmatched_reports",
            "What fits no order, by the warehouse that reported it.",
            "warehouse",
            rows=(([name], number) for name, number in self._storage.unmatched.open_counts().items()),
        )
