"""Writes down that an order's releases are to be stopped, with its audit rows: any service may wish that.

It stands on this floor because services of their own notice it: a reading of Amazon's, an address compared, a
person. Asking the warehouses is one service's work, which finds the wishes in the table.
"""

from datetime import datetime

from dockseal.domain.access import Actor
from dockseal.domain.order import Order
from dockseal.domain.stop import Stop, StopReason
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage


def want_stops(
    storage: Storage, trail: Trail, order: Order, reason: StopReason, *, actor: Actor, at: datetime
) -> list[Stop]:
    """Wishes that no warehouse ships what it has, or may have, of an order; inside a transaction.

    Args:
        storage: Keeps the wishes.
        trail: Is told of each that is new.
        order: Whose releases.
        reason: Why.
        actor: Who noticed it.
        at: When.

    Returns:
        The wishes that are new, or have a more serious reason now.
    """
    new = []
    for release in storage.releases.of_order(order.ref):
        stop = storage.stops.want(release, reason, at) if release.live else None
        if stop is not None:
            new.append(stop)
            trail.record(
                Tag.ORDER_STOP_WANTED,
                actor=actor,
                order=order.ref,
                release=release.ref,
                warehouse=release.warehouse,
                reason=reason,
            )
    return new
