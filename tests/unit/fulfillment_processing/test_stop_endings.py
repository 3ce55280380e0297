"""How an order goes on from what its warehouses said: every reason with every answer."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dockseal.domain.identifiers import ReleaseRef, WarehouseId
from dockseal.domain.order import AmazonStatus, Order, OrderState
from dockseal.domain.stop import Stop, StopReason, StopState
from dockseal.fulfillment_processing.stop_endings import Ending, end_of

NewOrder = Callable[..., Order]
S, R, A, E = OrderState, StopReason, StopState, Ending


def stop(order: Order, reason: StopReason, state: StopState, part: int = 0) -> Stop:
    return Stop(
        release=ReleaseRef(f"{order.ref}-1-{part}" if part else f"{order.ref}-1"),
        order=order.ref,
        warehouse=WarehouseId("sparks" if part == 2 else "reno"),
        reason=reason,
        state=state,
        wanted_at=order.accepted_at,
    )


def made(new_order: NewOrder, state: OrderState, reason: StopReason) -> Order:
    changes: dict[str, Any] = {}
    order = new_order(state)
    if reason is R.BUYER:
        lines = tuple(replace(line, buyer_wants_cancel=True) for line in order.amazon.lines)
        changes = {"lines": lines}
    if state is S.CANCELLED:
        changes = {"status": AmazonStatus.CANCELLED}
    return replace(order, amazon=replace(order.amazon, **changes))


@pytest.mark.parametrize(
    ("state", "reason", "answer", "ending", "told"),
    [
        (S.RELEASED, R.BUYER, A.STOPPED, E.CANCEL, ""),
        (S.CANCELLED, R.CANCELLED, A.STOPPED, E.DONE, ""),
        (S.RELEASED, R.ADDRESS, A.STOPPED, E.ANEW, ""),
        (S.RELEASED, R.ITEMS, A.STOPPED, E.ANEW, ""),
        (S.RELEASED, R.PERSON, A.STOPPED, E.HOLD, ""),
        (S.RELEASED, R.BUYER, A.TOO_LATE, E.SHIPS, "tell the buyer"),
        (S.CANCELLED, R.CANCELLED, A.TOO_LATE, E.SHIPS, "bring the parcel back"),
        (S.CANCELLED, R.BUYER, A.TOO_LATE, E.SHIPS, "bring the parcel back"),
        (S.RELEASED, R.ADDRESS, A.TOO_LATE, E.SHIPS, "redirect the parcel"),
        (S.RELEASED, R.ITEMS, A.TOO_LATE, E.SHIPS, "ships as it was released"),
        (S.RELEASED, R.PERSON, A.TOO_LATE, E.SHIPS, "ships as it is"),
        (S.RELEASED, R.BUYER, A.ASKED, E.WAIT, ""),
        (S.RELEASED, R.BUYER, A.SILENT, E.WAIT, ""),
        (S.CANCELLED, R.CANCELLED, A.WANTED, E.WAIT, ""),
        (S.PARTLY_SHIPPED, R.BUYER, A.STOPPED, E.SHIPS, "stopped the rest"),
        (S.PARTLY_SHIPPED, R.ADDRESS, A.STOPPED, E.SHIPS, "stopped the rest"),
        (S.SHIPPED, R.ADDRESS, A.STOPPED, E.DONE, ""),
        (S.HELD, R.ITEMS, A.STOPPED, E.ANEW, ""),
        (S.HELD, R.BUYER, A.STOPPED, E.CANCEL, ""),
    ],
)
def test_each_answer_has_its_path_for_each_reason(
    new_order: NewOrder,
    *,
    state: OrderState,
    reason: StopReason,
    answer: StopState,
    ending: Ending,
    told: str,
) -> None:
    order = made(new_order, state, reason)
    end = end_of(order, [stop(order, reason, answer)])
    assert end.what is ending
    assert told in end.sentence
    assert bool(told) == bool(end.sentence)


@pytest.mark.parametrize("answer", [A.STOPPED, A.TOO_LATE])
def test_a_wish_that_was_withdrawn_meanwhile_counts_no_more(new_order: NewOrder, answer: StopState) -> None:
    order = made(new_order, S.RELEASED, R.ITEMS)
    end = end_of(order, [stop(order, R.BUYER, answer)])
    assert end.what is (E.ANEW if answer is A.STOPPED else E.DONE)
    assert end.sentence == ""


def test_an_order_that_is_split_goes_on_only_once_each_warehouse_answered(new_order: NewOrder) -> None:
    order = made(new_order, S.RELEASED, R.ADDRESS)
    first = stop(order, R.ADDRESS, A.STOPPED, 1)
    assert end_of(order, [first, stop(order, R.ADDRESS, A.SILENT, 2)]).what is E.WAIT
    assert end_of(order, [first, stop(order, R.ADDRESS, A.STOPPED, 2)]).what is E.ANEW
    mixed = end_of(order, [first, stop(order, R.ADDRESS, A.TOO_LATE, 2)])
    assert mixed.what is E.SHIPS
    assert f"Warehouse sparks ({order.ref}-1-2) could not stop" in mixed.sentence
    assert f"Warehouse reno ({order.ref}-1-1) did stop its part" in mixed.sentence


def test_a_wish_about_lines_that_are_gone_already_cancels_nothing(new_order: NewOrder) -> None:
    order = made(new_order, S.RELEASED, R.BUYER)
    gone = tuple(replace(line, shipped=line.ordered) for line in order.amazon.lines)
    order = replace(order, amazon=replace(order.amazon, lines=gone))
    assert end_of(order, [stop(order, R.BUYER, A.STOPPED)]).what is E.ANEW
