"""The lag of each stage: how long the oldest piece of work has waited for its next step."""

from collections.abc import Callable, Iterator, Set

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import WarehouseId
from dockseal.monitoring_audit.gauges.family import gauge
from dockseal.storage.store import Storage


class WaitingGauges(Collector):
    """What waits for each step.

    Args:
        storage: Where it waits.
        clock: Tells the time.
        spared: Tells the warehouses that are handed no personal data: their orders wait for none.
    """

    def __init__(self, storage: Storage, clock: Clock, spared: Callable[[], Set[WarehouseId]]) -> None:
        self._storage = storage
        self._clock = clock
        self._spared = spared

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yields the lag of every step; 0 where nothing waits."""
        now = self._clock.now()
        waits = self._storage.waits.oldest(now, spared=self._spared())
        yield gauge(
            "stage_lag_seconds",
            "Seconds that the oldest notice, order or package waits for a step; 0: none does.",
            "step",
            rows=(
                ([step], 0.0 if since is None else max(0.0, (now - since).total_seconds()))
                for step, since in waits.items()
            ),
        )
