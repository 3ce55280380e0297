"""What is written down of a package that Amazon said nothing usable of."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dockseal.domain.parcel_hold import ParcelHold
from dockseal.domain.shipment import Package, PackageState
from dockseal.shipment_confirmation.outcomes import Outcomes
from unit.shipment_confirmation.held import Yard, opened_yard
from unit.shipment_confirmation.judged import UPS, order, package, sent

Act = Callable[[Outcomes, Package], object]
LOOKS: list[Act] = [
    lambda outcomes, package: outcomes.postponed(package),
    lambda outcomes, package: outcomes.unsettled(package, "Not now."),
    lambda outcomes, package: outcomes.waits_for_role(package, "Not allowed"),
]


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    with opened_yard(tmp_path) as yard:
        yield yard


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(("number", "tries"), [("PF1", 3), ("", 0)])
def test_looks_in_vain_are_no_feeds_in_vain(yard: Yard, look: Act, number: str, tries: int) -> None:
    outcomes = Outcomes(storage=yard.storage, trail=yard.trail, clock=yard.clock)
    package = yard.package(
        state=PackageState.INTENDED, tracking_number=number, told_number=number, told_carrier="USPS"
    )
    for _ in range(3):
        look(outcomes, yard.now(package))
    now = yard.now(package)
    assert now.tries == tries, "a parcel without a number is given up after three feeds"
    assert now.next_try is not None
    assert now.next_try > yard.clock.now()


def test_a_number_that_a_parcel_has_no_more_frees_what_was_held_for_it(yard: Yard) -> None:
    outcomes = Outcomes(storage=yard.storage, trail=yard.trail, clock=yard.clock)
    held = yard.package(tracking_number=UPS, code=ParcelHold.NUMBER_USED)
    same = sent(order(), package())
    outcomes.intended(yard.package(told_number=UPS, told_carrier="UPS"), same)
    assert yard.now(held).state is PackageState.HELD

    other_carrier = replace(same, request=replace(same.request, carrier_code="Lasership"))
    outcomes.intended(yard.package(told_number=UPS, told_carrier="UPS"), other_carrier)
    assert yard.now(held).state is PackageState.REPORTED

    yard.storage.packages.change(yard.now(held), state=PackageState.HELD, hold=held.hold)
    without = replace(same.request, tracking_number="")
    outcomes.waits_for_feed(yard.package(told_number=UPS, told_carrier="UPS"), without)
    assert yard.now(held).state is PackageState.REPORTED
