"""What the machine API takes and gives, in JSON. None of it holds personal data but `AddressOut`."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import (
    AfterValidator,
    AwareDatetime,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from dockseal.domain.access import FIELDS, Purpose
from dockseal.domain.fields import Field as Personal
from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.order import OrderLine
from dockseal.domain.release import Warehouse
from dockseal.domain.shelf import ShelfKind
from dockseal.domain.shipment import Content, Package, PackageState, ShipmentReport
from dockseal.domain.transparency import LONGEST as LONGEST_CODE
from dockseal.fulfillment_processing.reports import LONGEST
from dockseal.fulfillment_processing.shelf import OnShelf

MOST_LINES = 1000


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("holds characters that cannot be printed, such as a line break; remove them")
    return text


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(_printable),
]
ReportId = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_printable)]
TrackingNumber = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=LONGEST["tracking_number"]),
    AfterValidator(_printable),
]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=7, max_length=LONGEST_CODE)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]


def _handed_over(field: Personal) -> Personal:
    if field not in FIELDS[Purpose.HAND_OVER]:
        raise ValueError("is nothing that a warehouse is handed; leave it out")
    return field


Asked = Annotated[
    Personal,
    AfterValidator(_handed_over),
    WithJsonSchema({"type": "string", "enum": sorted(FIELDS[Purpose.HAND_OVER])}),
]
"""A field of personal data that a warehouse may ask for."""


class Strict(Schema):
    """What comes in: a field that nobody knows is refused, not passed over."""

    model_config = ConfigDict(extra="forbid")


class LineIn(Strict):
    """A quantity of one order line inside the parcel."""

    line_id: Text = Field(description="The line id that came with the order.")
    quantity: int = Field(ge=1, le=1_000_000, strict=True)
    transparency_codes: Annotated[list[Code], Field(max_length=MOST_LINES)] = Field(
        default_factory=list,
        description="Codes of Amazon's Transparency program, one for each unit, where the item takes part.",
    )


class ShipmentIn(Strict):
    """One parcel that has left the warehouse."""

    report_id: ReportId = Field(
        description="Your own id of this parcel. The same id again is the same report: safe to send twice."
    )
    reference: Text = Field(description="The reference that came with the order.")
    carrier: Text = Field(description="The carrier, such as UPS.")
    service: Annotated[str, StringConstraints(max_length=100)] = Field("", description="Such as Ground.")
    tracking_number: TrackingNumber = Field(
        description="Empty if its service has none; the carrier's link to it will do."
    )
    shipped_at: AwareDatetime = Field(description="With a zone, such as 2026-11-02T15:04:05Z.")
    lines: Annotated[list[LineIn], Field(max_length=MOST_LINES)] = Field(
        default_factory=list, description="What lies in it; left out: all that is in no earlier parcel."
    )


class CorrectionIn(ShipmentIn):
    """A parcel as it should have been reported."""

    corrects: ReportId = Field(description="The report id of the report that this one replaces.")


class AboutIn(Strict):
    """What a callback is about, where the address of the request does not say it."""

    reference: Text = Field(description="The reference that came with the order.")


class TakenIn(Strict):
    """The order is at the warehouse."""

    id: Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9][A-Za-z0-9._:/#-]{0,63})?$")] = Field(
        "", description="Your own id of the order."
    )


class RefusedIn(Strict):
    """The order will not be shipped."""

    reason: Reason = Field(min_length=1, description="Why, in one short sentence without personal data.")


class StoppedIn(Strict):
    """An answer to the wish that the order is not shipped."""

    reason: Reason = Field("", description="What there is to say about it, without personal data.")


class AddressIn(Strict):
    """Which personal data is needed."""

    fields: Annotated[list[Asked], Field(min_length=1, max_length=len(Personal))] = Field(
        description="Only these are opened; ask for no more than you use."
    )


class LineOut(Schema):
    """A quantity of one order line inside the parcel."""

    line_id: str
    quantity: int
    transparency_codes: list[str] = Field(default_factory=list)


class HeldOut(Schema):
    """Why Amazon is not told of a parcel."""

    code: str
    sentence: str = Field(description="What is wrong, and what to do.")


class ShipmentOut(Schema):
    """The parcel as it was taken in."""

    reference: str
    report_id: str
    package: int = Field(description="Counts the parcels of the order from 1.")
    state: PackageState = Field(
        description="How far Amazon knows of it. reported: not told yet. held: not told, see `held`. "
        "intended: being told. confirmed: Amazon took it. verified: Amazon shows it. refused: see `refusal`."
    )
    held: HeldOut | None = Field(None, description="Until it is corrected, or a person lets it go.")
    refusal: str = Field("", description="Amazon's words, where it is refused; correct the parcel.")
    lines: list[LineOut]


class OwnShipmentOut(ShipmentOut):
    """A parcel of this warehouse."""

    carrier: str
    tracking_number: str
    shipped_at: datetime


class ShipmentsOut(Schema):
    """Parcels of this warehouse, in the order they were reported."""

    shipments: list[OwnShipmentOut]
    next: str = Field(description="Give it as `after` to go on, now or later.")


class ToShipOut(Schema):
    """A line of an order, with what of it is to be shipped."""

    line_id: str
    sku: str
    title: str
    quantity: int
    transparency: bool = Field(
        False, description="Scan each unit's Transparency code, and report it with the parcel."
    )


class OrderOut(Schema):
    """What a warehouse is told of one order, without personal data."""

    kind: ShelfKind = Field(
        description="released: ship it. stop: do not, and say whether that came in time. closed: there is "
        "nothing left to do with it."
    )
    reference: str = Field(description="Our reference: report parcels under it.")
    told_at: datetime
    amazon_order_id: str
    marketplace_id: str
    ship_by: datetime | None
    deliver_by: datetime | None
    programs: list[str] = Field(description="Amazon's words, such as PRIME.")
    has_gift_message: bool
    lines: list[ToShipOut]


class OrdersOut(Schema):
    """What a warehouse is told, in the order it was told."""

    orders: list[OrderOut]
    next: str = Field(description="Give it as `after` to go on, now or later; nothing is left out.")


class AddressOut(Schema):
    """Personal data of one order: what was asked for and is there. Keep it nowhere."""

    reference: str
    fields: dict[str, str]


class ToldOut(Schema):
    """What a warehouse said was taken in."""

    reference: str


class CallbackOut(Schema):
    """What became of a callback."""

    result: str = Field(description="taken, repeated, ignored or unknown.")


class FaultOut(Schema):
    """What went wrong, in a sentence that says what to do."""

    error: str


def report_of(body: ShipmentIn, warehouse: Warehouse, *, corrects: str = "") -> ShipmentReport:
    """Returns the report of one parcel."""
    return ShipmentReport(
        report_id=body.report_id,
        warehouse=warehouse.id,
        release=ReleaseRef(body.reference),
        carrier=body.carrier,
        service=body.service.strip(),
        tracking_number=body.tracking_number,
        shipped_at=body.shipped_at,
        contents=tuple(
            Content(
                order_item_id=line.line_id,
                quantity=line.quantity,
                transparency_codes=tuple(line.transparency_codes),
            )
            for line in body.lines
        ),
        corrects=corrects,
    )


def shipment_out(reference: str, package: Package) -> ShipmentOut:
    """Returns one parcel as it was taken in."""
    return ShipmentOut(**_told(reference, package))


def own_shipment_out(reference: str, package: Package) -> OwnShipmentOut:
    """Returns one parcel as its warehouse sees it."""
    return OwnShipmentOut(
        **_told(reference, package),
        carrier=package.carrier,
        tracking_number=package.tracking_number,
        shipped_at=package.shipped_at,
    )


def order_out(found: OnShelf) -> OrderOut:
    """Returns what a warehouse is told of one order."""
    amazon = found.order.amazon
    return OrderOut(
        kind=found.entry.kind,
        reference=found.release.ref,
        told_at=found.entry.at,
        amazon_order_id=amazon.amazon_order_id,
        marketplace_id=amazon.marketplace_id,
        ship_by=amazon.ship_by,
        deliver_by=amazon.deliver_by,
        programs=sorted(amazon.programs),
        has_gift_message=amazon.has_gift_message,
        lines=[_to_ship(line) for line in found.lines],
    )


def _told(reference: str, package: Package) -> dict[str, Any]:
    hold = package.hold
    return {
        "reference": reference,
        "report_id": package.report_id,
        "package": package.reference_id,
        "state": package.state,
        "held": None if hold is None else HeldOut(code=hold.code, sentence=hold.sentence),
        "refusal": package.refusal,
        "lines": [
            LineOut(
                line_id=each.order_item_id,
                quantity=each.quantity,
                transparency_codes=list(each.transparency_codes),
            )
            for each in package.contents
        ],
    }


def _to_ship(line: OrderLine) -> ToShipOut:
    return ToShipOut(
        line_id=line.order_item_id,
        sku=line.sku,
        title=line.title,
        quantity=line.ordered,
        transparency=line.transparency,
    )
