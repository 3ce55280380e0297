"""What a bucket says of calls to come."""

from datetime import UTC, datetime, timedelta

import pytest

from dockseal.domain.quota import BucketState

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


def bucket(tokens: float) -> BucketState:
    return BucketState(tokens=tokens, rate=0.5, burst=10, at=NOW)


@pytest.mark.parametrize(("tokens", "calls", "seconds"), [(3, 0, 0), (3, 3, 0), (3, 5, 4), (-1, 1, 4)])
def test_calls_are_made_when_the_bucket_has_regained_what_is_missing(
    tokens: float, calls: int, seconds: float
) -> None:
    assert bucket(tokens).ready(calls, NOW) == NOW + timedelta(seconds=seconds)


def test_a_bucket_fills_up_to_its_burst_and_a_clock_set_back_brings_nothing() -> None:
    assert bucket(3).tokens_at(NOW + timedelta(seconds=4)) == 5
    assert bucket(3).tokens_at(NOW + timedelta(hours=1)) == 10
    assert bucket(3).tokens_at(NOW - timedelta(hours=1)) == 3
