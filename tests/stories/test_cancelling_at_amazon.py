"""Orders are cancelled at Amazon by feed, each once, whatever gets lost on the way."""

from datetime import timedelta

import httpx
import pytest

from day import Day, MakeDay
from dockseal.cli.opened import person
from dockseal.domain.cancellation import Cancellation, CancellationState, CancelReason
from dockseal.domain.feed import FeedKind, FeedState
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.errors import BadInput
from spapi_simulator import Fault, Line

S, C = OrderState, CancellationState
OVER = {S.CANCELLED, S.SHREDDED}


@pytest.fixture
def day(make_day: MakeDay) -> Day:
    return make_day(api=OrdersApi.V2026)


def held(day: Day, count: int = 1) -> list[str]:
    """Orders that lack a SKU, and so are held before their release."""
    ids = [day.amazon.place_order(day.account, lines=[Line(sku="")]) for _ in range(count)]
    day.run(minutes=3)
    assert {day.order(each).state for each in ids} == {S.HELD}
    return ids


def cancel(day: Day, order_id: str) -> None:
    day.app.stops.cancel(day.order(order_id).ref, CancelReason.NO_INVENTORY, person())


def cancellation(day: Day, order_id: str) -> Cancellation:
    return day.app.storage.cancellations.of_order(day.order(order_id).ref)[-1]


def feeds(day: Day) -> int:
    """How many feeds Amazon took."""
    taken = [call for call in day.amazon.calls if call.operation == "createFeed"]
    return sum(call.status == 202 or call.fault == "after" for call in taken)


def test_one_feed_cancels_many_orders(day: Day) -> None:
    ids = held(day, 5)
    for each in ids:
        cancel(day, each)
    day.run(minutes=20)
    assert {day.amazon.order(each).status for each in ids} == {"CANCELLED"}
    assert {day.order(each).state for each in ids} <= OVER
    assert {cancellation(day, each).state for each in ids} == {C.DONE}
    assert feeds(day) == 1
    assert day.warehouse.taken == []


def test_while_it_is_being_cancelled_nobody_lifts_the_hold_or_cancels_it_again(day: Day) -> None:
    (order_id,) = held(day)
    cancel(day, order_id)
    with pytest.raises(BadInput, match="being cancelled"):
        day.app.holds.lift(day.order(order_id).ref, person())
    with pytest.raises(BadInput, match="being cancelled already"):
        cancel(day, order_id)


@pytest.mark.parametrize("effect", ["after", "none"], ids=["taken", "not taken"])
def test_a_lost_answer_is_settled_by_looking(day: Day, effect: str) -> None:
    (order_id,) = held(day)
    fault = Fault(operation="createFeed", status=None, effect=effect, times=1)  # type: ignore[arg-type]  # by name
    day.amazon.faults.add(fault)
    cancel(day, order_id)
    day.run(minutes=20)
    assert day.amazon.order(order_id).status == "CANCELLED"
    assert cancellation(day, order_id).state is C.DONE
    assert feeds(day) == 1
    assert any(call.operation == "getFeeds" for call in day.amazon.calls)


@pytest.mark.parametrize("status", [400, 403])
def test_a_look_that_amazon_refuses_is_no_answer_about_what_was_sent(day: Day, status: int) -> None:
    (order_id,) = held(day)
    day.amazon.faults.add(Fault(operation="createFeed", status=None, effect="after", times=1))
    day.amazon.faults.add(Fault(operation="getFeeds", status=status, times=2))
    day.amazon.faults.add(Fault(operation="getOrder", status=503, times=6))
    cancel(day, order_id)
    day.run(minutes=30)
    assert feeds(day) == 1
    assert cancellation(day, order_id).state is C.DONE
    assert "order:cancellation:refused" not in day.tags(order_id)
    assert day.order(order_id).attention == ""


class _Killing(httpx.BaseTransport):
    """Breaks down once, before or after Amazon got a feed."""

    def __init__(self, inner: httpx.BaseTransport, *, after: bool) -> None:
        self._inner, self._after, self.armed = inner, after, False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        deadly = self.armed and request.method == "POST" and request.url.path.endswith("/feeds")
        if deadly and not self._after:
            self.armed = False
            raise KeyboardInterrupt
        answer = self._inner.handle_request(request)
        if deadly:
            self.armed = False
            raise KeyboardInterrupt
        return answer


@pytest.mark.parametrize("after", [False, True], ids=["before Amazon got it", "after Amazon got it"])
def test_killed_between_the_intent_and_the_answer_it_looks_and_sends_once(
    make_day: MakeDay, after: bool
) -> None:
    lines: list[_Killing] = []

    def carry(inner: httpx.BaseTransport) -> httpx.BaseTransport:
        lines.append(_Killing(inner, after=after))
        return lines[-1]

    day = make_day(api=OrdersApi.V2026, carry=carry)
    (order_id,) = held(day)
    lines[-1].armed = True
    cancel(day, order_id)
    with pytest.raises(KeyboardInterrupt):
        day.run(minutes=5)
    assert cancellation(day, order_id).state is C.SENT
    day.restart()
    day.run(minutes=20)
    assert day.amazon.order(order_id).status == "CANCELLED"
    assert cancellation(day, order_id).state is C.DONE
    assert feeds(day) == 1


