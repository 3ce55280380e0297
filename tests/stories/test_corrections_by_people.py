"""What people do about parcels: corrected after Amazon showed them, held and cleared, sent once more."""

from datetime import timedelta

import pytest

from day import WAREHOUSE, Day
from dockseal.cli.opened import person
from dockseal.domain.carrier import Carrier
from dockseal.domain.order import OrderState
from dockseal.domain.shipment import Package, PackageState
from dockseal.fulfillment_processing.amending import Amendment
from spapi_simulator import Line

OLD, NEW, MISTYPED = "1Z999AA10123456784", "1Z5R89390357567127", "1Z999AA10123456783"
P, S = PackageState, OrderState


def shipped(day: Day, *, quantity: int = 1, **told: str) -> str:
    """An order that has left as a whole; `told` is otherwise in its report. Amazon is not told yet."""
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1", quantity=quantity)])
    day.run(minutes=2)
    day.ship(order_id, **({"report_id": "R-1", "tracking_number": OLD} | told))
    return order_id


def parcel(day: Day, order_id: str) -> Package:
    (package,) = day.packages(order_id)
    return package


def test_a_parcel_that_amazon_shows_gets_another_number(day: Day) -> None:
    order_id = shipped(day)
    day.run(minutes=30)
    assert day.order(order_id).state is S.VERIFIED
    left = day.clock.now() - timedelta(minutes=10)
    wish = Amendment(tracking_number=NEW, shipped_at=left)
    day.app.amending.correct(day.order(order_id).ref, 1, wish, person())
    assert day.order(order_id).state is S.SHIPPED
    day.run(minutes=30)
    (shown,) = day.amazon.order(order_id).packages
    assert shown.tracking_number == NEW
    assert (day.order(order_id).state, parcel(day, order_id).state) == (S.VERIFIED, P.VERIFIED)
    assert day.order(order_id).shipped_at == left
    day.ship(order_id, report_id="R-1", tracking_number=OLD, status=200)  # the warehouse's own, delayed
    day.run(minutes=30)
    assert parcel(day, order_id).tracking_number == NEW
    assert day.tags(order_id).count("order:package:corrected") == 1


def test_a_parcel_that_is_corrected_to_less_leaves_the_rest_to_ship(day: Day) -> None:
    order_id = shipped(day, quantity=3)
    day.run(minutes=30)
    order = day.order(order_id)
    (line,) = order.amazon.lines
    (content,) = parcel(day, order_id).contents
    less = type(content)(order_item_id=line.order_item_id, quantity=2)
    day.app.amending.correct(order.ref, 1, Amendment(contents=(less,)), person())
    assert day.order(order_id).state is S.PARTLY_SHIPPED
    day.ship(order_id, report_id="R-2", tracking_number=NEW)
    day.run(minutes=30)
    assert day.order(order_id).state is S.VERIFIED
    assert [each.contents[0].quantity for each in day.packages(order_id)] == [2, 1]


def test_a_held_parcel_waits_for_a_person_however_long_and_then_goes_on(day: Day) -> None:
    order_id = shipped(day, tracking_number=MISTYPED)
    day.run(minutes=30)
    assert day.amazon.order(order_id).packages == []
    assert day.order(order_id).state is S.SHIPPED
    assert "parcel 1 is held (number_wrong)" in day.app.why(order_id)
    day.app.clearing.clear(day.order(order_id).ref, 1, person())
    day.run(minutes=30)
    assert day.order(order_id).state is S.VERIFIED
    assert parcel(day, order_id).cleared == {"number_wrong"}
    (shown,) = day.amazon.order(order_id).packages
    assert shown.tracking_number == MISTYPED


def test_a_parcel_held_for_a_number_of_another_goes_on_once_that_one_is_corrected(day: Day) -> None:
    wrong = shipped(day)
    day.run(minutes=20)
    day.skip(days=2)
    right = shipped(day, report_id="R-2")
    day.run(minutes=2)
    assert "correct the wrong one" in day.app.why(right)
    day.app.amending.correct(day.order(wrong).ref, 1, Amendment(tracking_number=NEW), person())
    day.run(minutes=20)
    assert [parcel(day, each).state for each in (wrong, right)] == [P.VERIFIED, P.VERIFIED]
    assert [day.amazon.order(each).packages[0].tracking_number for each in (wrong, right)] == [NEW, OLD]
    assert day.tags(right).count("order:package:cleared") == 1


def test_a_held_parcel_is_corrected_by_its_warehouse(day: Day) -> None:
    order_id = shipped(day, tracking_number=MISTYPED)
    day.run(minutes=2)
    assert parcel(day, order_id).state is P.HELD
    day.ship(order_id, report_id="R-1", tracking_number=OLD, status=200)
    day.run(minutes=30)
    assert day.order(order_id).state is S.VERIFIED
    assert day.amazon.order(order_id).packages[0].tracking_number == OLD


def test_an_unknown_carrier_is_named_once_for_a_warehouse_and_all_that_waited_goes_on(day: Day) -> None:
    orders = [
        shipped(day, report_id=report_id, carrier="Parcel Fox", tracking_number=f"PF{report_id}000")
        for report_id in ("R-1", "R-2")
    ]
    day.run(minutes=2)
    assert [parcel(day, order_id).state for order_id in orders] == [P.HELD] * 2
    fox = Carrier(code="Other", name="Parcel Fox Ltd")
    assert day.app.teaching.teach(WAREHOUSE, "parcel fox", fox, person()) == 2
    day.run(minutes=30)
    assert [day.order(order_id).state for order_id in orders] == [S.VERIFIED] * 2
    assert day.amazon.order(orders[0]).packages[0].carrier_name == "Parcel Fox Ltd"


@pytest.mark.parametrize("carrier", [Carrier(code="GO!"), Carrier(code="Other", name="Parcel Fox Ltd")])
def test_a_carrier_that_a_person_names_is_told_to_amazon_as_it_was_named(day: Day, carrier: Carrier) -> None:
    order_id = shipped(day, carrier="Parcel Fox", tracking_number="PF0001234")
    day.run(minutes=2)
    day.app.clearing.clear(day.order(order_id).ref, 1, person(), carrier=carrier)
    day.run(minutes=30)
    assert day.order(order_id).state is S.VERIFIED
    (shown,) = day.amazon.order(order_id).packages
    assert (shown.carrier_code, shown.carrier_name) == (carrier.code, carrier.name)


def test_a_parcel_that_was_lost_is_sent_again_under_another_number(day: Day) -> None:
    order_id = shipped(day)
    day.run(minutes=30)
    assert day.order(order_id).state is S.VERIFIED
    again = Amendment(carrier="FedEx", tracking_number="986578788855", shipped_at=day.clock.now())
    day.app.amending.correct(day.order(order_id).ref, 1, again, person())
    day.run(minutes=30)
    (shown,) = day.amazon.order(order_id).packages
    assert (shown.package_reference_id, shown.edits) == ("1", 1)
    assert (shown.carrier_code, shown.tracking_number) == ("FedEx", "986578788855")
    assert day.order(order_id).state is S.VERIFIED
