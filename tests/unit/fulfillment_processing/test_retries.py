"""A warehouse that does not answer: asked more and more seldom, and people are told."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from dockseal.domain.identifiers import SellerId
from dockseal.domain.order import Order, OrderState
from dockseal.fulfillment_processing.release import Releasing
from dockseal.fulfillment_processing.settling import LONGEST_WAIT
from dockseal.monitoring_audit.health import health
from dockseal.monitoring_audit.looking.warehouses import UNANSWERED

SELLER = SellerId("acme-us")
Sealed = Callable[..., Order]


def told(world: Any) -> list[str]:
    return [
        each.sentence
        for each in health(world.storage, [], world.clock).checks
        if each.name == "warehouse reno"
    ]


@pytest.mark.parametrize("step", ["down", 410, 500, 404])
def test_the_gaps_grow_and_health_tells_of_the_warehouse(
    world: Any, releasing: Releasing, far: Any, sealed: Sealed, step: int | str
) -> None:
    order = sealed()
    gaps = []
    for _ in range(UNANSWERED):
        assert told(world) == []
        far.script = [step]
        releasing.run(SELLER)
        kept = world.order(order)
        assert kept.state is OrderState.RELEASABLE
        gaps.append(kept.next_try - world.clock.now())
        world.clock.advance(gaps[-1])
    assert all(later > sooner for sooner, later in pairwise(gaps) if sooner < LONGEST_WAIT)
    assert gaps[-1] == LONGEST_WAIT
    (sentence,) = told(world)
    assert "has not taken an order in 8 tries or more" in sentence
    assert "reno" in world.order(order).attention
    releasing.run(SELLER)
    assert world.order(order).state is OrderState.RELEASED
    assert told(world) == []


def test_a_url_that_is_gone_says_so_to_a_person(
    world: Any, releasing: Releasing, far: Any, sealed: Sealed
) -> None:
    order = sealed()
    for _ in range(3):
        far.script = [410]
        releasing.run(SELLER)
        world.clock.advance(LONGEST_WAIT)
    assert "wants no more webhooks at its url (410)" in world.order(order).attention
