"""Instants on the wire: how Amazon writes them and which ones it accepts."""

import re
from datetime import UTC, datetime

from spapi_simulator.front.answers import refuse_input

_DATE_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})")


def seconds(instant: datetime) -> str:
    """Return ISO 8601 with whole seconds, cut and not rounded (Orders v0, notifications)."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def millis(instant: datetime) -> str:
    """Return ISO 8601 with milliseconds, cut and not rounded (Orders v2026-01-01)."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"


def floor_millis(instant: datetime) -> datetime:
    """Drop what is finer than a millisecond."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def parse(text: object, name: str, *, utc_only: bool = False) -> datetime:
    """Return the instant of a request field.

    Raises:
        Refusal: 400 when the text is not an ISO 8601 instant, or has an offset although only UTC is allowed.
    """
    if isinstance(text, str) and _DATE_ONLY.fullmatch(text):
        text = f"{text}T00:00:00Z"
    if not isinstance(text, str) or not _ISO.fullmatch(text):
        raise refuse_input(f"{name} is not a valid ISO 8601 date-time.")
    try:
        instant = datetime.fromisoformat(text)
        in_utc = instant.astimezone(UTC)
    except (ValueError, OverflowError) as fault:
        raise refuse_input(f"{name} is not a valid ISO 8601 date-time.") from fault
    if utc_only and instant.utcoffset():
        raise refuse_input(f"{name} must be given in UTC.")
    return in_utc
