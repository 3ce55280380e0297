"""What of an order each of its releases hands over, and what is left. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from dockseal.domain.identifiers import revision_of
from dockseal.domain.order import Hold, Order, OrderLine
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.shipment import Content
from dockseal.fulfillment_processing.validation import faults, to_ship

SHIPPED_BY_US = frozenset({"shipped_elsewhere", "partly_shipped_elsewhere"})
"""Codes of holds that mean nothing where a warehouse has a part of the order from us, and shipped it."""


def lines_of(order: Order, release: Release) -> tuple[OrderLine, ...]:
    """Returns the lines that a release hands over, each with as much of it as it does."""
    lines = to_ship(order)
    if not release.contents:
        return lines
    wanted = {each.order_item_id: each.quantity for each in release.contents}
    return tuple(
        replace(line, ordered=wanted[line.order_item_id]) for line in lines if line.order_item_id in wanted
    )


def contents_of(lines: Iterable[OrderLine]) -> tuple[Content, ...]:
    """Returns lines as the contents of a release."""
    return tuple(Content(order_item_id=line.order_item_id, quantity=line.ordered) for line in lines)


def of_revision(releases: Iterable[Release], revision: int) -> list[Release]:
    """Returns those releases that are of one revision of their order."""
    return [each for each in releases if revision_of(each.ref) == revision]


def parts_elsewhere(releases: Iterable[Release], revision: int) -> list[Release]:
    """Returns the parts that a warehouse took under an earlier revision: they are never sent again."""
    return [
        each
        for each in releases
        if each.state is ReleaseState.ACCEPTED and each.contents and revision_of(each.ref) < revision
    ]


def left_to_release(order: Order, taken: Iterable[Release]) -> tuple[OrderLine, ...] | None:
    """Returns the lines that no warehouse has, each with as much as is left of it.

    Args:
        order: The order as it is now.
        taken: The parts that warehouses have.

    Returns:
        None if a warehouse has something that the order no longer has.
    """
    has: Counter[str] = Counter()
    for release in taken:
        for content in release.contents:
            has[content.order_item_id] += content.quantity
    lines = to_ship(order)
    ordered = {line.order_item_id: line.ordered for line in lines}
    if any(quantity > ordered.get(item, 0) for item, quantity in has.items()):
        return None
    left = (replace(line, ordered=line.ordered - has[line.order_item_id]) for line in lines)
    return tuple(line for line in left if line.ordered > 0)


def faults_beside_parts(order: Order, elsewhere: Sequence[Release]) -> tuple[Hold, ...]:
    """Returns a hold for every rule that an order breaks of which warehouses have these parts already."""
    found = faults(order)
    return tuple(hold for hold in found if hold.code not in SHIPPED_BY_US) if elsewhere else found


def in_words(order: Order, release: Release) -> str:
    """Names what a release hands over, such as `2 × MUG-BLUE`."""
    return ", ".join(f"{line.ordered} × {line.sku}" for line in lines_of(order, release))
