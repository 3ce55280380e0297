"""Parcels that were reported wrongly: each is told rightly, held with a sentence, or refused with one.

Nothing is lost, and the other orders flow on.
"""

from datetime import datetime, timedelta, timezone

import pytest

from day import Day, MakeDay
from dockseal.cli.opened import person
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.domain.seller import Region
from dockseal.domain.shipment import Content, Package, PackageState
from dockseal.fulfillment_processing.amending import Amendment
from parcel_numbers import ups, ups_of, usps
from spapi_simulator import Behaviours, Line

P, S = PackageState, OrderState
DE = "A1PA6795UKMFR9"


@pytest.fixture(params=list(OrdersApi), ids=[api.value for api in OrdersApi])
def day(request: pytest.FixtureRequest, make_day: MakeDay) -> Day:
    """A day with each Orders API, at an Amazon that takes no date and no carrier that cannot be."""
    strict = Behaviours(
        refuse_future_ship_date=True, refuse_ship_date_before_purchase=True, refuse_unknown_carrier=True
    )
    return make_day(api=request.param, behaviours=strict)


def released(day: Day, *lines: Line) -> str:
    order_id = day.amazon.place_order(day.account, lines=list(lines) or [Line(sku="MUG-1")])
    day.run(minutes=2)
    return order_id


def parcel(day: Day, order_id: str) -> Package:
    (package,) = day.packages(order_id)
    return package


def held(day: Day, order_id: str) -> str:
    package = parcel(day, order_id)
    assert package.state is P.HELD, package
    assert package.hold is not None
    assert day.amazon.order(order_id).packages == []
    return package.hold.code


@pytest.mark.parametrize(
    ("written", "carrier"),
    [
        ("1z 999 aa1 00 0000 0015", "UPS Ground"),
        ("https://www.ups.com/track?tracknum=1Z999AA10000000015&loc=en_US", "ups"),
        ("Tracking #: 1Z999AA10000000015", "United Parcel Service"),
        ("1Z999AA10000000015", "other"),
    ],
)
def test_a_number_is_told_alone_whatever_stands_around_it(day: Day, written: str, carrier: str) -> None:
    order_id = released(day)
    day.ship(order_id, tracking_number=written, carrier=carrier)
    day.run(minutes=30)
    (shown,) = day.amazon.order(order_id).packages
    assert (shown.carrier_code, shown.tracking_number) == ("UPS", ups(1))
    assert day.order(order_id).state is S.VERIFIED


@pytest.mark.parametrize(
    ("carrier", "number", "code"),
    [
        ("UPS", f"{ups(1)} / {ups(2)}", "number_unusable"),
        ("UPS", "1Z999AA10000000016", "number_wrong"),
        ("FedEx", ups(1), "carrier_contradicted"),
        ("UPS FedEx", ups(1), "carrier_unknown"),
        ("Brown Truck", ups(1), "carrier_unknown"),
        ("Post", "AB123", "number_unusable"),
        ("UPS", "TBD", "number_unusable"),
    ],
)
def test_what_cannot_be_right_is_held_and_the_next_order_flows_on(
    day: Day, carrier: str, number: str, code: str
) -> None:
    wrong, right = released(day), released(day)
    answer = day.ship(wrong, report_id="R-1", carrier=carrier, tracking_number=number)
    assert answer.json()["state"] == "reported"
    day.ship(right, tracking_number=usps(7), carrier="usps")
    day.run(minutes=30)
    assert held(day, wrong) == code
    assert day.order(right).state is S.VERIFIED
    day.ship(
        wrong, report_id="R-2", carrier="UPS", tracking_number=ups(9), status=400
    )  # nothing is left for it
    day.run(minutes=1)
    day.ship(wrong, report_id="R-1", carrier="UPS", tracking_number=ups(9), status=200)  # corrects it
    day.run(minutes=30)
    assert day.order(wrong).state is S.VERIFIED
    assert [each.tracking_number for each in day.amazon.order(wrong).packages] == [ups(9)]


def test_one_number_for_two_orders_is_held_a_day_later_and_told_where_both_were_packed_together(
    day: Day,
) -> None:
    first, second = released(day), released(day)
    for order_id in (first, second):
        day.ship(order_id, tracking_number=ups(1))
    day.run(minutes=40)
    assert {day.order(order_id).state for order_id in (first, second)} == {S.VERIFIED}
    day.skip(days=1.25)
    later = released(day)
    day.ship(later, tracking_number=ups(1))
    day.run(minutes=30)
    assert held(day, later) == "number_used"


def test_a_number_that_its_carrier_hardly_has_is_told_and_a_person_looks_until_it_is_corrected(
    day: Day,
) -> None:
    order_id = released(day)
    day.ship(order_id, report_id="R-1", tracking_number="AB12345678")
    day.run(minutes=30)
    assert day.order(order_id).state is S.VERIFIED
    assert "none of the shapes of numbers of UPS" in day.order(order_id).attention
    day.ship(order_id, report_id="R-1", tracking_number=ups(3), status=200)
    day.run(minutes=30)
    (shown,) = day.amazon.order(order_id).packages
    assert (shown.tracking_number, day.order(order_id).attention) == (ups(3), "")


def test_a_parcel_of_a_cancelled_order_is_refused_and_a_person_is_told(day: Day) -> None:
    order_id = released(day)
    day.warehouse.stops = False
    day.amazon.cancel(order_id)
    day.run(minutes=30)
    day.ship(order_id, tracking_number=ups_of(order_id))
    day.run(minutes=30)
    assert parcel(day, order_id).state is P.REFUSED
    assert "bring it back" in day.order(order_id).attention


