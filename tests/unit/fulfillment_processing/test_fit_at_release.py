"""Orders that do not fit into what a warehouse's system can take are held at the door."""

from collections.abc import Callable
from typing import Any

import pytest

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.identifiers import SellerId, WarehouseId, release_ref
from dockseal.domain.order import Order, OrderState
from dockseal.domain.recipient import Field, Recipient
from dockseal.fulfillment_processing.causes import Cause, reexamine
from dockseal.fulfillment_processing.examination import Examination
from dockseal.fulfillment_processing.release import Releasing
from dockseal.warehouses.limits import NO_LIMITS, Charset, Limits
from dockseal.warehouses.webhook.sender import Webhook

SELLER, RENO = SellerId("acme-us"), WarehouseId("reno")


def test_an_order_that_does_not_fit_the_warehouses_system_is_held_and_the_others_flow_on(
    world: Any, releasing: Releasing, sealed: Callable[..., Order], far: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = Limits(lengths={Field.NAME: 10}, spill=(Field.NAME,), charset=Charset.ASCII)
    monkeypatch.setattr(Webhook, "limits", narrow, raising=False)
    fitting = sealed()
    unfit = sealed()
    releasing.vault.seal(
        world.order(unfit),
        Recipient(
            {Field.NAME: "Testperson Ωmega", Field.ADDRESS_LINE_1: "1 Sample Street", Field.COUNTRY: "US"}
        ),
    )
    releasing.run(SELLER)
    assert world.order(fitting).state is OrderState.RELEASED
    (taken,) = far.taken.values()
    assert taken["ship_to"]["name"] == "Testperson"
    assert taken["ship_to"]["address_line_1"] == "Alpha"
    assert taken["ship_to"]["address_line_2"] == "1 Sample Street"
    held = world.order(unfit)
    assert held.hold.code == "does_not_fit"
    assert "since the name has characters that its system does not take" in held.hold.sentence
    assert "Testperson" not in held.hold.sentence
    assert world.tags(unfit)[-2:] == ["order:release:refused", "order:life:held"]


def test_an_order_that_did_not_fit_goes_out_under_a_new_reference_once_the_limits_are_others(
    world: Any, releasing: Releasing, sealed: Callable[..., Order], far: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Webhook, "limits", Limits(lengths={Field.NAME: 3}), raising=False)
    order = sealed()
    releasing.run(SELLER)
    monkeypatch.setattr(Webhook, "limits", NO_LIMITS, raising=False)
    actor = Actor(kind=ActorKind.PERSON, name="terminal-test")
    assert reexamine(world.storage, world.trail, Cause.OPTIONS, actor=actor, warehouse=RENO) == 1
    Examination(storage=world.storage, trail=world.trail, clock=world.clock).run(SELLER)
    releasing.run(SELLER)
    assert world.order(order).state is OrderState.RELEASED
    assert far.asked == [release_ref(order.ref, order.revision + 1)]
