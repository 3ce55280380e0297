"""Whether Amazon shows a package as it was sent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId
from dockseal.domain.order import (
    AmazonOrder,
    AmazonPackage,
    AmazonStatus,
    FulfilledBy,
    Order,
    OrderLine,
    OrderState,
)
from dockseal.domain.shipment import Content, Package, PackageState
from dockseal.shipment_confirmation.comparison import Differing, compare, covered, shown, standing

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


def package(**changes: object) -> Package:
    values: dict[str, object] = {
        "order": OrderRef("ref"),
        "reference_id": 1,
        "carrier": "UPS",
        "tracking_number": "T1",
        "shipped_at": NOW,
        "contents": (Content(order_item_id="i1", quantity=2),),
        "state": PackageState.CONFIRMED,
        "report_id": "r1",
    }
    return Package(**{**values, **changes})  # type: ignore[arg-type]  # a table of values by name


def reading(
    packages: tuple[AmazonPackage, ...] | None,
    *,
    status: AmazonStatus = AmazonStatus.SHIPPED,
    shipped: int = 2,
) -> AmazonOrder:
    return AmazonOrder(
        amazon_order_id=AmazonOrderId("113-0000000-0000001"),
        status=status,
        fulfilled_by=FulfilledBy.MERCHANT,
        updated_at=NOW,
        lines=(OrderLine(order_item_id="i1", sku="S", ordered=2, shipped=shipped),),
        packages=packages,
    )


def theirs(**changes: object) -> AmazonPackage:
    values: dict[str, object] = {"reference_id": "1", "tracking_number": "T1", "contents": (("i1", 2),)}
    return AmazonPackage(**{**values, **changes})  # type: ignore[arg-type]  # a table of values by name


def test_the_same_reference_number_and_contents_are_shown() -> None:
    assert shown(package(), reading((theirs(),)))


def test_a_parcel_like_another_one_that_amazon_knows_is_not_it() -> None:
    half = (Content(order_item_id="i1", quantity=1),)
    first = package(contents=half, tracking_number="", feed=1)
    second = package(contents=half, tracking_number="", feed=2, reference_id=2, state=PackageState.INTENDED)
    one = theirs(tracking_number="", contents=(("i1", 1),))
    assert not shown(second, reading((one,)), among=[first, second])
    assert shown(second, reading((one, replace(one, reference_id="2"))), among=[first, second])
    partly = reading(None, status=AmazonStatus.PARTIALLY_SHIPPED, shipped=1)
    assert not shown(second, partly, among=[first, second])


@pytest.mark.parametrize(
    "changes",
    [
        {"tracking_number": "T2"},
        {"reference_id": "2", "tracking_number": "T2"},
        {"contents": (("i1", 1),)},
        {"contents": (("i2", 2),)},
    ],
)
def test_another_number_or_content_is_not_it(changes: dict[str, object]) -> None:
    assert not shown(package(), reading((theirs(**changes),)))


def test_a_package_of_a_feed_is_found_by_its_number_whatever_amazon_calls_it() -> None:
    fed = package(feed=7)
    assert shown(fed, reading((theirs(reference_id="41"),)))
    assert not shown(fed, reading((theirs(reference_id="1", tracking_number="T2"),)))
    assert not shown(fed, reading((theirs(reference_id="41", contents=(("i1", 1),)),)))


def test_a_package_that_amazon_knows_under_a_reference_of_its_own_is_found_by_that() -> None:
    foreign = package(amazon_reference="41")
    assert shown(foreign, reading((theirs(reference_id="41"),)))


def test_a_package_among_others_is_found() -> None:
    assert shown(package(), reading((theirs(reference_id="7", tracking_number="T7"), theirs())))


def test_no_packages_in_an_answer_that_shows_packages_is_a_difference_even_when_shipped() -> None:
    assert not shown(package(), reading(()))


def test_an_answer_without_packages_is_judged_by_status_and_quantities() -> None:
    assert shown(package(), reading(None, shipped=0))
    assert shown(package(), reading(None, status=AmazonStatus.PARTIALLY_SHIPPED, shipped=2))
    assert not shown(package(), reading(None, status=AmazonStatus.PARTIALLY_SHIPPED, shipped=1))


ORDER = Order(
    ref=OrderRef("ref"),
    seller=SellerId("acme-us"),
    state=OrderState.SHIPPED,
    amazon=reading(()),
    read_at=NOW,
    accepted_at=NOW,
)


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from(PackageState)), max_size=5))
def test_an_order_is_covered_by_what_amazon_did_not_refuse_and_by_nothing_else(
    parcels: list[tuple[int, PackageState]],
) -> None:
    packages = [
        package(contents=(Content(order_item_id="i1", quantity=quantity),), state=state)
        for quantity, state in parcels
    ]
    counted = sum(quantity for quantity, state in parcels if state is not PackageState.REFUSED)
    assert covered(ORDER, standing(packages)) == (counted >= 2)


def differing(ours: Package, amazon: AmazonOrder) -> set[Differing]:
    return {each.what for each in compare([ours], amazon).of(ours)}


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"tracking_number": "T2"}, Differing.NUMBER),
        ({"tracking_number": ""}, Differing.NUMBER),
        ({"carrier": "FedEx"}, Differing.CARRIER),
        ({"contents": (("i1", 1),)}, Differing.CONTENTS),
        ({"contents": (("i1", 2), ("i9", 1))}, Differing.CONTENTS),
        ({"shipped_at": NOW - timedelta(days=3)}, Differing.SHIP_DATE),
        ({"reference_id": "7", "tracking_number": "T7"}, Differing.MISSING),
    ],
)
def test_each_thing_that_amazon_shows_otherwise_is_named(changes: dict[str, object], what: Differing) -> None:
    assert differing(package(), reading((theirs(**changes),))) == {what}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"carrier": "UPS"},
        {"carrier": "Some carrier that is in no table"},
        {"tracking_number": " t-1 "},
        {"contents": ()},
        {"shipped_at": NOW + timedelta(hours=20)},
        {"status": "UNDELIVERABLE"},
        {"reference_id": "7"},
    ],
)
def test_what_amazon_leaves_out_or_writes_otherwise_is_no_difference(changes: dict[str, object]) -> None:
    assert differing(package(), reading((theirs(**changes),))) == set()


def test_a_ship_date_after_amazon_was_told_is_compared_as_it_was_sent() -> None:
    early = package(shipped_at=NOW + timedelta(days=5), confirmed_at=NOW)
    assert differing(early, reading((theirs(shipped_at=NOW),))) == set()


def test_a_package_under_another_reference_is_known_by_its_number_and_no_stranger() -> None:
    found = compare([package()], reading((theirs(reference_id="70"),)))
    assert (found.references, found.others) == ({1: "70"}, ())
    again = compare([package(amazon_reference="70")], reading((theirs(reference_id="70"),)))
    assert again.references == {}


def test_a_package_of_a_feed_or_of_a_bought_label_is_not_known_by_our_reference() -> None:
    for ours in (package(bought=True), package(feed=3)):
        found = compare([ours], reading((theirs(tracking_number="T9"),)))
        assert {each.what for each in found.of(ours)} == {Differing.MISSING}
        assert [each.tracking_number for each in found.others] == ["T9"]


def test_somebody_elses_package_is_not_taken_for_one_that_amazon_was_not_told_of() -> None:
    found = compare([package(state=PackageState.REPORTED)], reading((theirs(tracking_number="T9"),)))
    assert [each.tracking_number for each in found.others] == ["T9"]


@given(
    st.permutations([("1", "A"), ("2", "B"), ("70", "C")]), st.permutations([(1, "B"), (2, "A"), (3, "C")])
)
def test_each_package_is_one_of_amazons_in_whatever_order_they_come(
    amazons: list[tuple[str, str]], ours: list[tuple[int, str]]
) -> None:
    packages = [package(reference_id=number, tracking_number=label) for number, label in ours]
    shows = reading(tuple(theirs(reference_id=name, tracking_number=label) for name, label in amazons))
    found = compare(packages, shows)
    assert (found.differences, found.others) == ({}, ())
    assert found.references == {1: "2", 2: "1", 3: "70"}


def test_v0_counts_what_was_told_of_a_partly_shipped_order_and_leaves_out_the_rest() -> None:
    first = package(contents=(Content(order_item_id="i1", quantity=1),))
    second = package(reference_id=2, contents=(Content(order_item_id="i1", quantity=1),))
    partly = {"status": AmazonStatus.PARTIALLY_SHIPPED}
    waiting = package(reference_id=2, contents=second.contents, state=PackageState.REPORTED)
    assert not compare([first, waiting], reading(None, shipped=1, **partly)).of(first)  # type: ignore[arg-type]  # by name
    assert compare([first, second], reading(None, shipped=1, **partly)).of(first)  # type: ignore[arg-type]  # by name
