from dataclasses import replace
from datetime import timedelta

import pytest

from dockseal.domain.order import Order
from dockseal.pii_security.hand import KEPT_FOR, Hand
from unit.pii_security.safe import SELLER, Safe, someone

SECOND = timedelta(seconds=1)


@pytest.fixture
def hand(safe: Safe) -> Hand:
    return Hand(safe.clock, most=2)


def read_again(order: Order, *, later: timedelta) -> Order:
    return replace(order, amazon=replace(order.amazon, updated_at=order.amazon.updated_at + later))


def test_what_came_with_a_reading_is_given_away_once(safe: Safe, hand: Hand) -> None:
    order = safe.order()
    hand.put(SELLER, order.amazon, someone())
    assert hand.orders(SELLER) == (order.id,)
    taken = hand.take(order)
    assert taken is not None
    assert taken.disclose() == someone().disclose()
    assert hand.take(order) is None
    assert hand.orders(SELLER) == ()


def test_an_order_that_was_read_again_since_does_not_get_the_address_of_before(
    safe: Safe, hand: Hand
) -> None:
    order = safe.order()
    hand.put(SELLER, order.amazon, someone())
    assert hand.take(read_again(order, later=SECOND)) is None


def test_the_address_of_a_later_reading_replaces_the_one_before(safe: Safe, hand: Hand) -> None:
    order = safe.order()
    later = read_again(order, later=SECOND)
    hand.put(SELLER, order.amazon, someone(city="Oldtown"))
    hand.put(SELLER, later.amazon, someone(city="Newtown"))
    taken = hand.take(later)
    assert taken is not None
    assert taken.disclose()["city"] == "Newtown"


@pytest.mark.parametrize("looked", [True, False])
def test_what_nobody_fetched_in_time_is_dropped(safe: Safe, hand: Hand, looked: bool) -> None:
    order = safe.order()
    hand.put(SELLER, order.amazon, someone())
    safe.clock.advance(KEPT_FOR)
    if looked:
        assert hand.orders(SELLER) == ()
    assert hand.take(order) is None


def test_it_holds_so_many_and_then_drops_the_oldest(safe: Safe, hand: Hand) -> None:
    orders = [safe.order() for _ in range(3)]
    for order in orders:
        hand.put(SELLER, order.amazon, someone())
    assert hand.orders(SELLER) == (orders[1].id, orders[2].id)


def test_what_is_held_for_one_seller_is_nothing_to_another(safe: Safe, hand: Hand) -> None:
    order = safe.order()
    hand.put(SELLER, order.amazon, someone())
    assert hand.orders(type(SELLER)("another")) == ()
    assert hand.take(replace(order, seller=type(SELLER)("another"))) is None
