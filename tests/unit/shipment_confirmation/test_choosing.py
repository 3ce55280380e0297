"""By call or with a feed: what is chosen, beside trying everything."""

from datetime import UTC, datetime, timedelta
from itertools import chain, combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockseal.domain.quota import BucketState
from dockseal.shipment_confirmation.choosing import (
    FEED_CALLS,
    Choice,
    Supply,
    Waiting,
    choose,
    feed_at,
)

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def bucket(tokens: float = 10, rate: float = 2, burst: float = 10) -> BucketState:
    return BucketState(tokens=tokens, rate=rate, burst=burst, at=NOW)


def backlog(count: int, ship_by: timedelta | None = timedelta(hours=8)) -> list[Waiting]:
    at = None if ship_by is None else NOW + ship_by
    return [Waiting(number=number, ship_by=at) for number in range(1, count + 1)]


def supply(**changes: object) -> Supply:
    return Supply(**{"calls": bucket(), "feed_at": NOW, **changes})  # type: ignore[arg-type]  # a table by name


@pytest.mark.parametrize("count", [0, 1, 10, 200, 609])
def test_what_calls_clear_within_a_feeds_time_goes_by_call(count: int) -> None:
    chosen = choose(backlog(count), supply(), NOW)
    assert chosen.by_feed == ()
    assert chosen.calls == count


def test_a_backlog_that_calls_cannot_clear_as_soon_goes_with_one_feed() -> None:
    chosen = choose(backlog(2000), supply(), NOW)
    assert len(chosen.by_feed) == 2000
    assert chosen.calls == FEED_CALLS
    assert chosen.finish == NOW + 5 * MINUTE


def test_those_that_a_feed_would_be_too_late_for_go_by_call_the_most_urgent_first() -> None:
    urgent = [Waiting(number=9000 + each, ship_by=NOW + (4 - each) * MINUTE) for each in range(3)]
    chosen = choose([*backlog(2000), *urgent], supply(), NOW)
    assert chosen.by_call == (9002, 9001, 9000)
    assert len(chosen.by_feed) == 2000
    assert chosen.late == 0


def test_what_is_late_already_does_not_keep_others_from_being_in_time() -> None:
    late = [Waiting(number=each, ship_by=NOW - MINUTE) for each in range(1, 12)]
    urgent = [Waiting(number=20, ship_by=NOW + timedelta(milliseconds=100))]
    chosen = choose([*late, *urgent], supply(), NOW)
    assert chosen.by_call[0] == 20
    assert chosen.late == 11


def test_more_than_a_feed_holds_goes_by_call_meanwhile() -> None:
    chosen = choose(backlog(12_000), supply(), NOW)
    assert len(chosen.by_feed) == 10_000
    assert len(chosen.by_call) == 2000


def test_calls_that_are_made_anyway_count() -> None:
    assert choose(backlog(500), supply(), NOW).by_feed == ()
    assert len(choose(backlog(500), supply(called=200), NOW).by_feed) == 500


def test_while_no_feed_can_be_sent_all_goes_by_call() -> None:
    assert choose(backlog(2000), supply(feed_at=None), NOW).by_feed == ()
    soon = choose(backlog(2000), supply(feed_at=NOW + 20 * MINUTE), NOW)
    assert soon.by_feed == ()
    assert len(soon.by_call) == 2000


def test_a_feed_waits_for_both_buckets_and_for_the_last_one() -> None:
    assert feed_at(bucket(), bucket(), None, NOW) == NOW
    assert feed_at(bucket(tokens=0, rate=0.5), bucket(), None, NOW) == NOW + timedelta(seconds=2)
    assert feed_at(bucket(), bucket(tokens=0, rate=1 / 60), None, NOW) == NOW + MINUTE
    assert feed_at(bucket(), bucket(), NOW + 20 * MINUTE, NOW) == NOW + 20 * MINUTE
    assert feed_at(bucket(), bucket(), NOW - MINUTE, NOW) == NOW


seconds = st.integers(-2, 12)
ship_bys = st.none() | seconds.map(lambda each: NOW + timedelta(seconds=each))
backlogs = st.lists(ship_bys, max_size=5).map(
    lambda each: [Waiting(number=number, ship_by=ship_by) for number, ship_by in enumerate(each)]
)
supplies = st.builds(
    Supply,
    calls=st.builds(
        BucketState,
        tokens=st.sampled_from([-1.0, 0.0, 0.5, 1.0, 3.0]),
        rate=st.sampled_from([0.5, 1.0, 2.0]),
        burst=st.just(3.0),
        at=st.just(NOW),
    ),
    feed_at=st.none() | st.integers(0, 5).map(lambda each: NOW + timedelta(seconds=each)),
    called=st.integers(0, 2),
    takes=st.integers(1, 6).map(lambda each: timedelta(seconds=each)),
    most=st.integers(0, 5),
)


def worth(called: list[Waiting], fed: list[Waiting], has: Supply) -> tuple[int, datetime, int]:
    """How good it is to call these in this order, and to send those with a feed."""
    ends = [has.calls.ready(has.called + place + 1, NOW) for place in range(len(called))]
    late = sum(
        each.ship_by is not None and each.ship_by < end for each, end in zip(called, ends, strict=True)
    )
    if fed:
        assert has.feed_at is not None
        done = has.feed_at + has.takes
        ends.append(done)
        late += sum(each.ship_by is not None and each.ship_by < done for each in fed)
    return late, max(ends, default=NOW), len(called) + (FEED_CALLS if fed else 0)


def best(waiting: list[Waiting], has: Supply) -> tuple[int, datetime, int]:
    """The best of everything that could be done."""
    most = 0 if has.feed_at is None else min(has.most, len(waiting))
    feeds = chain.from_iterable(combinations(waiting, size) for size in range(most + 1))
    return min(
        worth(list(called), list(fed), has)
        for fed in feeds
        for called in permutations([each for each in waiting if each not in fed])
    )


@settings(max_examples=400, deadline=None)
@given(backlogs, supplies)
def test_nothing_that_could_be_done_is_better(waiting: list[Waiting], has: Supply) -> None:
    chosen: Choice = choose(waiting, has, NOW)
    by_number = {each.number: each for each in waiting}
    assert sorted([*chosen.by_call, *chosen.by_feed]) == sorted(by_number)
    called = [by_number[number] for number in chosen.by_call]
    fed = [by_number[number] for number in chosen.by_feed]
    assert len(fed) <= has.most
    assert chosen.rank() == worth(called, fed, has) == best(waiting, has)
