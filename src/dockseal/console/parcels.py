"""What the page of an order shows of its parcels: how far Amazon knows of each, and what a person can do."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from dockseal.console.words import PARCEL_BOUGHT, PARCEL_GIVEN_BACK, PARCEL_OVER, PARCEL_STANDS
from dockseal.domain.order import OVER, Order, OrderState
from dockseal.domain.parcel_hold import ParcelHold, may_be_cleared
from dockseal.domain.shipment import KNOWN_TO_AMAZON, Package, PackageState
from dockseal.fulfillment_processing.amending import new_correction_id
from dockseal.fulfillment_processing.reports import left_to_ship
from dockseal.shipment_confirmation.at_amazon import AtAmazon, OrderAtAmazon

_MOST_SUGGESTED = 3
_COLOURS: Mapping[PackageState, str] = MappingProxyType(
    {
        PackageState.REPORTED: "accepted",
        PackageState.INTENDED: "accepted",
        PackageState.HELD: "held",
        PackageState.CONFIRMED: "confirmed",
        PackageState.VERIFIED: "verified",
        PackageState.REFUSED: "refused",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a person wanted of a parcel that could not be."""

    number: int
    fault: str
    given: Mapping[str, str]
    """The form as it was filled in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """A line of the order in the form that corrects a parcel."""

    item: str
    sku: str
    title: str
    quantity: str
    most: int
    takes_codes: bool
    codes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelForm:
    """The form that corrects a parcel, as it is filled in."""

    carrier: str
    service: str
    tracking_number: str
    shipped_at: str
    """UTC, as a browser's field for instants has it."""
    lines: tuple[Inside, ...]
    of_report: str
    """What it was filled in from: anything newer is looked at first."""
    report_id: str
    """Names the correction, so that the form sent twice is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One package: what lies in it, where it stands, and what can be done."""

    package: Package
    stage: str
    """Colours it."""
    contents: str
    codes: int
    """How many Transparency codes were reported of it."""
    stands: str
    form: ParcelForm | None
    """None: it cannot be corrected here."""
    clearable: bool
    """A person may let it go as it is."""
    wants_carrier: bool
    """A person has to say who carries it."""
    suggested: tuple[str, ...]
    """Codes of carriers that its sentence names."""
    fault: str
    """Why what was tried just now could not be."""
    correcting: bool
    """What was tried was to correct it."""
    at_amazon: AtAmazon
    """How far Amazon shows it."""


def parcels_of(
    order: Order,
    packages: Sequence[Package],
    *,
    at_amazon: OrderAtAmazon,
    codes: Collection[str],
    tried: Tried | None = None,
) -> tuple[Parcel, ...]:
    """Returns what is shown of an order's packages.

    Args:
        order: The order.
        packages: All of its packages.
        at_amazon: How far Amazon shows them.
        codes: Amazon's codes of carriers.
        tried: What could not be done just now.
    """
    return tuple(
        _parcel(
            order,
            package,
            left=left_to_ship(order, [each for each in packages if each is not package]),
            at_amazon=at_amazon.of(package),
            codes=codes,
            tried=tried if tried is not None and tried.number == package.reference_id else None,
        )
        for package in packages
    )


def minute(instant: datetime) -> str:
    """Returns an instant as a browser's field for instants has it: UTC, to the minute."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M}"


def named_in(sentence: str, codes: Collection[str]) -> tuple[str, ...]:
    """Returns the codes of carriers that a sentence names, in its order; of `DHL eCommerce` not `DHL` too."""
    longest = sorted(codes, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)")
    return tuple(dict.fromkeys(pattern.findall(sentence)))[:_MOST_SUGGESTED] if codes else ()


def _parcel(
    order: Order,
    package: Package,
    *,
    left: dict[str, int],
    at_amazon: AtAmazon,
    codes: Collection[str],
    tried: Tried | None,
) -> Parcel:
    skus = {line.order_item_id: line.sku or line.order_item_id for line in order.amazon.lines}
    code = package.hold.code if package.hold is not None and order.state not in OVER else ""
    unknown = code == ParcelHold.CARRIER_UNKNOWN
    fixed = package.bought or order.state is OrderState.SHREDDED
    return Parcel(
        package=package,
        stage=_COLOURS[package.state],
        contents=", ".join(
            f"{each.quantity} × {skus.get(each.order_item_id, each.order_item_id)}"
            for each in package.contents
        ),
        codes=sum(len(each.transparency_codes) for each in package.contents),
        stands=_stands(order, package),
        form=None if fixed else _form(order, package, left, {} if tried is None else tried.given),
        clearable=may_be_cleared(code) and not unknown,
        wants_carrier=unknown,
        suggested=named_in(package.hold.sentence, codes) if unknown and package.hold is not None else (),
        fault="" if tried is None else tried.fault,
        correcting=tried is not None and "of_report" in tried.given,
        at_amazon=at_amazon,
    )


def _stands(order: Order, package: Package) -> str:
    refused = package.state is PackageState.REFUSED
    if package.bought:
        return PARCEL_GIVEN_BACK if refused else PARCEL_BOUGHT
    # What Amazon knew before the order was over, it still shows.
    told = package.state in KNOWN_TO_AMAZON
    return PARCEL_OVER if order.state in OVER and not told else PARCEL_STANDS[package.state]


def _form(order: Order, package: Package, left: dict[str, int], given: Mapping[str, str]) -> ParcelForm:
    return ParcelForm(
        carrier=given.get("carrier", package.carrier),
        service=given.get("service", package.service),
        tracking_number=given.get("tracking_number", package.tracking_number),
        shipped_at=given.get("shipped_at", minute(package.shipped_at)),
        lines=_inside(order, package, left, given),
        of_report=package.report_id,
        report_id=given.get("report_id") or new_correction_id(),
    )


def _inside(
    order: Order, package: Package, left: dict[str, int], given: Mapping[str, str]
) -> tuple[Inside, ...]:
    inside = {each.order_item_id: each for each in package.contents}
    found = []
    for line in order.amazon.lines:
        item, known = line.order_item_id, inside.get(line.order_item_id)
        quantity = 0 if known is None else known.quantity
        codes = () if known is None else known.transparency_codes
        most = max(quantity, left.get(item, 0))
        if most:
            found.append(
                Inside(
                    item=item,
                    sku=line.sku,
                    title=line.title,
                    quantity=given.get(f"quantity-{item}", str(quantity)),
                    most=most,
                    takes_codes=line.transparency or bool(codes),
                    codes=given.get(f"codes-{item}", " ".join(codes)),
                )
            )
    return tuple(found)
