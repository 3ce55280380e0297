"""How far each seller's orders are read, and what Amazon's quotas leave it."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from dockseal.domain.clock import Clock
from dockseal.monitoring_audit.gauges.family import gauge
from dockseal.storage.store import Storage


class SellerGauges(Collector):
    """What is read of each seller: a handful of queries, however many sellers there are."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yields the gauges of sellers."""
        now, storage = self._clock.now(), self._storage
        sellers, notices, complete = storage.sellers.all(), storage.notices.open_counts(), storage.watermarks
        yield gauge(
            "open_notices",
            "Notices whose orders are still to be read.",
            "seller",
            rows=(([each.id], notices.get(each.id, 0)) for each in sellers),
        )
        yield gauge(
            "seller_resting",
            "1 while the lanes of a seller rest.",
            "seller",
            rows=(([each.id], bool(each.rests_because)) for each in sellers),
        )
        yield gauge(
            "sweep_lag_seconds",
            "Seconds since the instant up to which a sweep is complete.",
            "seller",
            rows=(([name], (now - to).total_seconds()) for name, to in complete.complete_to().items()),
        )
        buckets = storage.buckets.all()
        yield gauge(
            "quota_tokens",
            "Calls that Amazon's quota allows at once.",
            "seller",
            "operation",
            rows=(([seller, name], bucket.tokens_at(now)) for seller, name, bucket in buckets),
        )
        yield gauge(
            "quota_burst_tokens",
            "Calls that Amazon's quota allows at once after a rest.",
            "seller",
            "operation",
            rows=(([seller, name], bucket.burst) for seller, name, bucket in buckets),
        )
