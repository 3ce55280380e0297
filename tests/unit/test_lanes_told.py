"""Lanes: when each last did well, and what its lines in the log say."""

from datetime import timedelta
from typing import Any

from structlog.contextvars import get_contextvars

from dockseal.domain.clock import ManualClock
from dockseal.domain.lane import NOTHING, Outcome
from dockseal.errors import AmazonThrottled, AmazonUnavailable
from unit.test_lanes import START, Log, lanes, step


def test_a_lane_knows_when_it_last_did_well_which_a_throttled_or_a_failed_run_did_not() -> None:
    log, clock = Log(), ManualClock(start=START)
    ends: list[Exception] = []

    def act(_: str) -> Outcome:
        if ends:
            raise ends.pop()
        return NOTHING

    engine = lanes(log, clock, step(log, "sweep", act))
    engine.run_due()
    (lane,) = engine.all()
    assert lane.succeeded_at == START
    for end in (AmazonUnavailable("down"), AmazonThrottled("getOrders", START + timedelta(hours=1))):
        ends.append(end)
        clock.advance(timedelta(minutes=10))
        engine.wake("sweep")
        engine.run_due()
        assert lane.succeeded_at == START
    clock.advance(timedelta(minutes=60))
    engine.wake("sweep")
    engine.run_due()
    assert lane.succeeded_at == clock.now()
    assert log.results == ["sweep/a idle", "sweep/a failed", "sweep/a throttled", "sweep/a idle"]


def test_what_a_run_logs_says_which_lane_it_was_and_nothing_of_it_stays() -> None:
    log, clock = Log(), ManualClock(start=START)
    seen: list[dict[str, Any]] = []

    def act(_: str) -> Outcome:
        seen.append(get_contextvars())
        return NOTHING

    lanes(
        log, clock, step(log, "sweep", act, keys=("acme-us",)), step(log, "shred", act, keys=("",))
    ).run_due()
    assert seen == [{"lane": "sweep", "key": "acme-us"}, {"lane": "shred"}]
    assert get_contextvars() == {}
