"""What a service costs for a parcel and when it arrives, or why it cannot carry it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from spapi_simulator.merchant_fulfillment.addresses import Address
from spapi_simulator.merchant_fulfillment.question import Question
from spapi_simulator.merchant_fulfillment.services import (
    ABROAD,
    DEFAULT,
    EXPERIENCE_CHARGES,
    EXPERIENCES,
    PICKUP_CHARGE,
    Service,
    currency_of,
    in_currency,
)

SHIP_PLUS_CREDIT = Decimal("1.00")
_VOLUME_PER_KILO = 5000
_INSURANCE = Decimal("0.012")
_ABROAD_SURCHARGE = Decimal("1.15")
_DELIVERED_BY = 20
_FAR = frozenset({"AU", "NZ", "BR", "ZA", "SA", "AE", "IN", "EG"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """Why a service is not offered (RejectedShippingService)."""

    service: Service
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a service would do for a parcel.

    Attributes:
        rate: In `currency`; `credit` is what Amazon pays of it (FBM Ship+).
        insurance: What the parcel is insured for.
        late: Whether it may arrive, or leave, later than the buyer was promised.
    """

    service: Service
    currency: str
    rate: Decimal
    credit: Decimal
    insurance: Decimal
    ship_date: datetime
    earliest: datetime
    latest: datetime
    needs_inputs: bool
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a parcel goes, and what was promised there."""

    address: Address
    ship_by: datetime
    promised: datetime
    ship_plus: bool


def quote(
    service: Service, question: Question, destination: Destination, *, now: datetime
) -> Quote | Rejection:
    """Return what a service would do for a parcel, or why it would not."""
    origin, target = question.sender.country, destination.address.country
    ship_date = max(question.ship_date or now, now)
    earliest, latest = (_arrival(ship_date, days) for days in service.days)
    if reason := _unable(service, question, destination.address, latest=latest):
        return Rejection(service=service, code=reason[0], message=reason[1])
    currency = currency_of(origin)
    included = in_currency(Decimal(service.insured), currency)
    return Quote(
        service=service,
        currency=currency,
        rate=in_currency(_dollars(service, question, target), currency)
        + _extra_insurance(question.wishes.declared, included, currency),
        credit=in_currency(SHIP_PLUS_CREDIT, currency) if destination.ship_plus else Decimal(0),
        insurance=included if question.wishes.declared is None else question.wishes.declared,
        ship_date=ship_date,
        earliest=earliest,
        latest=latest,
        needs_inputs=service.crosses_customs(origin, target),
        late=latest > destination.promised or ship_date > destination.ship_by,
    )


def _unable(
    service: Service, question: Question, target: Address, *, latest: datetime
) -> tuple[str, str] | None:
    """Return the code and the sentence of the first reason against a service."""
    reasons = (*_of_parcel(service, question, target), *_of_wishes(service, question, latest))
    return next(((code, message) for applies, code, message in reasons if applies), None)


def _of_parcel(service: Service, question: Question, target: Address) -> Iterator[tuple[bool, str, str]]:
    """Yield what may be wrong with where a parcel goes, and with the parcel itself."""
    yield (
        not service.reaches(question.sender.country, target.country),
        "DESTINATION_NOT_SERVED",
        "The service does not go from the sender's country to the recipient's.",
    )
    yield (
        target.is_po_box and not service.carrier.po_boxes,
        "CARRIER_CANNOT_SHIP_TO_POBOX",
        "The carrier does not deliver to post-office boxes.",
    )
    yield (
        question.grams > service.kilos * 1000,
        "WEIGHT_LIMIT_EXCEEDED",
        f"The package is heavier than {service.kilos} kg.",
    )
    yield (
        question.box.longest > service.longest or question.box.girth > service.girth,
        "DIMENSION_LIMIT_EXCEEDED",
        f"The package is longer than {service.longest} cm, or {service.girth} cm with its girth.",
    )
    yield (
        question.hazmat and (service.by_volume or service.reach == ABROAD),
        "HAZMAT_NOT_ACCEPTED",
        "The service does not carry hazardous materials.",
    )


def _of_wishes(service: Service, question: Question, latest: datetime) -> Iterator[tuple[bool, str, str]]:
    """Yield which wishes of the seller may not be met."""
    wishes, carrier = question.wishes, service.carrier
    yield (
        wishes.experience not in service.experiences,
        "DELIVERY_EXPERIENCE_NOT_OFFERED",
        f"The service does not offer {wishes.experience}.",
    )
    yield (
        wishes.pickup and not carrier.pickup,
        "CARRIER_PICKUP_NOT_OFFERED",
        "The carrier does not collect packages.",
    )
    yield (
        wishes.label_format not in {*carrier.formats, DEFAULT},
        "LABEL_FORMAT_NOT_OFFERED",
        f"The carrier does not print labels as {wishes.label_format}.",
    )
    yield (
        question.must_arrive is not None and latest > question.must_arrive,
        "CANNOT_ARRIVE_IN_TIME",
        "The package would arrive after MustArriveByDate.",
    )


def _dollars(service: Service, question: Question, target: str) -> Decimal:
    kilos = question.grams / 1000
    if service.by_volume:
        kilos = max(kilos, question.box.volume / _VOLUME_PER_KILO)
    price = service.base + service.per_kilo * kilos
    if service.reach == ABROAD and target in _FAR:
        price *= _ABROAD_SURCHARGE
    price += EXPERIENCE_CHARGES[EXPERIENCES.index(question.wishes.experience)]
    return price + (PICKUP_CHARGE if question.wishes.pickup else 0)


def _extra_insurance(declared: Decimal | None, included: Decimal, currency: str) -> Decimal:
    if declared is None or declared <= included:
        return Decimal(0)
    unit = Decimal(1) if currency == "JPY" else Decimal("0.01")
    return ((declared - included) * _INSURANCE).quantize(unit)


def _arrival(ship_date: datetime, days: int) -> datetime:
    """Return the evening of the day on which a parcel arrives, never before it leaves."""
    day = (ship_date + timedelta(days=days)).astimezone(UTC)
    evening = day.replace(hour=_DELIVERED_BY, minute=0, second=0, microsecond=0)
    return evening if evening > ship_date else evening + timedelta(days=1)
