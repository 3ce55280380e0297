"""Checks every answer of every simulator in a test run against Amazon's published models.

`watch` wraps `Simulator.handle` and `Queue.send`. What does not fit is kept, and `complain` raises it in the
test that caused it, also where the simulator answered on a server's thread.
"""

import json
import threading
from collections.abc import Generator, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from amazon import described, folder, model
from jsonschema_rs import Draft4Validator, Draft7Validator

from spapi_simulator import Simulator
from spapi_simulator.catalogue import CATALOGUE
from spapi_simulator.front.journal import Call
from spapi_simulator.front.operations import Operation
from spapi_simulator.queues.queue import Message, Queue

WORKS_ALL_THE_SAME = frozenset({"", "slow", "cut", "later", "half", "repeat"})
"""Effects of faults that leave the answer what it is; every other fault makes the answer itself."""
WITH_RATE = frozenset({200, 201, 202, 204, 400, 404})
OF_EVERY_OPERATION = frozenset({413, 415})
"""Statuses that sp-api.md (1.6) lists for all of SP-API, and some models leave out."""
MAY_BE_NULL = (("Error", "message"),)
"""What the models call text and Amazon has been seen to leave null (sp-api.md, 1.6)."""
SCHEMAS = {
    "ORDER_CHANGE": "OrderChangeNotification",
    "FEED_PROCESSING_FINISHED": "FeedProcessingFinishedNotification",
    "REPORT_PROCESSING_FINISHED": "ReportProcessingFinishedNotification",
    "LISTINGS_ITEM_MFN_QUANTITY_CHANGE": "ListingsItemMfnQuantityChange",
    "TRANSACTION_UPDATE": "TransactionUpdateNotification",
    "FULFILLMENT_ORDER_STATUS": "FulfillmentOrderStatusNotification",
    "SHIPMENT_TRACKING_MILESTONE_CHANGED": "ShipmentTrackingMilestoneChangedNotification",
}
WITHOUT_SCHEMA = frozenset({
    "ACCOUNT_STATUS_CHANGED",
    "APPLICATION_OAUTH_CLIENT_NEW_SECRET",
    "APPLICATION_OAUTH_CLIENT_SECRET_EXPIRY",
})  # fmt: skip
"""Types that Amazon publishes no schema for in the models here."""

_found: list[str] = []
_sender = threading.local()


class Unfaithful(AssertionError):
    """The simulator answered what Amazon's models do not allow."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    """Let a test fail that made the simulator answer what Amazon's models do not allow."""
    try:
        yield
    except BaseException as fault:
        try:
            complain()
        except Unfaithful as found:
            fault.add_note(f"Besides, the simulator was not faithful:\n{found}")
        raise
    complain()


def complain() -> None:
    """Raise what was found since the last time.

    Raises:
        Unfaithful: Something did not fit.
    """
    if _found:
        said = "\n".join(dict.fromkeys(_found))
        _found.clear()
        raise Unfaithful(said)


def watch() -> bool:
    """Check every answer from now on; False where Amazon's models are not here."""
    if folder() is None:
        return False
    if getattr(Simulator.handle, "watched", False):
        return True
    handle, send = Simulator.handle, Queue.send

    def watched_handle(self: Simulator, request: httpx.Request) -> httpx.Response:
        with self.lock:
            _sender.is_client = "x-amz-target" in request.headers
            try:
                response = handle(self, request)
            finally:
                _sender.is_client = False
            calls, _ = self.journal.since(len(self.journal) - 1, most=1)
        _found.extend(faults(request, response, calls[-1] if calls else None))
        return response

    def watched_send(self: Queue, body: str, **more: Any) -> Message:
        if not getattr(_sender, "is_client", False):
            _found.extend(faults_of_notification(body))
        return send(self, body, **more)

    watched_handle.watched = True  # type: ignore[attr-defined]  # so that two conftests watch once
    Simulator.handle = watched_handle  # type: ignore[method-assign]  # the tests' own patch
    Queue.send = watched_send  # type: ignore[method-assign]  # the tests' own patch
    return True


