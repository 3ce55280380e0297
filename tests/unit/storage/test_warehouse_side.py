"""The tables of what warehouses are told, may do, and have asked for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from dockseal.domain.api_key import ApiKey, ApiScope
from dockseal.domain.identifiers import ReleaseRef, WarehouseId, release_ref
from dockseal.domain.order import Order, OrderState
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.request_once import Door, RequestOnce
from dockseal.domain.shelf import ShelfKind
from dockseal.domain.shipment import Content, Package, PackageState
from dockseal.errors import BadInput
from dockseal.storage.store import Storage

RENO, SPARKS = WarehouseId("reno"), WarehouseId("sparks")
MakeOrder = Callable[..., Order]


def key(now: datetime, name: str = "k1", *, warehouse: WarehouseId = RENO) -> ApiKey:
    return ApiKey(
        id=name,
        warehouse=warehouse,
        key_hash=f"hash of {name}",
        scopes=frozenset({ApiScope.ORDERS_READ, ApiScope.ADDRESSES_READ}),
        added_at=now,
    )


def test_a_key_is_found_by_its_hash_until_its_own_warehouse_removes_it(
    storage: Storage, now: datetime
) -> None:
    kept = storage.api_keys.add(key(now))
    assert storage.api_keys.by_hash("hash of k1") == kept
    assert storage.api_keys.by_hash("") is None
    assert not storage.api_keys.remove(SPARKS, "k1")
    assert storage.api_keys.remove(RENO, "k1")
    assert storage.api_keys.by_hash("hash of k1") is None


def test_no_key_is_two_keys(storage: Storage, now: datetime) -> None:
    storage.api_keys.add(key(now))
    with pytest.raises(BadInput, match="in use already"):
        storage.api_keys.add(replace(key(now, "k2"), key_hash="hash of k1"))


def test_keys_are_listed_by_their_warehouse(storage: Storage, now: datetime) -> None:
    kept = [storage.api_keys.add(key(now + timedelta(hours=n), f"k{n}")) for n in (1, 2)]
    other = storage.api_keys.add(key(now, "k3", warehouse=SPARKS))
    assert storage.api_keys.of_warehouse(RENO) == kept
    assert storage.api_keys.all() == [*kept, other]


def asked(now: datetime, **changes: object) -> RequestOnce:
    values = {"warehouse": RENO, "door": Door.API, "key_hash": "k", "fingerprint": "f", "at": now}
    return RequestOnce(**values | changes)  # type: ignore[arg-type]  # a table of fields


def test_a_request_begins_once_and_keeps_its_answer(storage: Storage, now: datetime) -> None:
    requests = storage.requests_once
    first = asked(now)
    assert requests.begin(first) is None
    assert requests.begin(replace(first, fingerprint="other")) == first
    requests.settle(first, 201, '{"a": 1}')
    assert requests.find(RENO, Door.API, "k") == replace(first, status=201, answer='{"a": 1}')
    requests.forget(first)
    assert requests.begin(first) is None


def test_each_warehouse_and_each_door_has_keys_of_its_own(storage: Storage, now: datetime) -> None:
    for changes in ({}, {"warehouse": SPARKS}, {"door": Door.CALLBACK}):
        assert storage.requests_once.begin(asked(now, **changes)) is None


def test_a_request_that_was_cut_off_is_taken_over_once(storage: Storage, now: datetime) -> None:
    requests, stale, later = storage.requests_once, asked(now), asked(now + timedelta(minutes=2))
    requests.begin(stale)
    assert requests.take_over(later, stale)
    assert not requests.take_over(later, stale)
    requests.settle(later, 200, "{}")
    assert not requests.take_over(asked(now + timedelta(minutes=4)), later)


def test_old_requests_are_forgotten(storage: Storage, now: datetime) -> None:
    storage.requests_once.begin(asked(now))
    storage.requests_once.begin(asked(now + timedelta(hours=1), key_hash="k2"))
    assert storage.requests_once.purge(now + timedelta(minutes=1)) == 1
    assert storage.requests_once.find(RENO, Door.API, "k2") is not None


def released(
    storage: Storage, order: Order, now: datetime, *, part: int = 0, at: WarehouseId = RENO
) -> ReleaseRef:
    ref = release_ref(order.ref, 1, part)
    storage.releases.intend(
        Release(ref=ref, order=order.ref, warehouse=at, state=ReleaseState.INTENDED, intended_at=now)
    )
    return ref


def kinds(storage: Storage, ref: ReleaseRef) -> list[ShelfKind]:
    return [each.kind for each in storage.shelf.of_release(ref)]


def test_the_end_of_an_order_is_told_where_its_release_was(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    order = make_order()
    storage.orders.insert(order)
    told, pushed = released(storage, order, now, part=1), released(storage, order, now, part=2, at=SPARKS)
    storage.shelf.put(RENO, told, ShelfKind.RELEASED, now)
    storage.shelf.order_over(order.ref, now)
    storage.shelf.order_over(order.ref, now)
    assert kinds(storage, told) == [ShelfKind.RELEASED, ShelfKind.CLOSED]
    assert kinds(storage, pushed) == []


def test_a_cancelled_order_is_to_be_stopped_first(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    order = make_order()
    storage.orders.insert(order)
    ref = released(storage, order, now)
    storage.shelf.put(RENO, ref, ShelfKind.RELEASED, now)
    storage.shelf.order_over(order.ref, now, cancelled=True)
    assert kinds(storage, ref) == [ShelfKind.RELEASED, ShelfKind.STOP]
    storage.shelf.close(ref, now)
    storage.shelf.close(ref, now)
    assert kinds(storage, ref) == [ShelfKind.RELEASED, ShelfKind.STOP, ShelfKind.CLOSED]


def test_the_parcels_of_a_warehouse_come_in_the_order_they_were_reported(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    refs = []
    for n, warehouse in enumerate((RENO, SPARKS, RENO)):
        order = make_order(n, warehouse=warehouse)
        storage.orders.insert(order)
        refs.append(released(storage, order, now, at=warehouse))
        storage.packages.add(
            Package(
                order=order.ref,
                reference_id=1,
                carrier="UPS",
                tracking_number=f"1Z{n}",
                shipped_at=now,
                contents=(Content(order_item_id="1", quantity=2),),
                state=PackageState.REPORTED,
                report_id=f"r-{n}",
                release=refs[-1],
            )
        )
    found = storage.packages.reported_by(RENO, 0, limit=10)
    assert [(package.release, package.report_id) for _, package in found] == [
        (refs[0], "r-0"),
        (refs[2], "r-2"),
    ]
    assert storage.packages.reported_by(RENO, found[0][0], limit=10) == found[1:]
    assert storage.packages.reported_by(RENO, 0, limit=1) == found[:1]


def test_a_warehouse_that_leaves_orders_unanswered_is_counted(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    for n, (tries, warehouse) in enumerate([(8, RENO), (9, RENO), (7, RENO), (8, SPARKS)]):
        order = make_order(n, state=OrderState.RELEASABLE, tries=tries, warehouse=warehouse)
        storage.orders.insert(order)
        released(storage, order, now, at=warehouse)
    assert storage.releases.unanswered(8) == [(RENO, 2), (SPARKS, 1)]


def test_what_a_warehouse_took_since_then_is_listed(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    taken = []
    for n in range(3):
        order = make_order(n)
        storage.orders.insert(order)
        release = storage.releases.get(released(storage, order, now))
        assert release is not None
        if n < 2:
            settled = now + timedelta(hours=n)
            taken.append(storage.releases.settle(release, ReleaseState.ACCEPTED, settled))
    assert storage.releases.to_warehouse(RENO, now) == taken
    assert storage.releases.to_warehouse(RENO, now + timedelta(minutes=1)) == taken[1:]
    assert storage.releases.to_warehouse(SPARKS, now) == []
