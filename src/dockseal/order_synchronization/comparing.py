"""Compares one order as the two Orders APIs tell it: pure, field by field, in the words of the newer one.

The readers of both APIs already translate (SP-API, "Orders API migration guide"): `Canceled` is CANCELLED,
MFN is MERCHANT, InvoiceUnconfirmed is SHIPPED, LatestShipDate is the end of `shipByWindow`, flags are
programs. So what differs here is either a fault of that translation, or Amazon's. Nothing personal is among
the fields.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from dockseal.domain.order import AmazonOrder, AmazonStatus, OrderLine

LONGEST = 200
"""As much of a value as the tables keep."""
ITEM_FIELDS = ("sku", "title", "ordered", "shipped", "buyer_wants_cancel", "transparency")

LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        "amazon_order_id": "both are asked for by it",
        "status_text": "the same status in the words of each version",
        "updated_at": "v0 moves it with the status alone, v2026-01-01 with any change",
        "packages": "only v2026-01-01 has them",
        "verification": "only v0 has it",
        "units": "only the lists of v0 have it",
        "cash_on_delivery": "v0 tells it by the payment, v2026-01-01 by what its carrier must do",
    }
)
"""Fields of an order that are not compared, and why."""
ONLY_V2026_PROGRAMS: Mapping[str, str] = MappingProxyType(
    {
        "AMAZON_BAZAAR": "v0 has no flag for it",
        "AMAZON_HAUL": "v0 has no flag for it",
        "DELIVERY_BY_AMAZON": "v0 has no flag for it",
        "PREORDER": "v0 tells it by the order type alone",
    }
)
"""Programs that are not compared, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Differs:
    """One field that the two APIs tell differently."""

    field: str
    v0: str
    v2026: str


def compare(v0: AmazonOrder, v2026: AmazonOrder) -> tuple[Differs, ...]:
    """Returns every field that differs; empty: both tell the same order.

    Args:
        v0: The order as Orders v0 tells it.
        v2026: The same order as Orders v2026-01-01 tells it, at the same time.
    """
    pairs = [(field, text(v0), text(v2026)) for field, text in _FIELDS.items()]
    pairs += _items(v0, v2026)
    return tuple(
        Differs(field=field, v0=ours[:LONGEST], v2026=theirs[:LONGEST])
        for field, ours, theirs in pairs
        if ours != theirs
    )


def _items(v0: AmazonOrder, v2026: AmazonOrder) -> list[tuple[str, str, str]]:
    """Pairs the items by their ids; an item cancelled to nothing is one that is gone."""
    old, new = _by_id(v0), _by_id(v2026)
    pairs = [("items", _names(v0), _names(v2026))]
    for item in sorted(old.keys() & new.keys()):
        for name in ITEM_FIELDS:
            pairs.append(
                (f"item {item[:30]} {name}", _line_text(old[item], name), _line_text(new[item], name))
            )
    return pairs


def _by_id(order: AmazonOrder) -> dict[str, OrderLine]:
    return {line.order_item_id: line for line in order.lines if line.ordered}


def _names(order: AmazonOrder) -> str:
    return ", ".join(sorted(line.order_item_id for line in order.lines if line.ordered))


def _line_text(line: OrderLine, name: str) -> str:
    value = getattr(line, name)
    return _flag(value) if isinstance(value, bool) else " ".join(str(value).split())


def _status(order: AmazonOrder) -> str:
    unknown = order.status is AmazonStatus.UNKNOWN
    return f"unknown: {order.status_text}" if unknown else order.status.value


def _programs(order: AmazonOrder) -> str:
    return ", ".join(sorted(order.programs - ONLY_V2026_PROGRAMS.keys()))


def _flag(value: bool) -> str:
    return "yes" if value else "no"


def _second(instant: datetime | None) -> str:
    """Returns an instant to the second: v0 writes no milliseconds."""
    return "" if instant is None else instant.replace(microsecond=0).isoformat()


_FIELDS: Mapping[str, Callable[[AmazonOrder], str]] = MappingProxyType(
    {
        "marketplace_id": lambda order: order.marketplace_id,
        "status": _status,
        "fulfilled_by": lambda order: order.fulfilled_by.value,
        "purchased_at": lambda order: _second(order.purchased_at),
        "ship_by": lambda order: _second(order.ship_by),
        "deliver_by": lambda order: _second(order.deliver_by),
        "programs": _programs,
        "has_gift_message": lambda order: _flag(order.has_gift_message),
        "replaces": lambda order: order.replaces,
    }
)
COMPARED = frozenset({*_FIELDS, "lines"})
"""With `LEFT_OUT`, every field an order has."""
