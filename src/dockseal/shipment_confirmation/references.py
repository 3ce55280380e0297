"""Under which `packageReferenceId` Amazon is told of a package of an order that a feed told of: pure.

A feed carries no reference: Amazon numbers its packages itself. The same reference again edits a package, so
one that Amazon gave to another parcel must never be used for this one.
"""

from collections.abc import Iterable
from dataclasses import replace

from dockseal.domain.order import AmazonPackage
from dockseal.domain.shipment import Package, PackageState
from dockseal.domain.shown import matched


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
    ours, shown, known = list(ours), list(theirs), frozenset(numbers)
    others = {each.number_at_amazon for each in ours if each.reference_id != package.reference_id}
    for each in shown:
        if each.tracking_number in known - others:
            return each.reference_id
    # Of several without a number, what lies in them says which is which.
    mine = matched(map(_told, ours), shown).ours.get(package.reference_id)
    if mine is not None and not mine.tracking_number:
        return mine.reference_id
    taken = {_plain(each.reference_id) for each in shown}
    if str(package.reference_id) not in taken:
        return str(package.reference_id)
    taken |= {str(each.reference_id) for each in ours}
    return str(max(int(each) for each in taken if each.isdecimal()) + 1)


def _told(package: Package) -> Package:
    """Returns a package that went with a feed as Amazon may know it, although it was corrected since."""
    return package if package.feed is None else replace(package, state=PackageState.CONFIRMED)


def _plain(reference: str) -> str:
    return reference.lstrip("0")
