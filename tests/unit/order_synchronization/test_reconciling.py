"""What a count comes to, when it is due, and what it leaves to the sweep."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.identifiers import SellerId
from dockseal.domain.quota import BucketState
from dockseal.order_synchronization.reconciling import (
    RESERVE,
    Counted,
    grouped,
    next_turn,
    sentence,
    spare_at,
)

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("counted", "only_here", "said"),
    [
        (Counted(amazon=0, here=0), 0, "Amazon 0 · us 0 · oldest unseen 0 s"),
        (Counted(amazon=1204, here=1204), 0, "Amazon 1 204 · us 1 204 · oldest unseen 0 s"),
        (
            Counted(amazon=1204, here=1204, over_before=31),
            0,
            "Amazon 1 204 · us 1 204 · oldest unseen 0 s · 31 over before we saw them, so not kept",
        ),
        (
            Counted(amazon=5, here=3, oldest_unseen=NOW - timedelta(hours=2)),
            0,
            "Amazon 5 · us 3 · oldest unseen 7 200 s · 2 now being fetched",
        ),
        (
            Counted(amazon=5, here=5),
            1,
            "Amazon 5 · us 5 · oldest unseen 0 s · 1 open here and not in Amazon's list, now being read",
        ),
        (
            Counted(amazon=1, here=0, oldest_unseen=NOW + DAY),
            0,
            "Amazon 1 · us 0 · oldest unseen 0 s · 1 now",
        ),
    ],
)
def test_a_count_is_said_in_one_line(counted: Counted, only_here: int, said: str) -> None:
    found = sentence(counted, only_here=only_here, now=NOW).replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert found.startswith(said)


def test_numbers_are_grouped_by_a_thin_space() -> None:
    assert [grouped(number) for number in (7, 999, 1204, 1204000)] == [
        "7",
        "999",
        "1\u202f204",
        "1\u202f204\u202f000",
    ]


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
