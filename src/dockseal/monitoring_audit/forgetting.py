"""Forgets orders before Amazon's data that is not personal is too old: 18 months, whatever became of them.

DPP 1.7. On PostgreSQL the role that serves may delete no order: its row in the trail says from when on, and
the owner of the tables then does it.
"""

from datetime import datetime, timedelta

from dockseal.domain.access import Actor
from dockseal.domain.clock import Clock
from dockseal.domain.policy import LONGEST_IMPERSONAL
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage

KEPT = LONGEST_IMPERSONAL - timedelta(days=60)
"""Orders that were taken in a longer time ago are forgotten: two months are left to do it in."""


def forget(storage: Storage, trail: Trail, clock: Clock, actor: Actor, *, by_owner: bool) -> int:
    """Forgets every order that is old enough, and says so in the audit trail in the same transaction.

    Args:
        storage: Whose operations database is meant.
        trail: Is told of it.
        clock: Tells the time.
        actor: Who does it.
        by_owner: Whether the owner of the tables deletes them later, as PostgreSQL wants it.

    Returns:
        How many orders are forgotten, or are to be.

    Raises:
        StorageError: the database cannot be used.
    """
    before = clock.now() - KEPT
    orders = storage.evidence.orders_before(before)
    if not orders:
        return 0
    with storage.transaction():
        trail.record(Tag.DATA_ORDERS_FORGOTTEN, actor=actor, before=before, orders=orders)
        if not by_owner:
            storage.forget_orders(before)
    return orders


def agreed(recorded: str, now: datetime) -> datetime:
    """Returns before when the owner deletes orders: as the trail says, and never any that are not old enough.

    Raises:
        ValueError: the trail says no instant.
    """
    return min(datetime.fromisoformat(recorded), now - KEPT)
