"""Lanes: due by timer, by request, by the lane before; one at a time; a failure stays its own."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dockseal.domain.clock import ManualClock, SystemClock
from dockseal.domain.lane import NOTHING, Outcome
from dockseal.errors import AmazonThrottled, AmazonUnavailable, CredentialRefused, StorageUnavailable
from dockseal.lane_threads import LaneThreads
from dockseal.lanes import Lane, Lanes, Step

START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


class Log:
    """What ran, what was rested and what was observed."""

    def __init__(self) -> None:
        self.runs: list[str] = []
        self.rested: list[tuple[str, str]] = []
        self.results: list[str] = []

    def rest(self, key: str, sentence: str) -> None:
        self.rested.append((key, sentence))

    def observe(self, lane: Lane, *, result: str, seconds: float) -> None:
        self.results.append(f"{lane.name} {result}")


def step(
    log: Log,
    name: str,
    act: Callable[[str], Outcome] = lambda _: NOTHING,
    *,
    keys: tuple[str, ...] = ("a",),
    minutes: float = 10,
    wakes: tuple[str, ...] = (),
    waits_outside: bool = False,
    busy: Callable[[], Sequence[str]] | None = None,
) -> Step:
    def run(key: str) -> Outcome:
        log.runs.append(f"{name}/{key}")
        return act(key)

    return Step(
        name=name,
        run=run,
        keys=lambda: keys,
        every=timedelta(minutes=minutes),
        wakes=wakes,
        waits_outside=waits_outside,
        busy=busy,
    )


def lanes(log: Log, clock: ManualClock, *steps: Step) -> Lanes:
    return Lanes(steps=steps, clock=clock, rest=log.rest, observe=log.observe)


def once(outcome: Outcome) -> Callable[[str], Outcome]:
    """Gives `outcome` the first time, then nothing."""
    left = [outcome]
    return lambda _: left.pop() if left else NOTHING


def test_every_lane_runs_once_at_the_start_and_then_on_its_timer() -> None:
    log, clock = Log(), ManualClock(start=START)
    engine = lanes(log, clock, step(log, "one", keys=("a", "b")), step(log, "two", minutes=30))
    engine.run_due()
    assert log.runs == ["one/a", "one/b", "two/a"]
    clock.advance(timedelta(minutes=10))
    engine.run_due()
    assert log.runs[3:] == ["one/a", "one/b"]


def test_a_lane_that_did_something_wakes_the_next_step_of_the_same_seller() -> None:
    log, clock = Log(), ManualClock(start=START)
    work = {"a": 0, "b": 0}

    def act(key: str) -> Outcome:
        return Outcome(done=work[key])

    engine = lanes(
        log,
        clock,
        step(log, "first", act, keys=("a", "b"), minutes=1, wakes=("second",)),
        step(log, "second", keys=("a", "b"), minutes=60),
    )
    engine.run_due()
    log.runs.clear()
    work["b"] = 1
    clock.advance(timedelta(minutes=1))
    engine.run_due()
    assert log.runs == ["first/a", "first/b", "second/b"]


def test_more_work_runs_the_lane_again_at_once() -> None:
    log, clock = Log(), ManualClock(start=START)
    engine = lanes(log, clock, step(log, "one", once(Outcome(done=50, more=True))))
    engine.run_due()
    assert log.runs == ["one/a", "one/a"]


def test_a_lane_runs_again_when_it_asked_to_and_never_in_a_tight_loop() -> None:
    log, clock = Log(), ManualClock(start=START)
    engine = lanes(log, clock, step(log, "one", lambda _: Outcome(again_at=START)))
    engine.run_due()
    assert log.runs == ["one/a"]
    due = engine.next_due()
    assert due is not None
    assert START < due < START + timedelta(seconds=1)


def test_a_spent_quota_is_waited_for_and_is_no_failure() -> None:
    log, clock = Log(), ManualClock(start=START)
    until = START + timedelta(seconds=179)

    def act(_: str) -> Outcome:
        raise AmazonThrottled("searchOrders", until)

    engine = lanes(log, clock, step(log, "sweep", act))
    engine.run_due()
    assert engine.next_due() == until
    assert engine.all()[0].failing == ""
    assert log.results == ["sweep/a throttled"]


def test_a_failing_lane_is_tried_ever_less_often_and_the_others_run_on() -> None:
    log, clock = Log(), ManualClock(start=START)

    def act(key: str) -> Outcome:
        if key == "b":
            raise AmazonUnavailable("Amazon answered 503")
        return NOTHING

    engine = lanes(log, clock, step(log, "one", act, keys=("a", "b"), minutes=60))
    waits = []
    for _ in range(8):
        engine.run_due()
        lane = engine.all()[1]
        waits.append((lane.due - clock.now()).total_seconds())
        clock.advance(lane.due - clock.now())
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300]
    assert engine.all()[1].failing == "Amazon answered 503"
    assert engine.all()[0].failing == ""


def test_refused_credentials_rest_the_seller_with_the_sentence() -> None:
    log, clock = Log(), ManualClock(start=START)

    def act(_: str) -> Outcome:
        raise CredentialRefused("the refresh token of acme-us is refused")

    lanes(log, clock, step(log, "one", act, keys=("acme-us",))).run_due()
    assert log.rested == [("acme-us", "the refresh token of acme-us is refused")]


def test_an_unforeseen_fault_is_told_by_its_class_and_place_never_by_its_text() -> None:
    log, clock = Log(), ManualClock(start=START)

    def act(_: str) -> Outcome:
        raise KeyError("Testperson Alpha, 1 Sample Street")

    engine = lanes(log, clock, step(log, "one", act), step(log, "two"))
    engine.run_due()
    assert "KeyError" in engine.all()[0].failing
    assert "Testperson" not in engine.all()[0].failing
    assert "two/a" in log.runs


def test_a_new_key_gets_its_lane_and_a_gone_one_loses_it() -> None:
    log, clock = Log(), ManualClock(start=START)
    keys = ["a"]
    moving = Step(name="one", run=lambda _: NOTHING, keys=lambda: keys, every=timedelta(hours=1))
    engine = lanes(log, clock, moving)
    engine.run_due()
    keys[:] = ["b", "c"]
    clock.advance(timedelta(seconds=6))
    engine.run_due()
    assert [lane.key for lane in engine.all()] == ["b", "c"]
    assert all(lane.runs == 1 for lane in engine.all())


def test_keys_that_cannot_be_read_stop_no_lane_that_is_known() -> None:
    log, clock = Log(), ManualClock(start=START)
    broken = False

    def keys() -> tuple[str, ...]:
        if broken:
            raise StorageUnavailable("the database is locked")
        return ("a",)

    moving = Step(
        name="one", run=lambda key: log.runs.append(key) or NOTHING, keys=keys, every=timedelta(seconds=10)
    )
    engine = lanes(log, clock, moving)
    engine.run_due()
    broken = True
    clock.advance(timedelta(seconds=10))
    engine.run_due()
    assert log.runs == ["a", "a"]


def test_a_rest_that_cannot_be_noted_is_a_failure_and_tried_again() -> None:
    log, clock = Log(), ManualClock(start=START)
    refusals = []

    def act(_: str) -> Outcome:
        raise CredentialRefused("the refresh token of acme-us is refused")

    def rest(key: str, sentence: str) -> None:
        refusals.append(key)
        raise StorageUnavailable("the database is locked")

    engine = Lanes(
        steps=(step(log, "one", act, keys=("acme-us",)),), clock=clock, rest=rest, observe=log.observe
    )
    engine.run_due()
    clock.advance(timedelta(seconds=5))
    engine.run_due()
    assert refusals == ["acme-us", "acme-us"]
    assert engine.all()[0].failing == "the refresh token of acme-us is refused"


def test_threads_run_every_lane_one_run_at_a_time_and_end_cleanly() -> None:
    log, clock = Log(), SystemClock()
    enough = threading.Event()
    inside: set[str] = set()
    together: list[str] = []
    ended: list[str] = []

    def act(key: str) -> Outcome:
        if key in inside:
            together.append(key)
        inside.add(key)
        inside.discard(key)
        if len(log.runs) > 200:
            enough.set()
            return NOTHING
        return Outcome(done=1, more=True)

    steps = (
        step(log, "one", act, keys=("a", "b", "c")),
        step(log, "listen", keys=("q",), waits_outside=True),
    )
    engine = Lanes(steps=steps, clock=clock, rest=log.rest, observe=log.observe)
    threads = LaneThreads(
        engine, workers=3, end_of_thread=lambda: ended.append(threading.current_thread().name)
    )
    threads.start()
    assert enough.wait(30)
    assert threads.alive()
    threads.stop()
    assert together == []
    assert not threads.alive()
    assert "lanes" in ended
    assert any(name.startswith("listen") for name in ended)


def test_a_queue_of_many_sellers_wakes_only_those_it_told_of() -> None:
    log, clock = Log(), ManualClock(start=START)
    told = iter([NOTHING])
    engine = lanes(
        log,
        clock,
        step(log, "listen", lambda _: next(told), keys=("queue",), minutes=1, wakes=("take_in",)),
        step(log, "take_in", keys=("a", "b", "c")),
    )
    engine.run_due()
    told = iter([Outcome(done=1, keys=("b",))])
    log.runs.clear()
    clock.advance(timedelta(minutes=1))
    engine.run_due()
    assert log.runs == ["listen/queue", "take_in/b"]


def test_a_woken_lane_goes_before_one_whose_timer_rang_but_not_for_ever() -> None:
    log, clock = Log(), ManualClock(start=START)
    engine = lanes(log, clock, step(log, "timer", minutes=1), step(log, "work", minutes=60))
    engine.run_due()
    clock.advance(timedelta(minutes=1))
    engine.wake("work", "a")
    taken = engine.take()
    assert taken is not None
    assert taken.step.name == "work"
    engine.run(taken)
    clock.advance(timedelta(seconds=25))
    engine.wake("work", "a")
    taken = engine.take()
    assert taken is not None
    assert taken.step.name == "timer"


def test_a_step_that_tells_who_has_work_runs_for_those_alone() -> None:
    log, clock = Log(), ManualClock(start=START)
    busy: list[str] = []
    engine = lanes(log, clock, step(log, "work", keys=("a", "b", "c"), minutes=1, busy=lambda: busy))
    engine.run_due()
    log.runs.clear()
    for now_busy in ([], ["b", "gone"], []):
        busy[:] = now_busy
        clock.advance(timedelta(minutes=1))
        engine.run_due()
    assert log.runs == ["work/b"]
    clock.advance(timedelta(minutes=10))
    engine.run_due()
    assert sorted(log.runs[1:]) == ["work/a", "work/b", "work/c"]  # should the telling ever be wrong


def test_a_lane_that_failed_keeps_its_wait_although_it_has_work() -> None:
    log, clock = Log(), ManualClock(start=START)

    def fail(key: str) -> Outcome:
        raise AmazonUnavailable("Amazon is down")

    engine = lanes(log, clock, step(log, "work", fail, minutes=0.05, busy=lambda: ["a"]))
    engine.run_due()
    clock.advance(timedelta(seconds=4))
    engine.run_due()
    assert log.runs == ["work/a"]
    clock.advance(timedelta(seconds=1))
    engine.run_due()
    assert log.runs == ["work/a", "work/a"]


def test_the_keys_that_steps_share_are_read_once_for_all_of_them() -> None:
    log, clock, reads = Log(), ManualClock(start=START), 0

    def keys() -> tuple[str, ...]:
        nonlocal reads
        reads += 1
        return ("a",)

    shared = [replace(step(log, name), keys=keys) for name in ("one", "two", "three")]
    lanes(log, clock, *shared).run_due()
    assert log.runs == ["one/a", "two/a", "three/a"]
    assert reads == 1


def waits(sellers: int) -> list[float]:
    """An hour of sixty orders a seller, in one thread whose runs take time; each order passes three steps."""
    clock, log = ManualClock(start=START), Log()
    open_orders: dict[str, dict[str, list[datetime]]] = {name: {} for name in ("one", "two", "three")}
    waited: list[float] = []

    def act(name: str, following: str | None) -> Callable[[str], Outcome]:
        def run(key: str) -> Outcome:
            mine = open_orders[name].pop(key, [])
            clock.advance(timedelta(milliseconds=1 + 8 * len(mine)))
            if following is None:
                waited.extend((clock.now() - at).total_seconds() for at in mine)
            elif mine:
                open_orders[following].setdefault(key, []).extend(mine)
            return Outcome(done=len(mine))

        return run

    keys = tuple(f"seller-{number}" for number in range(sellers))
    steps = [
        Step(name=name, run=act(name, after), keys=lambda: keys, every=timedelta(seconds=15), wakes=wakes)
        for name, after, wakes in (
            ("one", "two", ("two",)),
            ("two", "three", ("three",)),
            ("three", None, ()),
        )
    ]
    engine = Lanes(steps=steps, clock=clock, rest=log.rest, observe=log.observe)
    arrivals = sorted(
        (START + timedelta(seconds=60 * turn + 60 * number / sellers), key)
        for turn in range(5)
        for number, key in enumerate(keys)
    )
    while arrivals or any(open_orders.values()):
        while arrivals and arrivals[0][0] <= clock.now():
            at, key = arrivals.pop(0)
            open_orders["one"].setdefault(key, []).append(at)
            engine.wake("one", key)
        lane = engine.take()
        if lane is not None:
            engine.run(lane)
            continue
        due = min(each for each in (engine.next_due(), arrivals[0][0] if arrivals else None) if each)
        clock.advance(max(due - clock.now(), timedelta(milliseconds=1)))
    return waited


def test_no_order_of_a_thousand_sellers_waits_a_minute_longer_than_it_would_alone() -> None:
    alone = max(waits(1))
    crowd = waits(1000)
    assert len(crowd) == 5000
    assert max(crowd) - alone < 60
