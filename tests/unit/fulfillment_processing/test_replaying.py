"""Releases that are sent again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.identifiers import SellerId, WarehouseId, release_ref
from dockseal.domain.order import Order, OrderState
from dockseal.domain.release import Warehouse
from dockseal.errors import BadInput, WarehouseUnavailable
from dockseal.fulfillment_processing.release import Releasing
from dockseal.fulfillment_processing.replaying import Replaying

SELLER, RENO = SellerId("acme-us"), WarehouseId("reno")
PERSON = Actor(kind=ActorKind.PERSON, name="casey")
S = OrderState
Sealed = Callable[..., Order]


@pytest.fixture
def replaying(world: Any, pii: Any, releasing: Releasing) -> Replaying:
    return Replaying(
        storage=world.storage,
        vault=pii.vault,
        grants=pii.grants,
        trail=world.trail,
        adapters=releasing.adapters,
        without_recipient=lambda _: frozenset(),
    )


def reno(replaying: Replaying) -> Warehouse:
    return replaying.storage.warehouses.get(RENO)


def test_what_was_released_since_then_is_sent_again_as_it_was(
    world: Any, releasing: Releasing, replaying: Replaying, far: Any, sealed: Sealed
) -> None:
    early = sealed()
    releasing.run(SELLER)
    world.clock.advance(timedelta(hours=1))
    since = world.clock.now()
    late = sealed()
    releasing.run(SELLER)
    before, asked = dict(far.taken), list(far.asked)
    far.taken.clear()
    (done,) = replaying.since(reno(replaying), since, PERSON)
    ref = release_ref(late.ref, late.revision)
    assert (done.release.ref, done.fault) == (ref, "")
    assert far.asked == [*asked, ref]
    assert far.taken == {ref: before[ref]}
    assert world.order(late).state is S.RELEASED
    assert world.tags(late)[-2:] == ["order:data:opened", "order:release:repeated"]
    assert "order:release:repeated" not in world.tags(early)


def test_one_order_is_sent_again(
    releasing: Releasing, replaying: Replaying, far: Any, sealed: Sealed
) -> None:
    one, _ = sealed(), sealed()
    releasing.run(SELLER)
    replaying.order(reno(replaying), one.ref, PERSON)
    assert far.asked[2:] == [release_ref(one.ref, one.revision)]


def test_what_is_shipped_or_cancelled_or_changed_is_not_sent_again(
    world: Any, releasing: Releasing, replaying: Replaying, far: Any, sealed: Sealed
) -> None:
    cancelled, changed = sealed(), sealed()
    releasing.run(SELLER)
    world.storage.orders.move(world.order(cancelled), S.CANCELLED)
    kept = world.order(changed)
    world.storage.orders.change(kept, revision=kept.revision + 1)
    asked = list(far.asked)
    faults = {
        each.order.ref: each.fault for each in replaying.since(reno(replaying), world.clock.now(), PERSON)
    }
    assert "cancelled, not to be shipped" in faults[cancelled.ref]
    assert "it changed since it was released" in faults[changed.ref]
    assert far.asked == asked


def test_what_cannot_be_opened_or_is_refused_is_said_and_the_others_are_sent(
    world: Any, releasing: Releasing, replaying: Replaying, far: Any, sealed: Sealed
) -> None:
    erased, refused, third = sealed(), sealed(), sealed()
    releasing.run(SELLER)
    replaying.vault.erase(erased.ref)
    far.script = [422]
    by_ref = {each.order.ref: each for each in replaying.since(reno(replaying), world.clock.now(), PERSON)}
    assert "no personal data is kept" in by_ref[erased.ref].fault
    assert "refused order" in by_ref[refused.ref].fault or "refused order" in by_ref[third.ref].fault
    assert [each.fault for each in by_ref.values()].count("") == 1


def test_a_warehouse_that_is_down_ends_it(
    world: Any, releasing: Releasing, replaying: Replaying, far: Any, sealed: Sealed
) -> None:
    sealed()
    releasing.run(SELLER)
    far.script = ["down"]
    with pytest.raises(WarehouseUnavailable):
        replaying.since(reno(replaying), world.clock.now(), PERSON)


def test_nothing_is_sent_again_to_a_warehouse_that_nothing_is_pushed_to(
    world: Any, replaying: Replaying
) -> None:
    sparks = replace(world.storage.warehouses.get(RENO), id=WarehouseId("sparks"))
    with pytest.raises(BadInput, match="nothing is pushed to warehouse sparks"):
        replaying.since(sparks, world.clock.now(), PERSON)


def test_an_order_that_no_warehouse_has_is_not_sent_again(
    world: Any, replaying: Replaying, sealed: Sealed
) -> None:
    with pytest.raises(BadInput, match="has taken nothing of this order"):
        replaying.order(reno(replaying), sealed().ref, PERSON)
