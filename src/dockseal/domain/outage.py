"""An outage of Amazon's that looks like a refusal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dockseal.domain.identifiers import SellerId

_SHOWN_FROM = 2
"""One refusal may be about one order."""
_OVER_AFTER = timedelta(hours=1)
"""Without a refusal for so long, nobody asks any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """How Amazon answers one question of a seller; kept in a table, so that every process can tell."""

    seller: SellerId
    operation: str
    shape: str
    """What it asks for, the same for every order: names of parameters and data sets."""
    worked_at: datetime | None = None
    """When it worked, at the latest change of what is kept here; None: it never did."""
    since: datetime | None = None
    """The first refusal after which nothing worked; None: it works."""
    last: datetime | None = None
    """The latest refusal."""
    times: int = 0
    status: int = 0
    """HTTP status of the latest refusal."""
    several: bool = False
    """More than one order was refused."""


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


def outages(circuits: Iterable[Circuit], now: datetime) -> list[Outage]:
    """Returns the outages that refusals tell of, the longest first."""
    found = [
        Outage(
            seller=each.seller,
            operation=each.operation,
            since=each.since,
            times=each.times,
            status=each.status,
        )
        for each in circuits
        if each.since is not None
        and each.times >= _SHOWN_FROM
        and each.last is not None
        and now - each.last < _OVER_AFTER
    ]
    return sorted(found, key=lambda each: (each.since, each.seller, each.operation))
