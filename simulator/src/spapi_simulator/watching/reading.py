"""Reading JSON into dataclasses by their annotations, with a sentence for whatever does not fit."""

import math
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
_LONGEST = 2000
_WORDS: Mapping[object, str] = types.MappingProxyType({
    str: "text", bool: "true or false", int: "a whole number", float: "a number",
    datetime: "an instant with its offset, such as 2026-11-02T08:00:00Z",
})  # fmt: skip


class Unfit(ValueError):
    """What was sent does not fit; the message is a sentence for whoever sent it."""


def read(kind: type[T], given: object, what: str) -> T:
    """Return a dataclass made of a JSON object.

    Args:
        kind: A dataclass of texts, numbers, instants, literals, tuples of these, and other dataclasses.
        given: What the JSON said.
        what: What to call it in a sentence, such as `A fault`.

    Raises:
        Unfit: A field is unknown, missing or of another type; the message says which.
    """
    if not isinstance(given, dict):
        raise Unfit(f"{what} must be a JSON object.")
    known = {field.name: field for field in fields(kind) if field.init}  # type: ignore[arg-type]  # a dataclass
    hints = get_type_hints(kind)
    for name in given:
        if name not in known:
            raise Unfit(f"{what} has no field {str(name)[:40]!r}; it may have {', '.join(known)}.")
    if missing := [name for name, field in known.items() if name not in given and _is_required(field)]:
        raise Unfit(f"{what} needs {' and '.join(missing)}.")
    return kind(**{name: _value(hints[name], value, name) for name, value in given.items()})


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _value(hint: Any, given: object, name: str) -> object:
    if is_dataclass(hint) and isinstance(hint, type):
        return read(hint, given, name)
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {types.UnionType, Union}:
        if given is None and type(None) in inner:
            return None
        return _value(next(one for one in inner if one is not type(None)), given, name)
    if origin is Literal:
        if not isinstance(given, str) or given not in inner:
            raise Unfit(f"{name} must be one of {', '.join(map(str, inner))}.")
        return given
    if origin is tuple:
        return _tuple(inner, given, name)
    return _plain(hint, given, name)


def _tuple(inner: tuple[Any, ...], given: object, name: str) -> tuple[object, ...]:
    if not isinstance(given, list):
        raise Unfit(f"{name} must be a list.")
    if len(inner) == 2 and inner[1] is Ellipsis:
        return tuple(_value(inner[0], one, name) for one in given)
    if len(given) != len(inner):
        raise Unfit(f"{name} must be a list of {len(inner)}.")
    return tuple(_value(hint, one, name) for hint, one in zip(inner, given, strict=True))


def _plain(hint: Any, given: object, name: str) -> object:
    fits = (
        (hint is str and isinstance(given, str) and len(given) <= _LONGEST)
        or (hint is bool and isinstance(given, bool))
        or (hint is int and isinstance(given, int) and not isinstance(given, bool) and abs(given) < 2**63)
        or (hint is float and _is_number(given))
    )
    if fits:
        return given
    if hint is datetime and isinstance(given, str) and (instant := _instant(given)) is not None:
        return instant
    raise Unfit(f"{name} must be {_WORDS.get(hint, 'something else')}.")


def _is_number(given: object) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if instant.tzinfo is None else instant.astimezone(UTC)
