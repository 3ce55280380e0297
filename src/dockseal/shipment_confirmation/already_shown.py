"""Numbers that come late: Amazon counts their order as shipped before it is told of them. Pure."""

from collections.abc import Iterable

from dockseal.domain.order import AmazonStatus, Order
from dockseal.domain.shipment import Package, PackageState
from dockseal.domain.shown import label_of, matched, same_number
from dockseal.errors import AmazonRefused
from dockseal.shipment_confirmation.comparison import shown
from dockseal.shipment_confirmation.labels import number_of

_FULFILLED = ("PackageToUpdateNotFound", "already fulfilled")
"""In Amazon's refusal of one package more of a shipped order (seen in practice: SP-API models, 5037)."""


def already_shown(order: Order, package: Package, *, among: Iterable[Package] = ()) -> bool:
    """Tells whether Amazon shows a package before it was told of it, as when somebody entered it by hand.

    It needs no call then, and one could make a second package of it. One that Amazon was told of before, or
    may have been, is told again, whatever is shown: a correction may change what Amazon does not show. Where
    it was not corrected since, what is shown is that it was told.

    Args:
        order: With the reading of Amazon that is kept.
        package: One that Amazon is about to be told of.
        among: All packages of the order: what Amazon was told of another one is not this one.
    """
    if package.confirmed_at is not None:
        return False
    contents = {(content.order_item_id, content.quantity) for content in package.contents}
    number = number_as_shown(package)
    if package.told_carrier and same_number(package.told_number, number):  # a lost answer, or a feed
        return package.state is PackageState.INTENDED and _as_told(order, package, among)
    others = [each for each in among if each.told_carrier and each.reference_id != package.reference_id]
    return any(
        same_number(each.tracking_number, number) and (not each.contents or set(each.contents) == contents)
        for each in matched(others, order.amazon.packages or ()).others
    )


def number_as_shown(package: Package) -> str:
    """Returns the number by which Amazon shows a package that it was not told of."""
    return number_of(package) or package.tracking_number


def reason(refused: AmazonRefused) -> str:
    """Returns Amazon's code and words; Amazon leaves out either of them at times."""
    words = ": ".join(filter(None, (refused.code, refused.message[:200])))
    return words or f"{refused.status}, without a reason"


def _as_told(order: Order, package: Package, among: Iterable[Package]) -> bool:
    return order.amazon.packages is not None and shown(package, order.amazon, among=among)


def what_to_do(order: Order, package: Package, refused: AmazonRefused) -> str:
    """Says what became of a package that Amazon refused, and what a person does about it.

    Args:
        order: With the reading of Amazon that is kept.
        package: The one it refused.
        refused: Amazon's answer.
    """
    said = f"({reason(refused)})"
    if not any(mark in refused.message for mark in _FULFILLED):
        return (
            f"Amazon refused parcel {package.reference_id} {said}: "
            "correct it, or have the warehouse report it again under a new report id."
        )
    known = [label_of(each) for each in order.amazon.packages or ()]
    shows = f" with {', '.join(known[:3])}" if known else ""
    whole = "the order" if order.amazon.status is AmazonStatus.SHIPPED else "these items"
    return (
        f"Amazon takes parcel {package.reference_id}, {package.carrier} {package.tracking_number}, no more "
        f"{said}: it counts {whole} as shipped{shows}. Find out who confirmed that; if "
        f"{package.tracking_number} is what the buyer gets, enter it in Seller Central with Edit shipment."
    )
