"""What a scrape shows, as numbers by name and labels."""

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from dockseal.monitoring_audit.metrics import Metrics


def shown_by(*collectors: Collector) -> dict[str, float]:
    """What these show at one scrape."""
    metrics = Metrics()
    metrics.watch(*collectors)
    return numbers_of(metrics.expose())


def numbers_of(text: bytes) -> dict[str, float]:
    """What a page of the exposition format says."""
    families = text_string_to_metric_families(text.decode())
    return {
        sample.name
        + "".join(f" {name}={value}" for name, value in sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
        if not sample.name.endswith("_created")
    }
