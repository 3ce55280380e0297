"""What the warehouse reports and what Amazon is told: packages."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from dockseal.domain.identifiers import OrderRef, ReleaseRef, WarehouseId
from dockseal.domain.order import Hold

_NONE = ReleaseRef("")
_NOBODY = WarehouseId("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A quantity of one order item inside a package."""

    order_item_id: str
    quantity: int
    transparency_codes: tuple[str, ...] = ()
    """One for each unit, where Amazon's Transparency program asks for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuContent:
    """A quantity of one SKU inside a package, from a warehouse that knows no line ids."""

    sku: str
    quantity: int
    transparency_codes: tuple[str, ...] = ()
    """As in `Content`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentReport:
    """One parcel, as a warehouse reports it."""

    report_id: str
    """The warehouse's own id of this report: the same id twice is the same report."""
    warehouse: WarehouseId
    release: ReleaseRef
    carrier: str
    service: str = ""
    tracking_number: str
    """Empty: its service has none, as the warehouse says."""
    shipped_at: datetime
    contents: tuple[Content, ...] = ()
    """Empty, as `by_sku` is: everything of the order that no earlier package holds."""
    by_sku: tuple[SkuContent, ...] = ()
    """Where the warehouse knows SKUs alone."""
    order_id: str = ""
    """Amazon's order id, where the warehouse knows that and no `release`, which is empty then."""
    bought: bool = False
    """Amazon sold its label and knows of it by that."""
    corrects: str = ""
    """The `report_id` of an earlier report that this one replaces; empty for a new parcel.

    Without contents, such a report leaves those of the parcel as they are.
    """
    corrects_number: str = field(default="", repr=False)
    """The tracking number that the parcel has, for a warehouse without report ids: it may have been corrected
    before, under another one. What is kept is known again by the other fields alone."""


class PackageState(StrEnum):
    """How far Amazon knows of a package."""

    REPORTED = "reported"
    """The warehouse told us; Amazon is not told yet."""
    HELD = "held"
    """Stopped before Amazon is told, with a reason: a person, or a correction, lets it go on."""
    INTENDED = "intended"
    """We are about to tell Amazon, or told it and lost the answer: ask Amazon before telling again."""
    CONFIRMED = "confirmed"
    """Amazon answered 204."""
    VERIFIED = "verified"
    """Amazon shows it as we sent it."""
    REFUSED = "refused"
    """Amazon will not take it; a person must look."""


KNOWN_TO_AMAZON = frozenset({PackageState.CONFIRMED, PackageState.VERIFIED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One parcel of an order."""

    order: OrderRef
    reference_id: int
    """Amazon's `packageReferenceId`, counted from 1 inside the order; sent as a string."""
    carrier: str
    """As the warehouse named it."""
    service: str = ""
    tracking_number: str
    shipped_at: datetime
    contents: tuple[Content, ...]
    state: PackageState
    report_id: str
    release: ReleaseRef = _NONE
    """Under which reference it was shipped; empty where that was not kept."""
    refusal: str = ""
    """Amazon's words, when REFUSED, or when a feed brought it back."""
    hold: Hold | None = None
    """Why it is HELD."""
    cleared: frozenset[str] = frozenset()
    """Codes of holds that a person looked at: it is not held for these again, until it is corrected."""
    warning: str = ""
    """What a person should know of it, though Amazon is told; empty: nothing."""
    feed: int | None = None
    """Our number of the feed it went to Amazon with last; None: it goes by a call of its own.

    Until that feed is over Amazon is not told of it anew. It stays when the package is corrected: Amazon may
    know it by then, under a reference that Amazon gave it.
    """
    amazon_reference: str = ""
    """Under which reference Amazon shows it, where that is not `reference_id`."""
    told_number: str = ""
    """The tracking number as Amazon was told it, normalised; empty before that, or where there is none."""
    told_carrier: str = ""
    """The carrier as Amazon was told it: its code, or the name of one without a code."""
    confirmed_at: datetime | None = None
    next_try: datetime | None = None
    tries: int = 0
    """How often it was tried; once it is CONFIRMED, how often it was seen otherwise than it was sent."""
    repairs: int = 0
    """How often it was sent again because Amazon showed it otherwise than it was sent."""
    bought: bool = False
    """Amazon sold its label and knows of it by that: it is never told."""
    warehouse: WarehouseId = _NOBODY
    """Who reported it; known once it is kept."""
    number: int = 0
    """Counts all packages; given when it is kept."""

    @property
    def number_at_amazon(self) -> str:
        """The tracking number that Amazon shows of it: as it was told, before that as it was reported."""
        return self.told_number if self.told_carrier else self.tracking_number

    @property
    def untracked(self) -> bool:
        """Whether it goes to Amazon without a number, as far as that is known."""
        return not self.number_at_amazon

    @property
    def reference_at_amazon(self) -> str:
        """The `packageReferenceId` that edits it."""
        return self.amazon_reference or str(self.reference_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPackage:
    """A package that Amazon is not told of yet, in short: a backlog holds thousands."""

    number: int
    """Counts all packages."""
    ship_by: datetime | None
    """Of its order."""
    whole: bool
    """It holds all of its order."""
    untracked: bool
    """It has no tracking number, so that no call can tell of it."""
    untried: bool
    """Amazon never heard of it, by a call or with a feed."""
