"""Faults as sentences, for answers of the machine API."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_PLAIN = re.compile(r"[A-Za-z0-9_.]{1,60}")


def sentence(fault: Exception) -> str:
    """Returns a fault's text as a whole sentence."""
    text = str(fault)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def fault_of(error: Mapping[str, Any]) -> str:
    """Says what is wrong with one field, without repeating what was sent."""
    where: Sequence[object] = [part for part in error["loc"] if part != "body"]
    parts = [str(part) for part in where]
    # A name that a sender made up could be anything.
    name = ".".join(part if _PLAIN.fullmatch(part) else "(unreadable)" for part in parts) or "the body"
    if error["type"] == "missing":
        return f"{name} is missing."
    if error["type"] == "extra_forbidden":
        return f"{name} is no field of this request; leave it out."
    return f"{name}: {str(error['msg']).removeprefix('Value error, ')}."
