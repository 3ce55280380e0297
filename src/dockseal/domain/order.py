"""An order: what Amazon says of it, what we decided, and the moves its state may make."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId, WarehouseId


class OrderState(StrEnum):
    """Where an order stands in its life."""

    NOTICED = "noticed"
    """Amazon told us of it; it is not read yet. Kept as a notice, not as an order."""
    ACCEPTED = "accepted"
    """Taken in without personal data; may still be unpaid (Pending)."""
    HELD = "held"
    """Stopped before a parcel left, with a reason a person understands."""
    RELEASABLE = "releasable"
    """Valid and routed to a warehouse."""
    RELEASED = "released"
    """Handed to the warehouse, which accepted it."""
    PARTLY_SHIPPED = "partly shipped"
    """Some of its quantities are in reported packages."""
    SHIPPED = "shipped"
    """All of its quantities are in reported packages; Amazon is not told of all of them yet."""
    CONFIRMED = "confirmed"
    """Amazon accepted the confirmation of every package."""
    VERIFIED = "verified"
    """Read back: Amazon shows every package as we sent it."""
    SHREDDED = "shredded"
    """Its personal data can no longer be read by anyone."""
    CANCELLED = "cancelled"
    """Nothing of it is to be shipped."""


_S = OrderState

_BACK = frozenset({_S.RELEASED, _S.PARTLY_SHIPPED})
"""Where an order goes when the label of a parcel is voided: that parcel did not leave after all."""

MOVES: dict[OrderState, frozenset[OrderState]] = {
    _S.NOTICED: frozenset({_S.ACCEPTED}),
    _S.ACCEPTED: frozenset({_S.HELD, _S.RELEASABLE, _S.CANCELLED}),
    _S.HELD: frozenset({_S.ACCEPTED, _S.CANCELLED}),
    _S.RELEASABLE: frozenset({_S.HELD, _S.RELEASED, _S.CANCELLED}),
    _S.RELEASED: frozenset({_S.HELD, _S.PARTLY_SHIPPED, _S.SHIPPED, _S.CANCELLED}),
    _S.PARTLY_SHIPPED: frozenset({_S.SHIPPED, _S.CANCELLED, _S.RELEASED}),
    _S.SHIPPED: frozenset({_S.CONFIRMED, *_BACK}),
    _S.CONFIRMED: frozenset({_S.SHIPPED, _S.VERIFIED, *_BACK}),
    _S.VERIFIED: frozenset({_S.SHIPPED, _S.SHREDDED, *_BACK}),
    _S.CANCELLED: frozenset({_S.SHREDDED}),
    _S.SHREDDED: frozenset(),
}
"""The allowed moves.

