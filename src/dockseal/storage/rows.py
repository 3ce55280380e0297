"""What several tables share: inserting once, and sorting by the ship-by instant."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from django.db import IntegrityError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, Q
from django.db.models.expressions import Col

COMPARED = ""
"""The field of a row of differences that says when an order was compared: no field of an order is called
so."""
_S = TypeVar("_S", bound=StrEnum)
_M = TypeVar("_M", bound=Model)


def by_key(kind: type[_M], alias: str, key: str) -> _M | None:
    """Returns the row with this primary key.

    A plain statement, because each open reads two rows so: to have the ORM build it takes several times as
    long as all the rest.
    """
    connection = connections[alias]
    reading = _reading(kind, alias, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(reading.statement, [key])
        found = cursor.fetchone()
    if found is None:
        return None
    values = list(found)
    for place, column in reading.converted:
        for convert in _converters(column, connection):
            values[place] = convert(values[place], column, connection)
    return kind.from_db(alias, reading.names, values)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    statement: str
    names: list[str]
    converted: list[tuple[int, Col]]
    """The columns that the database holds otherwise than they are used, with their places."""


@functools.cache
def _reading(kind: type[Model], alias: str, _: str) -> _Reading:
    """Kept for each kind of database by itself: what has to be converted differs."""
    meta, connection = kind._meta, connections[alias]
    columns = [field.get_col(meta.db_table) for field in meta.concrete_fields]
    names = ", ".join(str(column.target.column) for column in columns)
    return _Reading(
        statement=f"SELECT {names} FROM {meta.db_table} WHERE {meta.pk.column} = %s",  # noqa: S608 - names of ours
        names=[column.target.attname for column in columns],
        converted=[
            (place, column) for place, column in enumerate(columns) if _converters(column, connection)
        ],
    )


def _converters(column: Col, connection: BaseDatabaseWrapper) -> list[Any]:
    return [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]


def inserted(row: Model, alias: str) -> bool:
    """Inserts a row; tells whether it was new. A known one leaves the open transaction usable."""
    try:
        with transaction.atomic(using=alias):
            row.save(using=alias, force_insert=True)
    except IntegrityError:
        return False
    return True


def due_by(now: datetime) -> Q:
    """Matches rows whose next try has come, or that never had to wait."""
    return Q(next_try__isnull=True) | Q(next_try__lte=now)


def each(states: _S | Iterable[_S]) -> list[str]:
    """Returns the values of one state or of several."""
    return [states.value] if isinstance(states, StrEnum) else [state.value for state in states]


def upserted(row: Model, alias: str, *, by: tuple[str, ...]) -> None:
    """Inserts a row, or writes it over the one with the same values in `by`: one statement."""
    kind = type(row)
    others = [
        field.name for field in kind._meta.concrete_fields if not field.primary_key and field.name not in by
    ]
    kind._default_manager.using(alias).bulk_create(
        [row], update_conflicts=True, unique_fields=list(by), update_fields=others
    )
