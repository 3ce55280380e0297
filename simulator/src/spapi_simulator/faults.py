"""Faults on purpose: outages, cut connections, answers that are lost after the work was done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault that calls of an operation meet.

    Attributes:
        operation: An operation's name (`getOrder`, `lwaToken`, `ReceiveMessage`) or `*`.
        status: The HTTP status to answer. None loses the connection instead.
        body: `json` (Amazon's error body), `html` (a load balancer's page) or None (empty).
        times: How many calls meet it; None means every call until `until`.
        until: When it ends; None means never by time.
        effect: `before`: the call fails, nothing is done (connection lost: ConnectError). `after`: the call
            is carried out and then fails (connection lost: ReadTimeout). `none`: nothing is done, yet the
            caller cannot know (connection lost: ReadTimeout).
        seller_id: Only calls of this seller; empty means everybody.
    """

    operation: str
    status: int | None = 503
    body: Literal["json", "html"] | None = "json"
    times: int | None = None
    until: datetime | None = None
    effect: Literal["before", "after", "none"] = "before"
    seller_id: str = ""


class Faults:
    """The faults in force, first added first met."""

    def __init__(self) -> None:
        self._faults: list[tuple[Fault, list[int]]] = []

    def add(self, fault: Fault) -> None:
        """Put a fault in force."""
        self._faults.append((fault, [0]))

    def clear(self) -> None:
        """End every fault."""
        self._faults.clear()

    def meet(self, operation: str, *, seller_id: str, now: datetime) -> Fault | None:
        """Return the fault this call meets and count it."""
        for fault, met in self._faults:
            if fault.operation not in {"*", operation} or (fault.seller_id and fault.seller_id != seller_id):
                continue
            if fault.until is not None and now >= fault.until:
                continue
            if fault.times is not None and met[0] >= fault.times:
                continue
            met[0] += 1
            return fault
        return None
