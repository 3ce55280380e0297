"""The machine API: warehouses report what they shipped."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema, Status
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as Invalid
from ninja.security import HttpBearer
from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints

from dockseal.console.answers import open_to_all, refuse
from dockseal.console.desk import app_of, desk_of
from dockseal.console.sources import lockouts_of, source_of
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.release import Warehouse
from dockseal.domain.shipment import Content, Package, ShipmentReport
from dockseal.errors import BadInput, LockedOut, MoveRefused
from dockseal.monitoring_audit.tags import Tag
from dockseal.pii_security.lockouts import Lockouts

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
_UNKNOWN = Actor(kind=ActorKind.WAREHOUSE, name="unknown")
_MOST_LINES = 1000
_AT_ONCE = "Another report of this order came in at the same moment; send this one again."


class Bearer(HttpBearer):
    """Knows a warehouse by the key it was given; only the key's hash is kept."""

    def authenticate(self, request: HttpRequest, token: str) -> Warehouse | None:
        """Returns the warehouse with this key.

        Raises:
            LockedOut: ten keys in a row from this address were nobody's.
        """
        source, lockouts = source_of(request, "api"), lockouts_of(request)
        lockouts.refuse_if_locked(source)
        found = app_of(request).storage.warehouses.by_api_key_hash(hashlib.sha256(token.encode()).hexdigest())
        if found is None:
            _record_refusal(request, lockouts, source)
        elif app_of(request).storage.lockouts.get(source) is not None:
            with app_of(request).storage.transaction():
                lockouts.passed(source)
        return found


def _record_refusal(request: HttpRequest, lockouts: Lockouts, source: str) -> None:
    desk = desk_of(request)
    with desk.app.storage.transaction():
        lockouts.failed(source, actor=_UNKNOWN)
        if not desk.failures.too_many(desk.people.now()):
            desk.app.trail.record(Tag.API_KEY_REFUSED, actor=_UNKNOWN, reason="key_unknown")


class LineIn(Schema):
    """A quantity of one order line inside the parcel."""

    model_config = ConfigDict(extra="forbid")

    line_id: _Text = Field(description="The line id that came with the order.")
    quantity: int = Field(ge=1, le=1_000_000, strict=True)


class ShipmentIn(Schema):
    """One parcel that has left the warehouse."""

    model_config = ConfigDict(extra="forbid")

    report_id: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="Your own id of this parcel. The same id again is the same report: safe to send twice."
    )
    reference: _Text = Field(description="The reference that came with the order.")
    carrier: _Text = Field(description="The carrier, such as UPS.")
    service: Annotated[str, StringConstraints(max_length=100)] = Field("", description="Such as Ground.")
    tracking_number: _Text
    shipped_at: AwareDatetime = Field(description="With a zone, such as 2026-11-02T15:04:05Z.")
    lines: Annotated[list[LineIn], Field(max_length=_MOST_LINES)] = Field(
        default_factory=list, description="What lies in it; left out: all that is in no earlier parcel."
    )


class LineOut(Schema):
    """A quantity of one order line inside the parcel."""

    line_id: str
    quantity: int


class ShipmentOut(Schema):
    """The parcel as it was taken in."""

    reference: str
    report_id: str
    package: int = Field(description="Counts the parcels of the order from 1.")
    state: str = Field(description="How far Amazon knows of it.")
    lines: list[LineOut]


class FaultOut(Schema):
    """What went wrong, in a sentence that says what to do."""

    error: str


api = NinjaAPI(
    title="Dockseal machine API",
    version="1",
    description="Warehouses report parcels with their bearer key. Every report may be sent again.",
    docs_url=None,
    urls_namespace="machine",
)


