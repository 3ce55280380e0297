"""Numbers for Prometheus. Labels name sellers, warehouses, operations and states, never an order or a person.

What a process counts while it runs is here, and begins at nothing with it: sum it over processes. What the
tables say is read at the scrape, in `gauges`, and is the same in each process: take the largest.
"""

import platform
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, Info, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from dockseal import __version__
from dockseal.errors import DocksealError
from dockseal.monitoring_audit.gauges.family import gauge

METRICS_CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
"""What `Metrics.expose` returns."""
_CALLS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_RUNS = (0.005, 0.025, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0)


class Metrics:
    """What is counted while the process runs, and what is read when the numbers are asked for."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._collectors: list[Collector] = []
        self.amazon_calls = self._counter("amazon_calls", "Calls to Amazon.", "operation", "status")
        self.amazon_call_seconds = self._seconds(
            "amazon_call", "Seconds until Amazon answered a call.", _CALLS, "operation"
        )
        self.warehouse_calls = self._counter(
            "warehouse_calls", "Calls to warehouses.", "warehouse", "act", "result"
        )
        self.warehouse_call_seconds = self._seconds(
            "warehouse_call", "Seconds until a warehouse answered a call.", _CALLS, "warehouse", "act"
        )
        self.lane_runs = self._counter("lane_runs", "Finished runs of lanes.", "lane", "result")
        self.lane_run_seconds = self._seconds("lane_run", "Seconds that a run of a lane took.", _RUNS, "lane")
        self.notices = self._counter("notices", "New notices.", "source")
        self.retrieved = self._counter("personal_data_retrieved", "Orders whose personal data was fetched.")
        self.sealed = self._counter("personal_data_sealed", "Seals of personal data.")
        self.callbacks = self._counter("callbacks", "Callbacks of warehouses.", "warehouse", "result")
        self.shredded = self._counter("personal_data_shredded", "Sealed records whose key was destroyed.")
        build = Info("dockseal_build", "What runs.", registry=self.registry)
        build.info({"version": __version__, "python": platform.python_version()})
        ProcessCollector(registry=self.registry)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"dockseal_{name}", text, labels, registry=self.registry)

    def _seconds(self, name: str, text: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"dockseal_{name}_seconds", text, labels, buckets=buckets, registry=self.registry)

    def count(self, counters: Collector) -> None:
        """Has counters shown that are kept elsewhere; they raise nothing when they are asked."""
        self.registry.register(counters)

    def watch(self, *collectors: Collector) -> None:
        """Has what these say shown too, as it is when the numbers are asked for."""
        self._collectors.extend(collectors)

    def expose(self) -> bytes:
        """Returns all numbers as Prometheus text (version 0.0.4).

        What cannot be read, such as while a database is down, is left out and counted: the other numbers are
        wanted then more than ever.
        """
        return generate_latest(self.registry) + generate_latest(self.read_anew())

    def read_anew(self) -> CollectorRegistry:
        """Returns what is read when the numbers are asked for, and not counted here."""
        read = CollectorRegistry()
        read.register(_Read(self._collectors))
        return read


class _Read(Collector):
    """What several collectors say, without those that fail."""

    def __init__(self, collectors: Iterable[Collector]) -> None:
        self._collectors = collectors

    def collect(self) -> Iterator[Metric]:
        unread = 0
        for each in self._collectors:
            try:
                # As a whole: half a collector's numbers would look like all of them.
                yield from list(each.collect())
            except DocksealError:
                unread += 1
        yield gauge(
            "unread_gauges",
            "Groups of numbers that could not be read of the tables at this scrape.",
            rows=[([], unread)],
        )
