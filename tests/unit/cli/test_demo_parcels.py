import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.cli.demo_parcels import (
    CARRIERS,
    Line,
    Parcel,
    alternating_check,
    fedex,
    fedex_check,
    gs1_check,
    ontrac,
    plan,
    royal_mail,
    s10_check,
    ups,
    usps,
)

PACK = timedelta(minutes=20)


def planned(lines: list[Line], seed: str = "7", country: str = "US") -> list[Parcel]:
    return plan("reference-1", lines, country=country, pack=PACK, seed=random.Random(seed))


@pytest.mark.parametrize(
    "number", ["1Z5R89390357567127", "1Z879E930346834440", "1Z410E7W0392751591", "1Z8V92A70367203024"]
)
def test_published_ups_numbers_have_our_check_digit(number: str) -> None:
    assert alternating_check(number[2:-1]) == int(number[-1])


@pytest.mark.parametrize(
    "number", ["C11031500001879", "C10999911320231", "C11121552953069", "C11121553156000", "D10011354453707"]
)
def test_published_ontrac_numbers_have_our_check_digit(number: str) -> None:
    assert alternating_check(number[:-1]) == int(number[-1])


@pytest.mark.parametrize(
    "number", ["9505511069605048600624", "9400111201080805483016", "9361289878700317633795"]
)
def test_published_usps_numbers_have_our_check_digit(number: str) -> None:
    assert gs1_check(number[:-1]) == int(number[-1])


def test_a_published_fedex_number_has_our_check_digit() -> None:
    assert fedex_check("98657878885") == 5


def test_a_published_s10_number_has_our_check_digit() -> None:
    assert s10_check("47312482") == 9


@given(seed=st.randoms(use_true_random=False))
def test_drawn_numbers_have_their_form_and_check_digit(seed: random.Random) -> None:
    number = ups(seed)
    assert len(number) == 18
    assert alternating_check(number[2:-1]) == int(number[-1])
    number = usps(seed)
    assert len(number) == 22
    assert gs1_check(number[:-1]) == int(number[-1])
    number = fedex(seed)
    assert len(number) == 12
    assert fedex_check(number[:-1]) == int(number[-1])
    number = ontrac(seed)
    assert len(number) == 15
    assert alternating_check(number[:-1]) == int(number[-1])
    number = royal_mail(seed)
    assert len(number) == 13
    assert s10_check(number[2:10]) == int(number[10])


orders = st.lists(st.integers(1, 5), min_size=1, max_size=5).map(
    lambda quantities: [Line(line_id=f"{at}", quantity=quantity) for at, quantity in enumerate(quantities)]
)


@given(lines=orders, seed=st.text(max_size=8), country=st.sampled_from(["US", "GB", "DE", ""]))
def test_parcels_hold_exactly_what_was_ordered(lines: list[Line], seed: str, country: str) -> None:
    parcels = planned(lines, seed, country)
    if len(parcels) > 1 or parcels[0].lines:
        packed = {line.line_id: 0 for line in lines}
        for parcel in parcels:
            assert parcel.lines
            for line in parcel.lines:
                packed[line.line_id] += line.quantity
        assert packed == {line.line_id: line.quantity for line in lines}
    assert len({parcel.report_id for parcel in parcels}) == len(parcels)
    moments = [parcel.after for parcel in parcels]
    assert moments == sorted(set(moments))
    assert moments[0] >= PACK * 0.5
    if country in CARRIERS:
        assert {parcel.carrier for parcel in parcels} <= {name for name, _, _ in CARRIERS[country]}


@given(lines=orders, seed=st.text(max_size=8))
def test_the_same_seed_packs_the_same_way(lines: list[Line], seed: str) -> None:
    assert planned(lines, seed) == planned(lines, seed)


def test_all_ways_of_packing_and_all_carriers_happen() -> None:
    single = [planned([Line(line_id="1", quantity=1)], f"{n}") for n in range(200)]
    several = [
        planned([Line(line_id="1", quantity=2), Line(line_id="2", quantity=1)], f"{n}") for n in range(800)
    ]
    assert all(len(parcels) == 1 for parcels in single)
    assert {bool(parcels[0].lines) for parcels in single} == {True, False}
    split_line = [
        p for p in several if len(p) == 2 and any(x.line_id == "1" and x.quantity == 1 for x in p[0].lines)
    ]
    by_line = [p for p in several if len(p) == 2 and len(p[0].lines) == len(p[1].lines) == 1]
    assert split_line
    assert by_line
    assert {parcel.carrier for parcels in several for parcel in parcels} == {
        name for name, _, _ in CARRIERS["US"]
    }
