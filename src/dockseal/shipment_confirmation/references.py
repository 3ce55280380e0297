"""Under which `packageReferenceId` Amazon is told of a package of an order that a feed told of: pure.

A feed carries no reference: Amazon numbers its packages itself. The same reference again edits a package, so
one that Amazon gave to another parcel must never be used for this one.
"""

from collections.abc import Iterable

from dockseal.domain.order import AmazonPackage
from dockseal.domain.shipment import Package


def reference_at_amazon(
    package: Package, *, numbers: Iterable[str], ours: Iterable[Package], theirs: Iterable[AmazonPackage]
) -> str:
    """Returns the reference under which Amazon knows a package, or else one that is free there.

    Args:
        package: The package.
        numbers: Tracking numbers it has or had.
        ours: All packages of its order.
        theirs: What Amazon shows of the order.
    """
    shown, known = list(theirs), frozenset(numbers)
    others = {each.number_at_amazon for each in ours if each.reference_id != package.reference_id}
    for each in shown:
        if each.tracking_number in known - others:
            return each.reference_id
    taken = {_plain(each.reference_id) for each in shown}
    if str(package.reference_id) not in taken:
        return str(package.reference_id)
    taken |= {str(each.reference_id) for each in ours}
    return str(max(int(each) for each in taken if each.isdecimal()) + 1)


def _plain(reference: str) -> str:
    return reference.lstrip("0")
