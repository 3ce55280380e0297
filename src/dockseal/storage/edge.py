"""Turns Django's database errors into ours, once, where they leave the room."""

import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import Error, InterfaceError, OperationalError

from dockseal.errors import StorageError, StorageUnavailable

_P = ParamSpec("_P")
_T = TypeVar("_T")


def storage_error(fault: Error) -> StorageError:
    """Translates an error of the database; keeps its code, drops its text, which may show values."""
    cause = fault.__cause__
    code = (
        getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or type(fault).__name__
    )
    if isinstance(fault, OperationalError | InterfaceError):
        return StorageUnavailable(
            f"the database cannot be used now ({code}): is its disk full, its file readable, another "
            "process holding it?"
        )
    return StorageError(f"the database refused this ({code})")


def translated(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Lets only errors of ours leave `function`."""

    @functools.wraps(function)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return function(*args, **kwargs)
        except Error as fault:
            ours = storage_error(fault)
        # Raised out here, the new error does not carry the old one, with its values, as its context.
        raise ours

    return call


def edge(kind: type[_T]) -> type[_T]:
    """Lets only errors of ours leave the public methods of a class."""
    for name, value in list(vars(kind).items()):
        if not name.startswith("_") and inspect.isfunction(value):
            setattr(kind, name, translated(value))
    return kind
