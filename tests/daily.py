"""Days for tests: made one by one, and ended with the test."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from day import Day, MakeDay
from dockseal.domain.order import OrdersApi


@pytest.fixture
def make_day(tmp_path: Path) -> Iterator[MakeDay]:
    """Makes days, and ends them."""
    days: list[Day] = []

    def make(**choices: Any) -> Day:
        days.append(Day(folder=tmp_path / str(len(days)), **choices))
        return days[-1]

    yield make
    for day in days:
        day.close()


@pytest.fixture(params=list(OrdersApi), ids=[api.value for api in OrdersApi])
def day(request: pytest.FixtureRequest, make_day: MakeDay) -> Day:
    """A day with each generation of the Orders API."""
    return make_day(api=request.param)
