"""Lives of orders while Amazon, its notifications or the seller's roles misbehave."""

from datetime import timedelta

import pytest

from day import SELLER, Day, MakeDay
from dockseal.domain.identifiers import AmazonOrderId
from dockseal.domain.notice import Notice, NoticeSource
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.domain.shipment import PackageState
from parcel_numbers import ups, ups_of
from spapi_simulator import Behaviours, Fault, Line, Role


def placed(day: Day, count: int = 1) -> list[str]:
    """Places ordinary orders."""
    return [day.amazon.place_order(day.account, lines=[Line(sku=f"SKU-{n}")]) for n in range(count)]


def test_duplicated_delayed_and_reordered_notifications_release_each_order_once(day: Day) -> None:
    day.amazon.duplicate_notifications(3)
    day.amazon.delay_notifications(90)
    day.amazon.shuffle_notifications()
    orders = placed(day, 5)
    day.run(minutes=20)
    for order_id in orders:
        day.ship(order_id, tracking_number=ups_of(order_id))
    day.run(hours=1)
    assert sorted(order["amazon_order_id"] for order in day.warehouse.taken) == sorted(orders)
    for order_id in orders:
        assert day.order(order_id).state is OrderState.VERIFIED
        assert day.tags(order_id).count("order:life:accepted") == 1
        assert len(day.amazon.order(order_id).packages) == 1


def test_an_order_whose_notification_is_lost_is_found_by_the_sweep(day: Day) -> None:
    day.run(minutes=1)
    day.amazon.drop_notifications(1)
    (order_id,) = placed(day)
    day.run(minutes=1)
    assert not day.knows(order_id)
    day.run(minutes=15)
    assert day.order(order_id).state is OrderState.RELEASED


def test_a_cancellation_whose_notification_is_lost_is_found_by_the_sweep(day: Day) -> None:
    (order_id,) = placed(day)
    day.warehouse.down = True
    day.run(minutes=2)
    day.amazon.drop_notifications(1)
    day.amazon.cancel(order_id)
    day.run(minutes=30)
    assert day.order(order_id).state in {OrderState.CANCELLED, OrderState.SHREDDED}


def test_ten_minutes_of_503_delay_orders_and_lose_none(day: Day) -> None:
    day.run(minutes=1)
    down_until = day.clock.now() + timedelta(minutes=10)
    day.amazon.faults.add(Fault(operation="*", status=503, body="html", until=down_until))
    orders = placed(day, 3)
    day.run(minutes=9)
    assert day.warehouse.taken == []
    day.run(minutes=11)
    assert sorted(order["amazon_order_id"] for order in day.warehouse.taken) == sorted(orders)


def test_ten_minutes_of_503_during_confirmation_confirm_each_package_once(day: Day) -> None:
    orders = placed(day, 3)
    day.run(minutes=2)
    down_until = day.clock.now() + timedelta(minutes=10)
    day.amazon.faults.add(Fault(operation="*", status=503, body="html", until=down_until))
    for order_id in orders:
        day.ship(order_id, tracking_number=ups_of(order_id))
    day.run(hours=1)
    for order_id in orders:
        (package,) = day.amazon.order(order_id).packages
        assert package.edits == 0
        assert day.order(order_id).state is OrderState.VERIFIED


def test_a_confirmation_whose_answer_is_lost_is_settled_by_reading_amazon_back(make_day: MakeDay) -> None:
    day = make_day(api=OrdersApi.V2026)
    (order_id,) = placed(day)
    day.run(minutes=2)
    day.amazon.faults.add(Fault(operation="confirmShipment", status=None, effect="after", times=1))
    day.ship(order_id)
    day.run(minutes=30)
    (package,) = day.amazon.order(order_id).packages
    assert package.edits == 0, "it was sent again although Amazon had it"
    assert day.order(order_id).state is OrderState.VERIFIED


def test_an_amazon_that_shows_a_parcel_late_is_waited_for_and_told_once(make_day: MakeDay) -> None:
    day = make_day(behaviours=Behaviours(read_after_write_seconds=20 * 60))
    (order_id,) = placed(day)
    day.run(minutes=2)
    day.ship(order_id)
    day.run(minutes=15)
    assert day.order(order_id).state is OrderState.CONFIRMED
    day.run(hours=2)
    (package,) = day.amazon.order(order_id).packages
    assert package.edits == 0
    assert day.order(order_id).state is OrderState.VERIFIED


def test_a_parcel_amazon_took_and_does_not_show_is_sent_again_under_its_id(make_day: MakeDay) -> None:
    day = make_day(behaviours=Behaviours(read_after_write_seconds=12 * 3600))
    (order_id,) = placed(day)
    day.run(minutes=2)
    day.ship(order_id)
    day.run(hours=3)
    (package,) = day.amazon.order(order_id).packages
    assert package.edits == 1
    assert "order:package:differs" in day.tags(order_id)
    assert day.order(order_id).state is OrderState.VERIFIED
    assert day.order(order_id).attention == ""


