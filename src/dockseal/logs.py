"""Sends what is logged to where it is kept, without what is not known to be harmless."""

import logging
import sys
from pathlib import Path

import structlog

from dockseal.pii_security.in_use import InUse
from dockseal.pii_security.redaction import Redaction, redact
from dockseal.settings import Settings


def configure_logging(
    settings: Settings, place: Path | None = None, *, quiet: bool = False, in_use: InUse | None = None
) -> None:
    """Sends logs as JSON lines to a file, or to standard error; what is not known to be harmless is left out.

    Args:
        settings: Says from which level on.
        place: The file; None: standard error.
        quiet: Leave out what only tells that all is well, where a person reads along.
        in_use: The recipients of the vault, once there is one: lines that repeat one are refused.
    """
    handler: logging.Handler = (
        logging.StreamHandler(sys.stderr) if place is None else logging.FileHandler(place, encoding="utf-8")
    )
    # Which lane writes, and in which trace, stands beside every line: also of the standard library's loggers.
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
    ]
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, stamp],
            processors=[
                redact,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    handler.addFilter(Redaction(in_use))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    level = "warning" if quiet and settings.log_level == "info" else settings.log_level
    root.setLevel(level.upper())
    structlog.configure(
        processors=[*shared, stamp, redact, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
