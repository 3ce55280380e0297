"""Runs lanes: one kind of work for one key, one run at a time, each safe to run again.

State is in the tables; the engine only decides when to look. A lane runs when its timer is due, when it asked
to be run again, or when the lane before it did something. A lost wake-up costs one turn of the timer.

Most lanes of a thousand sellers have nothing to do. A step that can tell for all of its keys at once who has
work (`busy`) is looked at by one lane, on the step's timer, and that one rings for the others.

`Lanes` knows what is due and runs it in the calling thread, in a fixed order: with a clock that moves by
hand a whole day runs the same way each time. `lane_threads` runs the same lanes on worker threads.
"""

import heapq
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from structlog.contextvars import bound_contextvars

from dockseal.domain.clock import Clock
from dockseal.domain.lane import NOTHING, Outcome, earliest
from dockseal.domain.tracing import NoTracer, Tracer, Work
from dockseal.errors import AmazonThrottled, CredentialRefused, DocksealError, OpensExhausted

_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=5)
NEW_KEYS_EVERY = timedelta(seconds=5)
"""So often it is read which keys there are."""
_BREATH = timedelta(milliseconds=50)
_UNASKED = timedelta(minutes=10)
"""A lane that is rung for runs unasked only so seldom."""
_WELL = frozenset({"done", "idle"})
_TIMERS_YIELD = timedelta(seconds=20)
"""A lane whose timer rang lets those that were woken go first for so long."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One kind of work in an order's life."""

    name: str
    run: Callable[[str], Outcome]
    keys: Callable[[], Sequence[str]]
    """What it runs for: a seller each, a queue each, or one empty key for everything."""
    every: timedelta
    """It runs at least this often."""
    wakes: tuple[str, ...] = ()
    """Steps that have work when this one did something."""
    busy: Callable[[], Sequence[str]] | None = None
    """Tells which keys have work, all at once: asked on the timer, in place of running each lane."""
    waits_outside: bool = False
    """A run may wait on the other side for long, as a long poll does: it gets a thread of its own."""


@dataclass(slots=True, kw_only=True)
class Lane:
    """One step for one key, and how it fares."""

    step: Step
    key: str
    due: datetime
    running: bool = False
    woken: bool = False
    gone: bool = False
    """Its key is no longer there: it is not run again."""
    entry: int = 0
    """Its place on the agenda; an older one counts no more."""
    runs: int = 0
    finished_at: datetime | None = None
    succeeded_at: datetime | None = None
    """When a run last ended well, which one that was throttled did not."""
    failures: int = 0
    failing: str = ""
    """What went wrong in the last run, without personal data; empty when it went well."""
    failing_since: datetime | None = None
    """The first of the runs in a row that failed; None when the last one went well."""

    @property
    def name(self) -> str:
        """Names it to people."""
        return f"{self.step.name}/{self.key}" if self.key else self.step.name


class _Agenda:
    """The lanes by when they are due. An entry whose lane was put in anew, runs or is gone counts no more."""

    def __init__(self) -> None:
        self._heaps: dict[tuple[bool, bool], list[tuple[datetime, int, Lane]]] = {}
        self._count = 0

    def put(self, lane: Lane) -> None:
        """Takes over when a lane is due."""
        self._count += 1
        heap = self._heaps.setdefault((lane.step.waits_outside, lane.woken), [])
        heapq.heappush(heap, (lane.due, self._count, lane))
        lane.entry = self._count

    def first(self, now: datetime, waits_outside: bool | None) -> Lane | None:
        """Takes out the lane that goes first among those that are due."""
        best: tuple[datetime, int] | None = None
        chosen = None
        for (outside, woken), heap in self._heaps.items():
            head = self._head(heap) if waits_outside in (None, outside) else None
            if head is None or head[0] > now:
                continue
            turn = (head[0] if woken else head[0] + _TIMERS_YIELD, head[1])
            if best is None or turn < best:
                best, chosen = turn, heap
        return heapq.heappop(chosen)[2] if chosen is not None else None

    def next_due(self) -> datetime | None:
        """Returns when the next lane that does not run is due."""
        heads = [self._head(heap) for heap in self._heaps.values()]
        return earliest(*(head[0] for head in heads if head is not None))

    def _head(self, heap: list[tuple[datetime, int, Lane]]) -> tuple[datetime, int, Lane] | None:
        while heap and (heap[0][2].running or heap[0][2].gone or heap[0][2].entry != heap[0][1]):
            heapq.heappop(heap)
        return heap[0] if heap else None


