"""A backlog goes to Amazon with one feed, each package once, whatever gets lost on the way."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from day import SELLER, Day, MakeDay
from dockseal.domain.feed import Feed, FeedKind, FeedState
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.domain.shipment import Package, PackageState
from spapi_simulator import Behaviours, Fault, Line

S, P = OrderState, PackageState
WAITING = 12
Make = Callable[..., Day]


@pytest.fixture
def make(make_day: MakeDay) -> Make:
    """Makes days whose hours are cheap: by its timer alone a lane runs every ten minutes."""

    def make(**choices: Any) -> Day:
        return make_day(tick=timedelta(minutes=10), poll=timedelta(minutes=1), **choices)

    return make


@pytest.fixture
def day(make: Make) -> Day:
    return make()


@pytest.fixture(params=list(OrdersApi), ids=[api.value for api in OrdersApi])
def either_day(request: pytest.FixtureRequest, make: Make) -> Day:
    """A day with each generation of the Orders API."""
    return make(api=request.param)


def released(day: Day, count: int = WAITING, *, quantity: int = 1) -> list[str]:
    """Orders that the warehouse has."""
    lines = [Line(sku="MUG-1", quantity=quantity)]
    ids = [day.amazon.place_order(day.account, lines=lines) for _ in range(count)]
    day.run(minutes=5)
    return ids


def slow(day: Day) -> None:
    """Amazon gives this seller so few calls that a feed is sooner."""
    day.amazon.limits.plan(day.account.seller_id, "confirmShipment", rate=0.01, burst=1)


def backlog(day: Day, count: int = WAITING, *, carrier: str = "UPS Ground") -> list[str]:
    """Orders whose parcels are reported all at once, more than calls can tell of soon."""
    ids = released(day, count)
    slow(day)
    for each in ids:
        day.ship(each, tracking_number=f"T-{each}", carrier=carrier)
    notice(day)
    return ids


def notice(day: Day) -> None:
    """The lane that confirms looks at once, as it does every second in the product."""
    day.app.lanes.wake("confirm")


def ship_untracked(day: Day, order_id: str, lines: list[tuple[str, int]] | None = None) -> None:
    """The warehouse ships a parcel with a service that has no numbers."""
    day.ship(order_id, tracking_number="NONE", lines=lines)
    day.app.storage.packages.change(day.packages(order_id)[-1], tracking_number="")


def renumber(day: Day, order_id: str, reference: str) -> None:
    """Amazon shows an order's one package under another reference."""
    packages = day.amazon.order(order_id).packages
    packages[0] = replace(packages[0], package_reference_id=reference)


def package(day: Day, order_id: str) -> Package:
    return day.packages(order_id)[0]


def last_feed(day: Day) -> Feed:
    feed = day.app.storage.feeds.latest(SELLER, FeedKind.FULFILLMENT)
    assert feed is not None
    return feed


def calls(day: Day, operation: str) -> int:
    """How many calls of an operation Amazon carried out."""
    made = [call for call in day.amazon.calls if call.operation == operation]
    return sum(call.status in {200, 202, 204} or call.fault == "after" for call in made)


def numbers(day: Day, order_id: str) -> list[str]:
    """Tracking numbers of an order at Amazon."""
    return [each.tracking_number for each in day.amazon.order(order_id).packages]


def fed(day: Day, ids: list[str]) -> list[str]:
    """Those of the orders whose parcels wait for a feed."""
    return [each for each in ids if package(day, each).feed and package(day, each).state is P.INTENDED]


def all_there_once(day: Day, ids: list[str]) -> None:
    for each in ids:
        assert numbers(day, each) == [f"T-{each}"]
        assert package(day, each).state in {P.CONFIRMED, P.VERIFIED}
        assert day.tags(each).count("order:package:confirmed") == 1


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


def test_a_quiet_hour_never_uses_a_feed(day: Day) -> None:
    ids = released(day, 9)
    for each in ids:
        day.ship(each, tracking_number=f"T-{each}")
        notice(day)
        day.run(minutes=1)
    all_there_once(day, ids)
    assert calls(day, "createFeedDocument") == 0


