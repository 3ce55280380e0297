from collections.abc import Callable, Sequence

import pytest

from dockseal.domain.clock import ManualClock
from dockseal.monitoring_audit.anchors.port import Anchor
from dockseal.storage.store import Storage
from trail_attacker import Town

MakeTown = Callable[[Sequence[Anchor]], Town]


@pytest.fixture
def make_town(storage: Storage, clock: ManualClock) -> MakeTown:
    return lambda anchors: Town(storage=storage, clock=clock, anchors=anchors)