@api.post(
    "/shipments",
    auth=Bearer(),
    response={
        201: ShipmentOut,
        200: ShipmentOut,
        400: FaultOut,
        401: FaultOut,
        404: FaultOut,
        409: FaultOut,
        429: FaultOut,
        503: FaultOut,
    },
    summary="Report one parcel",
    operation_id="reportShipment",
)
def report_shipment(request: HttpRequest, body: ShipmentIn) -> Status[Any]:
    """Takes one parcel in: 201 when it is new, 200 when this report is known already."""
    app, warehouse = app_of(request), _warehouse(request)
    release = app.storage.releases.get(ReleaseRef(body.reference))
    if release is None or release.warehouse != warehouse.id:
        sentence = (
            f"Nothing was released to warehouse {warehouse.id} under this reference; send it as it came."
        )
        return Status(404, {"error": sentence})
    known = app.storage.packages.find_report(warehouse.id, body.report_id)
    try:
        package = app.tracking.report(_report(body, warehouse))
    except MoveRefused:
        return Status(409, {"error": _AT_ONCE})
    except BadInput as fault:
        return Status(400 if known is None else 409, {"error": _sentence(fault)})
    return Status(201 if known is None else 200, _out(body, package))


def _warehouse(request: HttpRequest) -> Warehouse:
    found = getattr(request, "auth", None)
    if not isinstance(found, Warehouse):
        raise AuthenticationError
    return found


def _report(body: ShipmentIn, warehouse: Warehouse) -> ShipmentReport:
    return ShipmentReport(
        report_id=body.report_id,
        warehouse=warehouse.id,
        release=ReleaseRef(body.reference),
        carrier=body.carrier,
        service=body.service.strip(),
        tracking_number=body.tracking_number,
        shipped_at=body.shipped_at,
        contents=tuple(Content(order_item_id=line.line_id, quantity=line.quantity) for line in body.lines),
    )


def _out(body: ShipmentIn, package: Package) -> ShipmentOut:
    return ShipmentOut(
        reference=body.reference,
        report_id=package.report_id,
        package=package.reference_id,
        state=package.state.value,
        lines=[LineOut(line_id=each.order_item_id, quantity=each.quantity) for each in package.contents],
    )


def _sentence(fault: Exception) -> str:
    text = str(fault)
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _invalid(request: HttpRequest, fault: Invalid) -> HttpResponse:
    return refuse(request, " ".join(_fault_of(error) for error in fault.errors[:5]), status=400)


def _fault_of(error: dict[str, Any]) -> str:
    """Says what is wrong with one field, without repeating what was sent."""
    where: Sequence[object] = [part for part in error["loc"] if part != "body"]
    name = ".".join(str(part) for part in where) or "the body"
    if error["type"] == "missing":
        return f"{name} is missing."
    if error["type"] == "extra_forbidden":
        return f"{name} is no field of a shipment; leave it out."
    return f"{name}: {str(error['msg']).removeprefix('Value error, ')}."


def _unreadable(request: HttpRequest, fault: HttpError) -> HttpResponse:
    if fault.status_code == 400:
        return refuse(request, "The body is no JSON; send one JSON object.", status=400)
    return refuse(request, str(fault), status=fault.status_code)


def _unauthenticated(_: HttpRequest, __: AuthenticationError) -> HttpResponse:
    sentence = "This key is not known; send `Authorization: Bearer` with the key of your warehouse."
    return JsonResponse({"error": sentence}, status=401, headers={"WWW-Authenticate": "Bearer"})


def _locked_out(_: HttpRequest, fault: LockedOut) -> HttpResponse:
    return JsonResponse({"error": _sentence(fault)}, status=429)


api.exception_handler(Invalid)(_invalid)
api.exception_handler(HttpError)(_unreadable)
api.exception_handler(AuthenticationError)(_unauthenticated)
api.exception_handler(LockedOut)(_locked_out)


def machine_urls() -> tuple[list[Any], str, str]:
    """Returns the API's addresses, open to machines: they have no session, but a key where it is needed."""
    patterns, app_name, namespace = api.urls
    for pattern in patterns:
        if pattern.callback is not None:
            open_to_all(pattern.callback)
    return list(patterns), app_name, namespace
