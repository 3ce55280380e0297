"""Putting packages on orders: the one way, whether by confirmShipment, by a feed, or with a bought label."""

from collections import Counter
from dataclasses import replace

from spapi_simulator.front.answers import Refusal, refuse_input
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.book import Book
from spapi_simulator.world.records import SHIP_PLUS, OrderRecord, PackageRecord

UNKNOWN_ITEM = (
    "OrderItemId is invalid, please obtain the value through the getOrderItems API or Manage Orders page"
)
NOTHING_TO_SHIP = (
    "Failed to create package due to not finding a matching package or order already fulfilled: "
    "PackageToUpdateNotFound"
)
_SHIPPABLE = frozenset({"UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED"})


class Shipping:
    """Checks a package against its order, and puts it on."""

    def __init__(self, book: Book, behaviours: Behaviours) -> None:
        self._book = book
        self._behaviours = behaviours

    def check(self, order: OrderRecord, package: PackageRecord, *, bought: bool = False) -> None:
        """Refuse a package that the order cannot have; `bought` when Amazon sold the label itself.

        Raises:
            Refusal: 400 in the words of confirmShipment.
        """
        _check_state(order, order.package(package.package_reference_id), bought=bought)
        _check_quantities(order, package)

    def put(self, order: OrderRecord, package: PackageRecord, *, shown_after: float = 0) -> None:
        """Put a checked package on its order; one with the same packageReferenceId is replaced by it.

        Args:
            order: The order it belongs to.
            package: What is in it.
            shown_after: For how many seconds reads go on showing the order as it was.
        """
        lag = max(shown_after, self._behaviours.read_after_write_seconds)
        if lag:
            self._book.keep_showing(order, lag)
        known = order.package(package.package_reference_id)
        if known is None:
            order.packages.append(package)
        else:
            edited = replace(package, created_at=known.created_at, edits=known.edits + 1)
            order.packages[order.packages.index(known)] = edited
        self._book.shipped(order)


def next_reference(order: OrderRecord) -> str:
    """Return the packageReferenceId that Amazon gives a package whose sender named none."""
    return str(max((int(one.package_reference_id) for one in order.packages), default=0) + 1)


def _check_state(order: OrderRecord, known: PackageRecord | None, *, bought: bool) -> None:
    if order.fulfilled_by != "MERCHANT" or (SHIP_PLUS in order.programs and not bought):
        raise _refuse("The order is not shipped by the merchant itself.")
    if order.status not in _SHIPPABLE:
        raise _refuse(f"The order cannot be confirmed in status {order.v0_status}.")
    if known is None and not order.unshipped_count:
        raise _refuse(NOTHING_TO_SHIP)


def _check_quantities(order: OrderRecord, package: PackageRecord) -> None:
    inside: Counter[str] = Counter()
    for other in order.packages:
        if other.package_reference_id != package.package_reference_id:
            inside.update({content.order_item_id: content.quantity for content in other.items})
    for content in package.items:
        inside[content.order_item_id] += content.quantity
        item = order.item(content.order_item_id)
        if item is None:
            raise _refuse(UNKNOWN_ITEM)
        if inside[content.order_item_id] > item.quantity_ordered:
            raise _refuse("The quantity is greater than the quantity that is left to ship.")
        if item.transparency and len(content.transparency_codes) != content.quantity:
            raise _refuse("TransparencyCodes are invalid, every unit of this item needs one.")


def _refuse(message: str) -> Refusal:
    return refuse_input(message=message)
