"""What a person is told of packages that Amazon shows."""

from collections.abc import Sequence

from dockseal.domain.identifiers import AmazonOrderId
from dockseal.domain.order import AmazonPackage, AmazonStatus
from dockseal.domain.shown import in_words, label_of

REST_SHIPPED = (
    "Amazon shows all of it shipped, and only a part was reported here: find out who confirmed the rest, and "
    "see that nothing is shipped twice."
)
_MOST = 3


def not_arriving(order_id: AmazonOrderId, package: AmazonPackage) -> str:
    """Says that a package does not reach the buyer, and what to do."""
    return (
        f"The parcel {label_of(package)} of order {order_id} does not reach the buyer; Amazon shows: "
        f"{in_words(package)}. Ask the carrier where it is, and settle in Seller Central whether it is sent "
        "again or paid back."
    )


def shipped_elsewhere(
    order_id: AmazonOrderId, status: AmazonStatus, others: Sequence[AmazonPackage] = ()
) -> str:
    """Says that Amazon counts something as shipped that no warehouse reported, and what to do.

    Args:
        order_id: Of which order.
        status: Whether all of it counts as shipped.
        others: The packages that nobody reported; none where Amazon does not show packages.
    """
    part = "" if status is AmazonStatus.SHIPPED else "a part of "
    names = [label_of(package) for package in others[:_MOST]]
    more = len(others) - _MOST
    named = ", ".join([*names, *([f"{more} more"] if more > 0 else [])])
    with_what = f" with {named}" if named else ""
    return (
        f"Amazon shows {part}order {order_id} as shipped{with_what}, but no warehouse reported that parcel: "
        "find out who confirmed it, and see that nothing is shipped twice."
    )
