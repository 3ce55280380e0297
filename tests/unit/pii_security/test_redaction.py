import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import structlog

from dockseal.amazon.piece import Piece
from dockseal.amazon.queue import Message
from dockseal.domain.order import OrderState
from dockseal.domain.recipient import Recipient
from dockseal.domain.secret import Secret
from dockseal.errors import BadInput
from dockseal.pii_security.redaction import FIELDS, Redaction, redact
from unit.pii_security.safe import someone


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
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)
        self.lines.append(self.format(record))


def logged(name: str, level: int, text: object, *args: object, **named: Any) -> list[str]:
    handler, logger = Kept(), logging.Logger(name)
    logger.addHandler(handler)
    logger.log(level, text, *args, **named)
    return handler.lines


@pytest.mark.parametrize(
    "name",
    [
        "botocore.parsers",
        "httpcore.http11",
        "httpx",
        "urllib3.connectionpool",
        "django.server",
        "dockseal_other",
        "root",
    ],
)
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


class Refuses:
    """Something of ours that cannot be printed."""

    def __repr__(self) -> str:
        raise ValueError("Testperson Alpha")


def test_a_value_that_refuses_to_be_shown_stops_nothing() -> None:
    (line,) = logged("dockseal.lanes", logging.INFO, "for %s", Refuses())
    assert line.startswith("a record that cannot be shown, at test_redaction.py:")


@dataclass(frozen=True)
class Parcel:
    """Something of ours that carries personal data."""

    number: int
    content: object


WITHHELD: list[object] = [
    someone(),
    Secret("Testperson Alpha"),
    Piece(whose="Testperson Alpha", values={}),
    Message(body="", handle="", id="Testperson Alpha", receive_count=1),
    b"Testperson Alpha",
    ValueError("Testperson Alpha"),
]


@pytest.mark.parametrize("held", WITHHELD, ids=lambda held: type(held).__name__)
@pytest.mark.parametrize(
    "wrap",
    [
        lambda held: held,
        lambda held: {"deep": [(1, {"deeper": held})]},
        lambda held: Parcel(number=1, content=[held]),
        lambda held: BadInput("it cannot be used", held),
    ],
    ids=["itself", "in containers", "in a dataclass", "in an error of ours"],
)
def test_a_record_with_a_type_no_log_may_show_is_refused(
    held: object, wrap: Callable[[object], object]
) -> None:
    (line,) = logged("dockseal.lanes", logging.INFO, "for %s", wrap(held))
    assert line.startswith(f"a record with a {type(held).__name__} was refused, at test_redaction.py:")
    (line,) = logged("dockseal.lanes", logging.INFO, "for %(one)s", {"one": wrap(held)})
    assert "Testperson" not in line
    (line,) = logged("dockseal.lanes", logging.INFO, wrap(held))
    assert "Testperson" not in line


def test_a_record_too_deep_to_be_looked_through_is_refused() -> None:
    deep: list[Any] = ["Testperson Alpha"]
    for _ in range(100):
        deep = [deep]
    (line,) = logged("dockseal.lanes", logging.INFO, "for %s", deep)
    assert line.startswith("a record with a list was refused")


@pytest.mark.parametrize("name", ["dockseal.lanes", "httpx", "django.request"])
def test_of_what_is_put_on_a_record_only_listed_fields_stay(name: str) -> None:
    extra = {"buyer": "Testperson Alpha", "order": someone(), "reason": "Atza|Example", "status": 404}
    handler, logger = Kept(), logging.Logger(name)
    handler.setFormatter(logging.Formatter("%(message)s %(order)s %(reason)s %(status)s"))
    logger.addHandler(handler)
    logger.warning("it failed", extra=extra)
    (line,) = handler.lines
    assert line.endswith(" [Recipient] [redacted] 404")
    assert not hasattr(handler.records[0], "buyer")


def test_a_structured_record_is_redacted_too() -> None:
    (line,) = logged("dockseal.lanes", logging.INFO, {"event": "x", "address": "1 Sample Street"})
    assert "Sample" not in line