def test_more_than_ordered_and_an_unknown_line_are_answered_at_once(day: Day) -> None:
    order_id = released(day, Line(sku="MUG-1", quantity=2))
    (line,) = day.warehouse.order(order_id)["lines"]
    too_many = day.ship(order_id, report_id="R-1", lines=[(line["line_id"], 3)], status=400)
    assert "2 of 2 left" in too_many.json()["error"]
    unknown = day.ship(order_id, report_id="R-2", lines=[("no-such-line", 1)], status=400)
    assert line["line_id"] in unknown.json()["error"]
    assert day.packages(order_id) == []


def test_a_ship_date_in_another_zone_is_told_in_utc(day: Day) -> None:
    order_id = released(day)
    tokyo = day.clock.now().astimezone(timezone(timedelta(hours=9)))
    day.ship(order_id, shipped_at=tokyo)
    day.run(minutes=30)
    (shown,) = day.amazon.order(order_id).packages
    assert shown.ship_date == tokyo
    assert shown.ship_date.utcoffset() == timedelta()
    assert day.order(order_id).state is S.VERIFIED


def test_the_day_alone_is_a_ship_date_and_another_year_is_none(day: Day) -> None:
    order_id = released(day)
    now = day.clock.now()
    for wrong in (now.replace(year=now.year - 1), now.replace(year=now.year + 1)):
        answer = day.ship(order_id, shipped_at=wrong, status=400)
        assert answer.json()["error"].startswith("Shipped_at")
    midnight = datetime(now.year, now.month, now.day, tzinfo=timezone(timedelta(hours=-8)))
    day.ship(order_id, shipped_at=midnight)
    day.run(minutes=30)
    assert day.order(order_id).state is S.VERIFIED


def test_an_untracked_parcel_is_told_by_feed_in_europe(make_day: MakeDay) -> None:
    day = make_day(region=Region.EU, marketplace=DE)
    order_id = released(day)
    day.ship(order_id, carrier="Deutsche Post", tracking_number="untracked")
    day.run(hours=3)
    (shown,) = day.amazon.order(order_id).packages
    assert (shown.carrier_code, shown.tracking_number) == ("Deutsche Post", "")
    assert day.order(order_id).state is S.VERIFIED
    assert "without a number" in day.order(order_id).attention, "a person has not seen it yet"


def test_elsewhere_a_person_lets_it_go_without_a_number(day: Day) -> None:
    order_id = released(day)
    day.ship(order_id, carrier="USPS", tracking_number="none")
    day.run(minutes=5)
    assert held(day, order_id) == "number_missing"
    day.app.clearing.clear(day.order(order_id).ref, 1, person())
    day.run(hours=3)
    (shown,) = day.amazon.order(order_id).packages
    assert (shown.carrier_code, shown.tracking_number) == ("USPS", "")
    assert day.order(order_id).state is S.VERIFIED


def test_units_under_transparency_go_with_their_codes_and_wait_without(day: Day) -> None:
    order_id = released(day, Line(sku="MUG-1", quantity=2, transparency=True))
    (line,) = day.warehouse.order(order_id)["lines"]
    assert line["transparency"] is True
    day.ship(order_id, report_id="R-1")
    day.run(minutes=5)
    assert held(day, order_id) == "transparency_codes"
    codes = ["AZ:EXAMPLE00000000000000000A1", "AZ:EXAMPLE00000000000000000A2"]
    content = Content(order_item_id=line["line_id"], quantity=2, transparency_codes=tuple(codes))
    day.app.amending.correct(day.order(order_id).ref, 1, Amendment(contents=(content,)), person())
    day.run(minutes=30)
    (shown,) = day.amazon.order(order_id).packages
    assert list(shown.items[0].transparency_codes) == codes
    assert day.order(order_id).state is S.VERIFIED


def test_two_parcels_without_a_number_are_corrected_each_for_itself(make_day: MakeDay) -> None:
    day = make_day(region=Region.EU, marketplace=DE)
    order_id = released(day, Line(sku="MUG-1", quantity=2))
    (line,) = day.warehouse.order(order_id)["lines"]
    for report_id in ("R-1", "R-2"):
        one = [(line["line_id"], 1)]
        day.ship(order_id, report_id=report_id, carrier="Deutsche Post", tracking_number="", lines=one)
        day.run(hours=2)
    wish = Amendment(carrier="UPS", tracking_number=ups(1))
    day.app.amending.correct(day.order(order_id).ref, 1, wish, person())
    day.run(minutes=30)
    assert [each.tracking_number for each in day.amazon.order(order_id).packages] == [ups(1), ""]
    assert [each.state for each in day.packages(order_id)] == [P.VERIFIED, P.VERIFIED]


def test_one_number_of_two_carriers_in_one_order_is_held_until_one_is_corrected(day: Day) -> None:
    order_id = released(day, Line(sku="MUG-1", quantity=2))
    (line,) = day.warehouse.order(order_id)["lines"]
    for carrier in ("DPD", "GLS"):
        one = [(line["line_id"], 1)]
        day.ship(order_id, report_id=carrier, carrier=carrier, tracking_number="12345678901256", lines=one)
        day.run(minutes=5)
    second = day.packages(order_id)[1]
    assert second.hold is not None, "Amazon showing the first one is no proof of it"
    assert (second.hold.code, len(day.amazon.order(order_id).packages)) == ("number_used", 1)
    day.ship(order_id, report_id="DPD", carrier="DPD", tracking_number="12345678901273", status=200,
             lines=[(line["line_id"], 1)])  # fmt: skip
    day.run(minutes=30)
    assert day.order(order_id).state is S.VERIFIED
    shown = {each.carrier_code: each.tracking_number for each in day.amazon.order(order_id).packages}
    assert shown == {"DPD": "12345678901273", "GLS": "12345678901256"}
