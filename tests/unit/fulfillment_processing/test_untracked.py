"""Parcels without a number, and the Transparency codes of what lies in parcels."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.identifiers import ReleaseRef, WarehouseId
from dockseal.domain.order import Order, OrderState
from dockseal.domain.shipment import Content, Package, PackageState, ShipmentReport, SkuContent
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.reports import merged
from dockseal.fulfillment_processing.tracking import Tracking
from dockseal.fulfillment_processing.unit_codes import with_known_codes

RENO = WarehouseId("reno")
ONE, TWO = "00000000000001", "00000000000002"
NEW, NEWER = "1Z5R89390357567134", "1Z5R89390357567141"
A, B, C = "SN-0000001", "SN-0000002", "SN-0000003"
NewOrder = Callable[..., Order]


def content(item: str, quantity: int, *codes: str) -> Content:
    return Content(order_item_id=item, quantity=quantity, transparency_codes=codes)


def report(order: Order, report_id: str = "r-1", **changes: Any) -> ShipmentReport:
    values: dict[str, Any] = {
        "report_id": report_id,
        "warehouse": RENO,
        "release": ReleaseRef(f"{order.ref}-1"),
        "carrier": "Deutsche Post",
        "tracking_number": "",
        "shipped_at": datetime(2026, 11, 2, 7, 30, tzinfo=UTC),
    }
    return ShipmentReport(**values | changes)


def numbers(world: Any, order: Order) -> list[str]:
    return [package.tracking_number for package in world.storage.packages.of_order(order.ref)]


def test_a_parcel_without_a_number_ships_its_order(world: Any, tracking: Tracking, released: Order) -> None:
    package = tracking.report(report(released, tracking_number="  "))
    assert (package.tracking_number, package.state) == ("", PackageState.REPORTED)
    assert world.order(released).state is OrderState.SHIPPED
    assert tracking.report(report(released)) == package


def test_two_parcels_without_a_number_that_hold_the_same_are_two(
    world: Any, tracking: Tracking, released: Order
) -> None:
    for report_id in ("r-1", "r-2"):
        tracking.report(report(released, report_id, contents=(content(ONE, 1),)))
    assert numbers(world, released) == ["", ""]


@pytest.mark.parametrize("contents", [(), (content(ONE, 2), content(TWO, 1))])
def test_what_is_more_than_was_ordered_is_the_same_parcel_told_twice(
    world: Any, tracking: Tracking, released: Order, contents: tuple[Content, ...]
) -> None:
    first = tracking.report(report(released, contents=contents))
    assert tracking.report(report(released, "r-2", contents=contents)) == first
    assert world.tags(released).count("order:package:repeated") == 1


@pytest.mark.parametrize("contents", [(), (content(ONE, 2), content(TWO, 1))])
def test_a_number_that_comes_later_is_that_of_the_parcel(
    world: Any, tracking: Tracking, released: Order, contents: tuple[Content, ...]
) -> None:
    first = tracking.report(report(released, contents=contents))
    world.storage.packages.change(first, state=PackageState.CONFIRMED)
    later = tracking.report(report(released, "r-2", contents=contents, tracking_number=NEW))
    assert (later.reference_id, later.tracking_number, later.state) == (1, NEW, PackageState.REPORTED)
    assert tracking.report(report(released, "r-2", contents=contents, tracking_number=NEW)) == later
    assert tracking.report(report(released, contents=contents)) == later, "the first one, repeated"
    assert numbers(world, released) == [NEW]


def test_numbers_that_come_later_are_given_out_one_by_one(
    world: Any, tracking: Tracking, released: Order
) -> None:
    for report_id in ("r-1", "r-2"):
        tracking.report(report(released, report_id, contents=(content(ONE, 1),)))
    for report_id, number in (("r-3", NEW), ("r-4", NEWER)):
        tracking.report(report(released, report_id, contents=(content(ONE, 1),), tracking_number=number))
    assert numbers(world, released) == [NEW, NEWER]


def test_a_parcel_that_still_fits_is_a_new_one(world: Any, tracking: Tracking, released: Order) -> None:
    tracking.report(report(released, contents=(content(ONE, 1),)))
    tracking.report(report(released, "r-2", contents=(content(ONE, 1),), tracking_number=NEW))
    assert numbers(world, released) == ["", NEW]


def test_too_much_with_a_number_of_its_own_stays_too_much(tracking: Tracking, released: Order) -> None:
    tracking.report(report(released, contents=(content(ONE, 2),)))
    with pytest.raises(BadInput, match="has 0 of 2 left to ship"):
        tracking.report(report(released, "r-2", contents=(content(ONE, 1),), tracking_number=NEW))


def kept_codes(package: Package) -> list[tuple[str, ...]]:
    return [each.transparency_codes for each in package.contents]


def test_codes_are_kept_line_by_line(tracking: Tracking, released: Order) -> None:
    contents = (content(ONE, 1, f" {A}\n"), content(TWO, 1, C), content(ONE, 1, B))
    package = tracking.report(report(released, contents=contents))
    assert package.contents == (content(ONE, 2, A, B), content(TWO, 1, C))
    assert tracking.report(report(released, contents=contents)) == package


def test_codes_of_a_sku_go_to_its_lines_in_order(world: Any, tracking: Tracking, new_order: NewOrder) -> None:
    order = world.keep(new_order(OrderState.RELEASED))
    world.sent(order)
    mugs = SkuContent(sku="MUG-BLUE", quantity=2, transparency_codes=(A, B))
    package = tracking.report(report(order, by_sku=(mugs,)))
    assert package.contents == (content(ONE, 2, A, B),)
    assert tracking.report(report(order, "r-2", by_sku=(mugs,), tracking_number="")) == package


def test_codes_that_differ_make_a_correction_of_the_same_things(tracking: Tracking, released: Order) -> None:
    tracking.report(report(released, contents=(content(ONE, 2, A, B),)))
    wish = report(released, "r-2", corrects="r-1", contents=(content(ONE, 2, A, C),))
    assert kept_codes(tracking.report(wish)) == [(A, C)]


def test_who_says_nothing_of_codes_changes_none(world: Any, tracking: Tracking, released: Order) -> None:
    first = tracking.report(report(released, contents=(content(ONE, 2, A, B),), tracking_number=NEW))
    twin = report(released, "r-2", contents=(content(ONE, 2),), tracking_number=NEW)
    assert tracking.report(twin) == first
    wish = report(released, "r-3", corrects="r-1", contents=(content(ONE, 2),), tracking_number=NEWER)
    assert kept_codes(tracking.report(wish)) == [(A, B)]
    less = report(released, "r-4", corrects="r-3", contents=(content(ONE, 1),), tracking_number=NEWER)
    assert kept_codes(tracking.report(less)) == [()], "whose codes they were is not known any more"


BAD: list[tuple[tuple[Content, ...], str]] = [
    ((content(ONE, 1, A, B),), "2 Transparency codes are given for 1 units"),
    ((content(ONE, 2, A, A),), "given twice; scan each unit"),
    ((content(ONE, 1, A), content(TWO, 1, A)), "given twice; scan each unit"),
    ((content(ONE, 1, "Sample Row 12, Sampleton"),), "none of Amazon's forms"),
]


@pytest.mark.parametrize(("contents", "sentence"), BAD)
def test_codes_that_cannot_be_right_are_refused_and_not_repeated(
    world: Any, tracking: Tracking, released: Order, contents: tuple[Content, ...], sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence) as caught:
        tracking.report(report(released, contents=contents))
    assert "Sampleton" not in str(caught.value)
    assert numbers(world, released) == []


CONTENTS = st.lists(
    st.builds(
        content,
        st.sampled_from([ONE, TWO, "3"]),
        st.integers(1, 3),
        st.sampled_from([A, B, C]),
    ),
    max_size=5,
)


@given(CONTENTS)
def test_merging_loses_no_unit_and_no_code(contents: list[Content]) -> None:
    found = merged(contents)
    assert len({each.order_item_id for each in found}) == len(found)
    assert sum(each.quantity for each in found) == sum(each.quantity for each in contents)
    codes = sorted(code for each in found for code in each.transparency_codes)
    assert codes == sorted(code for each in contents for code in each.transparency_codes)
    assert merged(found) == found


@given(CONTENTS, CONTENTS)
def test_known_codes_never_replace_those_that_are_given(given_: list[Content], known: list[Content]) -> None:
    told = merged(given_)
    assert with_known_codes(told, merged(known)) == told
    bare = [content(each.order_item_id, each.quantity) for each in told]
    assert with_known_codes(bare, told) == told
