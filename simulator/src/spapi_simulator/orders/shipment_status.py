"""updateShipmentStatus (Orders v0): what a store says of an order that its buyer collects there."""

from collections.abc import Callable, Mapping

from spapi_simulator.front.answers import JSON, Refusal, Reply, refuse_access, refuse_input
from spapi_simulator.front.bodies import choice, parts, text, whole
from spapi_simulator.front.gate import Ask
from spapi_simulator.front.operations import Operation
from spapi_simulator.orders.finding import order_of
from spapi_simulator.orders.shipping import UNKNOWN_ITEM
from spapi_simulator.world.book import Book
from spapi_simulator.world.marketplaces import MARKETPLACES
from spapi_simulator.world.records import STORE_PICKUP, OrderRecord

READY, PICKED_UP, REFUSED = "ReadyForPickup", "PickedUp", "RefusedPickup"
_FROM = {READY: {"", READY}, PICKED_UP: {READY}, REFUSED: {READY}}
"""Where an order's pickup must stand for each status; that the order counts is not in Amazon's documents."""

OPERATIONS = (
    Operation(
        "updateShipmentStatus", "POST", "/orders/v0/orders/{orderId}/shipment", 5, 15, api="ordersV0",
        honours=("orderId", "marketplaceId", "shipmentStatus", "orderItems"),
    ),
)  # fmt: skip


class ShipmentStatus:
    """Answers updateShipmentStatus."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def handlers(self) -> Mapping[str, Callable[[Ask], Reply]]:
        """Return what answers each operation."""
        return {"updateShipmentStatus": self.update}

    def update(self, ask: Ask) -> Reply:
        """Note a pickup; 204 without a body. A refused pickup cancels what is left of the order."""
        order = order_of(ask, self._book)
        body = ask.json()
        marketplace_id = text(body, "marketplaceId")
        if marketplace_id not in MARKETPLACES:
            raise Refusal(400, "InvalidInput", message="Marketplace ID is not defined", details="1001")
        ask.caller.check_marketplaces([marketplace_id])
        if marketplace_id != order.marketplace.marketplace_id:
            raise refuse_access()
        status = choice(body, "shipmentStatus", (READY, PICKED_UP, REFUSED))
        if STORE_PICKUP not in order.programs:
            raise refuse_input("Only orders that are collected in a store have a shipment status.")
        if order.status not in {"UNSHIPPED", "PARTIALLY_SHIPPED"}:
            raise refuse_input(f"The order cannot be {status} in status {order.v0_status}.")
        if order.pickup_status not in _FROM[status]:
            raise refuse_input(f"The order cannot be {status} before it is {READY}.")
        self._book.collected(order, status, _quantities(body, order))
        if status == REFUSED and not order.shipped_count:
            self._book.cancel(order.order_id, by="BUYER", reason="RefusedPickup")
        return Reply(status=204)


def _quantities(body: JSON, order: OrderRecord) -> dict[str, int]:
    """Return how many of each item are meant: what is named, or everything that is left."""
    left = {one.order_item_id: one.quantity_ordered - one.quantity_shipped for one in order.items}
    if body.get("orderItems") is None:
        return left
    named: dict[str, int] = {}
    for one in parts(body, "orderItems"):
        item_id = text(one, "orderItemId")
        named[item_id] = named.get(item_id, 0) + whole(one, "quantity")
        if item_id not in left:
            raise refuse_input(message=UNKNOWN_ITEM)
        if named[item_id] > left[item_id]:
            raise refuse_input("quantity is greater than the quantity that is left.")
    return named
