"""The keys that warehouses show at the machine API, and what each may do there."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dockseal.domain.identifiers import WarehouseId


class ApiScope(StrEnum):
    """What a key may do: a closed list."""

    ORDERS_READ = "orders:read"
    """See its warehouse's orders, without personal data, and say what became of them."""
    ADDRESSES_READ = "addresses:read"
    """Open personal data of them, one order and the fields it names at a time."""
    SHIPMENTS_WRITE = "shipments:write"
    """Report parcels, correct them, and see its own."""
    LABELS_WRITE = "labels:write"
    """Buy labels from Amazon for them, print and void those: a label shows the address."""


ALL_SCOPES = frozenset(ApiScope)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """One of a warehouse's keys; the key itself is kept nowhere."""

    id: str
    """Names it to people; says nothing of the key."""
    warehouse: WarehouseId
    key_hash: str
    """SHA-256 (hex) of the key."""
    scopes: frozenset[ApiScope]
    added_at: datetime
