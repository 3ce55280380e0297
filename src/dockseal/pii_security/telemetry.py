"""What may leave for a tracing or error service: plain functions to hand to its client.

Dockseal sends nothing to such a service by itself. Whoever adds one gives it these: `before_send` and
`before_breadcrumb` are options of `sentry_sdk.init` (with `before_send_transaction=before_send`);
`span_attributes` is for the exporter or span processor of OpenTelemetry. What is not listed is left out.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dockseal.pii_security.redaction import FIELDS
from dockseal.pii_security.shapes import shown

_EVENT = frozenset(
    {"event_id", "timestamp", "start_timestamp", "level", "logger", "platform", "release", "type"}
)
_FRAME = frozenset({"filename", "function", "module", "lineno", "in_app"})
ATTRIBUTES = frozenset(
    {
        "http.request.method", "http.response.status_code", "http.route", "server.address", "server.port",
        "url.scheme", "url.full", "error.type", "exception.type", "db.system.name", "db.operation.name",
        "network.protocol.version", "messaging.system", "messaging.operation.name", "service.name",
        "service.version", "thread.name",
    }
)  # fmt: skip
"""Attributes of OpenTelemetry's semantic conventions that never hold a payload, besides our own `FIELDS`."""


def before_send(event: Mapping[str, Any], hint: Mapping[str, Any] | None = None) -> dict[str, Any]:  # noqa: ARG001 - Sentry's signature
    """Returns an event of Sentry's with the classes and places of its errors, and nothing of their values.

    Messages, local variables, source lines, requests, users, breadcrumbs, tags, contexts and spans are left
    out: any of them may quote what was being worked on.
    """
    kept: dict[str, Any] = {name: _plain(value) for name, value in event.items() if name in _EVENT}
    errors = _listed(event.get("exception"))
    if errors:
        kept["exception"] = {"values": [_error(each) for each in errors]}
    return kept


def before_breadcrumb(crumb: Mapping[str, Any], hint: Mapping[str, Any] | None = None) -> None:
    """Drops what led to an error: breadcrumbs quote log lines, requests and queries."""


def span_attributes(attributes: Mapping[str, object]) -> dict[str, bool | int | float | str]:
    """Returns the attributes of a span that may be exported; URLs have lost their queries."""
    return {
        name: _plain(value)
        for name, value in attributes.items()
        if name in ATTRIBUTES or name.removeprefix("dockseal.") in FIELDS
    }


def _error(given: Mapping[str, Any]) -> dict[str, Any]:
    trace = given.get("stacktrace")
    frames = trace.get("frames") if isinstance(trace, Mapping) else None
    return {
        "type": _plain(given.get("type", "")),
        "module": _plain(given.get("module") or ""),
        "stacktrace": {
            "frames": [
                {name: _plain(value) for name, value in frame.items() if name in _FRAME}
                for frame in frames or ()
            ]
        },
    }


def _listed(exception: object) -> Sequence[Mapping[str, Any]]:
    """The errors in what Sentry writes as one object or as a bare list."""
    values = exception.get("values") if isinstance(exception, Mapping) else exception
    return [each for each in values if isinstance(each, Mapping)] if isinstance(values, list | tuple) else []


def _plain(value: object) -> bool | int | float | str:
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return shown(value)
    return f"[{type(value).__name__}]"
