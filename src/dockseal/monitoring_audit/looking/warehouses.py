"""Whether warehouses take orders."""

from collections.abc import Iterator

from dockseal.monitoring_audit.checks import Check
from dockseal.storage.store import Storage

UNANSWERED = 8
"""Tries after which a warehouse that does not take orders is told of: a quarter of an hour or so."""


def look_at_warehouses(storage: Storage) -> Iterator[Check]:
    """Tells of every warehouse that does not answer."""
    for name, count in storage.releases.unanswered(UNANSWERED):
        orders = "an order" if count == 1 else f"{count} orders"
        yield Check(
            name=f"warehouse {name}",
            ok=False,
            sentence=(
                f"It has not taken {orders} in {UNANSWERED} tries or more: see what those orders say of its "
                "answers, and that it runs; they are sent again by themselves."
            ),
        )