def test_what_amazon_does_not_cancel_stays_held_with_amazons_words(day: Day) -> None:
    fine, shipped = held(day, 2)
    for each in (fine, shipped):
        cancel(day, each)
    day.amazon.ship(shipped)
    day.run(minutes=20)
    order = day.order(shipped)
    assert order.state is S.HELD
    assert order.hold is not None
    assert order.hold.code == "cancellation_refused"
    assert "cannot be cancelled by its seller" in order.hold.sentence
    assert "order:cancellation:refused" in day.tags(shipped)
    assert day.order(fine).state in OVER, "one bad order does not spoil the others"
    day.app.holds.lift(order.ref, person())
    day.run(minutes=3)
    assert "already shows" in str(day.order(shipped).hold)


def test_a_feed_that_amazon_cannot_read_refuses_each_of_its_orders(day: Day) -> None:
    ids = held(day, 2)
    seller = day.app.storage.sellers.get(day.seller.id)
    day.app.storage.sellers.change(seller, selling_partner_id="A0SOMEBODYELSE")
    for each in ids:
        cancel(day, each)
    day.run(minutes=20)
    assert {cancellation(day, each).state for each in ids} == {C.REFUSED}
    assert {day.order(each).hold.code for each in ids} == {"cancellation_refused"}  # type: ignore[union-attr]  # they are held


@pytest.mark.parametrize(
    ("step", "cancelled"), [(2, 1), (3, 0)], ids=["before the last order", "before the feed is over"]
)
def test_what_amazon_refused_is_not_sent_again_by_a_feed_that_was_cut_off(
    day: Day, monkeypatch: pytest.MonkeyPatch, step: int, cancelled: int
) -> None:
    ids = held(day, 2)
    day.amazon.faults.add(Fault(operation="createFeed", status=400, times=1))
    for each in ids:
        cancel(day, each)
    steps = 0

    def killing(table: object) -> None:
        change = type(table).change  # type: ignore[attr-defined]  # both tables have it

        def killed(self: object, kept: object, **changes: object) -> object:
            nonlocal steps
            steps += changes.get("state") in {C.REFUSED, FeedState.DONE}
            if steps == step:
                raise KeyboardInterrupt
            return change(self, kept, **changes)

        monkeypatch.setattr(type(table), "change", killed)

    killing(day.app.storage.cancellations)
    killing(day.app.storage.feeds)
    with pytest.raises(KeyboardInterrupt):
        day.run(minutes=5)
    monkeypatch.undo()
    day.restart()
    day.run(minutes=20)
    assert cancellation(day, ids[0]).state is C.REFUSED
    at_amazon = [day.amazon.order(each).status for each in ids]
    assert at_amazon.count("CANCELLED") == feeds(day) == cancelled
    assert day.app.storage.feeds.open(day.order(ids[0]).seller, FeedKind.ACKNOWLEDGEMENT) == []


def test_while_the_quota_is_spent_what_comes_goes_with_the_next_feed(day: Day) -> None:
    first, second = held(day, 2)
    day.amazon.faults.add(Fault(operation="createFeed", status=429, times=1))
    cancel(day, first)
    day.run(minutes=1)
    cancel(day, second)
    day.run(minutes=30)
    assert {day.amazon.order(each).status for each in (first, second)} == {"CANCELLED"}
    assert feeds(day) == 1


def test_a_cancellation_that_amazon_takes_and_never_shows_reaches_a_person(day: Day) -> None:
    (order_id,) = held(day)
    day.amazon.faults.add(
        Fault(operation="createFeed", effect="later", seconds=timedelta(days=2).total_seconds())
    )
    cancel(day, order_id)
    before = day.order(order_id)
    day.amazon.faults.add(Fault(operation="getOrder", status=503))
    day.amazon.faults.add(Fault(operation="searchOrders", status=503))
    day.run(hours=7)
    order = day.order(order_id)
    assert cancellation(day, order_id).state is C.TAKEN
    assert "does not show it cancelled" in order.attention
    assert order.amazon == before.amazon


def test_an_order_that_amazon_cancels_meanwhile_is_not_sent(day: Day) -> None:
    (order_id,) = held(day)
    day.amazon.faults.add(Fault(operation="createFeedDocument", status=503, times=3))
    cancel(day, order_id)
    day.run(minutes=1)
    day.amazon.cancel(order_id)
    day.run(minutes=30)
    assert day.order(order_id).state in OVER
    assert cancellation(day, order_id).state is C.DONE
    assert feeds(day) == 0
