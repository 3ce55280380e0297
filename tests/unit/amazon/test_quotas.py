from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.amazon.operations import CONFIRM_SHIPMENT, GET_ORDER, SEARCH_ORDERS, Operation
from dockseal.amazon.quotas import Quotas
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import SellerId
from dockseal.errors import AmazonThrottled

from .conftest import SELLER, START, Buckets

OPERATIONS = st.sampled_from([SEARCH_ORDERS, GET_ORDER, CONFIRM_SHIPMENT])


def taken(quotas: Quotas, operation: Operation) -> bool:
    try:
        quotas.take(SELLER, operation)
    except AmazonThrottled:
        return False
    return True


@given(operation=OPERATIONS, steps=st.lists(st.tuples(st.floats(0, 400), st.integers(1, 25)), max_size=12))
def test_in_no_window_are_more_calls_made_than_amazon_allows(
    operation: Operation, steps: list[tuple[float, int]]
) -> None:
    clock = ManualClock(start=START)
    quotas = Quotas(Buckets(), clock)
    made = []
    for seconds, wanted in steps:
        clock.advance(timedelta(seconds=seconds))
        made += [clock.now() for _ in range(wanted) if taken(quotas, operation)]
    for first, start in enumerate(made):
        for last in range(first, len(made)):
            window = (made[last] - start).total_seconds()
            assert last - first + 1 <= operation.burst + operation.rate * window + 1e-6


@given(operation=OPERATIONS, calls=st.integers(1, 40))
def test_a_call_at_the_instant_named_is_allowed_and_a_second_before_the_wait_it_is_not(
    operation: Operation, calls: int
) -> None:
    clock = ManualClock(start=START)
    quotas = Quotas(Buckets(), clock)
    while taken(quotas, operation):
        pass
    for _ in range(calls):
        with pytest.raises(AmazonThrottled) as caught:
            quotas.take(SELLER, operation)
        wait = caught.value.until - clock.now()
        assert wait.total_seconds() <= 1 / operation.rate + 0.003
        clock.advance(wait / 2)
        assert not taken(quotas, operation)
        clock.advance(wait - wait / 2)
        assert taken(quotas, operation)


@given(operation=OPERATIONS, before=st.integers(1, 30), seconds=st.floats(0, 60))
def test_a_restart_forgets_no_call(operation: Operation, before: int, seconds: float) -> None:
    clock, buckets = ManualClock(start=START), Buckets()
    one = Quotas(buckets, clock)
    for _ in range(before):
        taken(one, operation)
    clock.advance(timedelta(seconds=seconds))
    restarted = Quotas(buckets, clock)
    assert restarted.left(SELLER, operation) == pytest.approx(one.left(SELLER, operation))


def test_a_call_costs_one_save_and_a_call_that_is_not_made_costs_none() -> None:
    clock, buckets = ManualClock(start=START), Buckets()
    quotas = Quotas(buckets, clock)
    for _ in range(25):
        taken(quotas, SEARCH_ORDERS)
    assert buckets.saves == 20


def test_a_slower_rate_that_amazon_tells_is_waited_for() -> None:
    quotas = Quotas(Buckets(), ManualClock(start=START))
    quotas.learn(SELLER, SEARCH_ORDERS, "0.001")
    while taken(quotas, SEARCH_ORDERS):
        pass
    with pytest.raises(AmazonThrottled) as caught:
        quotas.take(SELLER, SEARCH_ORDERS)
    assert caught.value.until - START >= timedelta(seconds=1000)


@pytest.mark.parametrize("header", ["", "nan", "inf", "-1", "0", "fast"])
def test_a_rate_that_is_none_changes_nothing(header: str) -> None:
    clock = ManualClock(start=START)
    quotas = Quotas(Buckets(), clock)
    quotas.take(SELLER, GET_ORDER)
    quotas.learn(SELLER, GET_ORDER, header)
    clock.advance(timedelta(seconds=1))
    assert quotas.left(SELLER, GET_ORDER) == pytest.approx(29.5)


def test_each_429_in_a_row_waits_longer_and_an_answer_ends_the_row() -> None:
    clock = ManualClock(start=START)
    quotas = Quotas(Buckets(), clock)
    waits = []
    for _ in range(5):
        until = quotas.spent(SELLER, GET_ORDER)
        waits.append(round((until - clock.now()).total_seconds()))
        clock.advance(until - clock.now())
    assert waits == [2, 4, 8, 16, 16]
    quotas.learn(SELLER, GET_ORDER, "")
    assert round((quotas.spent(SELLER, GET_ORDER) - clock.now()).total_seconds()) == 2


def test_sellers_and_operations_do_not_share_a_bucket() -> None:
    quotas = Quotas(Buckets(), ManualClock(start=START))
    quotas.spent(SELLER, GET_ORDER)
    assert quotas.left(SELLER, SEARCH_ORDERS) == 20
    assert quotas.left(SellerId("other-us"), GET_ORDER) == 30


def test_a_clock_set_back_brings_no_calls_and_does_not_stop_them_for_long() -> None:
    clock = ManualClock(start=START)
    quotas = Quotas(Buckets(), clock)
    while taken(quotas, GET_ORDER):
        pass
    clock.advance(timedelta(hours=-1))
    with pytest.raises(AmazonThrottled) as caught:
        quotas.take(SELLER, GET_ORDER)
    assert caught.value.until - clock.now() < timedelta(seconds=3)
