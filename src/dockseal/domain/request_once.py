"""Requests that count once, however often they are sent: by an Idempotency-Key, or by a webhook-id."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dockseal.domain.identifiers import WarehouseId


class Door(StrEnum):
    """Where a request comes in; each door has keys of its own."""

    API = "api"
    CALLBACK = "callback"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestOnce:
    """A request that was taken in under a key, and what it was answered."""

    warehouse: WarehouseId
    door: Door
    key_hash: str
    """SHA-256 (hex) of its key: a far side may have made it of anything."""
    fingerprint: str
    """SHA-256 (hex) of what was asked."""
    at: datetime
    status: int = 0
    """The HTTP status of its answer; 0 while it is worked on."""
    answer: str = ""
    """The answer as JSON; never personal data."""
