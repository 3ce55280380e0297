"""Looks through what a log record carries for what no log may show."""

import dataclasses
from collections.abc import Iterable, Mapping

from dockseal.domain.withheld import Withheld
from dockseal.errors import DocksealError

_DEEPEST = 12
_MOST = 10_000
_PLAIN = (str, int, float, complex, bool, type(None))


def withheld_in(value: object) -> str:
    """Returns the name of the first type in a value that must not be shown; empty if there is none.

    Looked through are containers, dataclasses, and the arguments and causes of exceptions. Besides personal
    types these are bytes, which may be a body, and errors of others, whose texts may quote one. What is too
    deep or too large to be looked through counts as found.
    """
    waiting, seen = [(value, 0)], 0
    while waiting:
        each, depth = waiting.pop()
        if isinstance(each, _PLAIN):
            continue
        seen += 1
        if depth > _DEEPEST or seen > _MOST or _is_withheld(each):
            return type(each).__name__
        waiting.extend((inner, depth + 1) for inner in _inside(each))
    return ""


def _is_withheld(value: object) -> bool:
    return isinstance(value, Withheld | bytes | bytearray | memoryview) or (
        isinstance(value, BaseException) and not isinstance(value, DocksealError)
    )


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    if isinstance(value, list | tuple | set | frozenset):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name, None) for field in dataclasses.fields(value)]
    if isinstance(value, DocksealError):
        return value.args
    return ()
