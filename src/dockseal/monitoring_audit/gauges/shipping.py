"""What becomes of the orders that are to ship, and what Amazon will say of it."""

from collections.abc import Callable, Iterator, Sequence

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from dockseal.domain.shipping import RiskCount, SellerShare
from dockseal.monitoring_audit.gauges.family import gauge


class ShippingGauges(Collector):
    """How open orders stand against their ship-by, and the rates that Amazon will measure."""

    def __init__(
        self, risks: Callable[[], Sequence[RiskCount]], rates: Callable[[], Sequence[SellerShare]]
    ) -> None:
        self._risks = risks
        self._rates = rates

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yields both gauges."""
        yield gauge(
            "ship_risk",
            "Open orders to ship within 7 days, or at risk already, by how they stand against ship-by.",
            "seller",
            "warehouse",
            "risk",
            rows=(([each.seller, each.warehouse, each.risk.value], each.number) for each in self._risks()),
        )
        yield gauge(
            "predicted_rate",
            "The share that Amazon will measure of a seller, foretold, between 0 and 1.",
            "seller",
            "rate",
            rows=(([each.seller, each.rate], each.share) for each in self._rates()),
        )
