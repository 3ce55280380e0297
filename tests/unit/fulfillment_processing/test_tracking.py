from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.identifiers import ReleaseRef, WarehouseId
from dockseal.domain.order import Hold, Order, OrderLine, OrderState
from dockseal.domain.release import ReleaseState
from dockseal.domain.shipment import Content, PackageState, ShipmentReport
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.tracking import Tracking
from dockseal.monitoring_audit.verifying import verify

RENO = WarehouseId("reno")
ONE, TWO = "00000000000001", "00000000000002"
NewOrder = Callable[..., Order]
S = OrderState


def contents(*pairs: tuple[str, int]) -> tuple[Content, ...]:
    return tuple(Content(order_item_id=item, quantity=quantity) for item, quantity in pairs)


def report(order: Order, report_id: str = "r-1", **changes: Any) -> ShipmentReport:
    values: dict[str, Any] = {
        "report_id": report_id,
        "warehouse": RENO,
        "release": ReleaseRef(f"{order.ref}-1"),
        "carrier": "UPS Ground",
        "tracking_number": "1Z5R89390357567127",
        "shipped_at": datetime(2026, 11, 2, 7, 30, tzinfo=UTC),
    }
    return ShipmentReport(**values | changes)


def test_one_parcel_with_everything_ships_the_order(world: Any, tracking: Tracking, released: Order) -> None:
    package = tracking.report(report(released, service="Ground", carrier=" UPS "))
    order = world.order(released)
    assert (order.state, order.shipped_at) == (S.SHIPPED, package.shipped_at)
    assert (package.reference_id, package.state) == (1, PackageState.REPORTED)
    assert (package.carrier, package.service) == ("UPS", "Ground")
    assert package.contents == contents((ONE, 2), (TWO, 1))
    assert world.tags(released) == ["order:package:reported", "order:life:shipped"]
    assert {row.actor for row in world.storage.audit.search(order=released.ref)} == {"warehouse:reno"}


def test_two_parcels_ship_the_order_part_by_part(world: Any, tracking: Tracking, released: Order) -> None:
    tracking.report(report(released, "r-1", contents=contents((ONE, 1), (TWO, 1))))
    assert world.order(released).state is S.PARTLY_SHIPPED
    assert world.order(released).shipped_at is None
    late = report(released, "r-2", shipped_at=world.clock.now())
    second = tracking.report(late)
    assert second.reference_id == 2
    assert second.contents == contents((ONE, 1))
    assert world.order(released).state is S.SHIPPED
    assert world.order(released).shipped_at == late.shipped_at
    assert world.tags(released) == [
        "order:package:reported",
        "order:life:partly_shipped",
        "order:package:reported",
        "order:life:shipped",
    ]


def test_parcels_are_counted_from_one(tracking: Tracking, released: Order) -> None:
    parts = [contents((TWO, 1)), contents((ONE, 1)), contents((ONE, 1))]
    packages = [
        tracking.report(report(released, f"r-{n}", contents=part, tracking_number=f"1Z{n}"))
        for n, part in enumerate(parts)
    ]
    assert [package.reference_id for package in packages] == [1, 2, 3]


def test_the_same_report_again_is_the_same_package(world: Any, tracking: Tracking, released: Order) -> None:
    first = tracking.report(report(released))
    assert tracking.report(report(released)) == first
    assert world.storage.packages.of_order(released.ref) == [first]
    assert len(world.tags(released)) == 2


def test_the_same_item_twice_in_a_parcel_is_added_up(tracking: Tracking, released: Order) -> None:
    package = tracking.report(report(released, contents=contents((ONE, 1), (ONE, 1))))
    assert package.contents == contents((ONE, 2))


def test_a_person_may_report(world: Any, tracking: Tracking, released: Order) -> None:
    tracking.report(report(released), actor=Actor(kind=ActorKind.PERSON, name="packer"))
    assert {row.actor for row in world.storage.audit.search(order=released.ref)} == {"person:packer"}


