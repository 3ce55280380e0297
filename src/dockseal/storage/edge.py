"""Turns Django's database errors into ours, once, where they leave the room."""

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import ParamSpec, TypeVar

from django.db import Error, InterfaceError, OperationalError, connections

from dockseal.errors import StorageError, StorageUnavailable

_P = ParamSpec("_P")
_T = TypeVar("_T")
_NOT_NOW = frozenset({"25006"})
"""Beside what Django calls operational: a server that takes no writes while another one takes over."""
_NO_ENTRY: Mapping[str, str] = {
    "password authentication failed": "its password is another one, or the role does not exist",
    "no password supplied": "no password was given for the role",
    "permission denied for database": "the role may not enter this database",
    "no pg_hba.conf entry": "pg_hba.conf does not let the role in from here",
    "is not permitted to log in": "the role may not log in",
    "does not exist": "the role or the database does not exist",
    "certificate verify failed": "the server's certificate is not signed by an authority that is known",
    "root certificate file": "the file of authorities cannot be read",
    "does not support SSL": "the server does not offer TLS",
    "does not match host name": "the server's certificate is for another name",
    "Connection refused": "no server listens there",
    "No such file": "no server listens there",
    "could not translate host name": "its host name leads nowhere",
}
"""What libpq says when it is not let in, and what we say: its own words may hold anything."""


def storage_error(fault: Error) -> StorageError:
    """Translates an error of the database; keeps its code, drops its text, which may show values.

    PostgreSQL's texts end with `DETAIL: Key (…)=(…)`.
    """
    cause = fault.__cause__
    sqlite, sqlstate = getattr(cause, "sqlite_errorname", None), getattr(cause, "sqlstate", None)
    code = sqlite or sqlstate or type(fault).__name__
    if sqlstate not in _NOT_NOW and not isinstance(fault, OperationalError | InterfaceError):
        return StorageError(f"the database refused this ({code})")
    if sqlite:
        return StorageUnavailable(
            f"the database cannot be used now ({code}): is its disk full, its file readable, another "
            "process holding it?"
        )
    said = str(cause)
    told = (ours for theirs, ours in _NO_ENTRY.items() if sqlstate is None and theirs in said)
    why = next(told, "does its server run, and is another process holding it?")
    return StorageUnavailable(f"the database cannot be used now ({code}): {why}")


def let_go_of_broken() -> None:
    """Closes connections of this thread that broke outside of a transaction: the next use makes new ones."""
    for connection in connections.all(initialized_only=True):
        if connection.vendor == "postgresql" and not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def translated(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Lets only errors of ours leave `function`."""

    @functools.wraps(function)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return function(*args, **kwargs)
        except Error as fault:
            ours = storage_error(fault)
        # Raised out here, the new error does not carry the old one, with its values, as its context.
        let_go_of_broken()
        raise ours

    return call


def edge(kind: type[_T]) -> type[_T]:
    """Lets only errors of ours leave the public methods of a class."""
    for name, value in list(vars(kind).items()):
        if not name.startswith("_") and inspect.isfunction(value):
            setattr(kind, name, translated(value))
    return kind