def test_a_parcel_amazon_refuses_is_told_and_a_corrected_report_takes_its_place(day: Day) -> None:
    (order_id,) = placed(day)
    day.run(minutes=2)
    day.amazon.faults.add(Fault(operation="confirmShipment", status=400, times=1))
    day.ship(order_id, tracking_number=ups(1))
    day.run(minutes=10)
    assert day.order(order_id).state is OrderState.SHIPPED
    assert "report it again" in day.order(order_id).attention
    day.ship(order_id, tracking_number=ups(2))
    day.run(minutes=30)
    (package,) = day.amazon.order(order_id).packages
    assert package.tracking_number == ups(2)
    assert day.order(order_id).state is OrderState.VERIFIED
    assert day.order(order_id).attention == ""


def test_an_access_token_that_expires_in_the_middle_of_a_sweep_loses_no_page(make_day: MakeDay) -> None:
    day = make_day(api=OrdersApi.V2026)
    day.amazon.drop_notifications(1)
    orders = placed(day, 120)
    day.run(minutes=3)
    pages = [call for call in day.amazon.calls if call.operation == "searchOrders" and call.status == 200]
    assert len(pages) >= 1
    day.amazon.expire_access_tokens()
    day.run(hours=1)
    assert all(day.knows(order_id) for order_id in orders)


def test_an_access_token_that_expires_between_two_pages_is_renewed(make_day: MakeDay) -> None:
    day = make_day(api=OrdersApi.V2026)
    day.amazon.drop_notifications(1)
    orders = placed(day, 120)
    day.clock.advance(timedelta(minutes=3))
    sweep = next(step for step in day.app.lanes.steps if step.name == "sweep")
    assert sweep.run(SELLER).more, "the first page must not be all"
    day.amazon.expire_access_tokens()
    while sweep.run(SELLER).more:
        pass
    assert all(day.knows(order_id) for order_id in orders)


def test_an_order_is_held_with_a_sentence_when_the_role_for_addresses_is_missing(
    day_without_role: Day,
) -> None:
    (order_id,) = placed(day_without_role)
    day_without_role.run(minutes=5)
    order = day_without_role.order(order_id)
    assert order.state is OrderState.HELD
    assert order.hold is not None
    assert order.hold.code == "address_role_missing"
    assert "Direct-to-Consumer Shipping" in order.hold.sentence
    assert SELLER in order.hold.sentence
    assert day_without_role.warehouse.taken == []


def test_the_same_news_again_do_not_hold_an_order_twice(day_without_role: Day) -> None:
    day = day_without_role
    (order_id,) = placed(day)
    day.run(minutes=5)
    read_at = day.order(order_id).read_at
    with day.app.storage.transaction():
        notice = Notice(
            id="the same again",
            seller=SELLER,
            amazon_order_id=AmazonOrderId(order_id),
            source=NoticeSource.NOTIFICATION,
            noticed_at=day.clock.now(),
        )
        assert day.app.storage.notices.add(notice)
    day.run(minutes=5)
    assert day.order(order_id).read_at > read_at
    assert day.tags(order_id).count("order:life:held") == 1


@pytest.fixture(params=list(OrdersApi), ids=[api.value for api in OrdersApi])
def day_without_role(request: pytest.FixtureRequest, make_day: MakeDay) -> Day:
    """A day whose seller did not grant the role for addresses."""
    return make_day(api=request.param, roles={Role.INVENTORY_AND_ORDER_TRACKING})


def test_a_revoked_consent_rests_the_seller_with_the_next_step(day: Day) -> None:
    day.run(minutes=1)
    day.amazon.revoke(day.refresh_token)
    day.amazon.expire_access_tokens()
    placed(day)
    day.run(minutes=20)
    seller = day.app.storage.sellers.get(SELLER)
    assert "dockseal sellers add" in seller.rests_because
    assert day.warehouse.taken == []


def test_a_seller_that_authorises_again_goes_on_where_it_rested(day: Day) -> None:
    day.run(minutes=1)
    day.amazon.revoke(day.refresh_token)
    day.amazon.expire_access_tokens()
    orders = placed(day, 2)
    day.run(minutes=20)
    assert day.app.storage.sellers.get(SELLER).rests_because
    day.authorise_again()
    day.run(minutes=5)
    assert sorted(order["amazon_order_id"] for order in day.warehouse.taken) == sorted(orders)


def test_no_call_is_sent_that_amazon_would_throttle(day: Day) -> None:
    placed(day, 40)
    day.run(hours=2)
    assert len(day.warehouse.taken) == 40
    assert sum(day.amazon.throttled.values()) == 0


def test_a_confirmation_whose_answer_is_lost_waits_ever_longer_and_its_lane_does_not_fail(day: Day) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=3)
    day.amazon.faults.add(Fault(operation="confirmShipment", status=None, effect="none"))
    day.ship(order_id)
    day.app.lanes.wake("confirm")
    for minutes, tries in ((0.3, 1), (0.4, 2)):
        day.run(minutes=minutes)
        (package,) = day.packages(order_id)
        assert (package.state, package.tries) == (PackageState.INTENDED, tries)
        assert package.next_try is not None
        assert not any(lane.failing for lane in day.app.lanes.all() if lane.step.name == "confirm")
    day.amazon.faults.clear()
    day.run(minutes=5)
    assert [each.package_reference_id for each in day.amazon.order(order_id).packages] == ["1"]
