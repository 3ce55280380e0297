"""How a bucket of Amazon's regains its tokens."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.quota import BucketState


@given(
    tokens=st.floats(0, 30), rate=st.floats(0, 10), waited=st.floats(-100, 10_000), more=st.floats(0, 10_000)
)
def test_a_bucket_fills_with_time_and_never_over_its_burst(
    tokens: float, rate: float, waited: float, more: float
) -> None:
    at = datetime(2026, 11, 2, tzinfo=UTC)
    bucket = BucketState(tokens=tokens, rate=rate, burst=30.0, at=at)
    sooner = bucket.tokens_at(at + timedelta(seconds=waited))
    later = bucket.tokens_at(at + timedelta(seconds=waited + more))
    assert tokens <= sooner <= later <= 30.0


@given(
    tokens=st.floats(min_value=-5, max_value=30),
    rate=st.floats(min_value=0.005, max_value=5),
    calls=st.integers(min_value=0, max_value=100),
)
def test_so_many_calls_are_made_once_the_bucket_has_given_them(
    tokens: float, rate: float, calls: int
) -> None:
    now = datetime(2026, 11, 2, tzinfo=UTC)
    bucket = BucketState(tokens=tokens, rate=rate, burst=30.0, at=now)
    ready = bucket.ready(calls, now)
    given_by_then = tokens + (ready - now).total_seconds() * rate
    assert ready >= now
    assert calls == 0 or given_by_then >= calls - 1e-3
    assert ready == now or given_by_then <= calls + 1e-3
