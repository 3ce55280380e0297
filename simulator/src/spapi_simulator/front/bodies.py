"""Reading what a request brings: JSON bodies and query values, each with a refusal that names the field."""

import json
import math
from collections.abc import Iterable

import httpx

from spapi_simulator.front.answers import JSON, refuse_input


def read_object(raw: bytes) -> JSON:
    """Return a body that must be a JSON object.

    Raises:
        Refusal: 400 for anything else.
    """
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise refuse_input("The body is not a JSON object.")
    return body


def part(body: JSON, name: str) -> JSON:
    """Return a member that must be an object."""
    given = body.get(name)
    if not isinstance(given, dict):
        raise refuse_input(f"{name} is required.")
    return given


def optional_part(body: JSON, name: str) -> JSON:
    """Return a member that must be an object where it is given; empty where it is not."""
    return {} if body.get(name) is None else part(body, name)


def parts(body: JSON, name: str, *, least: int = 1, most: int = 1000) -> list[JSON]:
    """Return a member that must be a list of objects."""
    given = body.get(name)
    if given is None and not least:
        return []
    if not isinstance(given, list) or not least <= len(given) <= most:
        raise refuse_input(f"{name} must be a list of {least} to {most} entries.")
    objects = [one for one in given if isinstance(one, dict)]
    if len(objects) != len(given):
        raise refuse_input(f"{name} must hold objects.")
    return objects


def text(body: JSON, name: str, *, longest: int = 2000) -> str:
    """Return a member that must be text and not blank."""
    given = body.get(name)
    if not isinstance(given, str) or not given.strip() or len(given) > longest:
        raise refuse_input(f"{name} is required.")
    return given


def optional_text(body: JSON, name: str, *, longest: int = 2000) -> str:
    """Return a member that must be text where it is given; empty where it is not."""
    given = body.get(name)
    if given is None:
        return ""
    if not isinstance(given, str) or len(given) > longest:
        raise refuse_input(f"{name} must be text.")
    return given


def texts(body: JSON, name: str, *, least: int = 0, most: int = 1000) -> list[str]:
    """Return a member that must be a list of texts."""
    given = body.get(name)
    if given is None and not least:
        return []
    if not isinstance(given, list) or not least <= len(given) <= most:
        raise refuse_input(f"{name} must be a list of {least} to {most} texts.")
    if any(not isinstance(one, str) or not one for one in given):
        raise refuse_input(f"{name} must hold texts.")
    return given


def choice(body: JSON, name: str, allowed: Iterable[str], *, default: str | None = None) -> str:
    """Return a member that must be one of the allowed words."""
    given = body.get(name, default)
    known = tuple(allowed)
    if not isinstance(given, str) or given not in known:
        raise refuse_input(f"{name} must be one of {', '.join(known)}.")
    return given


def whole(body: JSON, name: str, *, least: int = 1, most: int = 2**31 - 1) -> int:
    """Return a member that must be a whole number within bounds."""
    given = body.get(name)
    if not isinstance(given, int) or isinstance(given, bool) or not least <= given <= most:
        raise refuse_input(f"{name} must be a whole number from {least} to {most}.")
    return given


def number(body: JSON, name: str, *, least: float = 0, most: float = 1e9) -> float:
    """Return a member that must be a number within bounds."""
    given = body.get(name)
    if not isinstance(given, int | float) or isinstance(given, bool) or not math.isfinite(given):
        raise refuse_input(f"{name} must be a number.")
    if not least <= given <= most:
        raise refuse_input(f"{name} must be a number from {least:g} to {most:g}.")
    return float(given)


def flag(body: JSON, name: str, *, default: bool = False) -> bool:
    """Return a member that must be true or false where it is given."""
    given = body.get(name, default)
    if not isinstance(given, bool):
        raise refuse_input(f"{name} must be true or false.")
    return given


def listed(query: httpx.QueryParams, name: str, *, allowed: Iterable[str] = (), most: int = 50) -> list[str]:
    """Return a list parameter of a query, comma-separated or repeated.

    Raises:
        Refusal: 400 for an unknown value or more than `most` values.
    """
    found = [one.strip() for given in query.get_list(name) for one in given.split(",") if one.strip()]
    known = frozenset(allowed)
    if known and (wrong := [one for one in found if one not in known]):
        raise refuse_input(f"{name} has a value that is not known: {wrong[0][:40]}.")
    if len(found) > most:
        raise refuse_input(f"{name} may hold {most} values.")
    return found


def size_of_page(
    query: httpx.QueryParams, name: str, *, default: int = 100, least: int = 1, most: int = 100
) -> int:
    """Return how many entries a page may hold."""
    given = query.get(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit()) or len(given) > 6 or not least <= int(given) <= most:
        raise refuse_input(f"{name} must be between {least} and {most}.")
    return int(given)
