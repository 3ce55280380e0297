"""Has held orders examined again when the cause of their hold changed.

A new reading from Amazon has a held order examined by itself, whatever holds it, and so does a person. What
is here are the causes that somebody changes on our side: then all orders that wait for it follow at once. An
order whose cause is still there is held again. What a warehouse refused waits for a person.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from dockseal.domain.access import Actor
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.order import OrderState
from dockseal.errors import MoveRefused
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage

_AT_ONCE = 200


class Cause(Enum):
    """Something on our side that holds depend on."""

    SKUS = "which SKUs a warehouse knows"
    ROUTING = "which warehouse orders are routed to"
    OPTIONS = "how a warehouse is spoken to"


HELD_BY: Mapping[Cause, frozenset[str]] = MappingProxyType(
    {
        Cause.SKUS: frozenset({"sku_unknown"}),
        Cause.ROUTING: frozenset({"warehouse_missing", "sku_unknown", "does_not_fit"}),
        Cause.OPTIONS: frozenset({"does_not_fit"}),
    }
)
"""The codes of the holds that may be over once a cause changed."""


def reexamine(
    storage: Storage,
    trail: Trail,
    cause: Cause,
    *,
    actor: Actor,
    seller: SellerId | None = None,
    warehouse: WarehouseId | None = None,
) -> int:
    """Sends the orders that may wait for a cause back to examination; safe to run again.

    Args:
        storage: Where the orders are.
        trail: Where each is recorded.
        cause: What changed.
        actor: Who changed it.
        seller: Only orders of this seller.
        warehouse: Only orders of this warehouse, and those of none.

    Returns:
        How many orders are examined again.
    """
    done, after = 0, ""
    while held := storage.orders.held_under(
        HELD_BY[cause], seller=seller, warehouse=warehouse, after=after, limit=_AT_ONCE
    ):
        after = held[-1].ref
        with storage.transaction():
            for order in held:
                try:
                    storage.orders.move(order, OrderState.ACCEPTED, hold=None)
                except MoveRefused:
                    continue  # changed meanwhile: it is examined as it is
                code = order.hold.code if order.hold else ""
                trail.record(Tag.ORDER_LIFE_UNHELD, actor=actor, order=order.ref, code=code)
                done += 1
    return done
