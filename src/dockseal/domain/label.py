"""Labels that are bought from Amazon, which knows where a parcel goes, so that a warehouse need not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NoReturn

from dockseal.domain.identifiers import AmazonOrderId, OrderRef, ReleaseRef, WarehouseId
from dockseal.domain.shipment import Content
from dockseal.domain.withheld import Withheld
from dockseal.errors import PlaintextRefused

PRINTED_FOR = timedelta(days=30)
"""So long a label can be printed here, as what is sealed could be opened (DPP 2.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Where parcels are sent from: a warehouse's own address, which is nobody's personal data."""

    name: str
    line_1: str
    line_2: str = ""
    city: str
    region: str = ""
    postal_code: str
    country: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A packed parcel as somebody measured it."""

    length: Decimal
    width: Decimal
    height: Decimal
    unit: str
    """`centimeters` or `inches`, as Amazon calls them."""
    weight: Decimal
    weight_unit: str
    """`g` or `oz`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelAsk:
    """A parcel that a label is wanted for."""

    order_id: AmazonOrderId
    contents: tuple[Content, ...]
    sender: Sender
    box: Box
    experience: str = "DeliveryConfirmationWithoutSignature"
    """Amazon's `DeliveryExperience`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """One service that would carry a parcel, and what it costs."""

    service_id: str
    offer_id: str
    carrier: str
    service: str
    amount: Decimal
    currency: str
    latest_delivery: datetime | None = None
    """When it would arrive at the latest; None if Amazon does not say."""
    more_is_asked: bool = False
    """Whether Amazon wants more told first, as customs do: such a label is bought in Seller Central."""


class LabelState(StrEnum):
    """How far a label got."""

    INTENDED = "intended"
    """Written before Amazon is asked: it may or may not be bought."""
    BOUGHT = "bought"
    """Amazon sold it, and counts its parcel as shipped."""
    NOT_BOUGHT = "not bought"
    """Amazon refused, or shows no parcel of it."""
    FOUND = "found"
    """Its parcel was found on the order after a lost answer; it is printed and voided in Seller Central."""
    VOID_INTENDED = "void intended"
    """Written before Amazon is asked to take it back."""
    VOIDED = "voided"
    """Its refund is applied for; nothing may be sent with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One label of a release. What is printed on it is never kept: Amazon shows it again when asked."""

    id: str
    """Ours, random."""
    order: OrderRef
    release: ReleaseRef
    warehouse: WarehouseId
    state: LabelState
    carrier: str
    service: str
    service_id: str
    offer_id: str = ""
    amount: Decimal
    currency: str
    contents: tuple[Content, ...]
    parcel_id: str
    """The id that whoever bought it gave the parcel: asked for again under it, it is the same label."""
    shipment_id: str = ""
    """Amazon's id of it; empty until it is bought."""
    tracking_number: str = ""
    intended_at: datetime
    settled_at: datetime | None = None
    reported: bool = False
    """Whether its parcel was taken in, and was not taken back."""


class LabelFile(Withheld):
    """A printed label, address and all, for as long as it is being passed on. `disclose` is the one door."""

    __slots__ = ("_content", "media_type")

    def __init__(self, content: bytes, media_type: str) -> None:
        self._content = content
        self.media_type = media_type
        """`application/pdf`, `application/zpl` or `image/png`."""

    def disclose(self) -> bytes:
        """Returns the file in clear: the dangerous act."""
        return self._content

    def _refuse(self, *_: object) -> NoReturn:
        raise PlaintextRefused

    __str__ = __repr__ = __iter__ = __copy__ = __getstate__ = __reduce__ = _refuse
    __format__ = __deepcopy__ = __reduce_ex__ = _refuse
