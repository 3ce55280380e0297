import sys
from datetime import timedelta
from pathlib import Path

import pytest

# Tests are imported by file, so the helpers beside them are found only when told.
sys.path.insert(0, str(Path(__file__).parent))

import amazon
import conformance
from conformance import pytest_runtest_call  # noqa: F401  a hook: pytest finds it here by its name
from shop import Shop, open_shop


def pytest_configure() -> None:
    """Checks every answer of the run against Amazon's models, where they are here."""
    conformance.watch()


@pytest.fixture
def shop(request: pytest.FixtureRequest) -> Shop:
    """A shop; without usage plans in a module that says `WITHOUT_PLANS = True`."""
    opened = open_shop()
    if getattr(request.module, "WITHOUT_PLANS", False):
        opened.sim.limits.off()
    return opened


@pytest.fixture
def later() -> timedelta:
    """Long enough for lists to show what happened."""
    return timedelta(seconds=121)


@pytest.fixture(scope="session")
def models() -> Path:
    """Amazon's own models: the folder in SPAPI_MODELS, or shared/amazon-models beside the repository."""
    found = amazon.folder()
    if found is None:
        pytest.skip(amazon.WHERE)
    return found
