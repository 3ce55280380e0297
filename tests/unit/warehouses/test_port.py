import dataclasses
import pickle

import pytest

from dockseal.domain.clock import SystemClock
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.release import Warehouse
from dockseal.domain.secret import LiveSecrets, Secret
from dockseal.errors import BadInput, PlaintextRefused, SettingsFault
from dockseal.warehouses.by_hand import ByHand
from dockseal.warehouses.contract import hand_over
from dockseal.warehouses.port import AdapterParts
from dockseal.warehouses.registry import Adapters, adapter, adapter_names
from dockseal.warehouses.webhook import Webhook

SECRETS = [Secret("whsec_" + "A" * 43 + "="), Secret("whsec_" + "B" * 43 + "=")]


def reno(kind: str = "webhook", url: str = "https://reno.example.com/") -> Warehouse:
    return Warehouse(id=WarehouseId("reno"), adapter=kind, options=(("url", url),))


def test_a_hand_over_shows_nothing_of_the_buyer() -> None:
    order = hand_over()
    assert "Quillfeather" not in repr(order)
    with pytest.raises(PlaintextRefused):
        dataclasses.asdict(order)
    with pytest.raises(PlaintextRefused):
        pickle.dumps(order)


def test_adapters_are_found_by_name() -> None:
    assert adapter("webhook") is Webhook
    assert adapter("by_hand") is ByHand
    assert {"by_hand", "webhook"} <= set(adapter_names())


def test_an_unknown_adapter_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadInput) as caught:
        adapter("carrier_pigeon")
    assert str(caught.value) == (
        f"there is no warehouse adapter 'carrier_pigeon'; choose one of {', '.join(adapter_names())}"
    )


def test_an_adapter_is_built_once_until_its_options_or_secret_change() -> None:
    secrets = {WarehouseId("reno"): LiveSecrets(newest=SECRETS[0])}
    adapters = Adapters(secrets.get, SystemClock())
    first = adapters(reno())
    assert adapters(reno()) is first
    moved = adapters(reno(url="https://sparks.example.com/"))
    assert moved is not first
    secrets[WarehouseId("reno")] = LiveSecrets(newest=SECRETS[1], before=SECRETS[0])
    changing = adapters(reno(url="https://sparks.example.com/"))
    assert changing is not moved
    secrets[WarehouseId("reno")] = LiveSecrets(newest=SECRETS[1])
    assert adapters(reno(url="https://sparks.example.com/")) is not changing


def test_a_warehouse_by_hand_needs_no_secret_and_a_webhook_does() -> None:
    adapters = Adapters(lambda _: None, SystemClock())
    assert isinstance(adapters(reno("by_hand")), ByHand)
    with pytest.raises(SettingsFault, match="no webhook secret"):
        adapters(reno("webhook"))


def test_by_hand_takes_an_order_without_disclosing_its_recipient() -> None:
    parts = AdapterParts(warehouse=reno("by_hand"), secret=None, transport=None, clock=SystemClock())
    order = hand_over()
    assert ByHand(parts).submit(order).reference_at_warehouse == order.reference
