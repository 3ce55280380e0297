"""Which place a warehouse is for Amazon: confirmations then say where a parcel left.

That is `shipFromSupplySourceId` of confirmShipment.
"""

import re

from dockseal.domain.access import Actor
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.release import Warehouse
from dockseal.errors import BadInput
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage

_ID = re.compile(r"[!-~]{1,64}")


def ship_from(
    storage: Storage, trail: Trail, *, warehouse: WarehouseId, supply_source: str, actor: Actor
) -> Warehouse:
    """Sets the place that a warehouse is for Amazon; parcels that are confirmed from now on name it.

    Args:
        storage: Where warehouses are.
        trail: Where it is recorded.
        warehouse: Which.
        supply_source: Amazon's id of the place, as its Supply Sources API or Seller Central shows it; empty:
            none.
        actor: Who says so.

    Returns:
        The warehouse as it is kept now.

    Raises:
        BadInput: no such warehouse is known, or that cannot be an id.
    """
    if supply_source and not _ID.fullmatch(supply_source):
        raise BadInput(
            "an id of a supply source has 1 to 64 characters and no spaces; take it from Seller Central, or "
            "from getSupplySources"
        )
    with storage.transaction():
        known = storage.warehouses.get(warehouse)
        if known.supply_source == supply_source:
            return known
        trail.record(Tag.WAREHOUSE_SHIPS_FROM_CHANGED, actor=actor, warehouse=warehouse)
        return storage.warehouses.change(known, supply_source=supply_source)
