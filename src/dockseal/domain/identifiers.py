"""Names of things, each its own type so that one cannot stand in for another."""

import re
import secrets
from typing import NewType

SellerId = NewType("SellerId", str)
"""Our name of a seller: one selling-partner account in one region, such as `acme-us`."""
AmazonOrderId = NewType("AmazonOrderId", str)
"""Amazon's order id, 3-7-7 digits."""
OrderRef = NewType("OrderRef", str)
"""Our random reference of an order; the only name of it in the audit trail and at the warehouse."""
ReleaseRef = NewType("ReleaseRef", str)
"""Our reference of one release, the natural key of the hand-over: `{order ref}-{revision}[-{part}]`."""
WarehouseId = NewType("WarehouseId", str)
"""Our name of a warehouse, such as `reno`."""

AMAZON_ORDER_ID = re.compile(r"[0-9]{3}-[0-9]{7}-[0-9]{7}")
"""The shape of Amazon's order ids, which no row of the trail, alert or notice may hold."""
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def amazon_order_id(text: str) -> AmazonOrderId:
    """Returns `text` as an order id.

    Raises:
        ValueError: it is not 3-7-7 digits.
    """
    if not AMAZON_ORDER_ID.fullmatch(text):
        raise ValueError("an Amazon order id has the form 3-7-7 digits, such as 113-0000000-0000000")
    return AmazonOrderId(text)


def slug(text: str) -> str:
    """Returns `text` if it can name a seller or a warehouse.

    Raises:
        ValueError: it has other characters than small letters, digits and inner hyphens, or over 40.
    """
    if not _SLUG.fullmatch(text):
        raise ValueError("a name has 1 to 40 small letters, digits and inner hyphens, such as acme-us")
    return text


def new_order_ref() -> OrderRef:
    """Draws a reference of 100 random bits that says nothing about the order."""
    return OrderRef("".join(secrets.choice(_ALPHABET) for _ in range(20)))


def release_ref(order: OrderRef, revision: int, part: int = 0) -> ReleaseRef:
    """Names the release of one revision of an order; the same each time it is asked for.

    Args:
        order: Our reference of it.
        revision: Which of its revisions.
        part: Counts the parts of an order that is split over warehouses, from 1; 0: all of it.
    """
    return ReleaseRef(f"{order}-{revision}-{part}" if part else f"{order}-{revision}")


def revision_of(ref: ReleaseRef) -> int:
    """Returns which revision of its order a release hands over."""
    return int(ref.split("-")[1])
