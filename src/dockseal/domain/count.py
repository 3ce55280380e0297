"""A count of a seller's orders against a second list of Amazon's, as far as it has come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dockseal.domain.identifiers import SellerId


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One count over the orders created in a stretch of time; it is read in parts, a part in pages."""

    seller: SellerId
    started_at: datetime
    since: datetime
    until: datetime
    part_since: datetime
    """Everything created before this instant is counted."""
    part_until: datetime
    """Where the part ends that is being read."""
    page_token: str = ""
    """Opaque token of the part's next page; dies after 24 h (v2026-01-01)."""
    read_at: datetime
    """When the last page was read."""
    listed: Mapping[str, int | None] = field(default_factory=dict)
    """Orders of this part counted so far, each with the Unix second it was created in, if Amazon says it."""
    amazon: int = 0
    here: int = 0
    """Of these: kept, or about to be read."""
    over_before: int = 0
    """Of these: over before we first saw them."""
    oldest_unseen: datetime | None = None
    """When the unseen order that waits longest was last changed."""
    only_here: int = 0
    """Open here, and not in Amazon's list."""

    @property
    def unseen(self) -> int:
        """How many orders Amazon lists and were unknown here."""
        return self.amazon - self.here - self.over_before
