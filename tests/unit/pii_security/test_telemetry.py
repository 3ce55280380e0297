"""Events and spans as Sentry's and OpenTelemetry's clients hand them over."""

import json
from typing import Any

import pytest

from dockseal.pii_security.telemetry import (
    SENTRY,
    before_send,
    before_send_transaction,
    span_attributes,
)
from unit.pii_security.safe import someone

NAME = "Testperson Alpha"


def sentry_event() -> dict[str, Any]:
    """An error event of the Python client, with personal data wherever it has room for it."""
    frame = {
        "filename": "dockseal/lanes.py",
        "function": "_run",
        "lineno": 12,
        "vars": {"recipient": NAME},
        "context_line": f"ship('{NAME}')",
        "pre_context": [NAME],
    }
    return {
        "event_id": "0" * 32,
        "timestamp": "2026-11-02T08:00:00Z",
        "level": "error",
        "platform": "python",
        "message": NAME,
        "logentry": {"message": "for %s", "params": [NAME]},
        "exception": {"values": [{"type": "ValueError", "value": NAME, "stacktrace": {"frames": [frame]}}]},
        "threads": {"values": [{"stacktrace": {"frames": [frame]}}]},
        "request": {"url": f"http://127.0.0.1/?search={NAME}", "data": NAME, "headers": {"Cookie": NAME}},
        "user": {"username": NAME},
        "breadcrumbs": {"values": [{"message": NAME}]},
        "extra": {"recipient": someone(), "body": NAME},
        "tags": {"buyer": NAME},
        "contexts": {"job": {"args": NAME}},
        "spans": [{"description": f"SELECT '{NAME}'"}],
        "server_name": NAME,
        "transaction": NAME,
        "new_in_a_later_version": NAME,
    }


def test_an_error_leaves_with_its_class_and_place_alone() -> None:
    sent = before_send(sentry_event(), {"exc_info": (ValueError, ValueError(NAME), None)})
    assert NAME not in json.dumps(sent)
    (error,) = sent["exception"]["values"]
    assert error["type"] == "ValueError"
    assert error["stacktrace"]["frames"] == [
        {"filename": "dockseal/lanes.py", "function": "_run", "lineno": 12}
    ]
    assert {"event_id", "timestamp", "level", "platform"} < sent.keys()


@pytest.mark.parametrize("exception", [None, [{"type": "ValueError", "value": NAME}], {"values": None}, NAME])
def test_an_error_in_another_form_is_scrubbed_all_the_same(exception: object) -> None:
    assert NAME not in json.dumps(before_send({**sentry_event(), "exception": exception}))


def test_a_personal_value_in_a_listed_place_is_only_named() -> None:
    assert before_send({"logger": someone()}) == {"logger": "[Recipient]"}


def test_attachments_that_lie_beside_an_error_are_taken_away() -> None:
    hint: dict[str, Any] = {"attachments": [NAME.encode()]}
    before_send(sentry_event(), hint)
    assert hint == {"attachments": []}


@pytest.mark.parametrize(("source", "named"), [("route", "orders/<slug:ref>"), ("custom", "[no route]")])
def test_a_trace_leaves_with_its_kinds_and_times_named_by_its_route_alone(source: str, named: str) -> None:
    span = {"span_id": "b" * 16, "op": "db", "timestamp": 2.5, "description": NAME, "data": {"row": NAME}}
    event = {
        **sentry_event(),
        "type": "transaction",
        "transaction": named if source == "route" else NAME,
        "transaction_info": {"source": source},
        "contexts": {"trace": {"trace_id": "a" * 32, "op": "http.server", "data": {"buyer": NAME}}},
        "spans": [span],
    }
    sent = before_send_transaction(event, {})
    assert NAME not in json.dumps(sent)
    assert sent["transaction"] == named
    assert sent["contexts"] == {"trace": {"trace_id": "a" * 32, "op": "http.server"}}
    assert sent["spans"] == [{"span_id": "b" * 16, "op": "db", "timestamp": 2.5}]


@pytest.mark.parametrize("hook", ["before_breadcrumb", "before_send_log", "before_send_metric"])
def test_no_breadcrumb_log_line_or_number_leaves(hook: str) -> None:
    assert SENTRY[hook]({"message": "any", "body": "any"}, {}) is None


def test_of_a_span_listed_attributes_leave_without_queries_and_secrets() -> None:
    attributes = {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "url.full": "https://documents.example/reports/1?X-Amz-Signature=example",
        "dockseal.seller": "acme-us",
        "dockseal.buyer": NAME,
        "exception.message": NAME,
        "exception.stacktrace": NAME,
        "db.query.text": f"SELECT '{NAME}'",
        "url.query": f"search={NAME}",
        "http.request.header.authorization": ["Bearer example"],
        "thread.name": "Atza|Example",
        "server.address": someone(),
    }
    assert span_attributes(attributes) == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "url.full": "https://documents.example/reports/1?[redacted]",
        "dockseal.seller": "acme-us",
        "thread.name": "[redacted]",
        "server.address": "[Recipient]",
    }
