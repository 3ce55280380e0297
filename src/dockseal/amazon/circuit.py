"""What a refusal means: a fault of the question, or an outage that looks like one.

Amazon has answered 400 to a whole dataset of one region for twelve hours, and 403 to everybody of a region
for twenty-five minutes. The question was the same that had worked before. So a refusal is taken for an outage
when its question is known to be well-formed, until there is better evidence:

- other orders are answered to the same question, and this one is refused again: it is this order;
- 403 for an hour, while other sellers of the region are answered: access to this seller ended;
- confirmShipment, which says something else of each parcel, is refused for an hour for one order alone: it is
  this order;
- a whole day has passed: whatever it is, a person must see it as a refusal.

An outage is `AmazonUnavailable`: what was to be read or confirmed waits and is tried again, ever less often.
What changes is kept in a table: other processes can tell, and a restart knows what worked before it.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from dockseal.amazon.operations import CONFIRM_SHIPMENT, Operation
from dockseal.domain.clock import Clock
from dockseal.domain.identifiers import SellerId
from dockseal.domain.outage import Circuit, Outage, outages
from dockseal.domain.seller import Region
from dockseal.errors import AmazonRefused, AmazonUnavailable, StorageError

LONGEST_OUTAGE = timedelta(days=1)
"""Refusals that last longer are refusals."""
LONGEST_STORM = timedelta(hours=1)
"""A 403 that lasts longer, and for one seller only, is no storm."""
_NOBODY_ASKED = timedelta(hours=3)
"""What waits is tried again every few minutes: refusals further apart are two stretches, not one."""
_JUDGED = frozenset({400, 401, 403})
_DENIED = frozenset({401, 403})
_PAGE_TOKENS = frozenset({"paginationToken", "NextToken"})
_MOST_SUBJECTS = 2000
_LONGEST_SHAPE = 200

log = structlog.get_logger(__name__)


class CircuitStore(Protocol):
    """Where circuits are kept for other processes, and for the next start."""

    def get(self, seller: SellerId, operation: str, shape: str) -> Circuit | None:
        """Returns what is kept of a question."""

    def put(self, circuit: Circuit) -> None:
        """Keeps how a question is answered."""

    def refused(self) -> list[Circuit]:
        """Returns the questions that are refused now."""


class CircuitsInMemory:
    """Keeps circuits in this process alone."""

    def __init__(self) -> None:
        self._kept: dict[tuple[SellerId, str, str], Circuit] = {}

    def get(self, seller: SellerId, operation: str, shape: str) -> Circuit | None:
        """Returns what is kept of a question."""
        return self._kept.get((seller, operation, shape))

    def put(self, circuit: Circuit) -> None:
        """Keeps how a question is answered."""
        self._kept[circuit.seller, circuit.operation, circuit.shape] = circuit

    def refused(self) -> list[Circuit]:
        """Returns the questions that are refused now."""
        return [each for each in self._kept.values() if each.since is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One call about a seller's orders: what of it stays the same, and what it is about."""

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
    if operation != CONFIRM_SHIPMENT and operation.method != "GET":
        return None
    if "/orders" not in operation.path or _PAGE_TOKENS & query.keys():
        return None
    if "1" in (query.get("maxResultsPerPage"), query.get("MaxResultsPerPage")):
        return None
    names = (name for name in sorted(query) if not name.endswith("Before"))
    shape = (*names, query.get("includedData", ""), "rdt" if rdt else "")
    return Question(seller=seller, region=region, operation=operation, shape=shape, subject=path)


@dataclass(slots=True, kw_only=True)
class _State:
    region: Region
    kept: Circuit
    """As it was written last."""
    worked_at: datetime | None = None
    since: datetime | None = None
    """The first refusal after which nothing worked."""
    last: datetime | None = None
    times: int = 0
    status: int = 0
    several: bool = False
    refused: dict[str, datetime] = field(default_factory=dict)


