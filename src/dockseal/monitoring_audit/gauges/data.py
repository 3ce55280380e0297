"""What personal data is kept, and whether it goes in time."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from dockseal.domain.clock import Clock
from dockseal.monitoring_audit.gauges.family import single
from dockseal.monitoring_audit.gauges.kept import Kept
from dockseal.storage.store import Storage


class DataGauges(Collector):
    """What is sealed, and until when."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._records = Kept[int](count=storage.sealed.count, size=int)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yields how many records are kept, and how late the oldest one is."""
        now = self._clock.now()
        yield single("sealed_records", "Sealed records in the vault.", self._records.at(now))
        deadline = self._storage.sealed.oldest_deadline() or now
        yield single(
            "shredding_overdue_seconds",
            "Seconds that the oldest record is past its deadline.",
            _overdue(now - deadline),
        )


class KeyGauges(Collector):
    """The keys of epochs.

    Args:
        ends: Tells when the epoch of each key that is left ends.
        clock: Tells the time.
    """

    def __init__(self, ends: Callable[[], Sequence[datetime]], clock: Clock) -> None:
        self._ends = ends
        self._clock = clock

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yields how many keys there are, and how late the oldest of them is."""
        now, ends = self._clock.now(), self._ends()
        yield single("epoch_keys", "Keys of epochs, of which each opens the records of one.", len(ends))
        yield single(
            "epoch_keys_overdue", "Keys whose epoch is over.", sum(1 for each in ends if each <= now)
        )
        yield single(
            "epoch_key_overdue_seconds",
            "Seconds that the oldest key is past the end of its epoch.",
            _overdue(now - min(ends, default=now)),
        )


def _overdue(passed: timedelta) -> float:
    return max(0.0, passed.total_seconds())
