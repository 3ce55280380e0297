"""What may leave for a service that gathers errors or traces: hooks to hand to its client.

Dockseal itself sends traces alone, and those only where it is told to (`dockseal.pii_security.traces`).
Whoever adds Sentry starts it with `sentry_sdk.init(dsn=..., **SENTRY)`; for more of OpenTelemetry see
`dockseal.pii_security.exporters`. What is not listed is left out.
"""

from collections.abc import Mapping, MutableMapping, Sequence
from types import MappingProxyType
from typing import Any

from dockseal.pii_security.redaction import FIELDS
from dockseal.pii_security.shapes import shown

_EVENT = frozenset(
    {"event_id", "timestamp", "start_timestamp", "level", "logger", "platform", "release", "type"}
)
_FRAME = frozenset({"filename", "function", "module", "lineno", "in_app"})
_SPAN = frozenset(
    {
        "trace_id",
        "span_id",
        "parent_span_id",
        "op",
        "status",
        "start_timestamp",
        "timestamp",
        "same_process_as_parent",
    }
)
ATTRIBUTES = frozenset(
    {
        "http.request.method", "http.response.status_code", "http.route", "server.address", "server.port",
        "url.scheme", "url.full", "error.type", "exception.type", "db.system.name", "db.operation.name",
        "network.protocol.version", "messaging.system", "messaging.operation.name", "service.name",
        "service.version", "telemetry.sdk.name", "telemetry.sdk.language", "telemetry.sdk.version",
        "thread.name",
        # As instrumentation names them that has not moved to the stable conventions.
        "http.method", "http.scheme", "http.status_code", "http.url", "net.peer.name", "net.peer.port",
        "db.system",
    }
)  # fmt: skip
"""Attributes of OpenTelemetry's semantic conventions that never hold a payload, besides our own `FIELDS`."""


def before_send(event: Mapping[str, Any], hint: MutableMapping[str, Any] | None = None) -> dict[str, Any]:
    """Returns an event of Sentry's with the classes and places of its errors, and nothing of their values.

    Messages, local variables, source lines, requests, users, breadcrumbs, tags, contexts and attachments are
    left out: any of them may quote what was being worked on.
    """
    if hint is not None:
        # They lie beside the event, and are sent after it.
        hint["attachments"] = []
    kept: dict[str, Any] = {name: _plain(value) for name, value in event.items() if name in _EVENT}
    errors = _listed(event.get("exception"))
    if errors:
        kept["exception"] = {"values": [_error(each) for each in errors]}
    contexts = event.get("contexts")
    trace = contexts.get("trace") if isinstance(contexts, Mapping) else None
    if isinstance(trace, Mapping):
        kept["contexts"] = {"trace": _span(trace)}
    return kept


def before_send_transaction(
    event: Mapping[str, Any], hint: MutableMapping[str, Any] | None = None
) -> dict[str, Any]:
    """Returns a trace of Sentry's with its kinds and times; named only where it is named by its route."""
    kept = before_send(event, hint)
    source = event.get("transaction_info")
    by_route = isinstance(source, Mapping) and source.get("source") == "route"
    kept["transaction"] = _plain(event.get("transaction", "")) if by_route else "[no route]"
    kept["spans"] = [_span(each) for each in event.get("spans") or () if isinstance(each, Mapping)]
    return kept


def before_breadcrumb(crumb: Mapping[str, Any], hint: Mapping[str, Any] | None = None) -> None:
    """Drops what led to an error: breadcrumbs quote log lines, requests and queries."""


def before_send_log(log: Mapping[str, Any], hint: Mapping[str, Any] | None = None) -> None:
    """Drops a log line: Sentry's client takes it before our handlers have redacted it."""


def before_send_metric(metric: Mapping[str, Any], hint: Mapping[str, Any] | None = None) -> None:
    """Drops a number with its labels: ours are read by Prometheus."""


SENTRY: Mapping[str, Any] = MappingProxyType(
    {
        "before_send": before_send,
        "before_send_transaction": before_send_transaction,
        "before_send_log": before_send_log,
        "before_send_metric": before_send_metric,
        "before_breadcrumb": before_breadcrumb,
        # Spans sent one by one cannot be dropped by a hook, and leave as they are where one fails.
        "trace_lifecycle": "static",
        # No other site is told of our traces: with them goes what a trace is called.
        "trace_propagation_targets": (),
    }
)
"""The options of `sentry_sdk.init` that hold whatever its other ones say."""


def span_attributes(attributes: Mapping[str, object]) -> dict[str, bool | int | float | str]:
    """Returns the attributes of a span or a metric that may be exported; URLs have lost their queries."""
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


def _span(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in given.items() if name in _SPAN and value is not None}


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
