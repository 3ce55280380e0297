"""Whether what warehouses report fits an order."""

from collections.abc import Iterator

from dockseal.monitoring_audit.checks import Check
from dockseal.storage.store import Storage


def look_at_unmatched(storage: Storage) -> Iterator[Check]:
    """Tells how much of each warehouse's waits for a person."""
    for warehouse, count in storage.unmatched.open_counts().items():
        what = "One thing it reported fits" if count == 1 else f"{count} things it reported fit"
        yield Check(
            name=f"unmatched {warehouse}",
            ok=False,
            sentence=f"{what} no order: match or dismiss it on the console's page Unmatched, or see "
            "`dockseal tracking list`.",
            about=warehouse,
        )
