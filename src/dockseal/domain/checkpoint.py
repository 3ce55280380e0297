"""How far the audit trail was signed, and how far places outside know of it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A signed statement of the trail's size and root (C2SP tlog-checkpoint)."""

    size: int
    """So many rows."""
    root: str
    """The root of the Merkle tree over their hashes (RFC 6962), hex."""
    at: datetime
    note: str
    """As it was signed, perhaps by witnesses too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """A Merkle tree as far as it has grown: the roots of its perfect parts, the largest first, hex."""

    size: int = 0
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchored:
    """How far one place outside knows the trail."""

    place: str
    tree: Grown = Grown()
    at: datetime | None = None
    """When it was told last; None: never."""
    failing_since: datetime | None = None
    failing: str = ""
    """Why it could not be told; empty: it could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Where the trail in the table begins: what came before is in segments, wherever somebody keeps them."""

    tree: Grown = Grown()
    """Over the rows before."""
    head: str
    """Hash of the last of them, hex; 64 zeros if there are none."""
    standing: str = ""
    """SHA-256 over the hashes of those that stay in the table, since something is still read from them."""
