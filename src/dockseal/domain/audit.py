"""One row of the audit trail."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """Who did what, when; chained to the row before it. Carries no personal data."""

    seq: int
    """Counts from 1 without gaps."""
    at: datetime
    tag: str
    """Three parts, such as `order:address:opened`; from the closed list of tags."""
    actor: str
    order: str = ""
    """Our order reference, never Amazon's order id."""
    fields: tuple[tuple[str, str], ...] = ()
    """Typed by the tag, sorted by name."""
    previous: str
    """Hash of the row before (hex SHA-256); of row 1: 64 zeros."""
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How far the trail was when a store was last told: its newest row."""

    seq: int
    hash: str
