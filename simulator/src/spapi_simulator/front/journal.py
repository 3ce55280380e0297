"""The journal: every request as it was answered, for assertions and for people."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call as it was answered: never a token, a body or a query value.

    Attributes:
        operation: Amazon's operationId, `lwaToken`, an SQS action, `getDocument`, or `unknown`.
        status: The HTTP status; 0 is a lost connection.
        path_template: The path with its braces.
        subject: What the path names: an order id, a feed id; empty when it names nothing. Not in the repr.
        code: Amazon's error code, empty on success.
        restricted: Whether it carried an RDT.
        fault: The effect of the fault it met; empty when it met none.
    """

    at: datetime
    operation: str
    seller_id: str
    status: int
    request_id: str
    path_template: str
    method: str = ""
    subject: str = field(default="", repr=False)
    code: str = ""
    restricted: bool = False
    fault: str = ""


class Journal:
    """What was asked and answered; the oldest entries go when there are more than `most`."""

    def __init__(self, most: int = 500_000) -> None:
        self._calls: deque[Call] = deque(maxlen=most)
        self._dropped = 0
        self.counts: dict[str, Counter[int]] = {}
        self.throttled: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls)

    def __len__(self) -> int:
        return len(self._calls)

    def note(self, call: Call, *, keep: bool = True) -> None:
        """Count a call, and keep it unless it says nothing (an empty poll of a queue)."""
        self.counts.setdefault(call.operation, Counter())[call.status] += 1
        if not keep:
            return
        if len(self._calls) == self._calls.maxlen:
            self._dropped += 1
        self._calls.append(call)

    def of(self, operation: str, *, subject: str = "") -> list[Call]:
        """Return the calls of an operation, or only those whose path names a subject."""
        return [call for call in self._calls if call.operation == operation and subject in {"", call.subject}]

    def since(self, cursor: int, *, most: int = 1000) -> tuple[list[Call], int]:
        """Return calls from a running number on, and the number to go on from."""
        start = max(0, cursor - self._dropped)
        found = [self._calls[index] for index in range(start, min(start + most, len(self._calls)))]
        return found, self._dropped + start + len(found)