def test_without_feeds_all_goes_by_call(make: Make) -> None:
    day = make(choices={"confirmation_feeds": False})
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


def test_without_feeds_a_parcel_without_a_number_is_held(make: Make) -> None:
    day = make(choices={"confirmation_feeds": False})
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
    day.ship(order_id, tracking_number="T-1", lines=[(item, 1)])
    ship_untracked(day, order_id, [(item, 1)])
    notice(day)
    day.run(minutes=30)
    assert sorted(numbers(day, order_id)) == ["", "T-1"]
    assert [each.package_reference_id for each in day.amazon.order(order_id).packages] == ["1", "2"]
    day.run(minutes=40)
    assert day.order(order_id).state is S.VERIFIED


def test_what_amazon_refuses_in_the_feed_goes_by_call_with_amazons_words(day: Day) -> None:
    ids = backlog(day)
    day.run(minutes=0.4)
    bad = fed(day, ids)[0]
    day.amazon.ship(bad)
    renumber(day, bad, "41")
    day.run(minutes=3)
    assert "order:package:returned" in day.tags(bad)
    day.amazon.limits.plan(day.account.seller_id, "confirmShipment", rate=2, burst=10)
    day.run(hours=2)  # one order alone is refused for an hour: it is no outage
    refused = package(day, bad)
    assert refused.state is P.REFUSED
    assert "already fulfilled" in refused.refusal
    assert "correct it" in day.order(bad).attention
    all_there_once(day, [each for each in ids if each != bad])


def test_a_file_that_amazon_cannot_read_goes_by_call_and_not_with_a_feed_again(day: Day) -> None:
    ids = backlog(day)
    seller = day.app.storage.sellers.get(SELLER)
    day.app.storage.sellers.change(seller, selling_partner_id="A0SOMEBODYELSE")
    day.run(hours=1)
    all_there_once(day, ids)
    assert calls(day, "createFeed") == 1


def test_a_cancelled_feed_goes_by_call(day: Day) -> None:
    ids = backlog(day)
    day.run(minutes=0.4)
    assert fed(day, ids)
    cancel_feed(day, last_feed(day).feed_id)
    day.run(hours=1)
    all_there_once(day, ids)
    assert calls(day, "createFeed") == 1


def cancel_feed(day: Day, feed_id: str) -> None:
    """Somebody cancels a feed that is still in Amazon's queue."""
    form = {
        "grant_type": "refresh_token",
        "refresh_token": day.refresh_token,
        "client_id": day.application.client_id,
        "client_secret": day.application.client_secret,
    }
    with httpx.Client(transport=day.amazon.transport) as http:
        token = http.post("https://api.amazon.com/auth/o2/token", data=form).json()["access_token"]
        answer = http.delete(
            f"https://sellingpartnerapi-na.amazon.com/feeds/2021-06-30/feeds/{feed_id}",
            headers={"x-amz-access-token": token, "user-agent": "a person"},
        )
    assert answer.status_code == 200


@pytest.mark.parametrize("effect", ["after", "none"], ids=["taken", "not taken"])
def test_a_lost_answer_is_settled_by_looking(day: Day, effect: str) -> None:
    fault = Fault(operation="createFeed", status=None, effect=effect, times=1)  # type: ignore[arg-type]  # by name
    day.amazon.faults.add(fault)
    ids = backlog(day)
    day.run(minutes=10)
    all_there_once(day, ids)
    assert calls(day, "createFeed") == 1
    assert calls(day, "getFeeds") == 1


@pytest.mark.parametrize("operation", ["createFeedDocument", "putDocument"])
def test_what_surely_was_not_sent_goes_by_call_or_with_the_next_feed(day: Day, operation: str) -> None:
    day.amazon.faults.add(Fault(operation=operation, status=503, times=1))
    ids = backlog(day)
    day.run(minutes=1)
    assert last_feed(day).state is FeedState.DROPPED
    assert fed(day, ids) == []
    day.run(minutes=10)
    all_there_once(day, ids)
    assert calls(day, "createFeed") == 1


