"""What a warehouse has: the list of SKUs that it gave, if it gave one, and what is done with others."""

import csv
import io
from collections.abc import Iterable

from dockseal.domain.access import Actor
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.order import Hold, Order, OrderLine
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.causes import Cause, reexamine
from dockseal.fulfillment_processing.routing import Part
from dockseal.fulfillment_processing.validation import one_hold
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage

LONGEST_SKU = 200
_SHOWN = 5


def unknown_to(storage: Storage, order: Order, parts: Iterable[Part]) -> Hold | None:
    """Returns the hold of an order with SKUs that a warehouse it is routed to does not know.

    Args:
        storage: Where the lists are.
        order: What is to be shipped.
        parts: What of it would go to which warehouse.

    Returns:
        None if each of them knows what would go there.
    """
    holds = (_unknown_at(storage, part.warehouse, order, part.lines) for part in parts)
    found = tuple(hold for hold in holds if hold is not None)
    return one_hold(found) if found else None


def _unknown_at(
    storage: Storage, warehouse: WarehouseId, order: Order, lines: Iterable[OrderLine]
) -> Hold | None:
    missing = storage.skus.unknown(warehouse, (line.sku for line in lines))
    if not missing:
        return None
    more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
    named = ", ".join(sku[:40] for sku in missing[:_SHOWN])
    return Hold(
        code="sku_unknown",
        sentence=f"Warehouse {warehouse} does not know {named}{more} of order {order.id}: route the order to "
        f"another warehouse, or give a list that has it with `dockseal warehouses skus {warehouse} FILE`; "
        "the order is then examined again by itself.",
    )


def give_list(
    storage: Storage, trail: Trail, *, warehouse: WarehouseId, skus: Iterable[str], actor: Actor
) -> int:
    """Puts a list in the place of a warehouse's, and has the orders examined again that wait for it.

    Args:
        storage: Where the lists are.
        trail: Where it is recorded.
        warehouse: Whose list.
        skus: What it knows; nothing: all.
        actor: Who gives it.

    Returns:
        How many orders are examined again.
    """
    known = frozenset(skus)
    with storage.transaction():
        storage.skus.put(warehouse, known)
        trail.record(Tag.WAREHOUSE_SKUS_CHANGED, actor=actor, warehouse=warehouse, skus=len(known))
    return reexamine(storage, trail, Cause.SKUS, actor=actor, warehouse=warehouse)


def read_list(text: str) -> tuple[str, ...]:
    """Reads a list: CSV by RFC 4180, of which the first column counts; a head `sku` is passed over.

    Raises:
        BadInput: it is no such list, or empty; the sentence names the line.
    """
    found: list[str] = []
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        for row in lines:
            sku = row[0].strip() if row else ""
            if len(sku) > LONGEST_SKU or "\0" in sku:
                raise BadInput(
                    f"line {lines.line_num} is no SKU: longer than {LONGEST_SKU} characters, or no text; "
                    "give a CSV file with one SKU in a line"
                )
            if sku and not (lines.line_num == 1 and sku.casefold() == "sku"):
                found.append(sku)
    except csv.Error:
        raise BadInput(
            f"line {lines.line_num} is no CSV, such as for a quotation mark without its other; mend that line"
        ) from None
    if not found:
        raise BadInput("there is no SKU in it; to have the warehouse know all SKUs, say --clear")
    return tuple(dict.fromkeys(found))
