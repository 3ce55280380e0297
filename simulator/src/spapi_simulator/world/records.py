"""What the simulator knows about an order."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from spapi_simulator.world.marketplaces import Marketplace
from spapi_simulator.world.people import Recipient
from spapi_simulator.world.regulation import Regulation

V0_STATUS = {
    "PENDING_AVAILABILITY": "PendingAvailability",
    "PENDING": "Pending",
    "UNSHIPPED": "Unshipped",
    "PARTIALLY_SHIPPED": "PartiallyShipped",
    "SHIPPED": "Shipped",
    "CANCELLED": "Canceled",
    "UNFULFILLABLE": "Unfulfillable",
}
INVOICE_UNCONFIRMED = "InvoiceUnconfirmed"
WITH_ADDRESS = frozenset({"UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED"})
UNPAID = frozenset({"PENDING", "PENDING_AVAILABILITY"})
SHIP_PLUS, EASY_SHIP, STORE_PICKUP = "FBM_SHIP_PLUS", "AMAZON_EASY_SHIP", "IN_STORE_PICK_UP"
CONSTRAINTS = (
    "PalletDelivery",
    "SignatureConfirmation",
    "RecipientIdentityVerification",
    "RecipientAgeVerification",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a buyer puts into the basket.

    Attributes:
        price: The unit price as decimal text, like the other amounts.
        shipping, tax, discount: Amounts of the whole line.
        gift_message: None when it is no gift.
        customized: Whether the buyer sent a picture or an engraving along (CustomizedURL).
        constraints: What the carrier must do, from `CONSTRAINTS`.
        delivery_window: When the buyer wants it, for scheduled deliveries.
        prescription: Whether a prescription must be verified before it may be shipped.
    """

    sku: str
    quantity: int = 1
    title: str = ""
    price: str = "10.00"
    asin: str = ""
    transparency: bool = False
    shipping: str = "0.00"
    tax: str = "0.00"
    discount: str = "0.00"
    promotion_ids: tuple[str, ...] = ()
    points: int = 0
    gift_message: str | None = None
    customized: bool = False
    serial_number_required: bool = False
    ioss_number: str = ""
    constraints: tuple[str, ...] = ()
    subscribe_and_save: bool = False
    condition_note: str = ""
    delivery_window: tuple[datetime, datetime] | None = None
    prescription: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How an order is to be handled, as agreed when it was placed.

    Attributes:
        service_level: In v2026-01-01 spelling, such as `NEXT_DAY`.
        payment_method: `Other`, or `COD` and `CVS` where a marketplace has them.
        replaces: The id of the order that this one replaces.
        seller_order_id: The seller's own number; Amazon's order id without one.
        supply_source_id: The location Amazon asks the seller to ship from.
        store_id: The store of a chain where the buyer collects it.
        available_from: When a pre-ordered article comes out.
        purchase_order_number: What a business buyer calls the order.
        company, tax_number: A business buyer's registered name and tax number; personal data.
        invoice_confirmation: Whether Amazon waits for the invoice once everything is shipped.
    """

    service_level: str = "STANDARD"
    payment_method: str = "Other"
    replaces: str = ""
    seller_order_id: str = ""
    supply_source_id: str = ""
    store_id: str = ""
    available_from: datetime | None = None
    purchase_order_number: str = ""
    company: str = field(default="", repr=False)
    tax_number: str = field(default="", repr=False)
    invoice_confirmation: bool = False


PLAIN_TERMS = Terms()


@dataclass(slots=True, kw_only=True)
class Item:
    """One item of an order, with what happened to it."""

    order_item_id: str
    line: Line
    quantity_ordered: int
    quantity_shipped: int = 0
    cancel_requested: bool = False
    cancelled_by: str = ""
    cancel_reason: str = ""

    @property
    def sku(self) -> str:
        """The seller's name for the article."""
        return self.line.sku

    @property
    def asin(self) -> str:
        """Amazon's name for the article."""
        return self.line.asin

    @property
    def title(self) -> str:
        """What it is called on the product page."""
        return self.line.title

    @property
    def price(self) -> Decimal:
        """The price of one unit."""
        return Decimal(self.line.price)

    @property
    def gift_message(self) -> str | None:
        """What the buyer wrote on the gift note; None when it is no gift."""
        return self.line.gift_message

    @property
    def transparency(self) -> bool:
        """Whether every unit needs a Transparency code."""
        return self.line.transparency


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageItem:
    """How many of an item are in a package."""

    order_item_id: str
    quantity: int
    transparency_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageRecord:
    """A package as it was reported last.

    Attributes:
        status: In v2026-01-01 spelling, with `detailed_status` where the carrier says more.
        edits: How many reports came after the first.
        supply_source_id: Where it was shipped from, when that was told.
    """

    package_reference_id: str
    carrier_code: str
    carrier_name: str
    shipping_method: str
    tracking_number: str
    ship_date: datetime
    items: tuple[PackageItem, ...]
    created_at: datetime
    edits: int = 0
    status: str = "SHIPPED"
    detailed_status: str = ""
    delivered_at: datetime | None = None
    supply_source_id: str = ""


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
    terms: Terms = PLAIN_TERMS
    seller_order_id: str = ""
    packages: list[PackageRecord] = field(default_factory=list)
    pending_since: datetime | None = None
    regulation: Regulation | None = None
    easy_ship_status: str = ""
    pickup_status: str = ""
    invoice_confirmed: bool = False
    hidden_until: datetime | None = None
    _before: "OrderRecord | None" = field(default=None, repr=False)
    _shown_from: datetime | None = field(default=None, repr=False)
    _before_by_id: "OrderRecord | None" = field(default=None, repr=False)
    _by_id_from: datetime | None = field(default=None, repr=False)

    @property
    def v0_status(self) -> str:
        """The status in Orders v0 spelling, which knows of invoices still to be confirmed."""
        if self.status == "SHIPPED" and self.terms.invoice_confirmation and not self.invoice_confirmed:
            return INVOICE_UNCONFIRMED
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
        return sum((item_total(item) for item in self.items), Decimal(0))

    @property
    def shipped_count(self) -> int:
        """How many units are in confirmed packages."""
        return sum(item.quantity_shipped for item in self.items)

    @property
    def unshipped_count(self) -> int:
        """How many units are still to ship."""
        return sum(item.quantity_ordered - item.quantity_shipped for item in self.items)

    @property
    def settled_at(self) -> datetime:
        """When it last changed for the buyer: its status, or the arrival of its last package."""
        arrivals = [one.delivered_at for one in self.packages if one.delivered_at]
        return max([self.status_changed_at, *arrivals])

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

    def keep_showing_by_id(self, until: datetime) -> None:
        """Let reads by id see the order as it is now, though lists already show what changes."""
        if self._before_by_id is None:
            self._before_by_id = copy.deepcopy(self)
        self._by_id_from = until

    def visible(self, now: datetime) -> "OrderRecord":
        """Return the order as lists show it at an instant."""
        if self._before is not None:
            if self._shown_from is not None and now < self._shown_from:
                return self._before
            self._before = None
        return self

    def shown_at_any_time(self, clock: Callable[["OrderRecord"], datetime], instant: datetime) -> bool:
        """Say whether the order stands at an instant of a clock, now or as a read still shows it."""
        return clock(self) == instant or (self._before is not None and clock(self._before) == instant)

    def visible_by_id(self, now: datetime) -> "OrderRecord":
        """Return the order as reads by id show it at an instant."""
        if self._before_by_id is not None:
            if self._by_id_from is not None and now < self._by_id_from:
                return self._before_by_id
            self._before_by_id = None
        return self.visible(now)


def item_total(item: Item) -> Decimal:
    """Return what a buyer pays for an item: its units, shipping and tax, less the discount."""
    line = item.line
    extras = Decimal(line.shipping) + Decimal(line.tax) - Decimal(line.discount)
    return item.price * item.quantity_ordered + (extras if item.quantity_ordered else 0)