class _Killing(httpx.BaseTransport):
    """Breaks down once, before or after Amazon got a feed."""

    def __init__(self, inner: httpx.BaseTransport, *, after: bool) -> None:
        self._inner, self._after, self.armed = inner, after, True

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        deadly = self.armed and request.method == "POST" and request.url.path.endswith("/feeds")
        if deadly:
            self.armed = False
            if self._after:
                self._inner.handle_request(request)
            raise KeyboardInterrupt
        return self._inner.handle_request(request)


@pytest.mark.parametrize("after", [False, True], ids=["before Amazon got it", "after Amazon got it"])
def test_killed_between_the_intent_and_the_answer_it_looks_and_sends_once(make: Make, after: bool) -> None:
    day = make(carry=lambda inner: _Killing(inner, after=after))
    ids = backlog(day)
    with pytest.raises(KeyboardInterrupt):
        day.run(minutes=5)
    assert fed(day, ids)
    day.restart()
    day.run(minutes=10)
    all_there_once(day, ids)
    assert calls(day, "createFeed") == 1


def test_a_parcel_corrected_while_its_feed_is_under_way_is_told_anew_after_it(either_day: Day) -> None:
    day = either_day
    ids = backlog(day)
    day.run(minutes=0.4)
    one = fed(day, ids)[0]
    day.ship(one, report_id=f"{one}/T-{one}", tracking_number="NEW-NUMBER", status=200)
    notice(day)
    assert package(day, one).state is P.REPORTED
    day.run(minutes=0.4)
    assert package(day, one).state is P.REPORTED, "the feed could overwrite what is told meanwhile"
    day.run(hours=1)
    (there,) = day.amazon.order(one).packages
    assert (there.tracking_number, there.edits) == ("NEW-NUMBER", 1), "the feed told of the old one before"
    assert day.tags(one).count("order:package:confirmed") == 1, "the feed's report is of the old one"
    assert day.order(one).state is S.VERIFIED
    all_there_once(day, [each for each in ids if each != one])


def test_a_corrected_parcel_is_edited_under_the_reference_that_amazon_gave_it(make: Make) -> None:
    day = make()
    ids = backlog(day)
    day.run(minutes=0.4)
    one = fed(day, ids)[0]
    day.run(minutes=5)
    renumber(day, one, "41")
    day.run(minutes=20)
    assert day.order(one).state is S.VERIFIED
    day.amazon.limits.plan(day.account.seller_id, "confirmShipment", rate=2, burst=10)
    day.ship(one, report_id=f"{one}/T-{one}", tracking_number="NEW-NUMBER", status=200)
    notice(day)
    day.run(minutes=40)
    assert numbers(day, one) == ["NEW-NUMBER"]
    assert package(day, one).amazon_reference == "41"
    assert day.order(one).state is S.VERIFIED


def test_a_feed_that_amazon_never_ends_is_not_waited_for(make: Make) -> None:
    day = make(behaviours=Behaviours(feed_processing_seconds=timedelta(days=2).total_seconds()))
    ids = backlog(day)
    day.run(hours=1)
    assert fed(day, ids)
    day.amazon.limits.plan(day.account.seller_id, "confirmShipment", rate=2, burst=10)
    day.run(hours=3)
    all_there_once(day, ids)


def test_a_report_that_nobody_can_read_leaves_no_package_behind(either_day: Day) -> None:
    day = either_day
    ids = backlog(day)
    day.amazon.faults.add(Fault(operation="getDocument", effect="cut"))
    day.run(hours=3)
    all_there_once(day, ids)
    assert last_feed(day).state is FeedState.DONE


def test_an_application_without_the_role_for_feeds_goes_on_by_call(day: Day) -> None:
    day.amazon.faults.add(Fault(operation="createFeedDocument", status=403))
    ids = backlog(day)
    day.run(minutes=30)
    assert fed(day, ids) == []
    assert calls(day, "createFeed") == 0
    all_there_once(day, ids)


def test_a_name_that_would_break_the_file_arrives_as_it_is(day: Day) -> None:
    ids = backlog(day, carrier="Bits & <Bobs>")
    day.run(minutes=10)
    all_there_once(day, ids)
    assert {each.carrier_name for one in ids for each in day.amazon.order(one).packages} == {"Bits & <Bobs>"}
