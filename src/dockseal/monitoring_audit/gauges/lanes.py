"""How the lanes of this process fare, by step: a thousand sellers make no more numbers than one."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from dockseal.monitoring_audit.checks import LaneHealth
from dockseal.monitoring_audit.gauges.family import gauge, single


class LaneGauges(Collector):
    """Which lanes fail, and when each step last worked."""

    def __init__(self, lanes: Callable[[], Sequence[LaneHealth]]) -> None:
        self._lanes = lanes

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yields the gauges of lanes."""
        lanes = self._lanes()
        yield single(
            "lanes_alive",
            "1 while something runs the lanes of this process.",
            bool(lanes) and all(each.alive for each in lanes),
        )
        failing = Counter({each.step: 0 for each in lanes})
        failing.update(each.step for each in lanes if each.failing)
        yield gauge(
            "lanes_failing",
            "Lanes of a step whose last run failed.",
            "lane",
            rows=(([step], number) for step, number in sorted(failing.items())),
        )
        yield gauge(
            "lane_last_success_timestamp_seconds",
            "When a lane of a step last ended a run well, in Unix time: of its lanes, the one longest ago.",
            "lane",
            rows=(([step], at) for step, at in sorted(_longest_ago(lanes).items())),
        )


def _longest_ago(lanes: Sequence[LaneHealth]) -> dict[str, float]:
    found: dict[str, float] = {}
    for each in lanes:
        if each.succeeded_at is not None:
            at = each.succeeded_at.timestamp()
            found[each.step] = min(at, found.get(each.step, at))
    return found
