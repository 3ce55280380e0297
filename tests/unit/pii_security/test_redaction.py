import logging
import sys
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.order import OrderState
from dockseal.domain.recipient import Recipient
from dockseal.domain.secret import Secret
from dockseal.pii_security.redaction import FIELDS, Redaction, redact, without_secrets
from unit.pii_security.safe import someone

SECRETS = [
    "Atza|IwEBIExampleExample",
    "Atzr|IwEBIExampleExample",
    "Atc|MQEBIExampleExample",
    "Atz.sprdt|IQEBIExample/Example+Example=",
    "amzn1.oa2-cs.v1.exampleexample",
    "whsec_ZXhhbXBsZWV4YW1wbGU=",
    "dsk_example-example_example",
    "Bearer exampleexample",
    "AKIAEXAMPLEEXAMPLE00",
]
words = st.text(st.characters(categories=["Ll", "Zs"]), max_size=20)


@given(secret=st.sampled_from(SECRETS), before=words, after=words)
def test_no_known_shape_of_a_secret_stays_in_a_text(secret: str, before: str, after: str) -> None:
    text = without_secrets(f"{before} {secret} {after}")
    assert secret not in text
    assert secret.rsplit("|", maxsplit=1)[-1].removeprefix("Bearer ") not in text
    assert text.startswith(f"{before} [redacted]")
    assert text.endswith(f" {after}")


@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_are_found_inside_json_and_urls(secret: str) -> None:
    for text in (f'{{"token":"{secret}","more":1}}', f"https://example.com/?token={secret}&more=1"):
        assert secret not in without_secrets(text)


def test_a_field_that_is_not_on_the_list_is_left_out_by_name() -> None:
    event = redact(None, "info", {"event": "order.sealed", "order": "abc", "name": "Testperson Alpha"})
    assert event == {"event": "order.sealed", "order": "abc", "left_out": "name"}


def test_listed_fields_pass_as_they_are() -> None:
    values: dict[str, Any] = {
        "event": "lane.done",
        "done": 3,
        "more": True,
        "until": None,
        "milliseconds": 0.5,
    }
    assert redact(None, "info", dict(values)) == values
    assert redact(None, "info", {"status": OrderState.RELEASED}) == {"status": "released"}
    assert set(values) <= FIELDS


@pytest.mark.parametrize("value", [someone(), Secret("an invented secret"), {"a": 1}, ["Testperson"], b"x"])
def test_a_value_of_any_other_type_is_only_named(value: object) -> None:
    assert redact(None, "info", {"reason": value}) == {"reason": f"[{type(value).__name__}]"}


def fail(person: Recipient) -> None:
    raise ValueError(f"cannot ship to {person.disclose()['name']}")


@pytest.mark.parametrize("as_flag", [True, False])
def test_an_exception_is_logged_as_class_and_place_without_its_text(as_flag: bool) -> None:
    try:
        fail(someone())
    except ValueError as error:
        event = redact(None, "error", {"event": "x", "exc_info": True if as_flag else error})
    assert "Testperson" not in repr(event)
    assert event["exception"].startswith("ValueError at test_redaction.py:")


def test_it_works_in_structlog() -> None:
    with structlog.testing.capture_logs(processors=[redact]) as logs:
        structlog.get_logger().warning("amazon.refused", reason="Atza|Example", address="1 Sample Street")
    (event,) = logs
    assert event["reason"] == "[redacted]"
    assert "Sample" not in repr(event)


class Kept(logging.Handler):
    """Keeps what would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.addFilter(Redaction())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def logged(name: str, level: int, text: object, *args: object, **named: Any) -> list[str]:
    handler, logger = Kept(), logging.Logger(name)
    logger.addHandler(handler)
    logger.log(level, text, *args, **named)
    return handler.lines


@pytest.mark.parametrize("name", ["botocore.parsers", "httpcore.http11", "dockseal_other", "root"])
def test_other_packages_are_heard_from_warnings_on_and_never_quoted(name: str) -> None:
    assert logged(name, logging.INFO, "body: %s", "Testperson Alpha") == []
    (line,) = logged(name, logging.WARNING, "body: %s", "Testperson Alpha")
    assert line.startswith(f"{name} wrote a warning at test_redaction.py:")


def test_our_own_lines_pass_without_secrets() -> None:
    assert logged("dockseal.lanes", logging.DEBUG, "token %s", "Atza|Example") == ["token [redacted]"]


@pytest.mark.parametrize("name", ["dockseal.lanes", "django.request"])
def test_no_trace_and_no_text_of_an_exception_is_written(name: str) -> None:
    try:
        fail(someone())
    except ValueError:
        (line,) = logged(name, logging.ERROR, "it failed", exc_info=sys.exc_info())
    assert "Testperson" not in line
    assert "(ValueError at test_redaction.py:" in line


def test_a_value_that_refuses_to_be_shown_stops_nothing() -> None:
    (line,) = logged("dockseal.lanes", logging.INFO, "for %s", someone())
    assert line.startswith("a record that cannot be shown, at test_redaction.py:")


def test_a_structured_record_is_redacted_too() -> None:
    (line,) = logged("dockseal.lanes", logging.INFO, {"event": "x", "address": "1 Sample Street"})
    assert "Sample" not in line
