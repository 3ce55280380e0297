"""Opens of personal data, as the audit trail has them: whichever process opens, here it is counted."""

import contextlib
import threading
from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from dockseal.errors import StorageError
from dockseal.monitoring_audit.gauges.family import counter
from dockseal.monitoring_audit.tags import Tag
from dockseal.storage.store import Storage

_COUNTED = ((Tag.ORDER_DATA_OPENED, "purpose"), (Tag.ORDER_DATA_OPEN_REFUSED, "reason"))
"""The tags that are counted, with the field that they are told apart by."""


class OpenCounters(Collector):
    """Counts the rows that were written since this was made; each scrape reads those since the last.

    Actors are told apart by their kind alone: a person, a service or a warehouse.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._counted_to = storage.audit.newest_number()
        self._numbers: dict[Tag, Counter[tuple[str, str]]] = {tag: Counter() for tag, _ in _COUNTED}
        self._lock = threading.Lock()

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Yields the counters."""
        with self._lock:
            with contextlib.suppress(StorageError):  # the next scrape makes up for it
                self._count_on()
            opened, refused = (sorted(self._numbers[tag].items()) for tag, _ in _COUNTED)
        yield counter(
            "personal_data_opened",
            "Times that personal data was opened, by the kind of who opened it.",
            "actor",
            "purpose",
            rows=opened,
        )
        yield counter(
            "personal_data_open_refused",
            "Times that opening personal data was refused, by the kind of who asked.",
            "actor",
            "reason",
            rows=refused,
        )

    def _count_on(self) -> None:
        audit, until = self._storage.audit, self._storage.audit.newest_number()
        # All of them before any is added: a count that fails halfway is made again as a whole.
        found = [
            (tag, actor.partition(":")[0], value, number)
            for tag, field in _COUNTED
            for actor, value, number in audit.counted(tag, field, after=self._counted_to, until=until)
        ]
        for tag, kind, value, number in found:
            self._numbers[tag][kind, value] += number
        self._counted_to = until
