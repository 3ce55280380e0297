"""Keeps secrets and personal data out of the logs: what is not known to be harmless is left out."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from datetime import date, timedelta
from enum import Enum
from types import TracebackType
from typing import Any

from dockseal.pii_security.in_use import InUse
from dockseal.pii_security.shapes import shown, without_secrets
from dockseal.pii_security.withholding import withheld_in

FIELDS = frozenset(
    {
        "event", "level", "timestamp", "logger", "lane", "key", "seller", "warehouse", "order", "order_id",
        "release", "package", "operation", "path", "status", "request_id", "milliseconds", "count", "reason",
        "error", "place", "sentence", "route", "exception", "epoch", "until", "again_at", "done", "more",
        "tries", "code", "host", "port", "url", "version", "source", "method", "result", "trace_id",
    }
)  # fmt: skip
"""The fields an event may have. None ever holds a payload."""
_OURS = "dockseal"
_STRUCTLOG = frozenset({"_logger", "_name"})
_OF_A_RECORD = frozenset({*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"})


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leaves out every field that is not on the list, and every secret (a structlog processor).

    Exceptions are reduced to their class and place: their texts may quote what was being worked on.
    """
    kept: dict[str, Any] = {}
    trace = _error(event.get("exc_info"))
    for name, value in event.items():
        if name in FIELDS:
            kept[name] = _harmless(value)
    dropped = sorted(set(event) - FIELDS - {"exc_info", "stack_info"} - _internal(event))
    if dropped:
        kept["left_out"] = ",".join(without_secrets(name) for name in dropped)
    if trace is not None:
        kept["exception"] = where(trace)
    kept.update({name: event[name] for name in _internal(event)})
    return kept


def _error(given: object) -> BaseException | None:
    """Finds the exception in what a logging call may give as `exc_info`."""
    if isinstance(given, tuple):
        given = given[1]
    elif given is True:
        given = sys.exc_info()[1]
    return given if isinstance(given, BaseException) else None


def _internal(event: MutableMapping[str, Any]) -> set[str]:
    """structlog's own bookkeeping, which its formatter takes out again."""
    return {name for name in ("_record", "_from_structlog") if name in event}


def _harmless(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum):
        return without_secrets(str(value.value))
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, date | timedelta):
        return str(value)
    return f"[{type(value).__name__}]"


def where(error: BaseException) -> str:
    """Returns the class of an exception and the places it passed, without its text."""
    return f"{type(error).__name__} at {_places(error.__traceback__)}"


def _places(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    return (
        " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in reversed(frames))
        or "an unknown place"
    )


class Redaction(logging.Filter):
    """A filter for handlers of the standard library's logging.

    Of other packages' records only warnings pass, as the place that wrote them: at DEBUG several of them log
    whole requests and answers, and any of them may quote a value in a warning. A record of ours that carries
    personal data, a secret or a body, however deep, is refused: what is left tells where it was written. So
    is a text that repeats a value of a recipient in use.
    """

    def __init__(self, in_use: InUse | None = None) -> None:
        """Makes the filter; `in_use` knows the recipients whose values no text may repeat."""
        super().__init__()
        self._in_use = in_use or InUse()

    def filter(self, record: logging.LogRecord) -> bool:
        """Passes a record on with nothing in it that may be secret, or drops it."""
        ours = record.name == _OURS or record.name.startswith(f"{_OURS}.")
        if not ours and record.levelno < logging.WARNING:
            return False
        if ours and isinstance(record.msg, dict):
            event = redact(None, "", record.msg)
            record.msg = {name: self._unrepeated(value) for name, value in event.items()}
        else:
            record.msg = self._unrepeated(_text(record, ours=ours), _place(record))
        record.args = None
        if record.exc_info:
            error = _error(record.exc_info)
            if error is not None and isinstance(record.msg, str):
                record.msg = f"{record.msg} ({where(error)})"
            record.exc_info = None
        record.exc_text = None
        record.stack_info = None
        self._keep_listed(record)
        return True

    def _keep_listed(self, record: logging.LogRecord) -> None:
        """Takes off a record whatever `extra` put on it that is not on the list."""
        for name in vars(record).keys() - _OF_A_RECORD - _STRUCTLOG:
            if name in FIELDS:
                setattr(record, name, self._unrepeated(_harmless(getattr(record, name))))
            else:
                delattr(record, name)

    def _unrepeated(self, value: object, place: str = "") -> object:
        if isinstance(value, str) and self._in_use.repeated_in(value):
            return f"a text that repeats a buyer's data was refused{place and f', at {place}'}"
        return value


def _place(record: logging.LogRecord) -> str:
    return f"{record.filename}:{record.lineno}"


def _text(record: logging.LogRecord, *, ours: bool) -> str:
    place = _place(record)
    if not ours:
        return f"{record.name} wrote a {record.levelname.lower()} at {place}"
    try:
        held = withheld_in((record.msg, record.args))
        return f"a record with a {held} was refused, at {place}" if held else shown(record.getMessage())
    except Exception:  # noqa: BLE001 - a value that refuses to be shown must not stop the work
        return f"a record that cannot be shown, at {place}"
