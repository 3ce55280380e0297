"""The machine API of warehouses that buy labels from Amazon, without getting an address."""

import base64
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from dockseal.console.desk import app_of
from dockseal.console.machine_auth import Bearer, warehouse_of
from dockseal.console.machine_bodies import MOST_LINES, LineIn, ReportId, Strict, Text
from dockseal.console.rest_api import FAULTS, UNKNOWN_REFERENCE
from dockseal.console.sentences import sentence
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.api_key import ApiScope
from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.label import Label, Rate
from dockseal.domain.shipment import Content
from dockseal.errors import (
    AmazonError,
    AmazonThrottled,
    AmazonUnavailable,
    AnswerUnreadable,
    BadInput,
    MoveRefused,
    OutcomeUnknown,
    RoleMissing,
    VaultError,
)
from dockseal.fulfillment_processing.measures import box_from

_UNKNOWN_LABEL = "This warehouse bought no such label; send the id that came when it was bought."
_LATER = (AmazonThrottled, AmazonUnavailable, AnswerUnreadable, OutcomeUnknown)

router = Router(tags=["labels"])


class ParcelIn(Strict):
    """A packed parcel."""

    size: Text = Field(description="Length x width x height, such as 30x20x12cm or 12x8x5in.")
    weight: Text = Field(description="Such as 450g, 1.2kg, 9oz or 2lb.")
    lines: Annotated[list[LineIn], Field(max_length=MOST_LINES)] = Field(
        default_factory=list, description="What lies in it; left out: all that is in no earlier parcel."
    )


class LabelIn(ParcelIn):
    """A parcel, and the service that shall carry it."""

    parcel_id: ReportId = Field(
        max_length=100,
        description="Your own id of this parcel. The same id again is the same label: safe to send twice.",
    )
    service_id: Text = Field(description="One of the rates.")
    offer_id: Annotated[str, Field(max_length=200)] = Field(
        "", description="The offer of that rate; left out: what the service costs now."
    )


class RateOut(Schema):
    """What would carry the parcel."""

    service_id: str
    offer_id: str
    carrier: str
    service: str
    amount: Decimal
    currency: str


class RatesOut(Schema):
    """What would carry the parcel, the cheapest first."""

    rates: list[RateOut]


class LabelOut(Schema):
    """A label. What is printed on it is personal data, and not here."""

    label_id: str
    reference: str
    parcel_id: str
    state: str
    carrier: str
    service: str
    tracking_number: str
    amount: Decimal
    currency: str


class PrintOut(Schema):
    """One print of a label. It shows the buyer: print it, and keep it nowhere."""

    media_type: str = Field(description="application/pdf, application/zpl or image/png.")
    content: str = Field(description="The file in base64.")


@router.post(
    "/orders/{reference}/labels/rates",
    auth=Bearer(ApiScope.LABELS_WRITE),
    response={200: RatesOut, **FAULTS},
    operation_id="listRates",
    summary="What would carry a parcel",
)
def list_rates(request: HttpRequest, reference: str, body: ParcelIn) -> Status[Any]:
    """Asks Amazon what would carry a parcel of an order; shows nobody."""

    def work() -> Status[Any]:
        found = app_of(request).labelling.rates(
            ReleaseRef(reference), box_from(body.size, body.weight), _contents(body)
        )
        return Status(200, RatesOut(rates=[_rate_out(each) for each in found]))

    return _owned(request, reference) or _answered(work)


@router.post(
    "/orders/{reference}/labels",
    auth=Bearer(ApiScope.LABELS_WRITE),
    response={201: LabelOut, **FAULTS},
    operation_id="buyLabel",
    summary="Buy a label",
)
def buy_label(request: HttpRequest, reference: str, body: LabelIn) -> Status[Any]:
    """Buys a label from Amazon, which counts its parcel as shipped: it need not be reported."""

    def work() -> Status[Any]:
        bought = app_of(request).labelling.buy(
            ReleaseRef(reference),
            box_from(body.size, body.weight),
            body.service_id,
            parcel_id=body.parcel_id,
            actor=_actor(request),
            contents=_contents(body),
            offer_id=body.offer_id,
        )
        return Status(201, _label_out(bought))

    return _owned(request, reference) or _answered(work)


@router.post(
    "/labels/{label_id}/print",
    auth=Bearer(ApiScope.LABELS_WRITE),
    response={200: PrintOut, **FAULTS},
    operation_id="printLabel",
    summary="Print a label",
)
def print_label(request: HttpRequest, label_id: str) -> Status[Any]:
    """Gives one print. Each has an audit row, and is fetched from Amazon anew."""

    def work() -> Status[Any]:
        file = app_of(request).labelling.show(label_id, _actor(request))
        content = base64.b64encode(file.disclose()).decode()
        return Status(200, PrintOut(media_type=file.media_type, content=content))

    return _bought_here(request, label_id) or _answered(work)


@router.post(
    "/labels/{label_id}/void",
    auth=Bearer(ApiScope.LABELS_WRITE),
    response={200: LabelOut, **FAULTS},
    operation_id="voidLabel",
    summary="Void a label",
)
def void_label(request: HttpRequest, label_id: str) -> Status[Any]:
    """Gives a label back to Amazon: its parcel did not leave."""

    def work() -> Status[Any]:
        return Status(200, _label_out(app_of(request).labelling.void(label_id, _actor(request))))

    return _bought_here(request, label_id) or _answered(work)


def _answered(work: Callable[[], Status[Any]]) -> Status[Any]:
    """Does some work with Amazon, and says in a sentence why it was not done."""
    try:
        return work()
    except BadInput as fault:
        return Status(400, {"error": sentence(fault)})
    except _LATER as fault:
        return Status(503, {"error": sentence(fault)})
    except (MoveRefused, AmazonError, RoleMissing, VaultError) as fault:
        return Status(409, {"error": sentence(fault)})


def _owned(request: HttpRequest, reference: str) -> Status[Any] | None:
    """Refuses a reference that is none of this warehouse's; None: it is."""
    release = app_of(request).storage.releases.get(ReleaseRef(reference))
    if release is None or release.warehouse != warehouse_of(request).id:
        return Status(404, {"error": UNKNOWN_REFERENCE})
    return None


def _bought_here(request: HttpRequest, label_id: str) -> Status[Any] | None:
    """Refuses a label that is none of this warehouse's; None: it is."""
    label = app_of(request).storage.labels.get(label_id)
    if label is None or label.warehouse != warehouse_of(request).id:
        return Status(404, {"error": _UNKNOWN_LABEL})
    return None


def _actor(request: HttpRequest) -> Actor:
    return Actor(kind=ActorKind.WAREHOUSE, name=warehouse_of(request).id)


def _contents(body: ParcelIn) -> tuple[Content, ...]:
    return tuple(Content(order_item_id=line.line_id, quantity=line.quantity) for line in body.lines)


def _rate_out(rate: Rate) -> RateOut:
    return RateOut(
        service_id=rate.service_id,
        offer_id=rate.offer_id,
        carrier=rate.carrier,
        service=rate.service,
        amount=rate.amount,
        currency=rate.currency,
    )


def _label_out(label: Label) -> LabelOut:
    return LabelOut(
        label_id=label.id,
        reference=label.release,
        parcel_id=label.parcel_id,
        state=label.state.value,
        carrier=label.carrier,
        service=label.service,
        tracking_number=label.tracking_number,
        amount=label.amount,
        currency=label.currency,
    )
