"""The verdict of health as numbers, so that what it finds is seen beside all else."""

from collections import Counter
from collections.abc import Callable, Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from dockseal.monitoring_audit.checks import Condition, Health
from dockseal.monitoring_audit.gauges.family import gauge


class HealthGauges(Collector):
    """What health says. Checks are counted by the first words of their names: the rest names a seller."""

    def __init__(self, health: Callable[[], Health]) -> None:
        self._health = health

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yields the verdict, and what is not well."""
        health = self._health()
        yield gauge(
            "health",
            "1 for the verdict that health gives, 0 for the others.",
            "verdict",
            rows=(([each.value], health.verdict is each) for each in Condition),
        )
        bad = Counter({each.name.partition(" ")[0]: 0 for each in health.checks})
        bad.update(each.name.partition(" ")[0] for each in health.checks if not each.ok)
        yield gauge(
            "health_checks_failing",
            "Checks of health that are not well, by their kind.",
            "check",
            rows=(([kind], number) for kind, number in sorted(bad.items())),
        )
