"""The machine API: warehouses report what they shipped, get their orders, and call back."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Query, Status
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as Invalid

from dockseal.console import callbacks, labels_api, rest_api
from dockseal.console.answers import open_to_all, refuse
from dockseal.console.desk import app_of
from dockseal.console.machine_auth import Bearer, warehouse_of
from dockseal.console.machine_bodies import (
    FaultOut,
    ShipmentIn,
    ShipmentOut,
    ShipmentsOut,
    own_shipment_out,
    report_of,
    shipment_out,
)
from dockseal.console.once import once
from dockseal.console.rest_api import AT_ONCE, CURSOR, FAULTS, cursor, tell
from dockseal.console.sentences import fault_of, sentence
from dockseal.domain.api_key import ApiScope
from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.release import Warehouse
from dockseal.errors import BadInput, LockedOut, MoveRefused, OpensExhausted
from dockseal.fulfillment_processing.rehearsal import ABOUT_THE_TEST, is_test

_MOST = 200
_KEPT = "This report cannot be matched to an order; it is kept, and a person looks at it."

api = NinjaAPI(
    title="Dockseal machine API",
    version="1",
    description=(
        "Warehouses report parcels, get their orders and call back. Their bearer keys have scopes. Every "
        "request may be sent again: by its own ids, or under an Idempotency-Key."
    ),
    docs_url=None,
    urls_namespace="machine",
)
api.add_router("", rest_api.router)
api.add_router("", callbacks.router)
api.add_router("", labels_api.router)
_REPORTS: dict[int, Any] = {201: ShipmentOut, 200: ShipmentOut, 202: FaultOut, **FAULTS}


@api.post(
    "/shipments",
    auth=Bearer(ApiScope.SHIPMENTS_WRITE),
    response=_REPORTS,
    summary="Report one parcel",
    operation_id="reportShipment",
)
def report_shipment(request: HttpRequest, body: ShipmentIn) -> Status[Any]:
    """Takes one parcel in: 201 when it is new, 200 when this report is known already."""
    warehouse = warehouse_of(request)
    return once(request, warehouse, lambda: _reported(request, body, warehouse))


@api.post(
    "/shipments/{report_id}/correction",
    auth=Bearer(ApiScope.SHIPMENTS_WRITE),
    response=_REPORTS,
    summary="Correct one parcel",
    operation_id="correctShipment",
)
def correct_shipment(request: HttpRequest, report_id: str, body: ShipmentIn) -> Status[Any]:
    """Takes a report in place of an earlier one, `report_id`; it has a report id of its own."""
    warehouse = warehouse_of(request)

    def work() -> Status[Any]:
        if app_of(request).storage.packages.find_report(warehouse.id, report_id) is None:
            return Status(
                404, {"error": "No report of this warehouse has this id; send the one you reported."}
            )
        return _reported(request, body, warehouse, corrects=report_id)

    return once(request, warehouse, work)


@api.get(
    "/shipments",
    auth=Bearer(ApiScope.SHIPMENTS_WRITE),
    response={200: ShipmentsOut, **FAULTS},
    summary="Your own parcels",
    operation_id="listShipments",
)
def list_shipments(
    request: HttpRequest,
    after: str = CURSOR,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 100,
) -> Status[Any]:
    """Gives the parcels that this warehouse reported, in that order, as they stand now."""
    app, warehouse, number = app_of(request), warehouse_of(request), cursor(after)
    if number is None:
        return Status(400, {"error": "`after` is no cursor; give `next` as it came, or leave it out."})
    found = app.storage.packages.reported_by(warehouse.id, number, limit=limit)
    shipments = [own_shipment_out(package.release, package) for _, package in found]
    return Status(200, ShipmentsOut(shipments=shipments, next=str(found[-1][0] if found else number)))


def _reported(
    request: HttpRequest, body: ShipmentIn, warehouse: Warehouse, *, corrects: str = ""
) -> Status[Any]:
    app = app_of(request)
    if is_test(body.reference):
        app.shelf.noticed(warehouse.id, ReleaseRef(body.reference))
        return Status(202, {"error": sentence(BadInput(ABOUT_THE_TEST))})
    release = app.storage.releases.get(ReleaseRef(body.reference))
    if release is None or release.warehouse != warehouse.id:
        words = f"Nothing was released to warehouse {warehouse.id} under this reference; send it as it came."
        return Status(404, {"error": words})
    known = app.storage.packages.find_report(warehouse.id, body.report_id)
    try:
        package = tell(app, warehouse.id, report_of(body, warehouse, corrects=corrects))
    except MoveRefused:
        return Status(409, {"error": AT_ONCE})
    except BadInput as fault:
        return Status(400 if known is None else 409, {"error": sentence(fault)})
    if package is None:
        return Status(202, {"error": _KEPT})
    return Status(201 if known is None else 200, shipment_out(body.reference, package))


def _invalid(request: HttpRequest, fault: Invalid) -> HttpResponse:
    return refuse(request, " ".join(fault_of(error) for error in fault.errors[:5]), status=400)


def _unreadable(request: HttpRequest, fault: HttpError) -> HttpResponse:
    if fault.status_code == 400:
        return refuse(request, "The body is no JSON; send one JSON object.", status=400)
    return refuse(request, str(fault), status=fault.status_code)


def _unauthenticated(_: HttpRequest, __: AuthenticationError) -> HttpResponse:
    sentence = "This key is not known; send `Authorization: Bearer` with the key of your warehouse."
    return JsonResponse({"error": sentence}, status=401, headers={"WWW-Authenticate": "Bearer"})


def _locked_out(_: HttpRequest, fault: LockedOut) -> HttpResponse:
    return JsonResponse({"error": sentence(fault)}, status=429)


def _exhausted(request: HttpRequest, fault: OpensExhausted) -> HttpResponse:
    seconds = max(1, int((fault.until - app_of(request).clock.now()).total_seconds()) + 1)
    return JsonResponse({"error": sentence(fault)}, status=429, headers={"Retry-After": str(seconds)})


api.exception_handler(Invalid)(_invalid)
api.exception_handler(HttpError)(_unreadable)
api.exception_handler(AuthenticationError)(_unauthenticated)
api.exception_handler(LockedOut)(_locked_out)
api.exception_handler(OpensExhausted)(_exhausted)


def machine_urls() -> tuple[list[Any], str, str]:
    """Returns the API's addresses, open to machines: they have no session, but a key where it is needed."""
    patterns, app_name, namespace = api.urls
    for pattern in patterns:
        if pattern.callback is not None:
            open_to_all(pattern.callback)
    return list(patterns), app_name, namespace