def faults(request: httpx.Request, response: httpx.Response, call: Call | None) -> Iterator[str]:
    """Say what Amazon's model of an operation does not allow in an answer."""
    if call is None or call.request_id != response.headers.get("x-amzn-requestid"):
        # LWA, SQS and documents are no SP-API operations; every SP-API answer carries its id.
        if CATALOGUE.find(request.method, request.url.path) and call and call.path_template.startswith("/"):
            yield f"{call.operation} answered {response.status_code} without its x-amzn-RequestId."
        return
    found = CATALOGUE.find(request.method, request.url.path)
    if found is None or found[0].name != call.operation:
        return
    operation, status = found[0], response.status_code
    title = f"{operation.bucket} answered {status}"
    if "x-amzn-ratelimit-limit" in response.headers and status not in WITH_RATE:
        yield f"{title} with x-amzn-RateLimit-Limit, which Amazon sends only with 20x, 400 and 404."
    if call.fault not in WORKS_ALL_THE_SAME and not _is_amazons(operation, response):
        return
    for fault in _faults_of_body(operation, response):
        yield f"{title}, and {operation.api} says otherwise: {fault}"


def faults_of_notification(body: str) -> Iterator[str]:
    """Say what Amazon's schema of a notification does not allow."""
    told = json.loads(body)
    kind = told.get("NotificationType") or told.get("notificationType")
    if kind in WITHOUT_SCHEMA:
        return
    if kind not in SCHEMAS:
        yield f"A notification of type {kind} was sent, and conformance.py knows no schema for it."
        return
    for error in _notification_validator(SCHEMAS[kind]).iter_errors(told):
        yield f"{kind}: {_place(error.instance_path)}: {error.message}"


def strict(schema: Any) -> Any:
    """Return a schema that refuses every property it does not list."""
    if not isinstance(schema, dict):
        return schema
    told = dict(schema)
    if "properties" in told:
        told["properties"] = {name: strict(one) for name, one in told["properties"].items()}
        told.setdefault("additionalProperties", False)
    for name in ("items", "additionalProperties"):
        if name in told:
            told[name] = strict(told[name])
    if told.get("format") == "int32":
        told |= {"minimum": max(told.get("minimum", -(2**31)), -(2**31)), "maximum": 2**31 - 1}
    return told


def _is_amazons(operation: Operation, response: httpx.Response) -> bool:
    known = described(operation.api)[operation.method, operation.template].responses
    return response.status_code in known and "json" in response.headers.get("content-type", "")


def _faults_of_body(operation: Operation, response: httpx.Response) -> Iterator[str]:
    known = described(operation.api).get((operation.method, operation.template))
    if known is None:
        yield f"it has no {operation.method} {operation.template}."
        return
    status = response.status_code
    if status not in known.responses and status not in OF_EVERY_OPERATION:
        yield "it does not know this status."
        return
    validator = _validator(operation.api, known.method, known.path, status)
    if validator is None:
        if response.content not in ((b"", b"{}") if status == 200 else (b"",)):
            yield "the body must be empty."
        return
    if not response.headers.get("content-type", "").startswith("application/json"):
        yield "the body is not declared as JSON."
        return
    try:
        body = json.loads(response.content, parse_constant=_no_constant)
    except ValueError as fault:
        yield f"the body is not JSON ({fault})."
        return
    for error in validator.iter_errors(body):
        yield f"{_place(error.instance_path)}: {error.message[:500]}"


@cache
def _validator(api: str, method: str, path: str, status: int) -> Draft4Validator | None:
    responses = described(api)[method, path].responses
    schema = responses[status if status in responses else 400].get("schema")
    if schema is None:
        return None
    return Draft4Validator({**strict(schema), "definitions": _definitions(api)}, validate_formats=True)


@cache
def _definitions(api: str) -> Mapping[str, Any]:
    definitions = model(api)["definitions"]
    loose = {
        part["$ref"].rsplit("/", 1)[-1]
        for one in definitions.values()
        for part in one.get("allOf", ())
        if "$ref" in part
    }
    told = {
        name: one if name in loose else strict(_joined(one, definitions)) for name, one in definitions.items()
    }
    for name, member in MAY_BE_NULL:
        if member in told.get(name, {}).get("properties", {}):
            told[name]["properties"][member] |= {"type": ["string", "null"]}
    return told


def _joined(schema: dict[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema with the properties of its `allOf` parts as its own, so that it can be strict."""
    if "allOf" not in schema:
        return schema
    told: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
    for part in schema["allOf"]:
        whole = definitions[part["$ref"].rsplit("/", 1)[-1]] if "$ref" in part else part
        told["properties"] |= whole.get("properties", {})
        told["required"] += whole.get("required", [])
    return told


@cache
def _notification_validator(name: str) -> Draft7Validator:
    place = folder() or Path()
    text = (place / "schemas" / "notifications" / f"{name}.json").read_text(encoding="utf-8")
    return Draft7Validator(json.loads(text), validate_formats=True)


def _place(path: list[str | int]) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
