"""A fresh day for each story, or a town where no seller is connected yet."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backlog import either_day, make_cheap  # noqa: F401  fixtures: pytest finds them here by their names
from daily import day, make_day  # noqa: F401  fixtures: pytest finds them here by their names
from town import MakeTown, Town


@pytest.fixture
def make_town(tmp_path: Path) -> Iterator[MakeTown]:
    """Makes towns, and ends them."""
    towns: list[Town] = []

    def make(**choices: Any) -> Town:
        towns.append(Town(folder=tmp_path / str(len(towns)), **choices))
        return towns[-1]

    yield make
    for town in towns:
        town.close()


@pytest.fixture
def town(make_town: MakeTown) -> Town:
    """An ordinary town."""
    return make_town()
