"""What the simulator knows about an order."""

import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from spapi_simulator.world.marketplaces import Marketplace
from spapi_simulator.world.people import Recipient

V0_STATUS = {
    "PENDING_AVAILABILITY": "PendingAvailability",
    "PENDING": "Pending",
    "UNSHIPPED": "Unshipped",
    "PARTIALLY_SHIPPED": "PartiallyShipped",
    "SHIPPED": "Shipped",
    "CANCELLED": "Canceled",
    "UNFULFILLABLE": "Unfulfillable",
}
WITH_ADDRESS = frozenset({"UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED"})
UNPAID = frozenset({"PENDING", "PENDING_AVAILABILITY"})
SHIP_PLUS = "FBM_SHIP_PLUS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a buyer puts into the basket; `price` is the unit price as decimal text."""

    sku: str
    quantity: int = 1
    title: str = ""
    price: str = "10.00"
    asin: str = ""
    transparency: bool = False


@dataclass(slots=True, kw_only=True)
class Item:
    """One item of an order, with what happened to it."""

    order_item_id: str
    sku: str
    asin: str
    title: str
    price: Decimal
    quantity_ordered: int
    quantity_shipped: int = 0
    gift_message: str | None = None
    transparency: bool = False
    cancel_requested: bool = False
    cancelled_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageItem:
    """How many of an item are in a package."""

    order_item_id: str
    quantity: int
    transparency_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageRecord:
    """A package as confirmShipment reported it last; `edits` counts the confirmations after the first."""

    package_reference_id: str
    carrier_code: str
    carrier_name: str
    shipping_method: str
    tracking_number: str
    ship_date: datetime
    items: tuple[PackageItem, ...]
    created_at: datetime
    edits: int = 0


@dataclass(slots=True, kw_only=True)
class OrderRecord:
    """An order, live. `status` has the v2026-01-01 spelling."""

    order_id: str
    seller_id: str
    marketplace: Marketplace
    status: str
    fulfilled_by: str
    items: list[Item]
    recipient: Recipient
    programs: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    status_changed_at: datetime
    earliest_ship: datetime
    ship_by: datetime
    packages: list[PackageRecord] = field(default_factory=list)
    pending_since: datetime | None = None
    _before: "OrderRecord | None" = field(default=None, repr=False)
    _shown_from: datetime | None = field(default=None, repr=False)

    @property
    def v0_status(self) -> str:
        """The status in Orders v0 spelling."""
        return V0_STATUS[self.status]

    @property
    def earliest_delivery(self) -> datetime:
        """The start of the promised delivery window."""
        return self.ship_by + timedelta(days=2)

    @property
    def latest_delivery(self) -> datetime:
        """The end of the promised delivery window."""
        return self.ship_by + timedelta(days=5)

    @property
    def total(self) -> Decimal:
        """The order total in the currency of its marketplace."""
        return sum((item.price * item.quantity_ordered for item in self.items), Decimal(0))

    @property
    def shipped_count(self) -> int:
        """How many units are in confirmed packages."""
        return sum(item.quantity_shipped for item in self.items)

    @property
    def unshipped_count(self) -> int:
        """How many units are still to ship."""
        return sum(item.quantity_ordered - item.quantity_shipped for item in self.items)

    def item(self, order_item_id: str) -> Item | None:
        """Return an item by its id."""
        return next((item for item in self.items if item.order_item_id == order_item_id), None)

    def package(self, reference_id: str) -> PackageRecord | None:
        """Return a package by its packageReferenceId."""
        return next((one for one in self.packages if one.package_reference_id == reference_id), None)

    def keep_showing(self, until: datetime) -> None:
        """Let reads see the order as it is now until the given instant, whatever changes meanwhile."""
        self._before = (
            self.visible(until - timedelta(microseconds=1)) if self._before else copy.deepcopy(self)
        )
        self._shown_from = until

    def visible(self, now: datetime) -> "OrderRecord":
        """Return the order as reads show it at an instant."""
        if self._before is not None and self._shown_from is not None and now < self._shown_from:
            return self._before
        self._before = None
        return self
