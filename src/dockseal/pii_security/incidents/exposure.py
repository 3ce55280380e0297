"""Whom an actor saw: how many orders of each seller it opened while their data lived."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from dockseal.domain.identifiers import OrderRef
from dockseal.domain.incident import Incident
from dockseal.monitoring_audit.tags import Tag
from dockseal.storage.store import Storage

BACK = timedelta(days=30)
"""What was opened longer ago is past its deadline; it may have been copied all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """How many orders somebody opened, at most one buyer each."""

    by_seller: Mapping[str, int]

    @property
    def total(self) -> int:
        """Of all sellers together."""
        return sum(self.by_seller.values())


def exposure(storage: Storage, incident: Incident, canaries: frozenset[OrderRef]) -> Exposure:
    """Counts the orders that the actor of a case opened from 30 days before its first alarm on.

    Raises:
        StorageError: the trail cannot be read.
    """
    if not incident.actor:
        return Exposure(by_seller={})
    since = incident.detected_at - BACK
    opened = storage.audit.orders_of(Tag.ORDER_DATA_OPENED, "seller", since, actor=incident.actor)
    sellers = Counter(seller or "unknown" for order, seller in opened if order not in canaries)
    return Exposure(by_seller=dict(sorted(sellers.items())))
