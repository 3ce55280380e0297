"""Makes the page of metrics. `generate.py` writes it."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client.metrics_core import Metric

from dockseal.monitoring_audit.metrics import Metrics, Tables
from dockseal.storage.store import DatabasePlaces, Storage


def page() -> str:
    """Returns the metrics with their labels."""
    with tempfile.TemporaryDirectory() as folder:
        families = metric_families(Path(folder))
    rows = [
        (
            f"`{_sample_name(each)}`",
            each.type,
            ", ".join(f"`{label}`" for label in labels),
            each.documentation,
        )
        for each, labels in families
    ]
    lines = [
        "# Metrics",
        "",
        "Written from the code by `python docs/generate.py`.",
        "",
        "Served at `/metrics` as Prometheus text, to loopback or with a bearer key. Counters count from the",
        "start of the process; gauges are read from the tables at each scrape. No label names an order or a",
        "person.",
        "",
        "| metric | kind | labels |  |",
        "| --- | --- | --- | --- |",
        *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def metric_families(folder: Path) -> list[tuple[Metric, tuple[str, ...]]]:
    """Returns every family with the names of its labels.

    Args:
        folder: An empty folder for empty databases: gauges are made from tables.
    """
    storage = Storage.open(
        DatabasePlaces(operations=folder / "operations.sqlite3", vault=folder / "vault.sqlite3"),
        secret_key="of empty databases",  # noqa: S106 - signs nothing
    )
    try:
        gauges = list(Tables(storage, datetime(2026, 1, 1, tzinfo=UTC)).collect())
    finally:
        storage.close()
    metrics = Metrics()
    metrics.watch(tuple)
    metrics.watch_shipping(tuple, tuple)
    # The library shows the names of labels nowhere else while nothing is counted.
    labels: dict[str, tuple[str, ...]] = {}
    for counter in vars(metrics).values():
        for family in counter.describe() if hasattr(counter, "describe") else ():
            labels[family.name] = tuple(counter._labelnames)
    families = [*metrics.registry.collect(), *gauges]
    labels |= {each.name: tuple(each._labelnames) for each in families if hasattr(each, "_labelnames")}
    return [(family, labels.get(family.name, ())) for family in families]


def _sample_name(family: Metric) -> str:
    return f"{family.name}_total" if family.type == "counter" else family.name