BAD: list[tuple[dict[str, Any], str]] = [
    ({"report_id": " "}, "report_id is empty; give each parcel an id of your own"),
    ({"carrier": ""}, "carrier is empty; name the carrier, such as UPS Ground"),
    ({"tracking_number": "1" * 201}, "tracking_number has 201 characters; at most 200 are taken"),
    (
        {"service": "Ground\nhome"},
        "service holds characters that cannot be printed, such as a line break; remove them",
    ),
    (
        {"contents": contents((ONE, 0))},
        f"line {ONE} has quantity 0; report quantities of at least 1, and leave out lines that are not in "
        "the "
        "parcel",
    ),
    (
        {"contents": contents(("7", 1))},
        f"order ID has no line 7; its lines are {ONE}, {TWO}",
    ),
    (
        {"contents": contents(("Testperson Alpha", 1))},
        f"order ID has no line (unreadable); its lines are {ONE}, {TWO}",
    ),
    (
        {"contents": contents((ONE, 3))},
        f"line {ONE} of order ID has 2 of 2 left to ship, but the parcel is reported with 3; report what is "
        "in "
        "it",
    ),
    (
        {"contents": contents((ONE, 1), (ONE, 2))},
        f"line {ONE} of order ID has 2 of 2 left to ship, but the parcel is reported with 3; report what is "
        "in "
        "it",
    ),
    (
        {"shipped_at": datetime(2026, 11, 2, 8, 6, tzinfo=UTC)},
        "shipped_at 2026-11-02 08:06 UTC is in the future; report a parcel when it has left, and check the "
        "clock",
    ),
    (
        {"shipped_at": datetime.min.replace(tzinfo=timezone(timedelta(hours=9)))},
        "shipped_at is more than a year ago; report when the parcel left, and check the year",
    ),
    (
        {"shipped_at": datetime(2026, 11, 1, 5, 59, tzinfo=UTC)},
        "shipped_at 2026-11-01 05:59 UTC is before order ID was bought (2026-11-02 06:00 UTC); report when "
        "the "
        "parcel left",
    ),
    (
        {"shipped_at": datetime(2026, 11, 2, 7, 30)},  # noqa: DTZ001 - an instant without a zone is what is refused
        "shipped_at names no zone; write it such as 2026-11-02T15:04:05Z",
    ),
    (
        {"release": ReleaseRef("unknown-1")},
        "nothing was released to warehouse reno under the reference unknown-1; report the reference exactly "
        "as "
        "it came with the order",
    ),
    (
        {"release": ReleaseRef("Testperson Alpha")},
        "nothing was released to warehouse reno under the reference (unreadable); report the reference "
        "exactly "
        "as it came with the order",
    ),
]


@pytest.mark.parametrize(("changes", "sentence"), BAD)
def test_a_report_that_cannot_be_used_is_refused_and_changes_nothing(
    world: Any, tracking: Tracking, released: Order, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadInput) as caught:
        tracking.report(report(released, **changes))
    assert str(caught.value) == sentence.replace("ID", released.id)
    assert world.order(released) == released
    assert world.storage.packages.of_order(released.ref) == []
    assert world.tags(released) == []


def test_another_warehouse_learns_nothing_of_the_order(tracking: Tracking, released: Order) -> None:
    with pytest.raises(BadInput) as caught:
        tracking.report(report(released, warehouse=WarehouseId("sparks")))
    assert str(caught.value) == (
        f"nothing was released to warehouse sparks under the reference {released.ref}-1; report the "
        "reference exactly as it came with the order"
    )


def test_a_warehouse_clock_may_run_five_minutes_ahead(
    world: Any, tracking: Tracking, released: Order
) -> None:
    ahead = world.clock.now() + timedelta(minutes=5)
    assert tracking.report(report(released, shipped_at=ahead)).shipped_at == ahead


@pytest.mark.parametrize(
    "changes",
    [
        {"contents": contents((ONE, 1))},
        {"contents": contents((ONE, 1)), "tracking_number": "1Z5R89390357567128"},
        {"contents": contents((TWO, 1))},
    ],
)
def test_a_report_id_with_other_contents_is_refused(
    tracking: Tracking, released: Order, changes: dict[str, Any]
) -> None:
    tracking.report(report(released, contents=contents((ONE, 2))))
    with pytest.raises(BadInput) as caught:
        tracking.report(report(released, **changes))
    assert str(caught.value) == (
        "report r-1 was already taken in with other contents; give every parcel a report id of its own"
    )


def test_a_report_id_of_another_order_is_refused(
    world: Any, tracking: Tracking, released: Order, new_order: NewOrder
) -> None:
    other = world.keep(new_order(S.RELEASED))
    world.sent(other)
    tracking.report(report(released))
    with pytest.raises(BadInput, match="already taken in with other contents"):
        tracking.report(report(other))


def test_nothing_is_left_for_a_parcel_after_the_last_one(tracking: Tracking, released: Order) -> None:
    tracking.report(report(released, "r-1"))
    with pytest.raises(BadInput) as caught:
        tracking.report(report(released, "r-2", tracking_number="1Z5R89390357567128"))
    assert str(caught.value) == (
        f"everything of order {released.id} is already in reported parcels; nothing is left for this one"
    )


def test_a_parcel_proves_that_the_warehouse_took_an_order_whose_answer_was_lost(
    world: Any, tracking: Tracking, new_order: NewOrder
) -> None:
    order = world.keep(new_order(S.RELEASABLE))
    ref = world.sent(order, ReleaseState.INTENDED)
    tracking.report(report(order))
    assert world.order(order).state is S.SHIPPED
    assert world.order(order).attention == ""
    assert world.storage.releases.get(ref).state is ReleaseState.ACCEPTED
    assert world.tags(order) == ["order:life:released", "order:package:reported", "order:life:shipped"]