RELEASED goes back to HELD when the warehouse gives the order back before a parcel left: it refused it late,
or stopped. PARTLY_SHIPPED does not: what was examined anew would be handed over whole, and part of it left.
CONFIRMED and VERIFIED go back to SHIPPED when a package is corrected, and SHIPPED to PARTLY_SHIPPED when the
corrected one holds less. They go further back when the label of a parcel is voided: it did not leave.
"""


class AmazonStatus(StrEnum):
    """`fulfillmentStatus` of Orders v2026-01-01; v0 spellings are translated to it."""

    PENDING_AVAILABILITY = "PENDING_AVAILABILITY"
    PENDING = "PENDING"
    UNSHIPPED = "UNSHIPPED"
    PARTIALLY_SHIPPED = "PARTIALLY_SHIPPED"
    SHIPPED = "SHIPPED"
    CANCELLED = "CANCELLED"
    UNFULFILLABLE = "UNFULFILLABLE"
    UNKNOWN = "UNKNOWN"
    """Amazon sent a word we do not know, or none: the order is held, not guessed at."""


class FulfilledBy(StrEnum):
    """Who ships the order."""

    MERCHANT = "MERCHANT"
    AMAZON = "AMAZON"
    UNKNOWN = "UNKNOWN"


class OrdersApi(StrEnum):
    """Which generation of the Orders API a seller is read with."""

    V0 = "v0"
    V2026 = "v2026-01-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One order item, without anything a buyer wrote or is called."""

    order_item_id: str
    sku: str
    title: str = ""
    ordered: int
    shipped: int = 0
    buyer_wants_cancel: bool = False
    transparency: bool = False
    """Each unit carries a code of Amazon's Transparency program, which the confirmation names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmazonPackage:
    """A package as Amazon shows it back (v2026-01-01 `packages`)."""

    reference_id: str
    carrier: str = ""
    tracking_number: str = ""
    status: str = ""
    """Amazon's word for how far it is, such as `IN_TRANSIT`."""
    detail: str = ""
    """`detailedStatus`, such as `RETURNING_TO_SELLER`: Amazon documents it, and hardly sends it."""
    shipped_at: datetime | None = None
    contents: tuple[tuple[str, int], ...] = ()
    """(orderItemId, quantity), sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmazonOrder:
    """An order as Amazon told it, without personal data."""

    amazon_order_id: AmazonOrderId
    marketplace_id: str = ""
    status: AmazonStatus
    status_text: str = ""
    """Amazon's own word; shown to people when `status` is UNKNOWN."""
    fulfilled_by: FulfilledBy
    purchased_at: datetime | None = None
    updated_at: datetime
    ship_by: datetime | None = None
    deliver_by: datetime | None = None
    programs: frozenset[str] = frozenset()
    lines: tuple[OrderLine, ...] = ()
    packages: tuple[AmazonPackage, ...] | None = None
    """None: this source does not show packages (Orders v0)."""
    has_gift_message: bool = False
    replaces: str = ""
    """Amazon's id of the order that this one is sent in place of; empty for an ordinary one."""
    verification: str = ""
    """Amazon's word for how far the verification of regulated items is, such as `Pending` or `Approved`.

    `UNREAD` where it could not be read; empty where nothing is regulated, and in Orders v2026-01-01, which
    does not tell.
    """
    cash_on_delivery: bool = False
    """The buyer pays the carrier."""
    units: tuple[int, int] | None = None
    """(shipped, still to ship), as a list of v0 counts them in place of the lines; None with the lines."""

    @property
    def buyer_wants_cancel(self) -> bool:
        """Whether the buyer asked to cancel any item."""
        return any(line.buyer_wants_cancel for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Why an order is stopped: a code to count by and a sentence that says what to do."""

    code: str
    sentence: str


UNREAD = "Unread"
"""The verification of regulated items that Amazon does not let us read."""
NOT_BY_US = frozenset({"FBM_SHIP_PLUS", "AMAZON_EASY_SHIP", "IN_STORE_PICK_UP", "DELIVERY_BY_AMAZON"})
"""Programs whose orders are shipped otherwise than by a warehouse of the seller's."""
NOTHING_KEPT: Mapping[str, object] = MappingProxyType({"sealed_until": None, "sealed_mark": ""})
"""What an order holds of its sealed personal data once that was erased or shredded."""
OVER = frozenset({OrderState.CANCELLED, OrderState.SHREDDED})
"""Nothing moves an order on from here."""
ADDRESS_HOLDS = frozenset({"address_role_missing", "address_denied"})
"""Codes of holds that may be over once the seller gave its consent anew, with the roles that were missing."""


KEPT_HOLDS = frozenset({"being_cancelled", "cancellation_refused", "stopped"})
"""Codes of holds that no news of Amazon's lifts but a cancellation: an answer or a person is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order as we keep it: Amazon's facts and our decisions."""

    ref: OrderRef
    seller: SellerId
    state: OrderState
    revision: int = 1
    """Counts the changes that matter to a warehouse; part of the release reference."""
    amazon: AmazonOrder
    read_at: datetime
    """When Amazon was last read for it."""
    accepted_at: datetime
    warehouse: WarehouseId | None = None
    hold: Hold | None = None
    sealed_until: datetime | None = None
    """When the key of its sealed personal data ends; None while nothing is sealed."""
    sealed_version: int = 0
    """Counts its seals; never less, also once they were erased. 0: none since this is counted."""
    sealed_mark: str = ""
    """Tells the sealed record of that version from any other; empty once it was erased or shredded."""
    shipped_at: datetime | None = None
    confirmed_at: datetime | None = None
    """When Amazon first knew of all of its packages; later edits of them leave it as it is."""
    attention: str = ""
    """A sentence for a person about a detour that did not stop the order; empty when all is well."""
    next_try: datetime | None = field(default=None)
    """Not before this instant is the next automatic step tried again."""
    tries: int = 0

    @property
    def id(self) -> AmazonOrderId:
        """Amazon's order id."""
        return self.amazon.amazon_order_id


def may_move(current: OrderState, to: OrderState) -> bool:
    """Tells whether the table of moves allows `current` to become `to`."""
    return to in MOVES[current]
