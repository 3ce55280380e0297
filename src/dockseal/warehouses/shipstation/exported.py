"""What ShipStation is told of an order, whichever of its protocols asks."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum

from dockseal.domain.identifiers import AmazonOrderId, OrderRef, ReleaseRef
from dockseal.domain.order import OrderLine
from dockseal.warehouses.shipstation.address import Address

PREMIUM = "Amazon Prime"


class Standing(Enum):
    """Where an order stands, for ShipStation."""

    AWAITING = "awaiting"
    """To be shipped: the one in which it is given the address."""
    ON_HOLD = "on hold"
    """Not to be shipped as it is: it changed, and was not released anew yet."""
    CANCELLED = "cancelled"
    """Not to be shipped at all."""
    SHIPPED = "shipped"
    """All of it was reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """One order. It has an address if, and only if, it is to be shipped."""

    reference: ReleaseRef
    number: str
    """What people see in ShipStation."""
    standing: Standing
    ordered_at: datetime
    modified_at: datetime
    country: str
    """That of its marketplace, ISO 3166."""
    ship_by: datetime | None
    deliver_by: datetime | None
    programs: frozenset[str]
    lines: tuple[OrderLine, ...]
    gift: bool
    requested_warehouse: str = ""
    """A ship-from location of the account; empty: its own rules choose."""
    address: Address | None = field(default=None, repr=False)

    @property
    def premium(self) -> bool:
        """Whether it came by Prime, whose promise the carrier's service must keep."""
        return "PRIME" in self.programs

    @property
    def custom_fields(self) -> tuple[str, str, str]:
        """The three fields that ShipStation shows as columns: our reference, ship-by and deliver-by."""
        return self.reference, _until("ship by", self.ship_by), _until("deliver by", self.deliver_by)


def number_of(order_id: AmazonOrderId, order: OrderRef, release: ReleaseRef) -> str:
    """Returns the number an order has in ShipStation, which is no other release's.

    ShipStation takes two orders of one number for one: a cancelled release would cancel the next.
    """
    rest = release.removeprefix(order)
    return order_id if rest == "-1" else f"{order_id}{rest}"


def _until(what: str, at: datetime | None) -> str:
    return "" if at is None else f"{what} {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
