"""A backlog goes to Amazon with one feed, each package once; and so does what no call can tell of."""

from collections.abc import Sequence

import pytest

from backlog import (
    WAITING,
    Make,
    all_there_once,
    backlog,
    calls,
    fed,
    last_feed,
    notice,
    numbers,
    package,
    released,
    renumber,
    ship_untracked,
    slow,
)
from day import WAREHOUSE, Day
from dockseal.amazon.fulfillment_feed import PackageMessage, fulfillment_feed
from dockseal.cli.opened import person
from dockseal.domain.carrier import Carrier
from dockseal.domain.feed import FeedState
from dockseal.domain.identifiers import AmazonOrderId
from dockseal.domain.order import OrderState
from dockseal.domain.shipment import PackageState
from parcel_numbers import ups, ups_of
from spapi_simulator import Fault

NEW = ups(99)

S, P = OrderState, PackageState


@pytest.fixture
def day(make_cheap: Make) -> Day:
    return make_cheap()


def test_a_backlog_goes_with_one_feed_and_is_verified(either_day: Day) -> None:
    day = either_day
    ids = backlog(day)
    day.run(minutes=5)
    all_there_once(day, ids)
    assert calls(day, "createFeed") == 1
    assert calls(day, "confirmShipment") < WAITING / 2
    day.run(minutes=40)
    assert {day.order(each).state for each in ids} == {S.VERIFIED}
    assert last_feed(day).state is FeedState.DONE


