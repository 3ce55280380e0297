"""Packs one release for the way to its warehouse."""

from dockseal.domain.order import Order
from dockseal.domain.recipient import Recipient
from dockseal.domain.release import Release, Warehouse
from dockseal.fulfillment_processing.parts import lines_of
from dockseal.warehouses.fitting import fit
from dockseal.warehouses.limits import limits_of
from dockseal.warehouses.port import HandOver, WarehouseAdapter


def hand_over(
    order: Order, release: Release, *, warehouse: Warehouse, adapter: WarehouseAdapter, recipient: Recipient
) -> HandOver:
    """Returns a release as it is handed over, fitted into what the warehouse's system takes.

    Args:
        order: The order as it is now.
        release: Which release of it.
        warehouse: Where it goes.
        adapter: How that warehouse is spoken to.
        recipient: Who gets it; empty where the warehouse is handed no personal data.

    Raises:
        DoesNotFit: the recipient cannot be fitted.
    """
    return HandOver(
        reference=release.ref,
        warehouse=warehouse,
        amazon_order_id=order.id,
        marketplace_id=order.amazon.marketplace_id,
        ship_by=order.amazon.ship_by,
        deliver_by=order.amazon.deliver_by,
        programs=order.amazon.programs,
        lines=lines_of(order, release),
        recipient=fit(recipient, limits_of(adapter)),
    )
