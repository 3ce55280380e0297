"""Under which reference Amazon is told of a package, where a feed told of another of its order."""

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.order import AmazonPackage
from dockseal.domain.shipment import Package, PackageState
from dockseal.shipment_confirmation.references import reference_at_amazon
from unit.shipment_confirmation.test_comparison import NOW, package, theirs


def reference(
    one: Package, *ours: Package, shown: tuple[AmazonPackage, ...], former: frozenset[str] = frozenset()
) -> str:
    numbers = {one.tracking_number, *former}
    return reference_at_amazon(one, numbers=numbers, ours=(one, *ours), theirs=shown)


def test_what_amazon_does_not_show_goes_under_our_own() -> None:
    assert reference(package(), shown=()) == "1"


def test_amazon_knows_it_by_its_tracking_number() -> None:
    assert reference(package(), shown=(theirs(reference_id="41"),)) == "41"


def test_amazon_knows_it_by_the_number_it_had() -> None:
    new = package(tracking_number="NEW")
    assert reference(new, shown=(theirs(reference_id="41"),), former=frozenset({"T1"})) == "41"


def test_a_reference_of_another_parcel_is_never_used() -> None:
    other = package(reference_id=2, tracking_number="T2")
    assert reference(package(), other, shown=(theirs(reference_id="01", tracking_number="T2"),)) == "3"
    assert reference(package(), shown=(theirs(tracking_number="by hand"),)) == "2"


parcels = st.lists(
    st.builds(
        theirs, reference_id=st.integers(1, 6).map(str), tracking_number=st.sampled_from(["T1", "T2", "X"])
    ),
    max_size=4,
    unique_by=lambda each: each.reference_id,
)


@given(st.integers(1, 4), st.integers(1, 4), parcels)
def test_it_edits_its_own_parcel_or_makes_a_new_one(mine: int, its: int, shown: list[AmazonPackage]) -> None:
    one, other = package(reference_id=mine), package(reference_id=its, tracking_number="T2")
    given = reference(one, *([other] if its != mine else []), shown=tuple(shown))
    for each in shown:
        if each.reference_id == given:
            assert each.tracking_number == "T1"


@pytest.mark.parametrize("confirmed_at", [None, NOW])
def test_of_several_without_a_number_each_keeps_its_own_reference(confirmed_at: datetime | None) -> None:
    none = {"tracking_number": "", "told_carrier": "Deutsche Post", "feed": 1}
    one, other = package(**none), package(reference_id=2, **none)
    corrected = replace(one, tracking_number="NEW", state=PackageState.REPORTED, confirmed_at=confirmed_at)
    shown = tuple(theirs(reference_id=each, tracking_number="") for each in ("1", "2"))
    assert reference(corrected, other, shown=shown, former=frozenset({""})) == "1"
    assert reference(other, corrected, shown=shown, former=frozenset({""})) == "2"
