"""Feeds of packages get lost, fail or are not understood: no package stays behind, none is told twice."""

import json
from datetime import timedelta

import httpx
import pytest

from backlog import (
    WAITING,
    Make,
    all_there_once,
    backlog,
    calls,
    fed,
    last_feed,
    package,
    renumber,
)
from day import SELLER, Day
from dockseal.domain.feed import FeedState
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.domain.shipment import PackageState
from spapi_simulator import Behaviours, Fault

S, P = OrderState, PackageState


@pytest.fixture
def day(make_cheap: Make) -> Day:
    return make_cheap()


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
    assert "Find out who confirmed that" in day.order(bad).attention
    all_there_once(day, [each for each in ids if each != bad])


def test_a_file_that_amazon_cannot_read_goes_by_call_and_not_with_a_feed_again(day: Day) -> None:
    ids = backlog(day)
    seller = day.app.storage.sellers.get(SELLER)
    day.app.storage.sellers.change(seller, selling_partner_id="A0SOMEBODYELSE")
    day.run(hours=1)
    all_there_once(day, ids)
    assert calls(day, "createFeed") == 1


class _Fatal(httpx.BaseTransport):
    """Says of each feed that is done that it failed, and gives no report."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        if "/feeds/2021-06-30/feeds/" not in request.url.path:
            return answer
        body = json.loads(answer.read())
        if body.pop("resultFeedDocumentId", ""):
            body["processingStatus"] = "FATAL"
        return httpx.Response(answer.status_code, json=body)


@pytest.mark.parametrize("applied", [True, False], ids=["all of it", "none of it"])
@pytest.mark.parametrize("api", list(OrdersApi), ids=[api.value for api in OrdersApi])
def test_what_a_failed_feed_did_is_found_by_reading_amazon_back(
    make_cheap: Make, api: OrdersApi, applied: bool
) -> None:
    day = make_cheap(api=api, carry=_Fatal)
    ids = backlog(day)
    if not applied:
        seller = day.app.storage.sellers.get(SELLER)
        day.app.storage.sellers.change(seller, selling_partner_id="A0SOMEBODYELSE")
    day.run(hours=1)
    all_there_once(day, ids)
    assert (calls(day, "confirmShipment") < WAITING / 2) is applied
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
def test_killed_between_the_intent_and_the_answer_it_looks_and_sends_once(
    make_cheap: Make, after: bool
) -> None:
    day = make_cheap(carry=lambda inner: _Killing(inner, after=after))
    ids = backlog(day)
    with pytest.raises(KeyboardInterrupt):
        day.run(minutes=5)
    assert fed(day, ids)
    day.restart()
    day.run(minutes=10)
    all_there_once(day, ids)
    assert calls(day, "createFeed") == 1


def test_a_feed_that_amazon_never_ends_is_not_waited_for(make_cheap: Make) -> None:
    day = make_cheap(behaviours=Behaviours(feed_processing_seconds=timedelta(days=2).total_seconds()))
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
