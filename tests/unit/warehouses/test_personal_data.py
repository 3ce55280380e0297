"""Which warehouses are handed the buyer's data, and who decides it."""

from collections.abc import Mapping
from typing import Any

import pytest

from dockseal.domain.clock import SystemClock
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.release import Warehouse
from dockseal.errors import BadInput
from dockseal.warehouses import registry
from dockseal.warehouses.by_hand import ByHand
from dockseal.warehouses.personal_data import check_choice
from dockseal.warehouses.registry import Adapters
from dockseal.warehouses.webhook import Webhook


class NeverNeeds:
    needs_recipient = False


class SaysNothing:
    pass


def warehouse(adapter: str, **options: str) -> Warehouse:
    return Warehouse(id=WarehouseId("reno"), adapter=adapter, options=tuple(options.items()))


def spared(each: Warehouse) -> bool:
    return bool(Adapters(lambda _: None, SystemClock()).without_recipient([each]))


@pytest.mark.parametrize("adapter", ["webhook", "by_hand"])
def test_a_warehouse_is_handed_the_data_unless_it_chose_otherwise(adapter: str) -> None:
    assert not spared(warehouse(adapter))
    assert not spared(warehouse(adapter, personal_data="sealed"))
    assert spared(warehouse(adapter, personal_data="none"))


def test_only_what_is_pushed_to_has_personal_data_passed_on() -> None:
    adapters = Adapters(lambda _: None, SystemClock())
    assert adapters.passed([warehouse("webhook", personal_data="passed")])
    assert not spared(warehouse("webhook", personal_data="passed"))
    others = [warehouse("webhook"), warehouse("by_hand", personal_data="passed")]
    assert not adapters.passed([*others, warehouse("one that is not installed", personal_data="passed")])
    check_choice("ours", Webhook, {"personal_data": "passed"})


def test_an_adapter_from_elsewhere_decides_for_its_warehouses(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, {"never": NeverNeeds, "silent": SaysNothing})
    assert spared(warehouse("never"))
    assert not spared(warehouse("silent"))
    assert not spared(warehouse("silent", personal_data="none")), "it never said that it works without"


def test_a_warehouse_whose_adapter_cannot_be_asked_is_not_spared() -> None:
    assert not spared(warehouse("one that is not installed", personal_data="none"))


def test_what_is_installed_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = installed(monkeypatch, {"never": NeverNeeds})
    adapters = Adapters(lambda _: None, SystemClock())
    for _ in range(3):
        assert adapters.without_recipient([warehouse("never")])
    assert looked == ["never"]


@pytest.mark.parametrize("factory", [Webhook, ByHand])
@pytest.mark.parametrize("chosen", ["sealed", "none"])
def test_both_choices_can_be_made_where_both_work(factory: object, chosen: str) -> None:
    check_choice("ours", factory, {"personal_data": chosen})


@pytest.mark.parametrize(
    ("factory", "chosen", "sentence"),
    [
        (Webhook, "None", "personal data is one of sealed, passed, none, not 'None'; choose one"),
        (ByHand, "passed", "nothing is pushed to the adapter theirs, so nothing is passed on"),
        (NeverNeeds, "passed", "nothing is pushed to the adapter theirs, so nothing is passed on"),
        (SaysNothing, "none", "the adapter theirs always needs the address"),
        (NeverNeeds, "sealed", "the adapter theirs never takes an address"),
    ],
)
def test_a_choice_that_means_nothing_is_refused(factory: object, chosen: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        check_choice("theirs", factory, {"personal_data": chosen})


def test_a_choice_that_says_what_the_adapter_does_anyway_is_taken() -> None:
    check_choice("theirs", SaysNothing, {"personal_data": "sealed"})
    check_choice("theirs", NeverNeeds, {"personal_data": "none"})
    check_choice("theirs", SaysNothing, {})


def installed(monkeypatch: pytest.MonkeyPatch, classes: Mapping[str, object]) -> list[str]:
    """Installs adapters from elsewhere; returns the names that are looked up."""
    looked: list[str] = []

    class Point:
        def __init__(self, name: str) -> None:
            self.name = name

        def load(self) -> object:
            return classes[self.name]

    def points(**wanted: str) -> list[Any]:
        looked.append(wanted["name"])
        return [Point(wanted["name"])] if wanted["name"] in classes else []

    monkeypatch.setattr(registry, "entry_points", points)
    return looked
