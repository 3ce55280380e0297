"""Whether orders are forgotten before Amazon's data may be kept no longer."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from dockseal.domain.policy import LONGEST_IMPERSONAL
from dockseal.monitoring_audit.checks import Check
from dockseal.storage.store import Storage

REMINDED = timedelta(days=30)
"""So long before its end somebody is told."""


def look_at_old_orders(storage: Storage, now: datetime) -> Iterator[Check]:
    """Tells of orders that are 17 months old, or older."""
    if storage.evidence.any_order_before(now - LONGEST_IMPERSONAL + REMINDED):
        sentence = (
            "Orders are 17 months old or older, and Amazon's data may be kept for 18: run `dockseal orders "
            "forget`, and on PostgreSQL then `dockseal database forget` as the owner of the tables."
        )
        yield Check(name="old orders", ok=False, sentence=sentence)
