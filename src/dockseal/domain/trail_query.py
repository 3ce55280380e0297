"""What is asked of the audit trail, and what it answers about access."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

PUT_BACK = timedelta(hours=1)
"""So far a machine's clock may be put back without a row being missed by its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailQuery:
    """Which audit rows are wanted. What is empty does not narrow; all that is said must hold."""

    actor: str = ""
    """As the trail names it, such as `service:release`."""
    order: str = ""
    """Our reference of the order."""
    purpose: str = ""
    """A purpose's name in small letters, such as `hand_over`."""
    tags: tuple[str, ...] = ()
    """Any of these."""
    seller: str = ""
    """A seller that the row itself names."""
    warehouse: str = ""
    """A warehouse that the row itself names."""
    since: datetime | None = None
    """Rows of this instant or later."""
    until: datetime | None = None
    """Rows before this instant."""
    before: int | None = None
    """Rows with a smaller number: where the next page begins."""

    def going_on_before(self, seq: int) -> Self:
        """Returns the question for what follows a row on the next page."""
        return replace(self, before=seq)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How often one actor did one thing with personal data for one purpose, in a period."""

    actor: str
    tag: str
    purpose: str
    times: int
    orders: int
    """Of how many different orders."""
    first: datetime
    last: datetime
