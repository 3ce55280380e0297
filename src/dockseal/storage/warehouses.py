"""The warehouses as configured; their secrets are in the vault."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Q

from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.release import Warehouse
from dockseal.errors import BadInput
from dockseal.storage.edge import edge
from dockseal.storage.operations.models import WarehouseRow
from dockseal.storage.router import OPERATIONS
from dockseal.storage.rows import inserted


@edge
class Warehouses:
    """The table of warehouses."""

    def add(self, warehouse: Warehouse) -> Warehouse:
        """Keeps a new warehouse.

        Raises:
            BadInput: a warehouse of this name is already kept.
        """
        if not inserted(WarehouseRow(id=warehouse.id, **_columns(warehouse)), OPERATIONS):
            raise BadInput(f"warehouse {warehouse.id} is already kept; choose another name")
        return warehouse

    def get(self, warehouse: WarehouseId) -> Warehouse:
        """Returns a warehouse.

        Raises:
            BadInput: no warehouse has this name.
        """
        row = WarehouseRow.objects.filter(pk=warehouse).first()
        if row is None:
            raise BadInput(f"no warehouse is named {warehouse}; `dockseal warehouses list` shows them all")
        return _warehouse(row)

    def all(self) -> list[Warehouse]:
        """Returns every warehouse by name."""
        return [_warehouse(row) for row in WarehouseRow.objects.order_by("id")]

    def change(self, warehouse: Warehouse, **changes: Any) -> Warehouse:
        """Changes fields of a warehouse, such as its key after a leak; returns it as kept now.

        Raises:
            BadInput: the name is among them, or no warehouse has this name.
        """
        if "id" in changes:
            raise BadInput(f"warehouse {warehouse.id} keeps its name; add another warehouse instead")
        after = _columns(replace(warehouse, **changes))
        WarehouseRow.objects.filter(pk=warehouse.id).update(**{name: after[name] for name in changes})
        return self.get(warehouse.id)

    def by_api_key_hash(self, api_key_hash: str, now: datetime) -> Warehouse | None:
        """Returns the warehouse that reports with the key of this SHA-256 (hex); never one without a key.

        The key before the newest is taken too, until its end.
        """
        if not api_key_hash:
            return None
        former = Q(former_key_hash=api_key_hash, former_key_until__gt=now)
        row = WarehouseRow.objects.filter(Q(api_key_hash=api_key_hash) | former).first()
        return None if row is None else _warehouse(row)

    def with_former_keys(self, now: datetime) -> list[Warehouse]:
        """Returns the warehouses whose former key has ended."""
        rows = WarehouseRow.objects.filter(former_key_until__lte=now).order_by("id")
        return [_warehouse(row) for row in rows]


def _columns(warehouse: Warehouse) -> dict[str, Any]:
    return {
        "adapter": warehouse.adapter,
        "options": [list(option) for option in warehouse.options],
        "api_key_hash": warehouse.api_key_hash,
        "api_key_at": warehouse.api_key_at,
        "former_key_hash": warehouse.former_key_hash,
        "former_key_until": warehouse.former_key_until,
        "supply_source": warehouse.supply_source,
    }


def _warehouse(row: WarehouseRow) -> Warehouse:
    return Warehouse(
        id=WarehouseId(row.id),
        adapter=row.adapter,
        options=tuple((name, value) for name, value in row.options),
        api_key_hash=row.api_key_hash,
        api_key_at=row.api_key_at,
        former_key_hash=row.former_key_hash,
        former_key_until=row.former_key_until,
        supply_source=row.supply_source,
    )
