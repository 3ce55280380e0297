"""Corrections by people: what becomes of the package, and of what its warehouse tells later."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.identifiers import ReleaseRef, WarehouseId
from dockseal.domain.order import Hold, Order, OrderState
from dockseal.domain.shipment import Content, Package, PackageState, ShipmentReport
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.amending import Amending, Amendment, new_correction_id
from dockseal.fulfillment_processing.tracking import Tracking

RENO = WarehouseId("reno")
ONE, TWO = "00000000000001", "00000000000002"
OLD, NEW, NEWER = "1Z5R89390357567127", "1Z5R89390357567134", "1Z5R89390357567141"
LEFT = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
ANNA = Actor(kind=ActorKind.PERSON, name="anna")
NewOrder = Callable[..., Order]
S, P = OrderState, PackageState


@pytest.fixture
def amending(tracking: Tracking) -> Amending:
    return Amending(tracking=tracking)


def content(item: str, quantity: int, *codes: str) -> Content:
    return Content(order_item_id=item, quantity=quantity, transparency_codes=codes)


def report(order: Order, report_id: str = "r-1", **changes: Any) -> ShipmentReport:
    values: dict[str, Any] = {
        "report_id": report_id,
        "warehouse": RENO,
        "release": ReleaseRef(f"{order.ref}-1"),
        "carrier": "UPS",
        "service": "Ground",
        "tracking_number": OLD,
        "shipped_at": LEFT,
    }
    return ShipmentReport(**values | changes)


def verified(world: Any, order: Order, *packages: Package) -> None:
    """Amazon shows these packages, and they were all of the order."""
    for package in packages:
        world.storage.packages.change(package, state=P.VERIFIED)
    world.storage.orders.move(world.order(order), S.CONFIRMED, confirmed_at=world.clock.now())
    world.storage.orders.move(world.order(order), S.VERIFIED)


CHANGES: list[tuple[Amendment, dict[str, object], str]] = [
    (Amendment(tracking_number=NEW), {"tracking_number": NEW}, "tracking"),
    (Amendment(tracking_number=f" {NEW} "), {"tracking_number": NEW}, "tracking"),
    (Amendment(tracking_number=""), {"tracking_number": ""}, "tracking"),
    (Amendment(carrier="USPS"), {"carrier": "USPS", "service": ""}, "carrier"),
    (Amendment(carrier="UPS", service="Air"), {"carrier": "UPS", "service": "Air"}, "carrier"),
    (Amendment(service=""), {"service": ""}, "carrier"),
    (
        Amendment(shipped_at=LEFT - timedelta(hours=1)),
        {"shipped_at": LEFT - timedelta(hours=1)},
        "ship_date",
    ),
    (Amendment(contents=(content(ONE, 2),)), {"contents": (content(ONE, 2),)}, "contents"),
]


@pytest.mark.parametrize(("amendment", "becomes", "flag"), CHANGES)
def test_a_person_changes_what_is_wrong_and_nothing_else(
    world: Any,
    tracking: Tracking,
    amending: Amending,
    released: Order,
    *,
    amendment: Amendment,
    becomes: dict[str, Any],
    flag: str,
) -> None:
    before = tracking.report(report(released))
    verified(world, released, before)
    after = amending.correct(released.ref, 1, amendment, ANNA)
    now = world.storage.packages.of_order(released.ref)
    assert now == [after]
    assert after == replace(before, report_id=after.report_id, **becomes)
    assert world.order(released).state in {S.SHIPPED, S.PARTLY_SHIPPED}
    (row,) = world.storage.audit.search(released.ref, tag="order:package:corrected")
    flags = {name for name, text in row.fields if text == "true"}
    assert (row.actor, flags) == ("person:anna", {flag})
    (former,) = world.storage.packages.former(RENO, "r-1")
    assert (former.tracking_number, former.contents) == (OLD, before.contents)


def test_what_is_known_already_changes_nothing(
    world: Any, tracking: Tracking, amending: Amending, released: Order
) -> None:
    before = tracking.report(report(released))
    verified(world, released, before)
    tags = world.tags(released)
    same = Amendment(
        carrier="UPS ", service="Ground", tracking_number=OLD, shipped_at=LEFT, contents=before.contents
    )
    for amendment in (Amendment(), same):
        assert amending.correct(released.ref, 1, amendment, ANNA).state is P.VERIFIED
    assert world.tags(released) == tags


def test_the_same_correction_twice_is_one(
    world: Any, tracking: Tracking, amending: Amending, released: Order
) -> None:
    tracking.report(report(released))
    name = new_correction_id()
    first = amending.correct(released.ref, 1, Amendment(tracking_number=NEW), ANNA, report_id=name)
    assert amending.correct(released.ref, 1, Amendment(tracking_number=NEW), ANNA, report_id=name) == first
    newer = amending.correct(released.ref, 1, Amendment(tracking_number=NEWER), ANNA)
    late = amending.correct(released.ref, 1, Amendment(tracking_number=NEW), ANNA, report_id=name)
    assert late == newer, "a browser that sends an old form again takes nothing back"
    assert world.tags(released).count("order:package:corrected") == 2


def test_a_person_goes_back_to_what_was_before(
    tracking: Tracking, amending: Amending, released: Order
) -> None:
    tracking.report(report(released))
    amending.correct(released.ref, 1, Amendment(tracking_number=NEW), ANNA)
    assert amending.correct(released.ref, 1, Amendment(tracking_number=OLD), ANNA).tracking_number == OLD


def test_a_warehouse_that_repeats_itself_does_not_undo_it(
    world: Any, tracking: Tracking, amending: Amending, released: Order
) -> None:
    tracking.report(report(released))
    corrected = amending.correct(released.ref, 1, Amendment(tracking_number=NEW), ANNA)
    tags = world.tags(released)
    assert tracking.report(report(released)) == corrected
    assert world.tags(released) == tags


@pytest.mark.parametrize("wish", [{}, {"report_id": "r-2", "corrects": "r-1"}])
def test_a_warehouse_that_corrects_itself_is_heard_after_it(
    tracking: Tracking, amending: Amending, released: Order, wish: dict[str, str]
) -> None:
    tracking.report(report(released))
    amending.correct(released.ref, 1, Amendment(tracking_number=NEW), ANNA)
    corrected = tracking.report(report(released, **{"tracking_number": NEWER, **wish}))
    assert (corrected.reference_id, corrected.tracking_number) == (1, NEWER)


def test_a_held_package_is_judged_anew_after_it(
    world: Any, tracking: Tracking, amending: Amending, released: Order
) -> None:
    package = tracking.report(report(released))
    hold = Hold(code="number_wrong", sentence="Its check digit is wrong.")
    world.storage.packages.change(package, state=P.HELD, hold=hold, cleared=frozenset({"number_used"}))
    corrected = amending.correct(released.ref, 1, Amendment(tracking_number=NEW), ANNA)
    assert (corrected.state, corrected.hold, corrected.cleared) == (P.REPORTED, None, frozenset())


def test_a_ship_date_that_is_corrected_is_that_of_the_order(
    world: Any, tracking: Tracking, amending: Amending, released: Order
) -> None:
    tracking.report(report(released, contents=(content(ONE, 2),), shipped_at=LEFT - timedelta(minutes=9)))
    tracking.report(report(released, "r-2", tracking_number=NEW))
    assert world.order(released).shipped_at == LEFT
    earlier = LEFT - timedelta(minutes=30)
    amending.correct(released.ref, 2, Amendment(shipped_at=earlier), ANNA)
    assert world.order(released).shipped_at == LEFT - timedelta(minutes=9), "the other one left last"


@pytest.mark.parametrize("report_id", ["r-1", "r-2"])
def test_a_warehouse_corrects_nothing_but_when_a_parcel_left_under_whatever_id(
    world: Any, tracking: Tracking, released: Order, report_id: str
) -> None:
    first = tracking.report(report(released))
    earlier = LEFT - timedelta(minutes=10)
    assert tracking.report(report(released, shipped_at=earlier)) == first, "a repeat"
    told = report(released, report_id, corrects="r-1", shipped_at=earlier)
    assert tracking.report(told).shipped_at == earlier
    assert tracking.report(told).shipped_at == world.order(released).shipped_at == earlier
    assert world.tags(released).count("order:package:corrected") == 1


def test_a_warehouse_corrects_when_a_parcel_left(tracking: Tracking, released: Order) -> None:
    tracking.report(report(released))
    later = report(released, shipped_at=LEFT + timedelta(minutes=1))
    assert tracking.report(later).shipped_at == LEFT, "said again at another time, it is a repeat"
    wish = report(released, "r-2", corrects="r-1", shipped_at=LEFT - timedelta(hours=1))
    assert tracking.report(wish).shipped_at == LEFT - timedelta(hours=1)


REFUSED: list[tuple[Amendment, str]] = [
    (Amendment(contents=(content(ONE, 3),)), "has 2 of 2 left to ship, but the parcel is reported with 3"),
    (Amendment(contents=(content("9", 1),)), "has no line 9"),
    (Amendment(carrier=" "), "carrier is empty"),
    (Amendment(tracking_number="1" * 201), "tracking_number has 201 characters"),
    (Amendment(shipped_at=LEFT + timedelta(days=9)), "is in the future"),
    (Amendment(shipped_at=LEFT - timedelta(days=9)), "is before order .* was bought"),
    (Amendment(shipped_at=LEFT.replace(tzinfo=None)), "names no zone"),
    (Amendment(contents=(content(ONE, 1, "SN-0000001", "SN-0000002"),)), "2 Transparency codes are given"),
]


@pytest.mark.parametrize(("amendment", "sentence"), REFUSED)
def test_what_cannot_be_is_refused_and_changes_nothing(
    world: Any,
    tracking: Tracking,
    amending: Amending,
    released: Order,
    *,
    amendment: Amendment,
    sentence: str,
) -> None:
    package = tracking.report(report(released))
    with pytest.raises(BadInput, match=sentence):
        amending.correct(released.ref, 1, amendment, ANNA)
    assert world.storage.packages.of_order(released.ref) == [package]


def test_a_package_that_is_not_there_is_said_with_those_that_are(
    tracking: Tracking, amending: Amending, released: Order
) -> None:
    with pytest.raises(BadInput, match="has no parcel 1; none was reported"):
        amending.correct(released.ref, 1, Amendment(tracking_number=NEW), ANNA)
    tracking.report(report(released))
    with pytest.raises(BadInput, match="has no parcel 2; it has 1"):
        amending.correct(released.ref, 2, Amendment(tracking_number=NEW), ANNA)


def test_a_shredded_order_is_corrected_in_seller_central(
    world: Any, tracking: Tracking, amending: Amending, released: Order
) -> None:
    verified(world, released, tracking.report(report(released)))
    world.storage.orders.move(world.order(released), S.SHREDDED)
    with pytest.raises(BadInput, match="correct its parcel in Seller Central"):
        amending.correct(released.ref, 1, Amendment(tracking_number=NEW), ANNA)


def test_a_parcel_with_a_label_of_amazons_is_corrected_by_nobody(
    world: Any, tracking: Tracking, amending: Amending, released: Order
) -> None:
    package = tracking.report(report(released, bought=True))
    says = r"Amazon sold the label of parcel 1 .* void that label"
    with pytest.raises(BadInput, match=says):
        amending.correct(released.ref, 1, Amendment(tracking_number=NEW), ANNA)
    with pytest.raises(BadInput, match=says):
        tracking.report(report(released, "r-2", corrects="r-1", tracking_number=NEW))
    assert world.storage.packages.of_order(released.ref) == [package]


def test_a_package_of_before_releases_were_noted_is_found_by_its_order(
    world: Any, tracking: Tracking, amending: Amending, released: Order
) -> None:
    package = tracking.report(report(released))
    world.storage.packages.change(package, release=ReleaseRef(""))
    corrected = amending.correct(released.ref, 1, Amendment(tracking_number=NEW), ANNA)
    assert corrected.tracking_number == NEW
