import os
import sys
from datetime import timedelta
from pathlib import Path

import pytest

# Tests are imported by file, so the helpers beside them are found only when told.
sys.path.insert(0, str(Path(__file__).parent))

from shop import Shop, open_shop


@pytest.fixture
def shop() -> Shop:
    return open_shop()


@pytest.fixture
def later() -> timedelta:
    """Long enough for lists to show what happened."""
    return timedelta(seconds=121)


@pytest.fixture(scope="session")
def models() -> Path:
    """Amazon's own models: the folder in SPAPI_MODELS, or shared/amazon-models beside the repository."""
    given = os.environ.get("SPAPI_MODELS")
    places = [Path(given)] if given else []
    places += [parent / "shared" / "amazon-models" for parent in Path(__file__).resolve().parents]
    for place in places:
        if (place / "models" / "ordersV0.json").is_file():
            return place
    pytest.skip("Amazon's models are not here; set SPAPI_MODELS to a folder with models/ and schemas/.")
