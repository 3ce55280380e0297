"""Moves an order on that has parcels already when its last part is taken: parts ship when they like."""

from dockseal.domain.access import Actor
from dockseal.domain.order import Order, OrderState
from dockseal.domain.shipment import KNOWN_TO_AMAZON, PackageState
from dockseal.fulfillment_processing.reports import left_to_ship
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage


def catch_up(storage: Storage, trail: Trail, order: Order, *, actor: Actor) -> None:
    """Moves a released order to where its parcels have it; inside a transaction.

    Args:
        storage: Where it is kept.
        trail: Where it is recorded.
        order: As it was released just now.
        actor: Who released it.

    Raises:
        MoveRefused: somebody else changed it at the same moment.
    """
    packages = [
        each for each in storage.packages.of_order(order.ref) if each.state is not PackageState.REFUSED
    ]
    if not packages:
        return
    if any(left_to_ship(order, packages).values()):
        storage.orders.move(order, OrderState.PARTLY_SHIPPED)
        trail.record(Tag.ORDER_LIFE_PARTLY_SHIPPED, actor=actor, order=order.ref)
        return
    shipped_at = max(each.shipped_at for each in packages)
    shipped = storage.orders.move(order, OrderState.SHIPPED, shipped_at=shipped_at)
    trail.record(Tag.ORDER_LIFE_SHIPPED, actor=actor, order=order.ref)
    if all(each.state in KNOWN_TO_AMAZON for each in packages):
        confirmed_at = max(each.confirmed_at or each.shipped_at for each in packages)
        storage.orders.move(shipped, OrderState.CONFIRMED, confirmed_at=confirmed_at)
        trail.record(Tag.ORDER_LIFE_CONFIRMED, actor=actor, order=order.ref)
