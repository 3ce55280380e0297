"""The audit trail: how long it is, and how old its newest row. What proves it from outside is shown here."""

from collections.abc import Collection, Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from dockseal.monitoring_audit.gauges.family import gauge, single
from dockseal.storage.store import Storage


class TrailGauges(Collector):
    """The head of the trail."""

    def __init__(self, storage: Storage, places: Collection[str] = ()) -> None:
        """Makes it; `places` are those in the settings, whoever else was told once."""
        self._storage = storage
        self._places = frozenset(places)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yields the gauges of the trail."""
        head = self._storage.audit.head()
        yield single("audit_rows", "Rows of the audit trail.", self._storage.audit.noted_head()[0])
        yield gauge(
            "audit_newest_row_timestamp_seconds",
            "When the newest row of the audit trail was written, in Unix time.",
            rows=[] if head is None else [([], head.at.timestamp())],
        )
        signed = self._storage.checkpoints.tree().size
        yield single("audit_signed_rows", "Rows of the audit trail that a checkpoint is signed over.", signed)
        yield gauge(
            "audit_anchored_rows",
            "Rows of the audit trail that a place outside knows of.",
            "place",
            rows=(
                ([each.place], each.tree.size)
                for each in self._storage.checkpoints.places()
                if each.place in self._places
            ),
        )
