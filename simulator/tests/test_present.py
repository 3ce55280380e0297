from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop import START

from spapi_simulator import ManualClock
from spapi_simulator.world.present import Present


def at(clock: ManualClock) -> float:
    return (clock.now() - START).total_seconds()


@given(st.lists(st.integers(0, 1000), max_size=30), st.lists(st.integers(0, 400), max_size=8))
def test_everything_happens_once_in_order_and_at_its_own_instant(due: list[int], jumps: list[int]) -> None:
    clock = ManualClock(START)
    present = Present(clock)
    happened: list[tuple[float, int]] = []
    for number in due:
        present.after(
            number, lambda number=number: happened.append(((present.now() - START).total_seconds(), number))
        )
    for jump in jumps:
        clock.advance(seconds=jump)
        present.catch_up()
    present.catch_up()
    assert happened == [(float(number), number) for number in sorted(due) if number <= at(clock)]


def test_what_an_event_plans_happens_in_the_same_jump_when_it_is_due() -> None:
    clock = ManualClock(START)
    present, happened = Present(clock), []
    present.after(10, lambda: present.after(5, lambda: happened.append(present.now())))
    clock.advance(timedelta(hours=1))
    present.catch_up()
    assert happened == [START + timedelta(seconds=15)]


def test_an_event_that_fails_leaves_the_clock_free_and_the_others_to_come() -> None:
    clock = ManualClock(START)
    present, happened = Present(clock), []

    def fail() -> None:
        raise ValueError("as asked")

    present.after(1, fail)
    present.after(2, lambda: happened.append("done"))
    clock.advance(seconds=5)
    with pytest.raises(ValueError, match="as asked"):
        present.catch_up()
    assert present.now() == clock.now()
    present.catch_up()
    assert happened == ["done"]


def test_a_clock_that_goes_back_undoes_nothing() -> None:
    clock = ManualClock(START)
    present, happened = Present(clock), []
    present.after(10, lambda: happened.append(1))
    clock.advance(seconds=10)
    present.catch_up()
    clock.set(START)
    present.catch_up()
    clock.advance(seconds=10)
    present.catch_up()
    assert happened == [1]
