"""What is left to pack under a release."""

from collections.abc import Iterable
from dataclasses import replace

from dockseal.domain.order import Order
from dockseal.domain.release import Release
from dockseal.domain.shipment import Package
from dockseal.fulfillment_processing.reports import left_of_release
from dockseal.warehouses.by_hand.slip import ToPack


def to_pack(order: Order, release: Release, packages: Iterable[Package]) -> ToPack | None:
    """Returns the lines of a release of which something is in no parcel yet; None when nothing is."""
    left = left_of_release(order, release, packages)
    lines = tuple(
        replace(line, ordered=left[line.order_item_id])
        for line in order.amazon.lines
        if left[line.order_item_id]
    )
    return ToPack(order=order, release=release.ref, lines=lines) if lines else None
