"""Faults on purpose: outages, cut connections, slow, half and lost answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import httpx

Effect = Literal["before", "after", "none", "slow", "cut", "later", "half", "repeat", "redact"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault that calls of an operation meet.

    Attributes:
        operation: An operation's name (`getOrder`, `lwaToken`, `ReceiveMessage`, `getDocument`) or `*`.
        status: The HTTP status to answer. None loses the connection instead.
        body: `json` (Amazon's error body), `html` (a load balancer's page) or None (empty).
        times: How many calls meet it; None means every call until `until`.
        since: When it begins; None means at once.
        until: When it ends; None means never by time.
        every: Only every n-th of the calls it could meet.
        effect: `before`: the call fails, nothing is done (connection lost: ConnectError). `after`: the call
            is carried out and then fails (connection lost: ReadTimeout). `none`: nothing is done, yet the
            caller cannot know (connection lost: ReadTimeout).
            With these the call is carried out and `status` does not count: `slow`: the answer takes
            `seconds`. `cut`: the body ends in the middle. `later`: what was done shows in reads only after
            `seconds`. `half`: a list gives half of the page that was asked for, and a token for the rest.
            `repeat`: a page token gives the page before once more. `redact`: the answer lacks personal data.
        seconds: How long `slow` and `later` take.
        seller_id: Only calls of this seller; empty means everybody.
        region: Only calls to this region (NA, EU, FE); empty means all of them.
        dataset: Only calls that ask for this value of includedData; empty means all of them.
        code: The error code to answer, where it is not the usual one of the status.
    """

    operation: str
    status: int | None = 503
    body: Literal["json", "html"] | None = "json"
    times: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    every: int = 1
    effect: Effect = "before"
    seconds: float = 0
    seller_id: str = ""
    region: str = ""
    dataset: str = ""
    code: str = ""

    @property
    def works(self) -> bool:
        """Whether the call is carried out and answered all the same."""
        return self.effect in {"slow", "cut", "later", "half", "repeat", "redact"}

    def fits(self, operation: str, facts: Mapping[str, str], query: httpx.QueryParams, now: datetime) -> bool:
        """Say whether a call could meet it; `facts` hold seller_id and region."""
        if self.operation not in {"*", operation}:
            return False
        if (self.since is not None and now < self.since) or (self.until is not None and now >= self.until):
            return False
        if self.dataset and self.dataset not in ",".join(query.get_list("includedData")).split(","):
            return False
        return all(
            wanted in {"", facts.get(name, "")}
            for name, wanted in (("seller_id", self.seller_id), ("region", self.region))
        )


@dataclass(slots=True)
class _Counts:
    seen: int = 0
    met: int = 0


class Faults:
    """The faults in force, first added first met."""

    def __init__(self) -> None:
        self._faults: list[tuple[Fault, _Counts]] = []

    def __len__(self) -> int:
        return len(self._faults)

    def __iter__(self) -> Iterator[tuple[Fault, int]]:
        """Yield every fault with how many calls met it so far."""
        return ((fault, counts.met) for fault, counts in self._faults)

    def add(self, fault: Fault) -> None:
        """Put a fault in force."""
        self._faults.append((fault, _Counts()))

    def clear(self) -> None:
        """End every fault."""
        self._faults.clear()

    def meet(
        self, operation: str, request: httpx.Request, *, facts: Mapping[str, str], now: datetime
    ) -> Fault | None:
        """Return the fault this call meets and count it."""
        for fault, counts in self._faults:
            if fault.times is not None and counts.met >= fault.times:
                continue
            if not fault.fits(operation, facts, request.url.params, now):
                continue
            counts.seen += 1
            if counts.seen % fault.every:
                continue
            counts.met += 1
            return fault
        return None
