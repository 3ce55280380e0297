"""Numbers for Prometheus. Labels name sellers, operations and states, never an order or a person."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.order import OrderState
from dockseal.domain.outage import Outage
from dockseal.domain.shipping import RiskCount, SellerShare
from dockseal.storage.store import Storage

METRICS_CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
"""What `Metrics.expose` returns."""
SHIP_BY_SOON = timedelta(hours=2)
"""An order this close to its ship-by instant and without a package is counted as urgent."""


class Metrics:
    """What is counted while the process runs, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.amazon_calls = self._counter("amazon_calls", "Calls to Amazon.", "operation", "status")
        self.lane_runs = self._counter("lane_runs", "Finished runs of lanes.", "lane", "result")
        self.lane_seconds = self._counter("lane_seconds", "Seconds spent in lanes.", "lane")
        self.notices = self._counter("notices", "New notices.", "source")
        self.retrieved = self._counter("personal_data_retrieved", "Orders whose personal data was fetched.")
        self.sealed = self._counter("personal_data_sealed", "Seals of personal data.")
        self.opened = self._counter("personal_data_opened", "Opened seals.", "purpose")
        self.callbacks = self._counter("callbacks", "Callbacks of warehouses.", "warehouse", "result")
        self.shredded = self._counter("personal_data_shredded", "Sealed records whose key was destroyed.")

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"dockseal_{name}", text, labels, registry=self.registry)

    def watch(self, outages: Callable[[], Sequence[Outage]]) -> None:
        """Shows Amazon's outages, as they are when the numbers are asked for."""
        self.registry.register(Outages(outages))

    def watch_shipping(
        self, risks: Callable[[], Sequence[RiskCount]], rates: Callable[[], Sequence[SellerShare]]
    ) -> None:
        """Shows how open orders stand against their ship-by, and the rates that Amazon will measure."""
        self.registry.register(Shipping(risks, rates))

    def expose(
        self,
        storage: Storage,
        clock: Clock,
        canaries: Mapping[tuple[SellerId, OrderState], int] = MappingProxyType({}),
    ) -> bytes:
        """Returns all numbers as Prometheus text (version 0.0.4), those of the tables as of now.

        Args:
            storage: Whose tables are counted.
            clock: Tells the time.
            canaries: How many orders of a seller and state are nobody's, and do not count.

        Raises:
            StorageError: the tables cannot be read.
        """
        tables = CollectorRegistry()
        tables.register(Tables(storage, clock.now(), canaries))
        return generate_latest(self.registry) + generate_latest(tables)


class Outages(Collector):
    """What of Amazon's is down, though it looks like a refusal."""

    def __init__(self, outages: Callable[[], Sequence[Outage]]) -> None:
        self._outages = outages

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yields the one gauge."""
        gauge = _gauge(
            "amazon_outage", "1 while refusals are taken for an outage.", "seller", "operation", "status"
        )
        # Two questions of one operation may be refused: one number each seller, operation and status.
        for labels in sorted({(each.seller, each.operation, str(each.status)) for each in self._outages()}):
            gauge.add_metric(labels, 1)
        yield gauge


class Shipping(Collector):
    """What becomes of the orders that are to ship."""

    def __init__(
        self, risks: Callable[[], Sequence[RiskCount]], rates: Callable[[], Sequence[SellerShare]]
    ) -> None:
        self._risks = risks
        self._rates = rates

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yields both gauges."""
        risks = _gauge(
            "ship_risk",
            "Open orders to ship within 7 days, by how they stand against ship-by.",
            "seller",
            "warehouse",
            "risk",
        )
        for count in self._risks():
            risks.add_metric([count.seller, count.warehouse, count.risk.value], count.number)
        yield risks
        rates = _gauge(
            "predicted_rate",
            "The share that Amazon will measure of a seller, foretold, between 0 and 1.",
            "seller",
            "rate",
        )
        for share in self._rates():
            rates.add_metric([share.seller, share.rate], share.share)
        yield rates


class Tables(Collector):
    """What the tables say at one instant."""

    def __init__(
        self,
        storage: Storage,
        now: datetime,
        canaries: Mapping[tuple[SellerId, OrderState], int] = MappingProxyType({}),
    ) -> None:
        self._storage = storage
        self._now = now
        self._canaries = canaries

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yields every gauge."""
        yield from self._order_gauges()
        yield from self._seller_gauges()
        yield from self._single_gauges()
        yield self._unmatched()

    def _unmatched(self) -> GaugeMetricFamily:
        unmatched = _gauge(
            "unmatched_reports",
            "What fits no order, by the warehouse that reported it.",
            "warehouse",
        )
        for warehouse, number in self._storage.unmatched.open_counts().items():
            unmatched.add_metric([warehouse], number)
        return unmatched

    def _order_gauges(self) -> Iterator[GaugeMetricFamily]:
        orders = self._storage.orders
        by_state = _gauge("orders", "Orders by seller and state.", "seller", "state")
        for seller, state, number in orders.counts():
            by_state.add_metric([seller, state.value], number - self._canaries.get((seller, state), 0))
        yield by_state
        holds = _gauge("held_orders", "Held orders by the code of their hold.", "code")
        for code, number in orders.holds():
            holds.add_metric([code], number)
        yield holds
        held = _gauge(
            "held_packages", "Packages held before Amazon is told, by the code of their hold.", "code"
        )
        for code, number in self._storage.packages.hold_counts():
            held.add_metric([code], number)
        yield held
        ages = _gauge(
            "oldest_order_seconds", "Seconds since the oldest order of a state was accepted.", "state"
        )
        for state, accepted_at in orders.ages().items():
            ages.add_metric([state.value], (self._now - accepted_at).total_seconds())
        yield ages

    def _seller_gauges(self) -> Iterator[GaugeMetricFamily]:
        notices = _gauge("open_notices", "Notices whose orders are still to be read.", "seller")
        lags = _gauge(
            "sweep_lag_seconds", "Seconds since the instant up to which a sweep is complete.", "seller"
        )
        resting = _gauge("seller_resting", "1 while the lanes of a seller rest.", "seller")
        for seller in self._storage.sellers.all():
            notices.add_metric([seller.id], self._storage.notices.open_count(seller.id))
            resting.add_metric([seller.id], bool(seller.rests_because))
            watermark = self._storage.watermarks.get(seller.id)
            if watermark is not None:
                lags.add_metric([seller.id], (self._now - watermark.complete_to).total_seconds())
        yield from (notices, lags, resting)
        tokens = _gauge("quota_tokens", "Calls that Amazon's quota allows at once.", "seller", "operation")
        for seller_id, operation, bucket in self._storage.buckets.all():
            tokens.add_metric([seller_id, operation], bucket.tokens_at(self._now))
        yield tokens

    def _single_gauges(self) -> Iterator[GaugeMetricFamily]:
        storage, now = self._storage, self._now
        urgent = storage.orders.late(now + SHIP_BY_SOON)
        yield _single("urgent_orders", "Orders without a package, 2 h or less before ship-by.", urgent)
        yield _single("audit_rows", "Rows of the audit trail.", storage.audit.noted_head()[0])
        yield _single("sealed_records", "Sealed records in the vault.", storage.sealed.count())
        deadline = storage.sealed.oldest_deadline() or now
        overdue = max(0.0, (now - deadline).total_seconds())
        yield _single(
            "shredding_overdue_seconds", "Seconds that the oldest record is past its deadline.", overdue
        )


def _gauge(name: str, text: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"dockseal_{name}", text, labels=labels)


def _single(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"dockseal_{name}", text, value=value)
