"""Learns from a person what a warehouse means by a carrier's name; what waited for that goes on."""

from dataclasses import dataclass

from dockseal.domain.access import Actor
from dockseal.domain.carrier import Carrier
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.parcel_hold import ParcelHold
from dockseal.domain.shipment import PackageState
from dockseal.errors import BadInput
from dockseal.monitoring_audit.tags import Tag
from dockseal.shipment_confirmation.carriers.words import normalised
from dockseal.shipment_confirmation.clearing import Clearing

LONGEST = 100
"""Characters of a name, as a warehouse may report it."""
_MOST_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaching:
    """Keeps names of carriers, each for one warehouse.

    Attributes:
        clearing: Has packages go on.
    """

    clearing: Clearing

    def teach(self, warehouse: WarehouseId, text: str, carrier: Carrier, actor: Actor) -> int:
        """Keeps what a warehouse means by a name, in place of what it was said to mean before.

        Args:
            warehouse: Whose name it is.
            text: The name, as the warehouse writes it, or only its beginning: what follows is a service.
            carrier: What it means; see `CarrierChoice.chosen`.
            actor: Who says so.

        Returns:
            How many packages were held for that name; they are judged anew.

        Raises:
            BadInput: no such warehouse is known, or the name is empty or too long.
        """
        storage, named = self.clearing.storage, self._named(text)
        with storage.transaction():
            storage.carrier_names.teach(storage.warehouses.get(warehouse).id, named, carrier)
            self.clearing.trail.record(Tag.WAREHOUSE_CARRIER_TAUGHT, actor=actor, warehouse=warehouse)
            waiting = storage.packages.in_states(
                PackageState.HELD,
                held_for=ParcelHold.CARRIER_UNKNOWN,
                warehouse=warehouse,
                limit=_MOST_AT_ONCE,
            )
            meant = [each for each in waiting if self._begins(each.carrier, named)]
            for package in meant:
                self.clearing.free(package, actor)
        return len(meant)

    def forget(self, warehouse: WarehouseId, text: str, actor: Actor) -> None:
        """Forgets a name; packages that Amazon was told of by it stay as they are.

        Raises:
            BadInput: nobody taught it.
        """
        storage = self.clearing.storage
        with storage.transaction():
            if not storage.carrier_names.forget(storage.warehouses.get(warehouse).id, self._named(text)):
                raise BadInput(
                    f"warehouse {warehouse} was taught no such name of a carrier; `dockseal carriers list "
                    f"{warehouse}` shows those it was"
                )
            self.clearing.trail.record(Tag.WAREHOUSE_CARRIER_FORGOTTEN, actor=actor, warehouse=warehouse)

    def _named(self, text: str) -> str:
        named = normalised(text)
        if not named or len(text) > LONGEST:
            raise BadInput(
                f"the name of a carrier has letters or digits, and at most {LONGEST} characters; write it as "
                "the warehouse does"
            )
        return named

    def _begins(self, text: str, named: str) -> bool:
        return f"{normalised(text)} ".startswith(f"{named} ")
