"""Families of numbers under our name."""

from collections.abc import Iterable, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

Row = tuple[Sequence[str], float]
"""The values of the labels, and the number."""


def gauge(name: str, text: str, *labels: str, rows: Iterable[Row] = ()) -> GaugeMetricFamily:
    """Returns a gauge.

    Args:
        name: What follows `dockseal_`, with its unit at the end.
        text: What it says, for a person.
        *labels: Their names; none may name an order or a person.
        rows: The numbers.
    """
    family = GaugeMetricFamily(f"dockseal_{name}", text, labels=labels)
    for values, number in rows:
        family.add_metric(values, number)
    return family


def counter(name: str, text: str, *labels: str, rows: Iterable[Row] = ()) -> CounterMetricFamily:
    """Returns a counter; see `gauge`. Its numbers are shown with `_total` behind the name."""
    family = CounterMetricFamily(f"dockseal_{name}", text, labels=labels)
    for values, number in rows:
        family.add_metric(values, number)
    return family


def single(name: str, text: str, number: float) -> GaugeMetricFamily:
    """Returns a gauge of one number."""
    return GaugeMetricFamily(f"dockseal_{name}", text, value=number)
