"""What several tables share: inserting once, and sorting by the ship-by instant."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Model, Q

COMPARED = ""
"""The field of a row of differences that says when an order was compared: no field of an order is called
so."""
_S = TypeVar("_S", bound=StrEnum)


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
