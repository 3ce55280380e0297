"""Held packages that a person looked at."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dockseal.domain.carrier import Carrier
from dockseal.domain.identifiers import new_order_ref
from dockseal.domain.order import OrderState
from dockseal.domain.parcel_hold import ParcelHold, may_be_cleared
from dockseal.domain.shipment import PackageState
from dockseal.errors import BadInput
from unit.shipment_confirmation.held import ANNA, RENO, Yard, opened_yard

P = PackageState
BY_CORRECTION = ("two_numbers", "transparency_codes", "ship_date_wrong", "too_many", "line_unknown", "")


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    with opened_yard(tmp_path) as yard:
        yield yard


@pytest.mark.parametrize("code", [each for each in ParcelHold if each is not ParcelHold.CARRIER_UNKNOWN])
def test_a_person_lets_a_package_go_and_it_is_not_held_for_that_again(yard: Yard, code: ParcelHold) -> None:
    held = yard.package(code=code, cleared=frozenset({"number_used"}))
    cleared = yard.clearing.clear(held.order, 1, ANNA)
    assert cleared == replace(held, state=P.REPORTED, hold=None, cleared=frozenset({"number_used", code}))
    assert yard.now(held) == cleared
    (row,) = yard.storage.audit.search(order=held.order)
    assert (row.tag, row.actor) == ("order:package:cleared", "person:anna")
    assert dict(row.fields) == {"package": "1", "code": code}


@pytest.mark.parametrize("code", BY_CORRECTION)
def test_what_amazon_would_not_take_is_settled_by_a_correction_alone(yard: Yard, code: str) -> None:
    assert not may_be_cleared(code)
    if code:
        held = yard.package(code=code)
        with pytest.raises(BadInput, match=f"is held for {code}, .* correct it"):
            yard.clearing.clear(held.order, 1, ANNA)
        assert yard.now(held) == held


def test_a_carrier_of_amazons_is_named_in_place_of_an_unknown_one(yard: Yard) -> None:
    held = yard.package(code=ParcelHold.CARRIER_UNKNOWN)
    cleared = yard.clearing.clear(held.order, 1, ANNA, carrier=Carrier(code="DHL"))
    assert (cleared.state, cleared.carrier, cleared.service) == (P.REPORTED, "DHL", "24h")
    assert cleared.cleared == {ParcelHold.CARRIER_UNKNOWN}
    assert [each.carrier for each in yard.storage.packages.former(RENO, held.report_id)] == ["Parcel Fox"]
    assert yard.tags(held) == ["order:package:corrected", "order:package:cleared"]


def test_a_carrier_that_amazon_has_no_code_for_goes_by_its_name(yard: Yard) -> None:
    held = yard.package(code=ParcelHold.CARRIER_UNKNOWN)
    other = Carrier(code="Other", name="Parcel Fox Ltd")
    cleared = yard.clearing.clear(held.order, 1, ANNA, carrier=other)
    assert (cleared.carrier, cleared.cleared) == ("Parcel Fox Ltd", {ParcelHold.CARRIER_UNKNOWN})


def test_an_unknown_carrier_goes_nowhere_without_a_name(yard: Yard) -> None:
    held = yard.package(code=ParcelHold.CARRIER_UNKNOWN)
    with pytest.raises(BadInput, match=r"it is unknown who carries parcel 1 .* name the carrier"):
        yard.clearing.clear(held.order, 1, ANNA)
    assert yard.now(held) == held


def test_a_carrier_is_named_only_where_that_is_what_is_unknown(yard: Yard) -> None:
    held = yard.package(code=ParcelHold.NUMBER_WRONG)
    with pytest.raises(BadInput, match="to have another carrier, correct it"):
        yard.clearing.clear(held.order, 1, ANNA, carrier=Carrier(code="DHL"))
    assert yard.now(held) == held


@pytest.mark.parametrize("state", [state for state in PackageState if state is not P.HELD])
def test_what_is_not_held_is_not_cleared(yard: Yard, state: PackageState) -> None:
    package = yard.package(state=state)
    with pytest.raises(BadInput, match=f"is {state}, not held"):
        yard.clearing.clear(package.order, 1, ANNA)


@pytest.mark.parametrize("state", [OrderState.CANCELLED, OrderState.SHREDDED])
def test_nothing_of_an_order_that_is_over_is_cleared(yard: Yard, state: OrderState) -> None:
    held = yard.package(yard.order(state), code=ParcelHold.NUMBER_WRONG)
    with pytest.raises(BadInput, match="Amazon is told of its parcels no more"):
        yard.clearing.clear(held.order, 1, ANNA)


def test_a_package_that_is_not_there_is_said(yard: Yard) -> None:
    with pytest.raises(BadInput, match="has no parcel 2"):
        yard.clearing.clear(yard.package().order, 2, ANNA)
    with pytest.raises(BadInput):
        yard.clearing.clear(new_order_ref(), 1, ANNA)
