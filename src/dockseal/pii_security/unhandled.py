"""What Python tells by itself of a failure nobody caught, or a warning: its kind and place, without its text.

The texts may quote what was being worked on: an address in a `ValueError`, an object's `repr`.
"""

import logging
import sys
import threading
import warnings
from types import TracebackType
from typing import TextIO

from dockseal.pii_security.redaction import Redaction, where

log = logging.getLogger(__name__)
"""The standard library's: it writes to standard error, never between a command's answers, from the start."""


def take_over() -> None:
    """Puts our hooks in the place of Python's own, for the rest of the process."""
    sys.excepthook = uncaught
    sys.unraisablehook = unraisable
    threading.excepthook = uncaught_in_thread
    warnings.showwarning = warned
    if logging.lastResort is not None:
        # It writes to standard error what is logged before any handler is there.
        logging.lastResort.addFilter(Redaction())


def uncaught(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """Says on standard error what ends the process (a `sys.excepthook`)."""
    sys.stderr.write(
        f"Dockseal stopped over a fault of its own: {where(error)}. "
        "Report this line; the fault's text is left out, since it may quote personal data.\n"
    )


def uncaught_in_thread(told: threading.ExceptHookArgs) -> None:
    """Logs what ended a thread (a `threading.excepthook`)."""
    if told.exc_value is not None and told.exc_type is not SystemExit:
        log.error("thread.ended: %s", where(told.exc_value))


def unraisable(told: "sys.UnraisableHookArgs") -> None:
    """Logs what failed where nothing can be raised, such as in `__del__` (a `sys.unraisablehook`)."""
    log.error("failure.ignored: %s", "nothing is known" if told.exc_value is None else where(told.exc_value))


def warned(  # noqa: PLR0917 - Python's signature
    message: Warning | str,  # noqa: ARG001 - Python's signature
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001 - Python's signature
    line: str | None = None,  # noqa: ARG001 - Python's signature
) -> None:
    """Logs that there was a warning (a `warnings.showwarning`)."""
    log.warning("warning.raised: %s at %s:%d", category.__name__, filename.rsplit("/", 1)[-1], lineno)
