"""The SKUs that warehouses know: a list of each warehouse that gave one."""

from collections.abc import Iterable

from dockseal.domain.identifiers import WarehouseId
from dockseal.storage.edge import edge
from dockseal.storage.operations.warehouse_side import SkuRow

_AT_ONCE = 500


@edge
class Skus:
    """The table of known SKUs. A warehouse that has none in it knows all."""

    def put(self, warehouse: WarehouseId, skus: Iterable[str]) -> None:
        """Puts a list in the place of a warehouse's; an empty one clears it."""
        SkuRow.objects.filter(warehouse=warehouse).delete()
        rows = [SkuRow(warehouse=warehouse, sku=sku) for sku in sorted(set(skus))]
        SkuRow.objects.bulk_create(rows, batch_size=_AT_ONCE)

    def of(self, warehouse: WarehouseId) -> tuple[str, ...]:
        """Returns the list of a warehouse, sorted; empty: it knows all."""
        rows = SkuRow.objects.filter(warehouse=warehouse).order_by("sku")
        return tuple(rows.values_list("sku", flat=True))

    def unknown(self, warehouse: WarehouseId, skus: Iterable[str]) -> tuple[str, ...]:
        """Returns those of these SKUs that a warehouse does not know, in their order, each once."""
        mine = SkuRow.objects.filter(warehouse=warehouse)
        asked = list(dict.fromkeys(skus))
        known: set[str] = set()
        for start in range(0, len(asked), _AT_ONCE):
            part = asked[start : start + _AT_ONCE]
            known.update(mine.filter(sku__in=part).values_list("sku", flat=True))
        missing = tuple(sku for sku in asked if sku not in known)
        return missing if missing and mine.exists() else ()
