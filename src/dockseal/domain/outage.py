"""An outage of Amazon's that looks like a refusal."""

from dataclasses import dataclass
from datetime import datetime

from dockseal.domain.identifiers import SellerId


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A question that worked before and is refused now."""

    seller: SellerId
    operation: str
    since: datetime
    """When it was first refused."""
    times: int
    """How often, since."""
    status: int
    """HTTP status of the last refusal."""

    @property
    def sentence(self) -> str:
        """Says what it is, what happens, and what to do if it lasts."""
        return (
            f"Amazon has refused {self.operation} of seller {self.seller} with {self.status} "
            f"{self.times} times "
            f"since {self.since:%Y-%m-%d %H:%M} UTC, though the same question worked before: this "
            "is taken for an "
            "outage of Amazon's. Nothing is lost or held; it is tried again every few minutes. "
            "If it lasts, see "
            "Amazon's status page and open a case."
        )
