"""Lives of parcels: corrected, told too early, told wrongly, given back."""

from typing import Any

from day import WAREHOUSE, Day
from dockseal.cli.opened import person
from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.order import OrderState
from dockseal.domain.shipment import ShipmentReport, SkuContent
from dockseal.domain.unmatched import UnmatchedState
from dockseal.domain.warehouse_message import LateRefusal
from spapi_simulator import Line

OLD, NEW = "1Z999AA10123456784", "1Z999AA10123456793"


def filed(day: Day, **changes: Any) -> ShipmentReport:
    """A parcel as a file tells of it: nobody can be answered."""
    values: dict[str, Any] = {
        "report_id": "F-1",
        "warehouse": WAREHOUSE,
        "release": ReleaseRef(""),
        "carrier": "UPS",
        "tracking_number": OLD,
        "shipped_at": day.clock.now(),
    }
    report = ShipmentReport(**values | changes)
    day.app.inbox.take(WAREHOUSE, report, keep=True, delivery="in/parcels.csv")
    return report


def test_a_number_that_is_corrected_after_amazon_has_it_is_corrected_at_amazon(day: Day) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=2)
    day.ship(order_id, report_id="R-1", tracking_number=OLD)
    day.run(minutes=30)
    assert day.order(order_id).state is OrderState.VERIFIED
    day.ship(order_id, report_id="R-1", tracking_number=NEW, status=200)
    day.run(minutes=30)
    (shown,) = day.amazon.order(order_id).packages
    assert shown.tracking_number == NEW
    assert day.order(order_id).state is OrderState.VERIFIED
    assert [package.reference_id for package in day.packages(order_id)] == [1]
    day.ship(order_id, report_id="R-1", tracking_number=OLD, status=200)  # the first one, delayed
    day.run(minutes=30)
    assert [package.tracking_number for package in day.packages(order_id)] == [NEW]


def test_a_parcel_that_is_told_before_its_order_is_here_waits_and_then_fits_by_itself(day: Day) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1", quantity=2)])
    filed(day, order_id=order_id, by_sku=(SkuContent(sku="MUG-1", quantity=2),))
    assert "match or dismiss it" in str(day.app.health().checks)
    day.run(minutes=30)
    assert day.order(order_id).state is OrderState.VERIFIED
    assert day.app.storage.unmatched.open() == []
    (settled,) = day.app.storage.unmatched.settled()
    assert (settled.state, settled.settled_by) == (UnmatchedState.MATCHED, "service:collect")
    assert len(day.amazon.order(order_id).packages) == 1


def test_a_parcel_under_a_wrong_reference_is_matched_by_a_person_and_confirmed(day: Day) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=2)
    filed(day, release=ReleaseRef("typed-wrongly"))
    day.run(minutes=30)
    assert day.order(order_id).state is OrderState.RELEASED
    (kept,) = day.app.storage.unmatched.open()
    day.app.matching.match(kept.number, order_id, person())
    day.run(minutes=30)
    assert day.order(order_id).state is OrderState.VERIFIED
    filed(day, release=ReleaseRef("typed-wrongly"), shipped_at=kept.message.shipped_at)  # type: ignore[union-attr]  # it is a parcel
    assert day.app.storage.unmatched.open() == []


def test_an_order_that_the_warehouse_gives_back_is_sent_anew_under_another_reference(day: Day) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=2)
    first = ReleaseRef(day.warehouse.order(order_id)["reference"])
    refusal = LateRefusal(release=first, words="the shelf is empty")
    day.app.inbox.take(WAREHOUSE, refusal, keep=True)
    held = day.order(order_id)
    assert held.state is OrderState.HELD
    assert held.hold is not None
    assert "the shelf is empty" in held.hold.sentence
    day.app.holds.lift(held.ref, person())
    day.run(minutes=2)
    assert day.order(order_id).state is OrderState.RELEASED
    day.app.inbox.take(WAREHOUSE, refusal, keep=True)  # told once more, late
    assert day.order(order_id).state is OrderState.RELEASED
    references = [order["reference"] for order in day.warehouse.taken]
    assert len(set(references)) == 2
    filed(day, release=ReleaseRef(references[1]))
    day.run(minutes=30)
    assert day.order(order_id).state is OrderState.VERIFIED


def test_a_warehouse_that_tells_of_each_parcel_twice_ships_it_once(day: Day) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1", quantity=3)])
    day.run(minutes=2)
    (line,) = day.warehouse.order(order_id)["lines"]
    for report_id in ("R-1", "R-1-again"):
        day.ship(order_id, report_id=report_id, tracking_number=OLD, lines=[(line["line_id"], 1)])
    assert day.order(order_id).state is OrderState.PARTLY_SHIPPED
    day.ship(order_id, report_id="R-2", tracking_number=NEW)
    day.run(minutes=30)
    assert day.order(order_id).state is OrderState.VERIFIED
    assert [package.contents[0].quantity for package in day.packages(order_id)] == [1, 2]
