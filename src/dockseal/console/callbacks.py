"""The callbacks of warehouses: signed POSTs by Standard Webhooks, each taken in once."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from django.http import HttpRequest
from ninja import Router, Status
from ninja.errors import HttpError
from pydantic import BaseModel, ValidationError

from dockseal.console.desk import app_of, desk_of
from dockseal.console.machine_auth import record_refusal
from dockseal.console.machine_bodies import (
    AboutIn,
    CallbackOut,
    CorrectionIn,
    FaultOut,
    RefusedIn,
    ShipmentIn,
    StoppedIn,
    TakenIn,
    report_of,
)
from dockseal.console.ports import App
from dockseal.console.rest_api import AT_ONCE, UNKNOWN_REFERENCE, tell
from dockseal.console.sentences import fault_of, sentence
from dockseal.domain.attention import with_earlier
from dockseal.domain.identifiers import ReleaseRef, WarehouseId
from dockseal.domain.order import OrderState
from dockseal.domain.release import Warehouse
from dockseal.domain.request_once import Door, RequestOnce
from dockseal.domain.shipment import ShipmentReport
from dockseal.domain.warehouse_message import LateRefusal, StopReply, Taken, WarehouseMessage
from dockseal.errors import BadInput, MoveRefused, SettingsFault, SignatureRefused
from dockseal.fulfillment_processing.correcting import by_person
from dockseal.warehouses.webhook import shipbob
from dockseal.warehouses.webhook.signing import verified_id

log = structlog.get_logger(__name__)
_PLAIN = re.compile(r"[a-z_.]{1,60}")
_NOBODY = "There are no callbacks for this warehouse here, or their secret is not known."

_Body = TypeVar("_Body", bound=BaseModel)

router = Router(tags=["callbacks"])


class _About(AboutIn):
    """What a callback is about, beside what it says."""


class _Taken(TakenIn, _About):
    """`order.taken`."""


class _Refused(RefusedIn, _About):
    """`order.refused`."""


class _Stopped(StoppedIn, _About):
    """`order.stopped` and `order.not_stopped`."""


@router.post(
    "/warehouses/{name}/callbacks",
    response={200: CallbackOut, 400: FaultOut, 401: FaultOut, 409: FaultOut, 503: FaultOut},
    operation_id="callBack",
    summary="A signed callback (Standard Webhooks)",
)
def call_back(request: HttpRequest, name: str) -> Status[Any]:
    """Takes a callback in. The same webhook-id again changes nothing; a type nobody knows is only counted.

    The types are `shipment.reported` (as for reportShipment), `shipment.corrected` (with `corrects`),
    `order.taken`, `order.refused`, `order.stopped` and `order.not_stopped`; the fields stand beside `type`.
    """
    app = app_of(request)
    warehouse, webhook_id = _sender(request, name)
    once = RequestOnce(
        warehouse=warehouse.id,
        door=Door.CALLBACK,
        key_hash=hashlib.sha256(webhook_id.encode()).hexdigest(),
        fingerprint=hashlib.sha256(request.body).hexdigest(),
        at=desk_of(request).people.now(),
        status=200,
    )
    if app.storage.requests_once.find(warehouse.id, Door.CALLBACK, once.key_hash) is not None:
        return _answered(app, warehouse, "repeated")
    try:
        heard = _heard(request, warehouse)
        with app.storage.transaction():
            if app.storage.requests_once.begin(once) is not None:
                return _answered(app, warehouse, "repeated")
            _take(app, warehouse, heard)
    except MoveRefused:
        return Status(409, {"error": AT_ONCE})
    except BadInput as fault:
        app.metrics.callbacks.labels(warehouse.id, "refused").inc()
        return Status(400, {"error": sentence(fault)})
    return _answered(app, warehouse, heard.result)


def _answered(app: App, warehouse: Warehouse, result: str) -> Status[Any]:
    app.metrics.callbacks.labels(warehouse.id, result).inc()
    return Status(200, CallbackOut(result=result))


def _sender(request: HttpRequest, name: str) -> tuple[Warehouse, str]:
    """Returns who signed a callback, and its webhook-id.

    Raises:
        HttpError: 401, nobody did who may.
    """
    app, words = app_of(request), _NOBODY
    headers = {each.lower(): text for each, text in request.headers.items()}
    try:
        warehouse = app.storage.warehouses.get(WarehouseId(name))
        secrets = app.credentials.live(warehouse.id)
        if secrets is not None:
            now = desk_of(request).people.now()
            return warehouse, verified_id(
                headers, request.body, secrets=secrets, warehouse=warehouse.id, now=now
            )
    except SignatureRefused as fault:
        words = sentence(fault)
    except (BadInput, SettingsFault):
        words = _NOBODY
    record_refusal(request, "signature")
    raise HttpError(401, words)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """What a callback tells."""

    message: WarehouseMessage | shipbob.Remark | None = None
    result: str = "taken"
    """How it is counted, and what its sender is told."""


def _heard(request: HttpRequest, warehouse: Warehouse) -> _Heard:
    """Reads a callback, in the shape that its warehouse sends.

    Raises:
        BadInput: it cannot be read, or lacks what its type needs.
    """
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise BadInput("the body is no JSON object; send one")
    if warehouse.option("callbacks") == "shipbob":
        return _of_shipbob(request, warehouse, body)
    kind = body.pop("type", "")
    body.pop("timestamp", None)
    if kind in {"shipment.reported", "shipment.corrected"}:
        return _Heard(message=_report(kind, body, warehouse))
    if kind in _SAYINGS:
        return _Heard(message=_saying(app_of(request), kind, body, warehouse))
    return _unknown(kind, warehouse)


def _report(kind: str, body: Mapping[str, object], warehouse: Warehouse) -> ShipmentReport:
    if kind == "shipment.reported":
        return report_of(_read(ShipmentIn, body), warehouse)
    correction = _read(CorrectionIn, body)
    return report_of(correction, warehouse, corrects=correction.corrects)


def _saying(
    app: App, kind: str, body: Mapping[str, object], warehouse: Warehouse
) -> Taken | LateRefusal | StopReply:
    said = _read(_SAYINGS[kind], body)
    ref = ReleaseRef(said.reference)
    release = app.storage.releases.get(ref)
    if release is None or release.warehouse != warehouse.id:
        raise BadInput(UNKNOWN_REFERENCE)
    if isinstance(said, _Taken):
        return Taken(release=ref, reference_at_warehouse=said.id)
    words = app.shelf.words(warehouse.id, ref, said.reason)
    if isinstance(said, _Refused):
        return LateRefusal(release=ref, words=words)
    return StopReply(release=ref, stopped=kind == "order.stopped", words=words)


_SAYINGS: Mapping[str, type[_Taken | _Refused | _Stopped]] = {
    "order.taken": _Taken,
    "order.refused": _Refused,
    "order.stopped": _Stopped,
    "order.not_stopped": _Stopped,
}


def _of_shipbob(request: HttpRequest, warehouse: Warehouse, body: Mapping[str, object]) -> _Heard:
    topic = request.headers.get(shipbob.TOPIC, "")
    if topic not in shipbob.topics():
        return _unknown(topic, warehouse)
    storage = app_of(request).storage
    order = storage.orders.by_release(shipbob.reference_of(body))
    packages = [] if order is None else storage.packages.of_order(order.ref)
    message = shipbob.told(
        topic,
        body,
        warehouse=warehouse.id,
        known=[_own_id(storage.packages.report_ids(each)) for each in packages],
        stopping=order is not None
        and (order.state is OrderState.CANCELLED or order.amazon.buyer_wants_cancel),
    )
    return _Heard(message=message, result="ignored" if message is None else "taken")


def _own_id(report_ids: Sequence[str]) -> str:
    """Returns the last id of a parcel that its warehouse gave it, whatever a person corrected since."""
    return next((each for each in reversed(report_ids) if not by_person(each)), report_ids[-1])


def _unknown(kind: object, warehouse: Warehouse) -> _Heard:
    plain = kind if isinstance(kind, str) and _PLAIN.fullmatch(kind) else "(unreadable)"
    log.warning("callback.unknown", warehouse=warehouse.id, type=plain)
    return _Heard(result="unknown")


def _take(app: App, warehouse: Warehouse, heard: _Heard) -> None:
    message = heard.message
    if isinstance(message, shipbob.Remark):
        order = app.storage.orders.by_release(message.release)
        release = app.storage.releases.get(message.release)
        if order is None or release is None or release.warehouse != warehouse.id:
            raise BadInput(UNKNOWN_REFERENCE)
        words = f"Warehouse {warehouse.id} {message.words} order {order.id}: look at it there."
        app.storage.orders.change(order, attention=with_earlier(order.attention, [words]))
    elif message is not None:
        tell(app, warehouse.id, message)


def _read(kind: type[_Body], body: Mapping[str, object]) -> _Body:
    try:
        return kind.model_validate(body)
    except ValidationError as fault:
        words = " ".join(fault_of(dict(error)) for error in fault.errors(include_input=False)[:5])
    raise BadInput(words)
