"""Which orders are to be read back, on both databases."""

from collections.abc import Callable
from datetime import datetime, timedelta

from dockseal.domain.identifiers import SellerId
from dockseal.domain.order import Order, OrderState
from dockseal.domain.shipment import Content, Package, PackageState
from dockseal.storage.store import Storage

MakeOrder = Callable[..., Order]
SELLER = SellerId("acme-us")


def kept(storage: Storage, order: Order, *states: PackageState, **changes: object) -> Order:
    storage.orders.insert(order)
    for number, state in enumerate(states, start=1):
        values: dict[str, object] = {
            "order": order.ref,
            "reference_id": number,
            "carrier": "UPS",
            "tracking_number": f"T{number}",
            "shipped_at": order.read_at,
            "contents": (Content(order_item_id="1", quantity=1),),
            "state": state,
            "report_id": f"{order.ref}-{number}",
            "confirmed_at": order.read_at,
        }
        storage.packages.add(Package(**{**values, **changes}))  # type: ignore[arg-type]  # a table of values by name
    return order


def due(storage: Storage, now: datetime) -> list[Order]:
    found = storage.read_back.due(SELLER, now=now, limit=10)
    assert (SELLER in storage.read_back.sellers_due(now)) == bool(found)
    return found


def test_packages_that_amazon_took_are_looked_at_in_every_state_but_the_last_ones(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    for number, state in enumerate(OrderState):
        kept(storage, make_order(number, state=state), PackageState.CONFIRMED)
    over = {OrderState.VERIFIED, OrderState.CANCELLED, OrderState.SHREDDED}
    assert {order.state for order in storage.read_back.due(SELLER, now=now, limit=50)} == {*OrderState} - over


def test_a_package_of_an_order_that_is_over_waits_no_more_to_be_verified(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    long_ago = now - timedelta(days=9)
    for number, state in enumerate((OrderState.CANCELLED, OrderState.SHREDDED, OrderState.CONFIRMED)):
        order = make_order(number, state=state)
        told_at = now if state is OrderState.CONFIRMED else long_ago
        kept(storage, order, PackageState.CONFIRMED, confirmed_at=told_at)
    assert storage.waits.oldest(now)["verify"] == now


def test_a_package_waits_for_its_time_or_for_the_first_reading_since_amazon_took_it(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    later = now + timedelta(minutes=15)
    order = make_order(1, state=OrderState.CONFIRMED, read_at=now - timedelta(hours=1))
    kept(storage, order, PackageState.CONFIRMED, next_try=later, confirmed_at=now)
    assert due(storage, now) == []
    assert storage.read_back.unread(SELLER) == 1
    assert storage.read_back.next_try(SELLER, after=now) == later
    assert due(storage, later) == [order]
    read = storage.orders.change(order, read_at=now)
    assert due(storage, now) == [read]
    assert storage.read_back.unread(SELLER) == 0
    (package,) = storage.packages.of_order(order.ref)
    storage.packages.change(package, tries=1)
    assert due(storage, now) == [], "it was looked at with that reading"


def test_a_package_that_went_with_a_feed_is_read_back_like_any_other(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    order = kept(storage, make_order(1, state=OrderState.CONFIRMED), PackageState.CONFIRMED, feed=4)
    assert due(storage, now) == [order]
    assert storage.read_back.sent_at(4) is None


def test_a_confirmed_order_all_of_whose_packages_are_verified_is_left_behind_by_nobody(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    states = (PackageState.VERIFIED, PackageState.REFUSED)
    order = kept(storage, make_order(1, state=OrderState.CONFIRMED), *states)
    kept(storage, make_order(2, state=OrderState.PARTLY_SHIPPED), *states)
    kept(storage, make_order(3, state=OrderState.CONFIRMED), PackageState.VERIFIED, PackageState.REPORTED)
    assert due(storage, now) == [order]


def test_verified_orders_are_followed_from_their_instant_on(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    at = now + timedelta(days=5)
    order = kept(storage, make_order(1, state=OrderState.VERIFIED, next_try=at), PackageState.VERIFIED)
    kept(storage, make_order(2, state=OrderState.VERIFIED), PackageState.VERIFIED)
    kept(storage, make_order(3, state=OrderState.RELEASED, next_try=now))
    assert storage.read_back.to_follow(SELLER, now=now, limit=10) == []
    assert storage.read_back.next_try(SELLER, after=now) == at
    assert storage.read_back.to_follow(SELLER, now=at, limit=10) == [order]
    assert storage.read_back.sellers_due(now) == []
    assert storage.read_back.sellers_due(at) == [SELLER]
