"""What is left to pack under a release."""

from collections.abc import Iterable
from dataclasses import replace

from dockseal.domain.order import Order
from dockseal.domain.release import Release
from dockseal.domain.shipment import Package
from dockseal.fulfillment_processing.reports import left_to_ship
from dockseal.warehouses.by_hand.slip import ToPack


def to_pack(order: Order, release: Release, packages: Iterable[Package]) -> ToPack | None:
    """Returns the lines of a release of which something is in no parcel yet; None when nothing is."""
    left = left_to_ship(order, packages)
    handed = {each.order_item_id for each in release.contents} or set(left)
    lines = tuple(
        replace(line, ordered=left[line.order_item_id])
        for line in order.amazon.lines
        if left[line.order_item_id] and line.order_item_id in handed
    )
    return ToPack(order=order, release=release.ref, lines=lines) if lines else None
