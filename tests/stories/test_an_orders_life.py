"""Whole lives of orders for which nothing goes wrong."""

import re
from pathlib import Path

from day import Day, MakeDay
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.domain.shipment import PackageState
from dockseal.monitoring_audit.verifying import verify
from parcel_numbers import ups
from spapi_simulator import Line


def test_an_ordinary_order_lives_from_the_notification_to_the_shredding(day: Day) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1", quantity=2)])
    day.run(minutes=1)
    assert day.order(order_id).state is OrderState.RELEASED
    handed_over = day.warehouse.order(order_id)
    assert [(line["sku"], line["quantity"]) for line in handed_over["lines"]] == [("MUG-1", 2)]
    assert handed_over["ship_to"]["name"] == day.amazon.order(order_id).recipient.name

    day.ship(order_id, carrier="UPS Ground", tracking_number="1Z999AA10123456784")
    day.run(minutes=30)
    shown = day.amazon.order(order_id)
    assert shown.status == "SHIPPED"
    (package,) = shown.packages
    assert (package.package_reference_id, package.carrier_code) == ("1", "UPS")
    assert package.tracking_number == "1Z999AA10123456784"
    assert package.edits == 0
    assert day.order(order_id).state is OrderState.VERIFIED

    day.skip(days=31)
    assert day.order(order_id).state is OrderState.SHREDDED
    assert day.app.storage.sealed.count() == 0
    assert day.tags(order_id)[0] == "order:life:accepted"
    assert day.tags(order_id)[-1] == "order:life:shredded"
    assert verify(day.app.storage).rows > 0


def test_every_step_of_an_ordinary_order_is_in_its_trail_once(day: Day) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=1)
    day.ship(order_id)
    day.run(minutes=30)
    life = [tag for tag in day.tags(order_id) if tag.startswith("order:life:")]
    assert life == [
        "order:life:accepted",
        "order:life:routed",
        "order:life:released",
        "order:life:shipped",
        "order:life:confirmed",
        "order:life:verified",
    ]


def test_the_trail_of_an_ordinary_order_is_the_one_the_documentation_shows(make_day: MakeDay) -> None:
    page = Path(__file__).parents[2] / "docs" / "life-of-an-order.md"
    shown = re.findall(r"^    (order:\S+) +(\S+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    day = make_day(api=OrdersApi.V2026)
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=1)
    day.ship(order_id)
    day.run(minutes=30)
    day.skip(days=31)
    rows = day.app.storage.audit.search(order=day.order(order_id).ref, limit=500)
    assert [(row.tag, row.actor) for row in reversed(rows)] == shown


def test_two_parcels_of_one_order_are_two_packages_at_amazon(day: Day) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="LAMP-1", quantity=3)])
    day.run(minutes=1)
    (item,) = [line["line_id"] for line in day.warehouse.order(order_id)["lines"]]
    day.ship(order_id, tracking_number="1Z999AA10123456784", lines=[(item, 2)])
    day.run(minutes=10)
    assert day.order(order_id).state is OrderState.PARTLY_SHIPPED
    assert day.amazon.order(order_id).status == "PARTIALLY_SHIPPED"

    day.ship(order_id, carrier="usps", tracking_number="9400111899560334563216", lines=[(item, 1)])
    day.run(minutes=30)
    packages = day.amazon.order(order_id).packages
    assert [package.package_reference_id for package in packages] == ["1", "2"]
    assert [package.carrier_code for package in packages] == ["UPS", "USPS"]
    assert [sum(content.quantity for content in package.items) for package in packages] == [2, 1]
    assert day.order(order_id).state is OrderState.VERIFIED


def test_three_lines_shipped_apart_make_a_shipped_order(day: Day) -> None:
    lines = [Line(sku="CUP-1"), Line(sku="CUP-2", quantity=2), Line(sku="CUP-3")]
    order_id = day.amazon.place_order(day.account, lines=lines)
    day.run(minutes=1)
    told = day.warehouse.order(order_id)["lines"]
    for number, line in enumerate(told):
        day.ship(
            order_id,
            tracking_number=ups(number),
            lines=[(line["line_id"], line["quantity"])],
        )
        day.run(hours=1)
    assert day.amazon.order(order_id).status == "SHIPPED"
    assert len(day.amazon.order(order_id).packages) == 3
    assert [package.state for package in day.packages(order_id)] == [PackageState.VERIFIED] * 3
    assert day.order(order_id).state is OrderState.VERIFIED


def test_a_pending_order_waits_and_is_released_once_it_is_paid(day: Day) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")], pending=True)
    day.run(minutes=30)
    assert day.warehouse.taken == []
    day.amazon.authorise_payment(order_id)
    day.run(minutes=20)
    assert day.order(order_id).state is OrderState.RELEASED
    assert len(day.warehouse.taken) == 1


def test_an_order_cancelled_before_its_release_never_reaches_the_warehouse(day: Day) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")], pending=True)
    day.run(minutes=20)
    day.amazon.cancel(order_id)
    day.run(minutes=20)
    assert not day.knows(order_id) or day.order(order_id).state in {OrderState.CANCELLED, OrderState.SHREDDED}
    assert day.warehouse.taken == []


def test_an_order_cancelled_while_the_warehouse_is_down_is_not_released_and_its_data_is_erased(
    day: Day,
) -> None:
    day.warehouse.down = True
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=5)
    assert day.order(order_id).state is OrderState.RELEASABLE
    assert day.app.storage.sealed.count() == 1
    day.amazon.cancel(order_id)
    day.run(minutes=20)
    day.warehouse.down = False
    day.run(hours=1)
    assert day.order(order_id).state in {OrderState.CANCELLED, OrderState.SHREDDED}
    assert day.app.storage.sealed.count() == 0
    assert day.warehouse.taken == []


def test_an_order_that_amazon_ships_itself_is_never_kept_or_released(day: Day) -> None:
    theirs = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")], fulfilled_by="AMAZON")
    ours = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(hours=1)
    assert not day.knows(theirs)
    assert day.warehouse.order(ours)
    assert len(day.warehouse.taken) == 1


def test_a_gift_message_reaches_the_warehouse_and_no_table(day: Day) -> None:
    order_id = day.amazon.place_order(
        day.account, lines=[Line(sku="MUG-1")], gift_message="Happy invented day from nobody"
    )
    day.run(minutes=2)
    assert day.warehouse.order(order_id)["gift_message"] == "Happy invented day from nobody"
    assert "Happy invented" not in repr(day.order(order_id))
