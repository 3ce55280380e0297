"""Opens are counted out of the trail, hour by hour, and unusual ones are told of."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import OrderRef
from dockseal.monitoring_audit.alerts.habits import Habits, unusual_opens
from dockseal.monitoring_audit.checks import Check
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage

PERSON = Actor(kind=ActorKind.PERSON, name="console")
SERVICE = Actor(kind=ActorKind.SERVICE, name="release")
Opens = Callable[..., None]


@pytest.fixture
def habits(storage: Storage, clock: ManualClock) -> Habits:
    return Habits(storage=storage, clock=clock)


@pytest.fixture
def opens(storage: Storage, trail: Trail) -> Opens:
    def act(number: int, actor: Actor = PERSON) -> None:
        with storage.transaction():
            for _ in range(number):
                trail.record(
                    Tag.ORDER_DATA_OPENED, actor=actor, order=OrderRef("o1"), purpose=Purpose.PACKING_SLIP
                )

    return act


def told(storage: Storage, now: datetime) -> list[Check]:
    return list(unusual_opens(storage, now))


def weeks(clock: ManualClock, opens: Opens, *, days: int, number: int, actor: Actor = PERSON) -> None:
    for _ in range(days):
        opens(number, actor)
        clock.advance(timedelta(days=1))


def test_a_newcomer_who_opens_more_than_a_few_is_told_of(
    storage: Storage, clock: ManualClock, opens: Opens
) -> None:
    opens(5)
    assert told(storage, clock.now()) == []
    opens(1)
    (check,) = told(storage, clock.now())
    assert check.name == "unusual opens person:console"
    assert "opened personal data 6 times within an hour, and up to 5 are usual for it" in check.sentence
    clock.advance(timedelta(hours=1))
    assert told(storage, clock.now()) == []


def test_each_actor_is_measured_by_its_own_past(
    storage: Storage, clock: ManualClock, opens: Opens, habits: Habits
) -> None:
    weeks(clock, opens, days=20, number=20)
    habits.follow()
    opens(28)
    opens(8, Actor(kind=ActorKind.PERSON, name="terminal-other"))
    assert [check.name for check in told(storage, clock.now())] == ["unusual opens person:terminal-other"]
    opens(3)
    assert [check.name for check in told(storage, clock.now())] == [
        "unusual opens person:console",
        "unusual opens person:terminal-other",
    ]


def test_the_hour_itself_sets_no_habit(
    storage: Storage, clock: ManualClock, opens: Opens, habits: Habits
) -> None:
    weeks(clock, opens, days=20, number=4)
    for _ in range(4):
        opens(10)
        clock.advance(timedelta(minutes=10))
        habits.follow()
    assert told(storage, clock.now()) != []


def test_what_lies_more_than_four_weeks_back_is_no_habit(
    storage: Storage, clock: ManualClock, opens: Opens, habits: Habits
) -> None:
    weeks(clock, opens, days=20, number=50)
    habits.follow()
    clock.advance(timedelta(days=29))
    opens(40)
    habits.follow()
    assert told(storage, clock.now()) != []


def test_rows_are_counted_once_however_often_it_follows(
    storage: Storage, clock: ManualClock, opens: Opens, habits: Habits
) -> None:
    opens(3)
    opens(2, SERVICE)
    habits.follow()
    habits.follow()
    opens(4)
    habits.follow()
    later = clock.now() + timedelta(hours=2)
    assert storage.open_hours.of(["person:console", "service:release"], before=later) == {
        "person:console": [7],
        "service:release": [2],
    }


def test_a_turn_that_is_cut_off_is_done_again_as_a_whole(
    storage: Storage, clock: ManualClock, opens: Opens, habits: Habits
) -> None:
    opens(3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(storage.open_hours), "purge", _killed)
        with pytest.raises(RuntimeError):
            habits.follow()
    habits.follow()
    assert storage.open_hours.of(["person:console"], before=clock.now() + timedelta(hours=2)) == {
        "person:console": [3]
    }


def _killed(*_: object) -> None:
    raise RuntimeError("killed before the commit")


def test_a_long_trail_is_caught_up_with_in_turns(
    storage: Storage, clock: ManualClock, opens: Opens, habits: Habits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dockseal.monitoring_audit.alerts.habits._ROWS", 4)
    opens(10)
    for expected in (4, 8, 10, 10):
        habits.follow()
        counted = storage.open_hours.of(["person:console"], before=clock.now() + timedelta(hours=2))
        assert counted == {"person:console": [expected]}


def test_what_another_process_counted_meanwhile_is_not_counted_again(
    storage: Storage, clock: ManualClock, opens: Opens
) -> None:
    opens(5)
    other, begin = Habits(storage=storage, clock=clock), type(storage).transaction
    with patch.object(type(storage), "transaction", lambda self: _after(other, self, begin)):
        Habits(storage=storage, clock=clock).follow()
    hour = clock.now() + timedelta(hours=1)
    assert storage.open_hours.of([str(PERSON)], before=hour) == {str(PERSON): [5]}


@contextlib.contextmanager
def _after(other: Habits, storage: Storage, begin: Callable[[Storage], Any]) -> Iterator[None]:
    """Lets the other one count between the look and the transaction."""
    with patch.object(type(storage), "transaction", begin):
        other.follow()
        with begin(storage):
            yield