class Circuits:
    """Remembers which questions work. Safe to use from many threads of one process.

    Args:
        clock: Tells the time.
        worked_before: Whether a seller's orders were read before this process began.
        store: Keeps what changes; None: this process alone.
    """

    def __init__(
        self, clock: Clock, *, worked_before: Callable[[SellerId], bool], store: CircuitStore | None = None
    ) -> None:
        self._clock = clock
        self._worked_before = worked_before
        self._store = store or CircuitsInMemory()
        self._lock = threading.Lock()
        self._states: dict[tuple[SellerId, str, tuple[str, ...]], _State] = {}

    def worked(self, question: Question) -> None:
        """Notes an answer."""
        with self._lock:
            state = self._state(question)
            state.worked_at, state.since, state.times, state.several = self._clock.now(), None, 0, False
            state.refused.pop(question.subject, None)
            if state.kept.since is not None or state.kept.worked_at is None:
                self._keep(state)

    def judged(self, question: Question, refused: AmazonRefused) -> AmazonRefused | AmazonUnavailable:
        """Notes a refusal, and returns what it is."""
        if not self.refused(question, refused.status):
            return refused
        return AmazonUnavailable(
            f"{refused}. The same question worked before: this is taken for an outage of Amazon's, and is "
            "tried again"
        )

    def refused(self, question: Question, status: int) -> bool:
        """Notes a refusal; tells whether it is taken for an outage."""
        if status not in _JUDGED:
            return False
        reads_one = question.operation.method == "GET" and "{orderId}" in question.operation.path
        proven = reads_one and self._worked_before(question.seller)
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
            if state.last is not None and now - state.last >= _NOBODY_ASKED:
                state.since, state.times, state.several = None, 0, False
            state.several = state.several or self._others(state, question.subject)
            state.since = state.since or now
            state.last, state.status, state.times = now, status, state.times + 1
            self._keep(state)
            return self._lasts(question, status, state, lasting=now - state.since)

    def outages(self) -> list[Outage]:
        """Returns the outages that refusals tell of, in whichever process, the longest first."""
        return outages(self._store.refused(), self._clock.now())

    def _lasts(self, question: Question, status: int, state: _State, *, lasting: timedelta) -> bool:
        """Tells whether a refusal that goes on for so long may still be an outage."""
        if lasting >= LONGEST_OUTAGE or state.since is None:
            return False
        if lasting < LONGEST_STORM:
            return True
        if status in _DENIED:
            return self._denied_to_everybody(question, state.since)
        return state.several or question.operation != CONFIRM_SHIPMENT

    @staticmethod
    def _others(state: _State, subject: str) -> bool:
        """Tells whether something else was refused too, since the question worked last."""
        return state.since is not None and any(
            at >= state.since for other, at in state.refused.items() if other != subject
        )

    def _state(self, question: Question) -> _State:
        key = (question.seller, question.operation.name, question.shape)
        known = self._states.get(key)
        if known is None:
            kept = self._kept(question)
            known = self._states[key] = _State(
                region=question.region,
                kept=kept,
                worked_at=kept.worked_at,
                since=kept.since,
                last=kept.last,
                times=kept.times,
                status=kept.status,
                several=kept.several,
            )
        return known

    def _kept(self, question: Question) -> Circuit:
        shape = "|".join(question.shape)[:_LONGEST_SHAPE]
        none = Circuit(seller=question.seller, operation=question.operation.name, shape=shape)
        try:
            return self._store.get(none.seller, none.operation, shape) or none
        except StorageError as error:
            log.warning("circuit.not_read", seller=question.seller, sentence=str(error))
            return none

    def _keep(self, state: _State) -> None:
        """Writes down what changed; a call is not failed because its note is."""
        changed = replace(
            state.kept,
            worked_at=state.worked_at,
            since=state.since,
            last=state.last,
            times=state.times,
            status=state.status,
            several=state.several,
        )
        try:
            self._store.put(changed)
        except StorageError as error:
            log.warning("circuit.not_written", seller=changed.seller, sentence=str(error))
        else:
            state.kept = changed

    def _denied_to_everybody(self, question: Question, since: datetime) -> bool:
        """Tells whether no other seller of the region was answered since; one alone is not everybody."""
        others = [
            state
            for (seller, *_), state in self._states.items()
            if seller != question.seller and state.region is question.region
        ]
        return bool(others) and not any(state.worked_at and state.worked_at > since for state in others)
