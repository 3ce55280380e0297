"""The shelf: what warehouses that come and get their orders find there, in the order it was put down."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dockseal.domain.identifiers import ReleaseRef, WarehouseId


class ShelfKind(StrEnum):
    """What a warehouse is told of a release."""

    RELEASED = "released"
    """Ship it."""
    STOP = "stop"
    """Do not ship it, and say whether that came in time."""
    CLOSED = "closed"
    """There is nothing left to do with it: it shipped, or was stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfEntry:
    """One thing that a warehouse is told."""

    number: int
    """Grows with each entry, and is never seen before a smaller one: a cursor over it loses nothing."""
    warehouse: WarehouseId
    release: ReleaseRef
    kind: ShelfKind
    at: datetime