def test_a_feed_names_its_orders_in_the_turn_in_which_they_are_read_back(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    named: list[AmazonOrderId] = []

    def written(merchant: str, messages: Sequence[PackageMessage]) -> bytes:
        named.extend(message.order_id for message in messages)
        return fulfillment_feed(merchant, messages)

    monkeypatch.setattr("dockseal.shipment_confirmation.bulk.fulfillment_feed", written)
    ids = backlog(day)
    day.run(minutes=5)
    assert ids != sorted(ids), "what was placed first has no lower id"
    assert len(named) > 5
    assert named == sorted(named)


def test_what_has_no_room_in_a_feed_goes_otherwise(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dockseal.shipment_confirmation.bundling.MOST_BYTES", 5 * 500)
    ids = backlog(day)
    day.run(minutes=1)
    with_the_feed = [each for each in ids if package(day, each).feed is not None]
    assert 1 <= len(with_the_feed) <= 5
    day.run(minutes=90)
    all_there_once(day, ids)
    assert {day.order(each).state for each in ids} == {S.VERIFIED}


def test_a_quiet_hour_never_uses_a_feed(day: Day) -> None:
    ids = released(day, 9)
    for each in ids:
        day.ship(each, tracking_number=ups_of(each))
        notice(day)
        day.run(minutes=1)
    all_there_once(day, ids)
    assert calls(day, "createFeedDocument") == 0


def test_without_feeds_all_goes_by_call(make_cheap: Make) -> None:
    day = make_cheap(choices={"confirmation_feeds": False})
    ids = backlog(day, 6)
    day.run(minutes=30)
    all_there_once(day, ids)
    assert calls(day, "createFeedDocument") == 0


def test_a_parcel_without_a_number_goes_with_a_feed_even_alone(either_day: Day) -> None:
    day = either_day
    (order_id,) = released(day, 1)
    ship_untracked(day, order_id)
    notice(day)
    day.run(minutes=5)
    assert numbers(day, order_id) == [""]
    assert package(day, order_id).state in {P.CONFIRMED, P.VERIFIED}
    assert calls(day, "confirmShipment") == 0
    day.run(minutes=40)
    assert day.order(order_id).state is S.VERIFIED


def test_without_feeds_a_parcel_without_a_number_is_held(make_cheap: Make) -> None:
    day = make_cheap(choices={"confirmation_feeds": False})
    (order_id,) = released(day, 1)
    ship_untracked(day, order_id)
    notice(day)
    day.run(minutes=5)
    hold = package(day, order_id).hold
    assert hold is not None
    assert hold.code == "feeds_off"


def test_a_numberless_parcel_waits_until_amazon_knows_of_those_before_it(either_day: Day) -> None:
    day = either_day
    (order_id,) = released(day, 1, quantity=2)
    item = day.amazon.order(order_id).items[0].order_item_id
    day.amazon.faults.add(Fault(operation="confirmShipment", status=503, times=2))
    day.ship(order_id, tracking_number=ups(1), lines=[(item, 1)])
    ship_untracked(day, order_id, [(item, 1)])
    notice(day)
    day.run(minutes=30)
    assert sorted(numbers(day, order_id)) == ["", ups(1)]
    assert [each.package_reference_id for each in day.amazon.order(order_id).packages] == ["1", "2"]
    day.run(minutes=40)
    assert day.order(order_id).state is S.VERIFIED


def test_an_order_in_two_parcels_goes_by_call(day: Day) -> None:
    ids = released(day, 6, quantity=2)
    slow(day)
    for each in ids:
        item = day.amazon.order(each).items[0].order_item_id
        for number in (1, 2):
            day.ship(each, tracking_number=ups_of(f"{each}{number}"), lines=[(item, 1)])
    notice(day)
    day.run(minutes=30)
    assert calls(day, "createFeedDocument") == 0
    for each in ids:
        references = [there.package_reference_id for there in day.amazon.order(each).packages]
        assert references == sorted(references)


def test_a_parcel_corrected_while_its_feed_is_under_way_is_told_anew_after_it(either_day: Day) -> None:
    day = either_day
    ids = backlog(day)
    day.run(minutes=0.4)
    one = fed(day, ids)[0]
    day.ship(one, report_id=f"{one}/{ups_of(one)}", tracking_number=NEW, status=200)
    notice(day)
    assert package(day, one).state is P.REPORTED
    day.run(minutes=0.4)
    assert package(day, one).state is P.REPORTED, "the feed could overwrite what is told meanwhile"
    day.run(hours=1)
    (there,) = day.amazon.order(one).packages
    assert (there.tracking_number, there.edits) == (NEW, 1), "the feed told of the old one before"
    assert day.tags(one).count("order:package:confirmed") == 1, "the feed's report is of the old one"
    assert day.order(one).state is S.VERIFIED
    all_there_once(day, [each for each in ids if each != one])


def test_a_carrier_corrected_while_its_feed_is_under_way_is_told_although_amazon_shows_the_number(
    day: Day,
) -> None:
    ids = backlog(day)
    day.run(minutes=0.4)
    corrected = fed(day, ids)[-1]
    day.ship(corrected, carrier="UPS Mail Innovations", status=200)
    day.amazon.limits.plan(day.account.seller_id, "confirmShipment", rate=0.002, burst=1)
    day.run(minutes=30)
    (there,) = day.amazon.order(corrected).packages
    assert (there.carrier_code, there.tracking_number) == ("UPSMI", ups_of(corrected))
    assert package(day, corrected).state in {P.CONFIRMED, P.VERIFIED}


def test_a_corrected_parcel_is_edited_under_the_reference_that_amazon_gave_it(make_cheap: Make) -> None:
    day = make_cheap()
    ids = backlog(day)
    day.run(minutes=0.4)
    one = fed(day, ids)[0]
    day.run(minutes=5)
    renumber(day, one, "41")
    day.run(minutes=20)
    assert day.order(one).state is S.VERIFIED
    day.amazon.limits.plan(day.account.seller_id, "confirmShipment", rate=2, burst=10)
    day.ship(one, report_id=f"{one}/{ups_of(one)}", tracking_number=NEW, status=200)
    notice(day)
    day.run(minutes=40)
    assert numbers(day, one) == [NEW]
    assert package(day, one).amazon_reference == "41"
    assert day.order(one).state is S.VERIFIED


def test_a_name_that_would_break_the_file_arrives_as_it_is(day: Day) -> None:
    named = "Bits & <Bobs>"
    day.app.teaching.teach(WAREHOUSE, named, Carrier(code="Other", name=named), person())
    ids = backlog(day, carrier=named)
    day.run(minutes=10)
    all_there_once(day, ids)
    assert {each.carrier_name for one in ids for each in day.amazon.order(one).packages} == {named}