def test_a_parcel_of_a_held_order_is_taken_in_and_a_person_is_told(
    world: Any, tracking: Tracking, new_order: NewOrder
) -> None:
    hold = Hold(code="release_uncertain", sentence="Ask the warehouse.")
    order = world.keep(new_order(S.HELD, hold=hold))
    world.sent(order, ReleaseState.INTENDED)
    tracking.report(report(order))
    shipped = world.order(order)
    assert (shipped.state, shipped.hold) == (S.SHIPPED, None)
    assert shipped.attention == (
        f"Warehouse reno shipped order {order.id} although it was held here (release_uncertain); check with "
        "the warehouse that it ships nothing twice."
    )
    assert "order:life:unheld" in world.tags(order)


def test_a_parcel_of_a_cancelled_order_is_kept_and_a_person_is_told(
    world: Any, tracking: Tracking, new_order: NewOrder
) -> None:
    nothing_left = (OrderLine(order_item_id=ONE, sku="MUG-BLUE", ordered=0),)
    order = world.keep(new_order(S.CANCELLED, lines=nothing_left))
    world.sent(order)
    package = tracking.report(report(order, contents=contents((ONE, 2))))
    cancelled = world.order(order)
    assert cancelled.state is S.CANCELLED
    assert cancelled.attention == (
        f"The warehouse shipped a parcel of order {order.id}, which is cancelled; have the carrier bring it "
        "back, or settle it with the buyer in Seller Central."
    )
    assert world.storage.packages.of_order(order.ref) == [package]
    assert world.tags(order) == ["order:package:reported"]


def test_a_parcel_belongs_to_the_warehouse_it_was_released_to_even_if_the_order_was_routed_anew(
    world: Any, tracking: Tracking, new_order: NewOrder
) -> None:
    order = world.keep(new_order(S.RELEASABLE, warehouse=WarehouseId("sparks")))
    world.sent(order, ReleaseState.INTENDED)
    tracking.report(report(order))
    assert world.order(order).warehouse == "reno"
    assert world.storage.packages.find_report(RENO, "r-1") is not None


def test_a_failed_audit_row_leaves_no_package_behind(world: Any, tracking: Tracking, released: Order) -> None:
    nameless = Actor(kind=ActorKind.PERSON, name="!")
    with pytest.raises(ValueError, match="actor"):
        tracking.report(report(released), actor=nameless)
    assert world.storage.packages.of_order(released.ref) == []
    assert world.order(released) == released


parcels = st.lists(
    st.tuples(
        st.sampled_from(["r-1", "r-2", "r-3", "r-4", "r-5", "r-6"]),
        st.lists(st.tuples(st.sampled_from([ONE, TWO, "7"]), st.integers(0, 4)), max_size=3),
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ordered=st.tuples(st.integers(1, 4), st.integers(0, 3)), reports=parcels)
def test_never_more_than_ordered_whatever_is_reported_in_whatever_order(
    world: Any,
    tracking: Tracking,
    new_order: NewOrder,
    ordered: tuple[int, int],
    reports: list[tuple[str, list[tuple[str, int]]]],
) -> None:
    lines = tuple(
        OrderLine(order_item_id=item, sku="MUG", ordered=quantity)
        for item, quantity in zip((ONE, TWO), ordered, strict=True)
    )
    order = world.keep(new_order(S.RELEASED, lines=lines))
    world.sent(order)
    for report_id, pairs in reports:
        try:
            tracking.report(report(order, f"{order.ref}-{report_id}", contents=contents(*pairs)))
        except BadInput:
            continue
    packages = world.storage.packages.of_order(order.ref)
    packed = dict.fromkeys((ONE, TWO), 0)
    for package in packages:
        assert package.contents
        for content in package.contents:
            packed[content.order_item_id] += content.quantity
    assert all(0 <= packed[line.order_item_id] <= line.ordered for line in lines)
    assert [package.reference_id for package in packages] == list(range(1, len(packages) + 1))
    whole = all(packed[line.order_item_id] == line.ordered for line in lines)
    expected = S.SHIPPED if whole else S.PARTLY_SHIPPED if packages else S.RELEASED
    assert world.order(order).state is expected
    verify(world.storage)


def test_an_order_that_grew_after_it_was_confirmed_goes_back_to_shipped_with_its_new_parcel(
    world: Any, tracking: Tracking, new_order: NewOrder
) -> None:
    order = world.keep(new_order(S.RELEASED))
    world.sent(order)
    tracking.report(report(order, "r-1"))
    shipped = world.order(order)
    grown = replace(
        shipped.amazon, lines=(replace(shipped.amazon.lines[0], ordered=3), shipped.amazon.lines[1])
    )
    confirmed = world.storage.orders.move(shipped, S.CONFIRMED)
    world.storage.orders.change(confirmed, amazon=grown)
    package = tracking.report(report(order, "r-2"))
    assert package.contents == contents((ONE, 1))
    assert world.order(order).state is S.SHIPPED
