from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dockseal.domain.identifiers import AmazonOrderId, OrderRef, ReleaseRef, SellerId, WarehouseId
from dockseal.domain.order import (
    MOVES,
    AmazonOrder,
    AmazonPackage,
    AmazonStatus,
    FulfilledBy,
    Hold,
    Order,
    OrderLine,
    OrderState,
)
from dockseal.errors import BadInput, MoveRefused
from dockseal.storage.store import Storage

MakeOrder = Callable[..., Order]


def test_a_text_that_no_database_keeps_finds_nothing(storage: Storage, make_order: MakeOrder) -> None:
    storage.orders.insert(make_order())
    assert storage.orders.list(seller=SellerId("acme\0")) == []
    assert storage.orders.count(text="113\0") == 0


def test_an_order_comes_back_as_it_was_taken_in(storage: Storage, make_order: MakeOrder) -> None:
    order = make_order()
    storage.orders.insert(order)
    assert storage.orders.get(order.ref) == order
    assert storage.orders.find(order.seller, order.id) == order


def test_the_same_order_of_a_seller_is_taken_in_once(storage: Storage, make_order: MakeOrder) -> None:
    storage.orders.insert(make_order())
    with pytest.raises(MoveRefused):
        storage.orders.insert(make_order())
    storage.orders.insert(make_order(seller=SellerId("acme-eu")))
    assert storage.orders.count() == 2


def test_a_transaction_goes_on_after_a_second_insert_was_refused(
    storage: Storage, make_order: MakeOrder
) -> None:
    storage.orders.insert(make_order(1))
    other = make_order(2)
    with storage.transaction():
        with pytest.raises(MoveRefused):
            storage.orders.insert(make_order(1))
        storage.orders.insert(other)
    assert storage.orders.get(other.ref) == other


def test_an_unknown_reference_is_bad_input(storage: Storage) -> None:
    with pytest.raises(BadInput, match="nosuch"):
        storage.orders.get(OrderRef("nosuch"))


@pytest.mark.parametrize("current", OrderState)
def test_only_the_moves_of_the_table_are_made(
    storage: Storage, make_order: MakeOrder, current: OrderState
) -> None:
    for n, to in enumerate(OrderState):
        order = make_order(n, state=current)
        storage.orders.insert(order)
        if to in MOVES[current]:
            assert storage.orders.move(order, to).state is to
            assert storage.orders.get(order.ref).state is to
        else:
            with pytest.raises(MoveRefused, match=order.id):
                storage.orders.move(order, to)
            assert storage.orders.get(order.ref) == order


