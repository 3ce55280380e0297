"""How far a SIEM was told of the audit trail."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The newest audit row that one SIEM has."""

    target: str
    """Which SIEM: scheme, host and port."""
    seq: int
    hash: str
    at: datetime
    """When it was told of it."""
