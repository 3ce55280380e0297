"""Putting packages on orders: the one way, whether by confirmShipment, by a feed, or with a bought label."""

from collections import Counter
from dataclasses import replace
from functools import partial
from itertools import count

from spapi_simulator.front.answers import Refusal, refuse_input
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.book import Book
from spapi_simulator.world.present import Present
from spapi_simulator.world.records import EASY_SHIP, SHIP_PLUS, STORE_PICKUP, OrderRecord, PackageRecord
from spapi_simulator.world.regulation import APPROVED

UNKNOWN_ITEM = (
    "OrderItemId is invalid, please obtain the value through the getOrderItems API or Manage Orders page"
)
NOTHING_TO_SHIP = (
    "Failed to create package due to not finding a matching package or order already fulfilled: "
    "PackageToUpdateNotFound"
)
_FINAL = frozenset({"DELIVERED", "CANCELLED", "UNDELIVERABLE"})
_SHIPPABLE = frozenset({"UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED"})


class Shipping:
    """Checks a package against its order, and puts it on."""

    def __init__(self, book: Book, present: Present, behaviours: Behaviours) -> None:
        self._book = book
        self._present = present
        self._behaviours = behaviours

    def check(self, order: OrderRecord, package: PackageRecord, *, bought: bool = False) -> None:
        """Refuse a package that the order cannot have; `bought` when Amazon sold the label itself.

        Raises:
            Refusal: 400 in the words of confirmShipment.
        """
        _check_state(order, order.package(package.package_reference_id), bought=bought)
        unverified = order.regulation is not None and order.regulation.status != APPROVED
        if unverified and self._behaviours.refuse_confirm_unverified:
            raise _refuse("The regulated items of this order are not verified.")
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
            self._send_off(order, package)
        else:
            edited = replace(
                package,
                created_at=known.created_at,
                edits=known.edits + 1,
                status=known.status,
                detailed_status=known.detailed_status,
                delivered_at=known.delivered_at,
            )
            order.packages[order.packages.index(known)] = edited
        self._book.shipped(order)

    def take_off(self, order: OrderRecord, reference: str) -> None:
        """Take a package off its order again, as when its label is cancelled before it is on its way.

        Raises:
            ValueError: The order has no such package.
        """
        package = order.package(reference)
        if package is None:
            raise ValueError(f"Order {order.order_id} has no package {reference}.")
        if lag := self._behaviours.read_after_write_seconds:
            self._book.keep_showing(order, lag)
        order.packages.remove(package)
        self._book.shipped(order)

    def next_reference(self, order: OrderRecord) -> str:
        """Return the packageReferenceId that Amazon gives a package whose sender named none."""
        taken = {one.package_reference_id.lstrip("0") for one in order.packages}
        return next(
            name for name in map(str, count(self._behaviours.numbers_packages_from)) if name not in taken
        )

    def _send_off(self, order: OrderRecord, package: PackageRecord) -> None:
        """Let a parcel travel: scanned by its carrier, and one day at the buyer's door."""
        for wait, status, detail in (
            (self._behaviours.in_transit_after_seconds, "IN_TRANSIT", "PICKED_UP"),
            (self._behaviours.delivered_after_seconds, "DELIVERED", "DELIVERED"),
        ):
            self._present.after(wait, partial(self._arrive, order, package, status, detail))

    def _arrive(self, order: OrderRecord, sent: PackageRecord, status: str, detail: str) -> None:
        """Move a parcel on, unless it was taken off, or another has its packageReferenceId by now."""
        package = order.package(sent.package_reference_id)
        if package and package.created_at == sent.created_at and package.status not in _FINAL:
            self._book.package_moved(order, sent.package_reference_id, status, detail)


def _check_state(order: OrderRecord, known: PackageRecord | None, *, bought: bool) -> None:
    foreign = {SHIP_PLUS, EASY_SHIP, STORE_PICKUP} & set(order.programs)
    if order.fulfilled_by != "MERCHANT" or (foreign and not bought):
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
