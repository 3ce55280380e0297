"""Whether Amazon shows a package as it was sent."""

from datetime import UTC, datetime

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
from dockseal.shipment_confirmation.comparison import covered, shown, standing

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


@pytest.mark.parametrize(
    "changes",
    [
        {"reference_id": "2"},
        {"tracking_number": "T2"},
        {"contents": (("i1", 1),)},
        {"contents": (("i2", 2),)},
    ],
)
def test_another_reference_number_or_content_is_not_it(changes: dict[str, object]) -> None:
    assert not shown(package(), reading((theirs(**changes),)))


def test_a_package_of_a_feed_is_found_by_its_number_whatever_amazon_calls_it() -> None:
    fed = package(feed=7)
    assert shown(fed, reading((theirs(reference_id="41"),)))
    assert not shown(fed, reading((theirs(reference_id="1", tracking_number="T2"),)))
    assert not shown(fed, reading((theirs(reference_id="41", contents=(("i1", 1),)),)))


def test_a_package_that_amazon_knows_under_a_reference_of_its_own_is_found_by_that() -> None:
    foreign = package(amazon_reference="41")
    assert shown(foreign, reading((theirs(reference_id="41"),)))
    assert not shown(foreign, reading((theirs(),)))


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
