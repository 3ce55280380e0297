"""What of Amazon's is down, though it looks like a refusal."""

from collections.abc import Callable, Iterator, Sequence

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from dockseal.domain.outage import Outage
from dockseal.monitoring_audit.gauges.family import gauge


class OutageGauges(Collector):
    """Amazon's outages, as they are when the numbers are asked for."""

    def __init__(self, outages: Callable[[], Sequence[Outage]]) -> None:
        self._outages = outages

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yields the one gauge."""
        # Two questions of one operation may be refused: one number each seller, operation and status.
        found = sorted({(each.seller, each.operation, str(each.status)) for each in self._outages()})
        yield gauge(
            "amazon_outage",
            "1 while refusals are taken for an outage.",
            "seller",
            "operation",
            "status",
            rows=((labels, 1) for labels in found),
        )
