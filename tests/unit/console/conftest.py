from collections.abc import Iterator
from pathlib import Path

import pytest

from dockseal.domain.clock import ManualClock
from unit.console.person import Person
from unit.console.shipping import (  # noqa: F401  fixtures: pytest finds them here by their names
    day,
    make_day,
    shelve,
    shipstation,
)
from unit.console.world import START, World, make_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = make_world(tmp_path)
    yield world
    world.storage.close()


@pytest.fixture
def people() -> ManualClock:
    """The clock of sessions and sign-in links, apart from the clock of orders."""
    return ManualClock(start=START)


@pytest.fixture
def stranger(world: World, people: ManualClock) -> Person:
    """Somebody at the console who is not signed in."""
    return Person(world, people)


@pytest.fixture
def person(world: World, people: ManualClock) -> Person:
    """Somebody who has just signed in."""
    person = Person(world, people)
    person.sign_in()
    return person
