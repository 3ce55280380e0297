"""What a refusal means: a fault of the question, or an outage that looks like one.

Amazon has answered 400 to a whole dataset of one region for twelve hours, and 403 to everybody of a region
for twenty-five minutes. The question was the same that had worked before. So a refusal of a read is taken
for an outage when its question is known to be well-formed, until there is better evidence:

- other orders are read with the same question, and this one is refused again: it is this order;
- 403 for an hour, while other sellers of the region are answered: access to this seller ended;
- a whole day has passed: whatever it is, a person must see it as a refusal.

An outage is `AmazonUnavailable`: what was to be read waits and is tried again, ever less often.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dockseal.amazon.operations import Operation
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.outage import Outage
from dockseal.domain.seller import Region
from dockseal.errors import AmazonRefused, AmazonUnavailable

LONGEST_OUTAGE = timedelta(days=1)
"""Refusals that last longer are refusals."""
LONGEST_STORM = timedelta(hours=1)
"""A 403 that lasts longer, and for one seller only, is no storm."""
_JUDGED = frozenset({400, 401, 403})
_DENIED = frozenset({401, 403})
_PAGE_TOKENS = frozenset({"paginationToken", "NextToken"})
_SHOWN_FROM = 2
_MOST_SUBJECTS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One read of a seller's orders: what of it stays the same, and what it is about."""

    seller: SellerId
    region: Region
    operation: Operation
    shape: tuple[str, ...]
    """What it asks for, the same for every order."""
    subject: str
    """The path: names the order, where it is about one."""


def question_of(
    operation: Operation, seller: SellerId, region: Region, *, path: str, query: Mapping[str, str], rdt: bool
) -> Question | None:
    """Returns the question of a call; None for one whose refusal says nothing of Amazon.

    A page token can be refused for itself, and a page of one order is asked for to find out whether we may.
    """
    if operation.method != "GET" or "/orders" not in operation.path or _PAGE_TOKENS & query.keys():
        return None
    if "1" in (query.get("maxResultsPerPage"), query.get("MaxResultsPerPage")):
        return None
    names = (name for name in sorted(query) if not name.endswith("Before"))
    shape = (*names, query.get("includedData", ""), "rdt" if rdt else "")
    return Question(seller=seller, region=region, operation=operation, shape=shape, subject=path)


@dataclass(slots=True, kw_only=True)
class _State:
    region: Region
    worked_at: datetime | None = None
    since: datetime | None = None
    """The first refusal after which nothing worked."""
    last: datetime | None = None
    times: int = 0
    status: int = 0
    refused: dict[str, datetime] = field(default_factory=dict)


class Circuits:
    """Remembers which questions work. Safe to use from many threads of one process.

    Args:
        clock: Tells the time.
        worked_before: Whether a seller's orders were read before this process began.
    """

    def __init__(self, clock: Clock, *, worked_before: Callable[[SellerId], bool]) -> None:
        self._clock = clock
        self._worked_before = worked_before
        self._lock = threading.Lock()
        self._states: dict[tuple[SellerId, str, tuple[str, ...]], _State] = {}

    def worked(self, question: Question) -> None:
        """Notes an answer."""
        with self._lock:
            state = self._state(question)
            state.worked_at, state.since, state.times = self._clock.now(), None, 0
            state.refused.pop(question.subject, None)

    def judged(self, question: Question, refused: AmazonRefused) -> AmazonRefused | AmazonUnavailable:
        """Notes a refusal, and returns what it is."""
        if not self.refused(question, refused.status):
            return refused
        return AmazonUnavailable(
            f"{refused}. The same question worked before: this is taken for an outage of "
            "Amazon's, and is tried "
            "again"
        )

    def refused(self, question: Question, status: int) -> bool:
        """Notes a refusal; tells whether it is taken for an outage."""
        if status not in _JUDGED:
            return False
        proven = "{orderId}" in question.operation.path and self._worked_before(question.seller)
        with self._lock:
            state, now = self._state(question), self._clock.now()
            before = state.refused.get(question.subject)
            if len(state.refused) >= _MOST_SUBJECTS:
                state.refused.clear()
            state.refused[question.subject] = now
            if state.worked_at is None and not proven:
                return False
            if before is not None and state.worked_at is not None and state.worked_at > before:
                return False
            state.since = state.since or now
            state.last, state.status, state.times = now, status, state.times + 1
            lasting = now - state.since
            if status in _DENIED and lasting >= LONGEST_STORM:
                return lasting < LONGEST_OUTAGE and self._denied_to_everybody(question, state.since)
            return lasting < LONGEST_OUTAGE

    def outages(self) -> list[Outage]:
        """Returns the outages that refusals tell of, the longest first."""
        with self._lock:
            now = self._clock.now()
            found = [
                Outage(
                    seller=seller,
                    operation=operation,
                    since=state.since,
                    times=state.times,
                    status=state.status,
                )
                for (seller, operation, _), state in self._states.items()
                if state.since is not None
                and state.times >= _SHOWN_FROM
                and state.last is not None
                and now - state.last < LONGEST_STORM
            ]
        return sorted(found, key=lambda each: (each.since, each.seller, each.operation))

    def _state(self, question: Question) -> _State:
        key = (question.seller, question.operation.name, question.shape)
        return self._states.setdefault(key, _State(region=question.region))

    def _denied_to_everybody(self, question: Question, since: datetime) -> bool:
        """Tells whether no other seller of the region was answered since; one alone is not everybody."""
        others = [
            state
            for (seller, *_), state in self._states.items()
            if seller != question.seller and state.region is question.region
        ]
        return bool(others) and not any(state.worked_at and state.worked_at > since for state in others)
