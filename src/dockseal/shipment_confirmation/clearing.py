"""Lets a held package go because a person looked at it: as it is, or by a carrier that the person names."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from dockseal.domain.access import Actor
from dockseal.domain.carrier import Carrier
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import OrderRef
from dockseal.domain.order import OVER, Order
from dockseal.domain.parcel_hold import ParcelHold, may_be_cleared
from dockseal.domain.shipment import Package, PackageState
from dockseal.errors import BadInput
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing:
    """Clears holds of packages."""

    storage: Storage
    trail: Trail
    clock: Clock

    def clear(
        self, ref: OrderRef, reference_id: int, actor: Actor, *, carrier: Carrier | None = None
    ) -> Package:
        """Has a held package go on to Amazon; it is not held for the same again until it is corrected.

        With a carrier, it goes by that one from now on, whatever the warehouse calls it.

        Args:
            ref: Our reference of the order.
            reference_id: Which of its packages.
            actor: Who looked at it.
            carrier: Who carries it; needed where that is what it is held for, and only there.

        Raises:
            BadInput: it is not held, or its hold is not one to be overruled; says what to do instead.
            MoveRefused: the package changed at the same moment; look at it again.
        """
        with self.storage.transaction():
            order = self.storage.orders.get(ref)
            package = self.storage.packages.get(order, reference_id)
            code = _code(order, package)
            self._check(order, package, code, carrier)
            return self._go_on(package, code, actor, carrier=carrier)

    def free(self, package: Package, actor: Actor) -> None:
        """Has a package judged anew, since what it was held for is known by now; inside a transaction."""
        self.storage.packages.change(package, **_GOING_ON)
        self._cleared(package, package.hold.code if package.hold else "", actor)

    def _check(self, order: Order, package: Package, code: str, carrier: Carrier | None) -> None:
        if not may_be_cleared(code):
            raise BadInput(
                f"parcel {package.reference_id} of order {order.id} is held for {code}, which Amazon would "
                "not take: correct it"
            )
        unknown = code == ParcelHold.CARRIER_UNKNOWN
        if unknown and carrier is None:
            raise BadInput(
                f"it is unknown who carries parcel {package.reference_id} of order {order.id}: name the "
                "carrier"
            )
        if carrier is not None and not unknown:
            raise BadInput(
                f"parcel {package.reference_id} of order {order.id} is held for {code}: to have another "
                "carrier, correct it"
            )

    def _go_on(self, package: Package, code: str, actor: Actor, *, carrier: Carrier | None) -> Package:
        changes: dict[str, Any] = {**_GOING_ON, "cleared": package.cleared | {code}}
        if carrier is not None:
            # The warehouse may tell of it once more by the name it uses: that is then no correction.
            self.storage.packages.keep_former(package, package.warehouse, self.clock.now())
            changes["carrier"] = carrier.name or carrier.code
            self.trail.record(
                Tag.ORDER_PACKAGE_CORRECTED,
                actor=actor,
                order=package.order,
                package=package.reference_id,
                was=package.state,
                carrier=True,
            )
        cleared = self.storage.packages.change(package, **changes)
        self._cleared(package, code, actor)
        return cleared

    def _cleared(self, package: Package, code: str, actor: Actor) -> None:
        self.trail.record(
            Tag.ORDER_PACKAGE_CLEARED,
            actor=actor,
            order=package.order,
            package=package.reference_id,
            code=code,
        )


_GOING_ON: Mapping[str, Any] = MappingProxyType(
    {"state": PackageState.REPORTED, "hold": None, "next_try": None, "tries": 0}
)


def _code(order: Order, package: Package) -> str:
    if order.state in OVER:
        raise BadInput(f"order {order.id} is {order.state}: Amazon is told of its parcels no more")
    if package.state is not PackageState.HELD or package.hold is None:
        raise BadInput(
            f"parcel {package.reference_id} of order {order.id} is {package.state}, not held: there is "
            "nothing to look at"
        )
    return package.hold.code
