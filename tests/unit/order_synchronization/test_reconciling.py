"""When a count is due, and what it leaves to the sweep."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.identifiers import SellerId
from dockseal.domain.quota import BucketState
from dockseal.order_synchronization.reconciling import (
    RESERVE,
    next_turn,
    spare_at,
)

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)


@given(seconds=st.integers(0, 86400 * 30), hours=st.integers(1, 72))
def test_a_seller_has_one_turn_in_each_period_always_at_its_own_time(seconds: int, hours: int) -> None:
    every, after = timedelta(hours=hours), NOW + timedelta(seconds=seconds)
    turn = next_turn(SellerId("acme-us"), after, every)
    assert after < turn <= after + every
    assert next_turn(SellerId("acme-us"), turn, every) == turn + every


def test_the_turns_of_many_sellers_are_spread_over_the_period() -> None:
    turns = [next_turn(SellerId(f"seller-{n}"), NOW, DAY) for n in range(240)]
    in_hours = [0] * 24
    for turn in turns:
        in_hours[turn.hour] += 1
    assert max(in_hours) < 30, "more than a tenth of all falls into one hour"


def test_a_count_leaves_the_sweep_its_reserve() -> None:
    bucket = BucketState(tokens=RESERVE + 1.0, rate=0.0056, burst=20, at=NOW)
    assert spare_at(bucket, NOW) == NOW
    low = BucketState(tokens=RESERVE, rate=0.0056, burst=20, at=NOW)
    assert spare_at(low, NOW) == NOW + timedelta(seconds=1 / 0.0056)
    assert spare_at(low, NOW + timedelta(minutes=4)) == NOW + timedelta(minutes=4)


def test_a_bucket_smaller_than_the_reserve_does_not_stop_the_count_for_ever() -> None:
    small = BucketState(tokens=2, rate=1, burst=2, at=NOW)
    assert spare_at(small, NOW) == NOW
