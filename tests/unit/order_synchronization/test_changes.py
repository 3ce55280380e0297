"""What a newer reading of an order means, state by state."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId
from dockseal.domain.order import (
    AmazonOrder,
    AmazonStatus,
    FulfilledBy,
    Order,
    OrderLine,
    OrderState,
    may_move,
)
from dockseal.order_synchronization.changes import change_of

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
READING = AmazonOrder(
    amazon_order_id=AmazonOrderId("113-0000000-0000001"),
    status=AmazonStatus.UNSHIPPED,
    fulfilled_by=FulfilledBy.MERCHANT,
    updated_at=NOW,
    lines=(OrderLine(order_item_id="i1", sku="S", ordered=2),),
)


def order(state: OrderState) -> Order:
    return Order(
        ref=OrderRef("ref"),
        seller=SellerId("acme-us"),
        state=state,
        amazon=READING,
        read_at=NOW,
        accepted_at=NOW,
    )


readings = st.builds(
    lambda status, ordered, wants: replace(
        READING,
        status=status,
        lines=(OrderLine(order_item_id="i1", sku="S", ordered=ordered, buyer_wants_cancel=wants),),
    ),
    st.sampled_from(AmazonStatus),
    st.integers(0, 3),
    st.booleans(),
)


@given(
    state=st.sampled_from([state for state in OrderState if state is not OrderState.NOTICED]),
    reading=readings,
)
def test_no_reading_asks_for_a_move_that_the_table_forbids(state: OrderState, reading: AmazonOrder) -> None:
    change = change_of(order(state), reading)
    assert change.to is None or may_move(state, change.to)
    assert (change.tag is None) == (change.to is None)


@pytest.mark.parametrize(
    "state",
    [
        OrderState.ACCEPTED,
        OrderState.HELD,
        OrderState.RELEASABLE,
        OrderState.RELEASED,
        OrderState.PARTLY_SHIPPED,
    ],
)
def test_a_cancelled_order_is_cancelled_from_every_state_before_shipped(state: OrderState) -> None:
    change = change_of(order(state), replace(READING, status=AmazonStatus.CANCELLED))
    assert change.to is OrderState.CANCELLED
    assert bool(change.attention) == (state in {OrderState.RELEASED, OrderState.PARTLY_SHIPPED})


def test_a_new_reading_sends_a_held_order_back_to_examination() -> None:
    assert change_of(order(OrderState.HELD), READING).to is OrderState.ACCEPTED


def test_other_quantities_are_a_new_revision_and_at_the_warehouse_a_persons_business() -> None:
    fewer = replace(READING, lines=(OrderLine(order_item_id="i1", sku="S", ordered=1),))
    assert change_of(order(OrderState.RELEASABLE), fewer).revised
    at_the_warehouse = change_of(order(OrderState.RELEASED), fewer)
    assert at_the_warehouse.revised
    assert "tell the warehouse" in at_the_warehouse.attention


def test_a_buyers_wish_to_cancel_after_the_release_is_told_once() -> None:
    wish = replace(READING, lines=(replace(READING.lines[0], buyer_wants_cancel=True),))
    assert "asks to cancel" in change_of(order(OrderState.RELEASED), wish).attention
    assert change_of(replace(order(OrderState.RELEASED), amazon=wish), wish).attention == ""


def test_shipped_without_a_parcel_of_ours_asks_who_confirmed_it() -> None:
    change = change_of(order(OrderState.RELEASED), replace(READING, status=AmazonStatus.SHIPPED))
    assert "no parcel was reported here" in change.attention