class Observer(Protocol):
    """Is told of every finished run."""

    def __call__(self, lane: Lane, *, result: str, seconds: float) -> None:
        """Takes one run: `result` is done, idle, throttled or failed; `seconds` in the lanes' own clock."""


@dataclass(slots=True, kw_only=True)
class Lanes:
    """All lanes and when each is due.

    Attributes:
        steps: In the order of an order's life; it decides who goes first among those due.
        clock: Tells when.
        rest: Called with a key and a sentence when a seller's credentials are refused.
        observe: Told of each finished run.
        tracer: Surrounds each run, so that what is called in it belongs to it.
    """

    steps: Sequence[Step]
    clock: Clock
    rest: Callable[[str, str], None]
    observe: Observer
    tracer: Tracer = field(default_factory=NoTracer)
    changed: threading.Event = field(default_factory=threading.Event)
    _lanes: dict[tuple[str, str], Lane] = field(default_factory=dict)
    _of_step: dict[str, list[Lane]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _agenda: "_Agenda" = field(default_factory=_Agenda)
    _keys_read_at: datetime | None = None
    _alive: Callable[[], bool] = field(default=lambda: True)

    def alive(self) -> bool:
        """Tells whether what runs the lanes is alive; true as long as nothing said that it is not."""
        return self._alive()

    def watched_by(self, alive: Callable[[], bool]) -> None:
        """Takes over how to find out whether what runs the lanes is alive."""
        self._alive = alive

    def all(self) -> list[Lane]:
        """Returns every lane, in order."""
        with self._lock:
            return list(self._lanes.values())

    def wake(self, step: str, key: str = "") -> None:
        """Makes a step due now: for `key` if it has such a lane, else for all of its keys."""
        with self._lock:
            exact = self._lanes.get((step, key))
            for lane in [exact] if exact else self._of_step.get(step, ()):
                lane.due = min(lane.due, self.clock.now())
                lane.woken = True
                self._agenda.put(lane)
        self.changed.set()

    def next_due(self) -> datetime | None:
        """Returns when the next lane that is not running is due; None while all run."""
        self._read_keys()
        with self._lock:
            return self._agenda.next_due()

    def take(self, *, waits_outside: bool | None = None) -> Lane | None:
        """Takes the lane that is due the longest, marking it as running; None if none is due.

        A lane that was woken has work; one whose timer rang mostly has none, and lets the woken ones go first
        for a while, so that the timers of a thousand sellers keep no order waiting.

        Args:
            waits_outside: Only lanes that wait outside, or only others; None: any.
        """
        self._read_keys()
        with self._lock:
            lane = self._agenda.first(self.clock.now(), waits_outside)
            if lane is not None:
                lane.running, lane.woken = True, False
            return lane

    def run_due(self) -> int:
        """Runs all that is due now, and all that this wakes, in this thread; returns how many runs."""
        runs = 0
        while (lane := self.take()) is not None:
            self.run(lane)
            runs += 1
        return runs

    def run(self, lane: Lane) -> None:
        """Runs one taken lane and decides when it is due again."""
        started = self.clock.now()
        with self._told(lane) as work:
            outcome, result, failing = self._outcome(lane, work)
            work.result, work.count = result, outcome.done
        now = self.clock.now()
        with self._lock:
            lane.runs += 1
            lane.running, lane.finished_at, lane.failing = False, now, failing
            lane.succeeded_at = now if result in _WELL else lane.succeeded_at
            lane.failures = lane.failures + 1 if failing else 0
            lane.failing_since = (lane.failing_since or now) if failing else None
            lane.woken = lane.woken or outcome.more
            lane.due = now if lane.woken else self._due_again(lane, outcome, now)
            self._agenda.put(lane)
        self.observe(lane, result=result, seconds=(now - started).total_seconds())
        if outcome.done:
            for step in lane.step.wakes:
                for key in outcome.keys or (lane.key,):
                    self.wake(step, key)
        self.changed.set()

    @contextmanager
    def _told(self, lane: Lane) -> Iterator[Work]:
        """Surrounds one run: what is logged and called in it, by this thread, says which one it was."""
        names = {"lane": lane.step.name, "key": lane.key}
        with self.tracer.working(lane.step.name, lane.key) as work:
            named = names | {"trace_id": work.trace_id}
            with bound_contextvars(**{name: value for name, value in named.items() if value}):
                yield work

    def _due_again(self, lane: Lane, outcome: Outcome, now: datetime) -> datetime:
        timer = now + (lane.step.every if lane.step.busy is None else max(lane.step.every, _UNASKED))
        if lane.failing:
            wait = min(_FIRST_WAIT * 2 ** min(lane.failures - 1, 10), _LONGEST_WAIT)
            timer = now + wait
        return max(now + _BREATH, earliest(timer, outcome.again_at) or timer)

    def _outcome(self, lane: Lane, work: Work) -> tuple[Outcome, str, str]:
        try:
            outcome = lane.step.run(lane.key)
        except (AmazonThrottled, OpensExhausted) as throttled:
            return Outcome(again_at=throttled.until), "throttled", ""
        except CredentialRefused as refused:
            work.error = refused
            return Outcome(), "failed", self._rested(lane, str(refused))
        except DocksealError as error:
            work.error = error
            log.warning("lane.failed", error=type(error).__name__, sentence=str(error))
            return Outcome(), "failed", str(error)
        except Exception as error:  # noqa: BLE001 - a bug in one lane must not stop the others
            place = _place(error)
            work.error = error
            log.error("lane.broken", error=type(error).__name__, place=place)  # noqa: TRY400 - a trace may carry personal data
            return (
                Outcome(),
                "failed",
                f"{type(error).__name__} in {place}: report this as a fault of Dockseal",
            )
        return outcome, "done" if outcome.done else "idle", ""

    def _rested(self, lane: Lane, sentence: str) -> str:
        try:
            self.rest(lane.key, sentence)
        except DocksealError as error:  # the next refusal tries again to note it
            log.warning("lane.not_rested", error=type(error).__name__, sentence=str(error))
        return sentence

    def _read_keys(self) -> None:
        try:
            self._take_over_keys()
        except DocksealError as error:  # the lanes that are known run on
            log.warning("lanes.keys_unread", error=type(error).__name__, sentence=str(error))

    def _take_over_keys(self) -> None:
        with self._lock:
            now = self.clock.now()
            if self._keys_read_at is not None and now - self._keys_read_at < NEW_KEYS_EVERY:
                return
            self._keys_read_at = now
            wanted = [(step, key) for step, keys in self._steps_and_keys() for key in keys]
            known, self._lanes, self._of_step = self._lanes, {}, {}
            for step, key in wanted:
                lane = known.pop((step.name, key), None)
                if lane is None:
                    lane = Lane(step=step, key=key, due=now)
                    self._agenda.put(lane)
                self._lanes[step.name, key] = lane
                self._of_step.setdefault(step.name, []).append(lane)
            for gone in known.values():
                gone.gone = True

    def _steps_and_keys(self) -> Iterator[tuple[Step, Sequence[str]]]:
        """Gives each step with its keys, and before it the one that looks who of them has work.

        Steps of the same keys have them read once.
        """
        read: dict[Callable[[], Sequence[str]], Sequence[str]] = {}
        for step in self.steps:
            if step.busy is not None:
                yield self._looking(step, step.busy), ("",)
            if step.keys not in read:
                read[step.keys] = step.keys()
            yield step, read[step.keys]

    def _looking(self, step: Step, busy: Callable[[], Sequence[str]]) -> Step:
        def run(_: str) -> Outcome:
            self._ring(step.name, busy())
            return NOTHING

        return Step(name=f"look {step.name}", run=run, keys=lambda: ("",), every=step.every)

    def _ring(self, step: str, keys: Sequence[str]) -> None:
        """Makes lanes due as if their timers rang; one that runs, or waits after a failure, is let be."""
        with self._lock:
            now = self.clock.now()
            for key in keys:
                lane = self._lanes.get((step, key))
                if lane is None or lane.running or lane.failing or lane.due <= now:
                    continue
                lane.due = now
                self._agenda.put(lane)


def _place(error: Exception) -> str:
    """Names the innermost line of our own code: enough to find the fault, and no value with it."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "dockseal" in frame.filename] or frames
    return f"{ours[-1].filename.rpartition('dockseal/')[2]}:{ours[-1].lineno}" if ours else "an unknown place"
