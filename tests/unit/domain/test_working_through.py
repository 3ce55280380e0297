"""A lane works through a batch: what fails is put off, and the others go on."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from dockseal.domain.lane import Outcome, work_through
from dockseal.errors import AmazonThrottled, AmazonUnavailable, MoveRefused, OutcomeUnknown

LATER = datetime(2026, 11, 2, 8, 1, tzinfo=UTC)


def failing(faults: dict[int, Exception]) -> Callable[[int], bool]:
    def act(item: int) -> bool:
        if item in faults:
            raise faults[item]
        return True

    return act


def test_what_fails_is_put_off_and_the_others_are_done() -> None:
    put_off: list[int] = []
    faults = {2: AmazonUnavailable("down"), 3: OutcomeUnknown("lost"), 4: MoveRefused("moved")}
    assert work_through(range(6), failing(faults), postpone=put_off.append) == Outcome(done=3)
    assert put_off == [2, 3]


def test_three_failures_in_a_row_are_an_outage() -> None:
    put_off: list[int] = []
    with pytest.raises(AmazonUnavailable):
        work_through(
            range(6), failing(dict.fromkeys(range(1, 6), AmazonUnavailable("down"))), postpone=put_off.append
        )
    assert put_off == [1, 2, 3]


def test_a_spent_quota_ends_the_batch_until_it_refills() -> None:
    act = failing({2: AmazonThrottled("spent", until=LATER)})
    assert work_through(range(6), act, postpone=lambda _: None) == Outcome(done=2, again_at=LATER)


def test_what_moved_while_it_was_to_be_put_off_stops_no_other() -> None:
    def moved(item: int) -> None:
        raise MoveRefused(f"{item} moved")

    act = failing({2: AmazonUnavailable("down")})
    assert work_through(range(6), act, postpone=moved) == Outcome(done=5)
