"""Makes the page of metrics. `generate.py` writes it."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from prometheus_client.metrics_core import Metric

from dockseal.bootstrap import build, create_keys
from dockseal.domain.access import Actor, ActorKind
from dockseal.monitoring_audit.metrics import Metrics
from dockseal.settings import settings_from

PROCESS, TABLES = "process", "tables"
_OF_ITS_LANES = ("dockseal_lane", "dockseal_health", "dockseal_unread_gauges")
_OF_THE_TRAIL = ("dockseal_personal_data_open",)
_HEAD = """\
# Metrics

Written from the code by `python docs/generate.py`. How to scrape them, a dashboard and alerts:
[monitoring.md](monitoring.md).

Served at `/metrics` as Prometheus text, to loopback or with a bearer key. No label names an order or a
person.

What is of the **process** begins at nothing with it: over several processes, take the sum. What is of the
**tables** is read at the scrape, and is the same in each process: take the largest. Orders that are verified,
cancelled or shredded, and sealed records, are counted every ten minutes once there are many. Opens are
counted in the audit trail from when the process began, whichever process they were made in.

| metric | kind | of | labels |  |
| --- | --- | --- | --- | --- |"""


def page() -> str:
    """Returns the metrics with their labels."""
    with tempfile.TemporaryDirectory() as folder:
        families = metric_families(Path(folder))
    rows = [
        (
            f"`{_sample_name(each)}`",
            each.type,
            of,
            ", ".join(f"`{label}`" for label in labels),
            each.documentation,
        )
        for each, of, labels in families
    ]
    cells = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(line.rstrip() for line in (*_HEAD.split("\n"), *cells)) + "\n"


def metric_families(folder: Path) -> list[tuple[Metric, str, tuple[str, ...]]]:
    """Returns every family with what it is of and the names of its labels.

    Args:
        folder: An empty folder for an empty Dockseal.
    """
    settings = settings_from({"data_dir": folder / "data", "key_dir": folder / "keys"})
    create_keys(settings, Actor(kind=ActorKind.SERVICE, name="docs"))
    app = build(settings)
    try:
        counted = [(each, PROCESS) for each in app.metrics.registry.collect()]
        read = [(each, TABLES) for each in app.metrics.read_anew().collect()]
        labels = _labels(app.metrics) | _labels_of_families(each for each, _ in (*counted, *read))
    finally:
        app.close()
    return [(each, _of(each, of), labels.get(each.name, ())) for each, of in (*counted, *read)]


def _of(family: Metric, of: str) -> str:
    if family.name.startswith(_OF_THE_TRAIL):
        return TABLES
    return PROCESS if family.name.startswith(_OF_ITS_LANES) else of


def _labels(metrics: Metrics) -> dict[str, tuple[str, ...]]:
    # The library shows the names of labels nowhere else while nothing is counted.
    return {
        family.name: tuple(counter._labelnames)
        for counter in vars(metrics).values()
        if hasattr(counter, "_labelnames")
        for family in counter.describe()
    } | {"dockseal_build": ("version", "python")}


def _labels_of_families(families: Iterable[Metric]) -> dict[str, tuple[str, ...]]:
    return {each.name: tuple(each._labelnames) for each in families if hasattr(each, "_labelnames")}


def _sample_name(family: Metric) -> str:
    ends = {"counter": "_total", "info": "_info"}
    return family.name + ends.get(family.type, "")