def test_a_move_carries_changes_and_starts_the_tries_anew(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    order = make_order(next_try=now, tries=3)
    storage.orders.insert(order)
    hold = Hold(code="buyer_wants_cancel", sentence="Cancel it in Seller Central.")
    moved = storage.orders.move(order, OrderState.HELD, hold=hold)
    assert moved == replace(order, state=OrderState.HELD, hold=hold, next_try=None, tries=0)
    assert storage.orders.get(order.ref) == moved


def test_a_move_may_set_the_next_try_itself(storage: Storage, make_order: MakeOrder, now: datetime) -> None:
    order = make_order(state=OrderState.SHIPPED)
    storage.orders.insert(order)
    later = now + timedelta(minutes=2)
    assert storage.orders.move(order, OrderState.CONFIRMED, next_try=later).next_try == later


def test_the_second_of_two_moves_from_the_same_reading_is_refused(
    storage: Storage, make_order: MakeOrder
) -> None:
    order = make_order()
    storage.orders.insert(order)
    storage.orders.move(order, OrderState.RELEASABLE)
    with pytest.raises(MoveRefused, match="read it again"):
        storage.orders.move(order, OrderState.CANCELLED)
    assert storage.orders.get(order.ref).state is OrderState.RELEASABLE


def test_a_change_of_any_field_makes_older_readings_stale(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    changes: dict[str, Any] = {
        "revision": 2,
        "amazon": replace(make_order().amazon, status=AmazonStatus.PENDING),
        "read_at": now + timedelta(microseconds=1),
        "accepted_at": now + timedelta(seconds=1),
        "warehouse": None,
        "hold": Hold(code="x", sentence="y"),
        "sealed_until": now,
        "sealed_version": 1,
        "sealed_mark": "0" * 32,
        "shipped_at": now,
        "confirmed_at": now,
        "attention": "Look at it.",
        "next_try": now,
        "tries": 1,
    }
    assert set(changes) == {field.name for field in fields(Order)} - {"ref", "seller", "state"}
    for n, (name, value) in enumerate(changes.items()):
        order = make_order(n)
        storage.orders.insert(order)
        changed = storage.orders.change(
            order, **{name: replace(value, **_id(n)) if name == "amazon" else value}
        )
        assert storage.orders.get(order.ref) == changed
        with pytest.raises(MoveRefused):
            storage.orders.change(order, attention="late")


def _id(n: int) -> dict[str, AmazonOrderId]:
    return {"amazon_order_id": AmazonOrderId(f"113-0000000-{n:07}")}


def test_a_change_never_changes_the_state(storage: Storage, make_order: MakeOrder) -> None:
    order = make_order()
    storage.orders.insert(order)
    with pytest.raises(MoveRefused):
        storage.orders.change(order, state=OrderState.SHREDDED)


def test_due_orders_come_by_ship_by_and_unknown_ship_by_comes_last(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    for n, ship_by in enumerate([None, 30, 2, 500]):
        storage.orders.insert(make_order(n, ship_by=ship_by))
    storage.orders.insert(make_order(8, ship_by=1, next_try=now + timedelta(seconds=1)))
    storage.orders.insert(make_order(9, ship_by=1, state=OrderState.HELD))
    storage.orders.insert(make_order(10, ship_by=5, next_try=now))
    due = storage.orders.due(OrderState.ACCEPTED, now=now)
    assert [int(order.id[-7:]) for order in due] == [2, 10, 1, 3, 0]
    assert storage.orders.due(OrderState.ACCEPTED, now=now, limit=2) == due[:2]
    assert storage.orders.due(OrderState.ACCEPTED, now=now, seller=SellerId("other")) == []
    both = storage.orders.due([OrderState.ACCEPTED, OrderState.HELD], now=now)
    assert [int(order.id[-7:]) for order in both] == [9, 2, 10, 1, 3, 0]


def test_orders_taken_in_since_an_instant_are_counted_in_whatever_state_for_one_seller(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    storage.orders.insert(make_order(1, accepted_at=now - timedelta(seconds=1)))
    storage.orders.insert(make_order(2, accepted_at=now))
    storage.orders.insert(make_order(3, accepted_at=now + timedelta(hours=1), state=OrderState.HELD))
    seller = storage.orders.list()[0].seller
    assert storage.orders.accepted_since(seller, now) == 2
    assert storage.orders.accepted_since(SellerId("other"), now) == 0


def test_due_orders_are_told_apart_by_whether_their_seal_can_be_opened(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    ends = [None, now - timedelta(seconds=1), now, now + timedelta(seconds=1)]
    for n, sealed_until in enumerate(ends):
        storage.orders.insert(make_order(n, sealed_until=sealed_until, ship_by=n))

    def due(sealed: bool | None) -> list[int]:
        found = storage.orders.due(OrderState.ACCEPTED, now=now, sealed=sealed)
        return [int(order.id[-7:]) for order in found]

    assert due(True) == [3]
    assert due(False) == [0, 1, 2]
    assert due(None) == [0, 1, 2, 3]


def test_the_sellers_that_have_due_orders_are_told_all_at_once(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    later = now + timedelta(hours=1)
    for number, (name, facts) in enumerate(
        {
            "unsealed": {},
            "sealed": {"sealed_until": later},
            "waits": {"next_try": later},
            "spared": {"warehouse": WarehouseId("labels")},
        }.items()
    ):
        order = make_order(number, seller=SellerId(name), state=OrderState.RELEASABLE, **facts)
        storage.orders.insert(order)
    orders, state, spared = storage.orders, OrderState.RELEASABLE, [WarehouseId("labels")]
    assert sorted(orders.sellers_due(state, now=now)) == ["sealed", "spared", "unsealed"]
    assert orders.sellers_due(state, now=now, sealed=False, not_at=spared) == ["unsealed"]
    assert sorted(orders.sellers_ready(now, spared)) == ["sealed", "spared"]
    for name in ("unsealed", "sealed", "waits", "spared"):
        ready = orders.ready(now=now, seller=SellerId(name), spared=spared)
        assert bool(ready) == (name in orders.sellers_ready(now, spared))


def test_the_next_try_is_the_earliest_after_the_instant_given(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    hour = timedelta(hours=1)
    for n, wait in enumerate([-1, 2, 1]):
        storage.orders.insert(make_order(n, next_try=now + wait * hour))
    storage.orders.insert(make_order(5))
    assert storage.orders.next_try(OrderState.ACCEPTED, after=now) == now + hour
    assert storage.orders.next_try(OrderState.ACCEPTED) == now - hour
    assert storage.orders.next_try(OrderState.HELD) is None


def test_orders_are_counted_by_seller_and_state_and_holds_by_code(
    storage: Storage, make_order: MakeOrder
) -> None:
    held = {"state": OrderState.HELD, "hold": Hold(code="no_sku", sentence="Add a SKU.")}
    storage.orders.insert(make_order(1))
    storage.orders.insert(make_order(2))
    storage.orders.insert(make_order(3, **held))
    storage.orders.insert(make_order(4, seller=SellerId("acme-eu")))
    assert storage.orders.counts() == [
        ("acme-eu", OrderState.ACCEPTED, 1),
        ("acme-us", OrderState.ACCEPTED, 2),
        ("acme-us", OrderState.HELD, 1),
    ]
    assert storage.orders.holds() == [("no_sku", 1)]


def test_the_oldest_order_of_each_state_is_told(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    old = now - timedelta(days=2)
    storage.orders.insert(make_order(1))
    storage.orders.insert(make_order(2, accepted_at=old))
    assert storage.orders.ages() == {OrderState.ACCEPTED: old}


def test_orders_close_to_ship_by_without_a_package_are_late(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    storage.orders.insert(make_order(1, ship_by=1))
    storage.orders.insert(make_order(2, ship_by=3))
    storage.orders.insert(make_order(3, ship_by=1, state=OrderState.SHIPPED))
    storage.orders.insert(make_order(4, ship_by=None))
    assert storage.orders.late(now + timedelta(hours=2)) == 1


def test_a_list_is_narrowed_by_states_seller_and_text(storage: Storage, make_order: MakeOrder) -> None:
    first, second, third = make_order(1), make_order(2, state=OrderState.HELD), make_order(3)
    shipped = make_order(12, state=OrderState.SHIPPED)
    for order in (first, second, third, shipped):
        storage.orders.insert(order)

    def found(**wanted: object) -> set[str]:
        return {order.ref for order in storage.orders.list(**wanted)}  # type: ignore[arg-type]  # a table of arguments by name

    assert found(state=OrderState.HELD) == {second.ref}
    assert found(state=[OrderState.HELD, OrderState.SHIPPED]) == {second.ref, shipped.ref}
    assert found(state=[]) == set()
    assert found(text="0002") == {second.ref}
    assert found(text=third.id) == {third.ref}
    assert found(text=first.ref) == {first.ref}
    assert found(seller=SellerId("other")) == set()
    assert storage.orders.count(state=[OrderState.HELD, OrderState.ACCEPTED]) == 3
    assert len(storage.orders.list(limit=2, offset=3)) == 1


def test_no_order_is_found_by_an_unknown_release(storage: Storage) -> None:
    assert storage.orders.by_release(ReleaseRef("nosuch-1")) is None


_offsets = st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours)))
_instants = st.datetimes(
    min_value=datetime.fromisoformat("2020-01-01"),
    max_value=datetime.fromisoformat("2040-01-01"),
    timezones=_offsets,
)
_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
_contents = st.lists(st.tuples(_texts, st.integers(0, 99))).map(tuple)
_lines = st.builds(
    OrderLine,
    order_item_id=_texts,
    sku=_texts,
    title=_texts,
    ordered=st.integers(0, 99),
    shipped=st.integers(0, 99),
    buyer_wants_cancel=st.booleans(),
)
_packages = st.builds(
    AmazonPackage,
    reference_id=_texts,
    carrier=_texts,
    tracking_number=_texts,
    status=_texts,
    contents=_contents,
)
_facts = st.builds(
    AmazonOrder,
    amazon_order_id=st.just(AmazonOrderId("113-0000000-0000001")),
    marketplace_id=_texts,
    status=st.sampled_from(AmazonStatus),
    status_text=_texts,
    fulfilled_by=st.sampled_from(FulfilledBy),
    purchased_at=st.none() | _instants,
    updated_at=_instants,
    ship_by=st.none() | _instants,
    deliver_by=st.none() | _instants,
    programs=st.frozensets(_texts, max_size=3),
    lines=st.lists(_lines, max_size=3).map(tuple),
    packages=st.none() | st.lists(_packages, max_size=3).map(tuple),
    has_gift_message=st.booleans(),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(facts=_facts, hold=st.none() | st.builds(Hold, code=st.sampled_from(["a", "b"]), sentence=_texts))
def test_whatever_amazon_says_comes_back_and_can_be_moved(
    storage: Storage, make_order: MakeOrder, facts: AmazonOrder, hold: Hold | None
) -> None:
    order = make_order(amazon=facts, hold=hold, warehouse=WarehouseId("reno"))
    with storage.transaction():
        storage.orders.insert(order)
        kept = storage.orders.get(order.ref)
        assert kept == order
        assert storage.orders.move(kept, OrderState.CANCELLED) == storage.orders.get(order.ref)
        storage.orders.move(storage.orders.get(order.ref), OrderState.SHREDDED)
        storage.orders.change(
            storage.orders.get(order.ref),
            amazon=replace(facts, amazon_order_id=AmazonOrderId(f"113-0000000-{_count(storage):07}")),
        )


def _count(storage: Storage) -> int:
    return storage.orders.count() + 1


def test_orders_wanting_attention_are_found_in_every_state(storage: Storage, make_order: MakeOrder) -> None:
    told = make_order(1, attention="Ask the warehouse.", state=OrderState.CANCELLED)
    storage.orders.insert(told)
    storage.orders.insert(make_order(2))
    assert [order.ref for order in storage.orders.wanting_attention()] == [told.ref]
