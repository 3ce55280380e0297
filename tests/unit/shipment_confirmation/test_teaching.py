"""What warehouses mean by carriers' names, as people say; and which of Amazon's places they are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.carrier import Carrier
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.parcel_hold import ParcelHold
from dockseal.domain.shipment import PackageState
from dockseal.errors import BadInput
from dockseal.shipment_confirmation.carrier_choice import CarrierChoice
from dockseal.shipment_confirmation.carriers.table import CODES
from dockseal.shipment_confirmation.supply_sources import ship_from
from unit.shipment_confirmation.held import ANNA, RENO, SPARKS, Yard, opened_yard

UNKNOWN = ParcelHold.CARRIER_UNKNOWN
DHL = Carrier(code="DHL")
CHOICE = CarrierChoice()


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    with opened_yard(tmp_path) as yard:
        yield yard


def test_a_name_that_is_taught_sets_free_what_was_held_for_it(yard: Yard) -> None:
    names = ("Parcel Fox", "PARCEL_FOX 24", "parcel-fox")
    meant = [yard.package(code=UNKNOWN, carrier=name) for name in names]
    others = [
        yard.package(code=UNKNOWN, carrier="Parcel Foxes"),
        yard.package(code=UNKNOWN, warehouse=SPARKS),
        yard.package(code=ParcelHold.NUMBER_WRONG),
        yard.package(),
    ]
    assert yard.teaching.teach(RENO, " Parcel  Fox", DHL, ANNA) == 3
    for package in meant:
        now = yard.now(package)
        assert (now.state, now.hold, now.cleared) == (PackageState.REPORTED, None, frozenset())
        assert now.carrier == package.carrier, "what it means is looked up when Amazon is told"
        assert yard.tags(package) == ["order:package:cleared"]
    assert [yard.now(package) for package in others] == others
    assert yard.storage.carrier_names.of(RENO) == {"parcel fox": DHL}
    assert yard.storage.carrier_names.of(SPARKS) == {}
    taught = yard.storage.audit.search(tag="warehouse:carrier:taught")
    assert [(row.actor, dict(row.fields)) for row in taught] == [("person:anna", {"warehouse": "reno"})]


def test_a_name_that_is_taught_anew_means_the_last_that_was_said(yard: Yard) -> None:
    yard.teaching.teach(RENO, "fox", DHL, ANNA)
    yard.teaching.teach(RENO, "FOX", Carrier(code="Other", name="Parcel Fox"), ANNA)
    assert yard.storage.carrier_names.of(RENO) == {"fox": Carrier(code="Other", name="Parcel Fox")}


def test_a_name_is_forgotten_once(yard: Yard) -> None:
    yard.teaching.teach(RENO, "Fox", DHL, ANNA)
    yard.teaching.forget(RENO, "fox", ANNA)
    assert yard.storage.carrier_names.of(RENO) == {}
    with pytest.raises(BadInput, match="was taught no such name"):
        yard.teaching.forget(RENO, "fox", ANNA)
    assert len(yard.storage.audit.search(tag="warehouse:carrier:forgotten")) == 1


@pytest.mark.parametrize("text", ["", " ", "-_-", "x" * 101])
def test_what_is_no_name_is_not_taught(yard: Yard, text: str) -> None:
    with pytest.raises(BadInput, match="has letters or digits"):
        yard.teaching.teach(RENO, text, DHL, ANNA)


def test_nobody_teaches_a_warehouse_that_is_not_there(yard: Yard) -> None:
    with pytest.raises(BadInput, match="no warehouse is named nowhere"):
        yard.teaching.teach(WarehouseId("nowhere"), "fox", DHL, ANNA)
    assert not yard.storage.audit.search(tag="warehouse:carrier:taught")


@given(st.sampled_from(sorted(CODES)), st.sampled_from([str.lower, str.upper, str.title, " {} ".format]))
def test_a_code_is_found_in_any_case(code: str, written: object) -> None:
    assert callable(written)
    assert CHOICE.chosen(written(code)) == Carrier(code=code)


@given(st.text(min_size=1, max_size=60))
def test_a_text_is_one_of_amazons_codes_or_refused(text: str) -> None:
    known = {code.casefold() for code in CODES}
    if text.strip().casefold() in known:
        assert CHOICE.chosen(text).code in CODES
        return
    with pytest.raises(BadInput) as caught:
        CHOICE.chosen(text)
    assert str(caught.value).isprintable()


def test_a_carrier_without_a_code_has_a_name() -> None:
    assert CHOICE.chosen("other", "  Parcel   Fox ") == Carrier(code="Other", name="Parcel Fox")
    for name in ("", " ", "x" * 51):
        with pytest.raises(BadInput, match="of at most 50 characters"):
            CHOICE.chosen("Other", name)
    with pytest.raises(BadInput, match="a name goes with the code Other alone; DHL needs none"):
        CHOICE.chosen("DHL", "Parcel Fox")


def test_a_code_that_is_nearly_one_is_suggested() -> None:
    with pytest.raises(BadInput, match=r"no carrier code 'Deutsche Pots'; did you mean Deutsche Post"):
        CHOICE.chosen("Deutsche Pots")


def place(yard: Yard, supply_source: str) -> str:
    return ship_from(
        yard.storage, yard.trail, warehouse=RENO, supply_source=supply_source, actor=ANNA
    ).supply_source


def test_a_warehouse_is_a_place_of_amazons_until_it_is_none(yard: Yard) -> None:
    assert place(yard, "55448834-8d97-4fa9-b8ec-1d5ee3e7b5f5") == "55448834-8d97-4fa9-b8ec-1d5ee3e7b5f5"
    assert place(yard, "55448834-8d97-4fa9-b8ec-1d5ee3e7b5f5")
    assert place(yard, "") == ""
    rows = yard.storage.audit.search(tag="warehouse:ships_from:changed")
    assert [dict(row.fields) for row in rows] == [{"warehouse": "reno"}] * 2


@pytest.mark.parametrize("text", ["a b", "x" * 65, "é", "a\n"])
def test_what_cannot_be_an_id_is_no_place(yard: Yard, text: str) -> None:
    with pytest.raises(BadInput, match="an id of a supply source"):
        place(yard, text)
    assert yard.storage.warehouses.get(RENO).supply_source == ""
