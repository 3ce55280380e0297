"""How warehouses name carriers, where a person had to say which one is meant."""

from collections.abc import Mapping
from types import MappingProxyType

from dockseal.domain.carrier import Carrier
from dockseal.domain.identifiers import WarehouseId
from dockseal.storage.edge import edge
from dockseal.storage.operations.parcels import CarrierNameRow


@edge
class CarrierNames:
    """The table of names that a person taught, each for one warehouse."""

    def teach(self, warehouse: WarehouseId, named: str, carrier: Carrier) -> None:
        """Keeps what a warehouse means by a name, in place of what it was said to mean before.

        Args:
            warehouse: Whose name it is.
            named: The name, normalised.
            carrier: What it means; its service is not kept.
        """
        CarrierNameRow.objects.update_or_create(
            warehouse=warehouse, named=named, defaults={"code": carrier.code, "other_name": carrier.name}
        )

    def forget(self, warehouse: WarehouseId, named: str) -> bool:
        """Forgets a name; tells whether it was kept."""
        gone, _ = CarrierNameRow.objects.filter(warehouse=warehouse, named=named).delete()
        return gone > 0

    def of(self, warehouse: WarehouseId) -> Mapping[str, Carrier]:
        """Returns what a warehouse means, by normalised name, in the order of the names."""
        rows = CarrierNameRow.objects.filter(warehouse=warehouse).order_by("named")
        return MappingProxyType({row.named: Carrier(code=row.code, name=row.other_name) for row in rows})
