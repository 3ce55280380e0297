"""Whether Amazon shows a package as we sent it: pure."""

from collections import Counter
from collections.abc import Iterable

from dockseal.domain.order import AmazonOrder, AmazonStatus, Order
from dockseal.domain.shipment import Package, PackageState


def shown(package: Package, reading: AmazonOrder) -> bool:
    """Tells whether Amazon shows `package` with our number and contents.

    Orders v0 shows no packages: there, the quantities Amazon counts as shipped must cover the order.
    """
    if reading.packages is None:
        return _all_shipped(reading)
    reference = package.amazon_reference or str(package.reference_id)
    contents = tuple(sorted((content.order_item_id, content.quantity) for content in package.contents))
    return any(
        # Amazon numbers the parcels of its own labels itself, and those of a feed.
        (package.bought or package.feed is not None or each.reference_id == reference)
        and each.tracking_number == package.tracking_number
        and (not each.contents or each.contents == contents)
        for each in reading.packages
    )


def differences(order: Order, packages: list[Package], reading: AmazonOrder) -> list[Package]:
    """Returns the packages of an order that Amazon does not show as we sent them."""
    if reading.amazon_order_id != order.id:
        raise ValueError("the reading is of another order")
    return [package for package in packages if not shown(package, reading)]


def standing(packages: Iterable[Package]) -> list[Package]:
    """Returns the packages that count: what Amazon refused was corrected by another, or still has to be."""
    return [package for package in packages if package.state is not PackageState.REFUSED]


def covered(order: Order, packages: Iterable[Package]) -> bool:
    """Tells whether these packages hold everything that is ordered."""
    packed: Counter[str] = Counter()
    for package in packages:
        packed.update({content.order_item_id: content.quantity for content in package.contents})
    return all(packed[line.order_item_id] >= line.ordered for line in order.amazon.lines)


def _all_shipped(reading: AmazonOrder) -> bool:
    if reading.status is AmazonStatus.SHIPPED:
        return True
    return bool(reading.lines) and all(line.shipped >= line.ordered for line in reading.lines)
