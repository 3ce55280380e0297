"""What a seller does by hand in Seller Central, past every API."""

from datetime import datetime

from spapi_simulator.orders.shipping import Shipping
from spapi_simulator.world.records import OrderRecord, PackageItem, PackageRecord


def ship_by_hand(order: OrderRecord, shipping: Shipping, now: datetime) -> None:
    """Report everything that is left of an order as one package.

    Raises:
        Refusal: The order cannot be shipped.
    """
    left = tuple(
        PackageItem(order_item_id=item.order_item_id, quantity=item.quantity_ordered - item.quantity_shipped)
        for item in order.items
        if item.quantity_ordered > item.quantity_shipped
    )
    package = PackageRecord(
        package_reference_id=shipping.next_reference(order),
        carrier_code="UPS",
        carrier_name="UPS",
        shipping_method="Standard",
        tracking_number=f"1Z999{order.order_id.replace('-', '')}",
        ship_date=now,
        items=left,
        created_at=now,
    )
    shipping.check(order, package)
    shipping.put(order, package)
