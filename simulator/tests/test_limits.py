from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from shop import START, Shop, error

from spapi_simulator.catalogue import CATALOGUE
from spapi_simulator.front.limits import Bucket


@given(
    rate=st.floats(0.005, 50),
    burst=st.integers(1, 40),
    gaps=st.lists(st.floats(0, 400), min_size=1, max_size=120),
)
def test_no_window_ever_lets_more_through_than_burst_and_rate(
    rate: float, burst: int, gaps: Sequence[float]
) -> None:
    bucket, now = Bucket(rate, burst, START), START
    let_through = []
    for gap in gaps:
        now += timedelta(seconds=gap)
        if bucket.take(now):
            let_through.append((now - START).total_seconds())
    for first, begin in enumerate(let_through):
        for count, end in enumerate(let_through[first:], start=1):
            assert count <= burst + rate * (end - begin) + 1e-6


@given(gaps=st.lists(st.floats(-400, 400), max_size=40))
def test_a_clock_set_back_gives_no_tokens(gaps: Sequence[float]) -> None:
    bucket, now = Bucket(0.5, 3, START), START
    for gap in gaps:
        now += timedelta(seconds=gap)
        before = bucket.tokens
        bucket.fill(now)
        assert before <= bucket.tokens <= 3


def test_the_published_plans() -> None:
    plans = {operation.bucket: (operation.rate, operation.burst) for operation in CATALOGUE}
    assert plans["getOrders"] == (0.0167, 20)
    assert plans["searchOrders"] == (0.0056, 20)
    assert plans["getOrder"] == plans["getOrder 2026-01-01"] == (0.5, 30)
    assert plans["confirmShipment"] == (2, 10)
    assert plans["createRestrictedDataToken"] == (1, 10)


def test_an_empty_bucket_answers_429_without_a_rate_header(shop: Shop) -> None:
    order_id, token = shop.place(), shop.token()
    path = f"/orders/v0/orders/{order_id}"
    answers = [shop.get(path, token=token) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert answers[0].headers["x-amzn-RateLimit-Limit"] == "0.5"
    assert "x-amzn-RateLimit-Limit" not in answers[-1].headers
    assert answers[-1].headers["x-amzn-RequestId"]
    refused = (429, "QuotaExceeded", "You exceeded your quota for the requested resource.")
    assert error(answers[-1]) == refused
    assert shop.sim.throttled["getOrder"] == 1
    assert shop.get(f"/orders/2026-01-01/orders/{order_id}", token=token).status_code == 200
    shop.clock.advance(seconds=2)
    assert shop.get(path, token=token).status_code == 200


def test_limits_can_be_scaled_and_switched_off(shop: Shop) -> None:
    path, token = f"/orders/v0/orders/{shop.place()}", shop.token()
    shop.sim.limits.scale(0.1)
    assert [shop.get(path, token=token).status_code for _ in range(4)] == [200, 200, 200, 429]
    shop.sim.limits.off()
    assert all(shop.get(path, token=token).status_code == 200 for _ in range(50))


def test_forbidden_answers_carry_no_rate_and_not_found_does(shop: Shop) -> None:
    missing = shop.get("/orders/v0/orders/111-1111111-1111111")
    assert missing.headers["x-amzn-RateLimit-Limit"] == "0.5"
    forbidden = shop.get("/orders/v0/orders/111-1111111-1111111", token="Atza|made-up")
    assert "x-amzn-RateLimit-Limit" not in forbidden.headers
    assert forbidden.headers["x-amzn-ErrorType"] == "UnauthorizedException"
