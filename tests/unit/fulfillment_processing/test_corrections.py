"""Reports that correct, repeat or name by SKU: what becomes of the packages they are about."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.carrier import Carrier
from dockseal.domain.identifiers import ReleaseRef, WarehouseId, release_ref
from dockseal.domain.order import Hold, Order, OrderLine, OrderState
from dockseal.domain.parcel_hold import ParcelHold
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.shipment import Content, Package, PackageState, ShipmentReport, SkuContent
from dockseal.errors import BadInput, ReferenceUnknown
from dockseal.fulfillment_processing.tracking import Tracking
from dockseal.shipment_confirmation.clearing import Clearing

RENO, SPARKS = WarehouseId("reno"), WarehouseId("sparks")
ONE, TWO = "00000000000001", "00000000000002"
OLD, NEW = "1Z5R89390357567127", "1Z5R89390357567134"
NewOrder = Callable[..., Order]
S, P = OrderState, PackageState


def contents(*pairs: tuple[str, int]) -> tuple[Content, ...]:
    return tuple(Content(order_item_id=item, quantity=quantity) for item, quantity in pairs)


def skus(*pairs: tuple[str, int]) -> tuple[SkuContent, ...]:
    return tuple(SkuContent(sku=sku, quantity=quantity) for sku, quantity in pairs)


def report(order: Order, report_id: str = "r-1", **changes: Any) -> ShipmentReport:
    values: dict[str, Any] = {
        "report_id": report_id,
        "warehouse": RENO,
        "release": ReleaseRef(f"{order.ref}-1"),
        "carrier": "UPS Ground",
        "tracking_number": OLD,
        "shipped_at": datetime(2026, 11, 2, 7, 30, tzinfo=UTC),
    }
    return ShipmentReport(**values | changes)


def told_amazon(world: Any, order: Order, *packages: Package) -> None:
    """Amazon was told of these packages, and they were all of the order."""
    for package in packages:
        world.storage.packages.change(package, state=P.CONFIRMED)
    world.storage.orders.move(world.order(order), S.CONFIRMED, confirmed_at=world.clock.now())


def test_a_package_that_amazon_was_not_told_of_is_changed_in_place(
    world: Any, tracking: Tracking, released: Order
) -> None:
    tracking.report(report(released))
    corrected = tracking.report(report(released, "r-2", corrects="r-1", tracking_number=NEW))
    assert world.storage.packages.of_order(released.ref) == [corrected]
    assert (corrected.reference_id, corrected.tracking_number, corrected.state) == (1, NEW, P.REPORTED)
    assert corrected.contents == contents((ONE, 2), (TWO, 1))
    assert world.order(released).state is S.SHIPPED
    assert world.tags(released)[-1] == "order:package:corrected"


def test_a_confirmed_package_that_is_corrected_is_confirmed_again_under_the_same_id(
    world: Any, tracking: Tracking, released: Order
) -> None:
    told_amazon(world, released, tracking.report(report(released)))
    corrected = tracking.report(report(released, "r-2", corrects="r-1", tracking_number=NEW))
    assert (corrected.reference_id, corrected.state) == (1, P.REPORTED)
    assert world.order(released).state is S.SHIPPED
    row = next(
        row for row in world.storage.audit.search(order=released.ref) if row.tag == "order:package:corrected"
    )
    assert dict(row.fields) == {
        "package": "1",
        "was": "confirmed",
        "carrier": "false",
        "tracking": "true",
        "ship_date": "false",
        "contents": "false",
        "units": "3",
    }
    assert OLD not in str(row)
    assert NEW not in str(row)


@pytest.mark.parametrize("changes", [{"tracking_number": NEW}, {"carrier": "FedEx"}, {"service": "Air"}])
def test_the_same_report_id_with_another_label_corrects_its_package(
    world: Any, tracking: Tracking, released: Order, changes: dict[str, str]
) -> None:
    told_amazon(world, released, tracking.report(report(released)))
    corrected = tracking.report(report(released, **changes))
    assert {name: getattr(corrected, name) for name in changes} == changes
    assert (corrected.reference_id, corrected.state) == (1, P.REPORTED)
    assert len(world.storage.packages.of_order(released.ref)) == 1


def test_a_report_that_was_corrected_and_comes_late_once_more_changes_nothing(
    world: Any, tracking: Tracking, released: Order
) -> None:
    first = report(released)
    tracking.report(first)
    for correction in (report(released, tracking_number=NEW), report(released, "r-2", corrects="r-1")):
        corrected = tracking.report(correction)
        before = world.tags(released)
        assert tracking.report(first) == corrected
        assert tracking.report(correction) == corrected
        assert world.tags(released) == before


def test_a_correction_that_says_nothing_new_has_amazon_told_nothing(
    world: Any, tracking: Tracking, released: Order
) -> None:
    told_amazon(world, released, tracking.report(report(released)))
    same = tracking.report(report(released, "r-2", corrects="r-1"))
    assert same.state is P.CONFIRMED
    assert world.order(released).state is S.CONFIRMED
    assert tracking.report(report(released, "r-3", corrects="r-2", tracking_number=NEW)).state is P.REPORTED


def test_a_correction_to_less_leaves_the_rest_to_ship(
    world: Any, tracking: Tracking, released: Order
) -> None:
    told_amazon(world, released, tracking.report(report(released)))
    tracking.report(report(released, "r-2", corrects="r-1", contents=contents((ONE, 1))))
    assert world.order(released).state is S.PARTLY_SHIPPED
    rest = tracking.report(report(released, "r-3", tracking_number=NEW))
    assert (rest.reference_id, rest.contents) == (2, contents((ONE, 1), (TWO, 1)))
    assert world.order(released).state is S.SHIPPED


def test_a_correction_to_more_than_was_ordered_is_refused_and_changes_nothing(
    world: Any, tracking: Tracking, released: Order
) -> None:
    tracking.report(report(released, "r-1", contents=contents((ONE, 1))))
    tracking.report(report(released, "r-2", contents=contents((ONE, 1)), tracking_number=NEW))
    before = world.storage.packages.of_order(released.ref)
    with pytest.raises(BadInput, match=f"line {ONE} of order .* has 1 of 2 left to ship"):
        tracking.report(report(released, "r-3", corrects="r-1", contents=contents((ONE, 2))))
    assert world.storage.packages.of_order(released.ref) == before


def test_what_amazon_refused_and_is_corrected_holds_no_more_than_is_left(
    world: Any, tracking: Tracking, released: Order
) -> None:
    refused = tracking.report(report(released, "r-1"))
    world.storage.packages.change(refused, state=P.REFUSED, refusal="a number Amazon does not take")
    tracking.report(report(released, "r-2", tracking_number=NEW))
    for wrong in (
        report(released, "r-3", corrects="r-1", carrier="FedEx"),
        report(released, carrier="FedEx"),
    ):
        with pytest.raises(BadInput, match="0 of 2 left to ship"):
            tracking.report(wrong)


def test_what_amazon_refused_is_corrected_in_place(world: Any, tracking: Tracking, released: Order) -> None:
    refused = tracking.report(report(released, "r-1"))
    world.storage.packages.change(refused, state=P.REFUSED, refusal="a number Amazon does not take")
    corrected = tracking.report(report(released, "r-2", corrects="r-1", tracking_number=NEW))
    assert (corrected.reference_id, corrected.state, corrected.refusal) == (1, P.REPORTED, "")


def test_a_correction_of_what_was_never_told_says_so(tracking: Tracking, released: Order) -> None:
    with pytest.raises(ReferenceUnknown) as caught:
        tracking.report(report(released, "r-2", corrects="r-1"))
    assert str(caught.value) == (
        "report r-2 corrects report r-1, which warehouse reno has not told; tell the first one too"
    )


def test_a_correction_needs_no_reference(tracking: Tracking, released: Order) -> None:
    tracking.report(report(released))
    wish = report(released, "r-2", corrects="r-1", release=ReleaseRef(""), tracking_number=NEW)
    assert tracking.report(wish).tracking_number == NEW


def test_a_correction_does_not_reach_into_another_order(
    world: Any, tracking: Tracking, released: Order, new_order: NewOrder
) -> None:
    other = world.keep(new_order(S.RELEASED))
    world.sent(other)
    tracking.report(report(other, "r-1"))
    with pytest.raises(BadInput, match="corrects a parcel of another order"):
        tracking.report(report(released, "r-2", corrects="r-1"))


def test_a_shredded_order_is_corrected_in_seller_central(
    world: Any, tracking: Tracking, released: Order
) -> None:
    told_amazon(world, released, tracking.report(report(released)))
    world.storage.orders.move(world.order(released), S.VERIFIED)
    world.storage.orders.move(world.order(released), S.SHREDDED)
    with pytest.raises(BadInput, match="which is over; correct it in Seller Central"):
        tracking.report(report(released, tracking_number=NEW))


def test_a_cancelled_orders_parcel_is_corrected_without_amazon(
    world: Any, tracking: Tracking, new_order: NewOrder
) -> None:
    order = world.keep(new_order(S.CANCELLED))
    world.sent(order)
    package = tracking.report(report(order))
    world.storage.packages.change(package, state=P.REFUSED, refusal="cancelled")
    corrected = tracking.report(report(order, tracking_number=NEW))
    assert (corrected.state, corrected.tracking_number) == (P.REFUSED, NEW)
    assert world.order(order).state is S.CANCELLED


def test_the_same_parcel_under_two_report_ids_is_one_package(
    world: Any, tracking: Tracking, released: Order
) -> None:
    first = tracking.report(report(released, "r-1", contents=contents((ONE, 1))))
    twin = report(released, "r-2", contents=contents((ONE, 1)))
    assert tracking.report(twin) == first
    assert tracking.report(twin) == first
    assert world.storage.packages.of_order(released.ref) == [first]
    assert world.tags(released).count("order:package:repeated") == 1
    rest = tracking.report(report(released, "r-3"))
    assert tracking.report(report(released, "r-4")) == rest
    assert world.order(released).state is S.SHIPPED


def test_a_parcel_whose_carrier_a_person_named_is_told_twice_by_its_warehouse_and_is_one(
    world: Any, tracking: Tracking, released: Order
) -> None:
    fox: dict[str, Any] = {"carrier": "Parcel Fox", "contents": contents((ONE, 1))}
    first = tracking.report(report(released, "r-1", **fox))
    hold = Hold(code=ParcelHold.CARRIER_UNKNOWN, sentence="Who carries it?")
    world.storage.packages.change(first, state=P.HELD, hold=hold)
    clearing = Clearing(storage=world.storage, trail=world.trail, clock=world.clock)
    anna = Actor(kind=ActorKind.PERSON, name="anna")
    named = clearing.clear(released.ref, 1, anna, carrier=Carrier(code="DHL"))
    assert tracking.report(report(released, "r-2", **fox)) == named
    assert world.order(released).state is S.PARTLY_SHIPPED
    assert tracking.report(report(released, "r-3", **fox | {"carrier": "GLS"})).reference_id == 2


def test_spaces_in_a_number_do_not_make_another_parcel(tracking: Tracking, released: Order) -> None:
    package = tracking.report(report(released, tracking_number=" 00 3404  3416 \t", carrier="UPS  Ground"))
    assert (package.tracking_number, package.carrier) == ("00 3404 3416", "UPS Ground")
    assert tracking.report(report(released, tracking_number="00 3404 3416")) == package


@pytest.fixture
def two_lines_of_one_sku(world: Any, new_order: NewOrder) -> Order:
    lines = (
        OrderLine(order_item_id=ONE, sku="MUG", ordered=2),
        OrderLine(order_item_id=TWO, sku="MUG", ordered=1),
        OrderLine(order_item_id="3", sku="TRAY", ordered=1),
    )
    order: Order = world.keep(new_order(S.RELEASED, lines=lines))
    world.sent(order)
    return order


def test_lines_with_one_sku_are_filled_in_order(tracking: Tracking, two_lines_of_one_sku: Order) -> None:
    order = two_lines_of_one_sku
    first = tracking.report(report(order, "r-1", by_sku=skus(("MUG", 1))))
    second = tracking.report(report(order, "r-2", by_sku=skus(("MUG", 2)), tracking_number=NEW))
    assert first.contents == contents((ONE, 1))
    assert second.contents == contents((ONE, 1), (TWO, 1))


def test_a_sku_report_twice_is_one_parcel_and_its_twin_too(
    world: Any, tracking: Tracking, two_lines_of_one_sku: Order
) -> None:
    order = two_lines_of_one_sku
    first = tracking.report(report(order, "r-1", by_sku=skus(("MUG", 2), ("TRAY", 1))))
    assert tracking.report(report(order, "r-1", by_sku=skus(("TRAY", 1), ("MUG", 1), ("MUG", 1)))) == first
    assert tracking.report(report(order, "r-2", by_sku=skus((" MUG ", 2), ("TRAY", 1)))) == first
    assert len(world.storage.packages.of_order(order.ref)) == 1


def test_a_sku_that_is_named_twice_goes_on_from_line_to_line(
    tracking: Tracking, two_lines_of_one_sku: Order
) -> None:
    package = tracking.report(report(two_lines_of_one_sku, by_sku=skus(("MUG", 2), ("TRAY", 1), ("MUG", 1))))
    assert package.contents == contents((ONE, 2), ("3", 1), (TWO, 1))


WRONG: list[tuple[tuple[SkuContent, ...], str]] = [
    (skus(("PLATE", 1)), "has no line with SKU PLATE; its SKUs are MUG, MUG, TRAY"),
    (skus(("MUG", 4)), f"line {ONE} of order .* has 2 of 2 left to ship, but the parcel is reported with 3"),
    (skus(("MUG", 0)), "SKU MUG has quantity 0"),
    (skus((" ", 1)), "sku is empty"),
]


@pytest.mark.parametrize(("by_sku", "sentence"), WRONG)
def test_a_wrong_item_or_too_many_of_it_are_refused(
    world: Any, tracking: Tracking, two_lines_of_one_sku: Order, by_sku: tuple[SkuContent, ...], sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        tracking.report(report(two_lines_of_one_sku, by_sku=by_sku))
    assert world.storage.packages.of_order(two_lines_of_one_sku.ref) == []


def test_amazons_order_id_is_enough_where_one_release_is_at_the_warehouse(
    world: Any, tracking: Tracking, released: Order
) -> None:
    by_id = report(released, release=ReleaseRef(""), order_id=f" {released.id} ")
    assert tracking.report(by_id).order == released.ref
    with pytest.raises(ReferenceUnknown, match=f"no order {released.id} was released to warehouse sparks"):
        tracking.report(replace(by_id, report_id="r-2", warehouse=SPARKS))


def part(
    world: Any, order: Order, number: int, warehouse: WarehouseId, *pairs: tuple[str, int]
) -> ReleaseRef:
    ref = release_ref(order.ref, order.revision, number)
    with world.storage.transaction():
        world.storage.releases.intend(
            Release(
                ref=ref,
                order=order.ref,
                warehouse=warehouse,
                state=ReleaseState.ACCEPTED,
                intended_at=world.clock.now(),
                contents=contents(*pairs),
            )
        )
    return ref


def test_several_releases_at_one_warehouse_need_the_reference(
    world: Any, tracking: Tracking, new_order: NewOrder
) -> None:
    order = world.keep(new_order(S.RELEASED))
    refs = [part(world, order, n, RENO, (item, 1)) for n, item in enumerate((ONE, TWO), start=1)]
    with pytest.raises(BadInput, match=f"under several references \\({refs[0]}, {refs[1]}\\); name one"):
        tracking.report(report(order, release=ReleaseRef(""), order_id=order.id))


def test_each_warehouse_of_a_split_order_ships_its_part_and_no_more(
    world: Any, tracking: Tracking, new_order: NewOrder
) -> None:
    order = world.keep(new_order(S.RELEASED))
    here = part(world, order, 1, RENO, (ONE, 2))
    there = part(world, order, 2, SPARKS, (TWO, 1))
    with pytest.raises(BadInput, match=f"line {TWO} of order .* has 0 of 1 left to ship"):
        tracking.report(report(order, release=here, contents=contents((TWO, 1))))
    first = tracking.report(report(order, release=here))
    assert (first.contents, world.order(order).state) == (contents((ONE, 2)), S.PARTLY_SHIPPED)
    with pytest.raises(BadInput, match="nothing is left"):
        tracking.report(report(order, "r-2", release=here, tracking_number=NEW))
    second = tracking.report(report(order, "r-1", release=there, warehouse=SPARKS, tracking_number=NEW))
    assert (second.contents, second.reference_id) == (contents((TWO, 1)), 2)
    assert world.order(order).state is S.SHIPPED
    assert world.order(order).warehouse == order.warehouse


def test_a_part_that_ships_before_the_others_are_handed_over_keeps_them_coming(
    world: Any, tracking: Tracking, new_order: NewOrder
) -> None:
    order = world.keep(new_order(S.RELEASABLE))
    package = tracking.report(report(order, release=part(world, order, 1, RENO, (ONE, 2))))
    assert package.contents == contents((ONE, 2))
    assert world.order(order).state is S.RELEASABLE


def test_a_parcel_of_a_release_that_was_given_back_asks_for_a_look(
    world: Any, tracking: Tracking, new_order: NewOrder
) -> None:
    order = world.keep(new_order(S.RELEASED, revision=2))
    with world.storage.transaction():
        for revision, state in ((1, ReleaseState.REFUSED), (2, ReleaseState.ACCEPTED)):
            world.storage.releases.intend(
                Release(
                    ref=release_ref(order.ref, revision),
                    order=order.ref,
                    warehouse=RENO if revision == 1 else SPARKS,
                    state=state,
                    intended_at=world.clock.now(),
                )
            )
    tracking.report(report(order))
    assert world.order(order).state is S.SHIPPED
    assert "which it had given back; see that it is not shipped a second time" in world.order(order).attention
