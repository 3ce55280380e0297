"""Whether Amazon lets us read the addresses of a seller's orders, as far as anybody can know.

With Orders v0 the Tokens API tells. Orders v2026-01-01 leaves out silently what the roles do not cover, so
that only an order shows it: the first address that arrives is noted, the first that lacks holds its order.
"""

from dataclasses import dataclass
from enum import StrEnum

from dockseal.domain.order import ADDRESS_HOLDS, OrdersApi
from dockseal.domain.seller import RECIPIENT_V0, RECIPIENT_V2026, Seller
from dockseal.storage.store import Storage

_ORDERS_V0 = "orders-v0"
_ROLE = "Direct-to-Consumer Shipping (Restricted)"


class Reading(StrEnum):
    """What is known of it."""

    READABLE = "readable"
    MISSING = "missing"
    UNKNOWN = "not known yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """What is known of one seller's addresses, and what to do."""

    reading: Reading
    sentence: str


def addresses(storage: Storage, seller: Seller) -> Addresses:
    """Says whether the addresses of a seller's orders can be read.

    Raises:
        StorageError: the orders cannot be read.
    """
    proof = _proof(seller)
    if proof:
        return Addresses(reading=Reading.READABLE, sentence=proof)
    held = sum(count for _, count in storage.orders.held_for(ADDRESS_HOLDS, seller.id))
    # A token is refused for want of the role only while there are v0 reads to give one for.
    if held or (_ORDERS_V0 in seller.may_read and RECIPIENT_V0 not in seller.may_read):
        return Addresses(reading=Reading.MISSING, sentence=_missing(held))
    return Addresses(reading=Reading.UNKNOWN, sentence=_unknown(seller))


def _proof(seller: Seller) -> str:
    """Returns what shows that they can be read; empty if nothing does."""
    if seller.orders_api is OrdersApi.V0 and RECIPIENT_V0 in seller.may_read:
        return "Amazon gives restricted data tokens for them"
    if seller.orders_api is OrdersApi.V2026 and RECIPIENT_V2026 in seller.may_read:
        return f"an order came with its address in Orders {OrdersApi.V2026.value}"
    return ""


def _missing(held: int) -> str:
    wait = {0: "its orders are held", 1: "one order is held"}.get(held, f"{held} orders are held")
    return (
        f'the role "{_ROLE}" is missing: have it granted in Solution Provider Portal, then have the seller '
        f"consent again; until then {wait}, and only warehouses that need no address get any"
    )


def _unknown(seller: Seller) -> str:
    if RECIPIENT_V0 in seller.may_read:
        return (
            f"the first order will tell: the role is there, but what Orders {seller.orders_api.value} shows "
            "cannot be tried without reading somebody's data; there is nothing to do"
        )
    return "the first order will tell; there is nothing to do"
