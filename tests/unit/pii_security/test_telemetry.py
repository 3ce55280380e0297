"""Events and spans as Sentry's and OpenTelemetry's clients hand them over."""

import json
from typing import Any

import pytest

from dockseal.pii_security.telemetry import before_breadcrumb, before_send, span_attributes
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


def test_no_breadcrumb_leaves() -> None:
    assert before_breadcrumb({"message": "any"}, {}) is None  # type: ignore[func-returns-value]  # None is the answer


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
