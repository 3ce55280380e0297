"""A pytest plugin: the fixture `amazon` is a simulated Amazon of the test's own.

Installing spapi-simulator is enough; no world is built before a test asks for the fixture.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from spapi_simulator.testing import Amazon

_MARKER = (
    "amazon(seed=7, start=None, region=None, marketplaces=None, behaviours=None): "
    "what the world of the fixture `amazon` is like"
)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture
def amazon(request: pytest.FixtureRequest) -> Iterator["Amazon"]:
    """A simulated Amazon with an application, a seller and their queue; the clock stands until it is moved.

    `@pytest.mark.amazon(seed=…, start=…, region=…, marketplaces=…, behaviours=…)` says how it is to be.
    """
    from spapi_simulator.testing import Amazon  # noqa: PLC0415  pytest starts faster without it

    choices: dict[str, object] = {}
    for marker in reversed(list(request.node.iter_markers("amazon"))):
        if marker.args:
            pytest.fail("The marker amazon takes its choices by name.", pytrace=False)
        choices |= marker.kwargs
    try:
        world = Amazon.open(choices)
    except ValueError as fault:
        pytest.fail(str(fault), pytrace=False)
    with world:
        yield world
