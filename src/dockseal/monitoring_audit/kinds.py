"""The kinds of values an audit field may hold. None takes free text, so none can take personal data."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum

from dockseal.domain.access import Purpose
from dockseal.domain.fields import Field
from dockseal.domain.identifiers import AMAZON_ORDER_ID

Value = str | int | datetime | bool | Enum
Kind = Callable[[object], str]
"""Checks a value and returns the text that is kept of it; raises ValueError saying what it takes."""

_CODE = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,63}")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}")


def count(value: object) -> str:
    """Takes a whole number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("a whole number that is not negative")
    return str(value)


def flag(value: object) -> str:
    """Takes true or false."""
    if not isinstance(value, bool):
        raise ValueError("True or False")  # noqa: TRY004 - one kind of error for every wrong value
    return "true" if value else "false"


def instant(value: object) -> str:
    """Takes an aware instant."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("an instant with a zone")
    return value.astimezone(UTC).isoformat()


def code(value: object) -> str:
    """Takes a member of an enumeration, or a word of small letters, digits and `_ . : -`."""
    text = value.name.lower() if isinstance(value, Enum) else value
    if not isinstance(text, str) or not _CODE.fullmatch(text) or AMAZON_ORDER_ID.search(text):
        raise ValueError("a code of small letters, digits and _ . : -")
    return text


def reference(value: object) -> str:
    """Takes one of our own references or configured names; never Amazon's order id."""
    if not isinstance(value, str) or not _REFERENCE.fullmatch(value) or AMAZON_ORDER_ID.search(value):
        raise ValueError("a reference of ours, without spaces; never an Amazon order id")
    return value


def purpose(value: object) -> str:
    """Takes one of the purposes."""
    try:
        return Purpose(str(value)).name.lower()
    except ValueError:
        raise ValueError("one of the purposes") from None


def field_names(value: object) -> str:
    """Takes names of fields of personal data, joined by commas: the names, never the contents."""
    try:
        return ",".join(sorted({Field(name).value for name in str(value).split(",")}))
    except ValueError:
        raise ValueError("names of fields, joined by commas") from None


KINDS: tuple[Kind, ...] = (code, count, field_names, flag, instant, purpose, reference)
"""Every kind, by name."""
