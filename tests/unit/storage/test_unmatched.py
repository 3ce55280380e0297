"""What fits nothing, on both engines: kept once, listed, settled once, found when what it names is here."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from dockseal.domain.identifiers import ReleaseRef, WarehouseId, release_ref
from dockseal.domain.order import Order
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.shipment import Content, Package, PackageState, ShipmentReport, SkuContent
from dockseal.domain.unmatched import Unmatched, UnmatchedState
from dockseal.errors import BadInput, MoveRefused
from dockseal.storage.store import Storage

RENO = WarehouseId("reno")


def unmatched(now: datetime, **changes: Any) -> Unmatched:
    values: dict[str, Any] = {
        "report_id": "r-1",
        "warehouse": RENO,
        "release": ReleaseRef("nowhere"),
        "carrier": "UPS",
        "tracking_number": "1Z",
        "shipped_at": now,
        "contents": (Content(order_item_id="1", quantity=2),),
        "by_sku": (SkuContent(sku="Töpfchen", quantity=1),),
    }
    message = ShipmentReport(**values | changes)
    return Unmatched(warehouse=RENO, received_at=now, message=message, reason="it fits nothing", waits=True)


def test_it_comes_back_as_it_was_kept_and_is_kept_once(storage: Storage, now: datetime) -> None:
    first = storage.unmatched.add(unmatched(now), "a")
    assert first is not None
    assert storage.unmatched.add(unmatched(now), "a") is None
    assert storage.unmatched.get(first.number) == replace(unmatched(now), number=first.number)
    assert storage.unmatched.find(RENO, "a") == first
    assert storage.unmatched.find(WarehouseId("sparks"), "a") is None
    with pytest.raises(BadInput, match="nothing unmatched has the number"):
        storage.unmatched.get(first.number + 1)


def test_it_is_settled_once(storage: Storage, now: datetime) -> None:
    kept = storage.unmatched.add(unmatched(now), "a")
    assert kept is not None
    assert storage.unmatched.open_counts() == {RENO: 1}
    storage.unmatched.settle(kept, UnmatchedState.DISMISSED, "person:tester", now)
    assert (storage.unmatched.open(), storage.unmatched.open_counts()) == ([], {})
    assert [each.number for each in storage.unmatched.settled()] == [kept.number]
    with pytest.raises(MoveRefused, match="somebody else saw to number"):
        storage.unmatched.settle(kept, UnmatchedState.MATCHED, "person:tester", now)


def release(storage: Storage, order: Order, now: datetime) -> ReleaseRef:
    ref = release_ref(order.ref, 1)
    storage.releases.intend(
        Release(ref=ref, order=order.ref, warehouse=RENO, state=ReleaseState.INTENDED, intended_at=now)
    )
    return ref


@pytest.mark.parametrize("by", ["release", "order_id"])
def test_what_waits_for_a_release_is_ready_once_that_is_here(
    storage: Storage, make_order: Callable[..., Order], now: datetime, by: str
) -> None:
    order = make_order()
    storage.orders.insert(order)
    names = {
        "release": {"release": release_ref(order.ref, 1)},
        "order_id": {"release": ReleaseRef(""), "order_id": order.id},
    }
    storage.unmatched.add(unmatched(now), "elsewhere")
    kept = storage.unmatched.add(unmatched(now, **names[by]), "here")
    assert storage.unmatched.ready(RENO) == []
    assert storage.unmatched.waiting() == [RENO]
    release(storage, order, now)
    assert storage.unmatched.ready(RENO) == [kept]
    assert storage.unmatched.ready(WarehouseId("sparks")) == []
    assert kept is not None
    storage.unmatched.explain(kept, "more than was ordered", waits=False)
    assert storage.unmatched.ready(RENO) == []
    assert storage.unmatched.get(kept.number).reason == "more than was ordered"


def test_a_correction_is_ready_once_what_it_corrects_is_here_also_under_a_former_id(
    storage: Storage, make_order: Callable[..., Order], now: datetime
) -> None:
    order = make_order()
    storage.orders.insert(order)
    ref = release(storage, order, now)
    kept = storage.unmatched.add(unmatched(now, release=ref, corrects="r-0"), "a")
    storage.unmatched.add(unmatched(now, release=ReleaseRef(""), corrects="r-9"), "b")
    assert storage.unmatched.ready(RENO) == []
    package = Package(
        order=order.ref,
        reference_id=1,
        carrier="UPS",
        tracking_number="1Z",
        shipped_at=now,
        contents=(Content(order_item_id="1", quantity=1),),
        state=PackageState.REPORTED,
        report_id="r-0",
        release=ref,
    )
    package = storage.packages.add(package, warehouse=RENO)
    assert storage.unmatched.ready(RENO) == [kept]
    storage.packages.keep_former(package, RENO, now)
    newest = storage.packages.change(package, report_id="r-5", tracking_number="1ZNEW")
    assert storage.unmatched.ready(RENO) == [kept]
    assert storage.packages.find_report(RENO, "r-0") == newest
    assert storage.packages.former(RENO, "r-0") == [replace(newest, report_id="r-0", tracking_number="1Z")]
    assert storage.packages.former(RENO, "r-5") == []
    assert storage.packages.find_report(RENO, "r-9") is None


def test_a_release_is_given_back_once(
    storage: Storage, make_order: Callable[..., Order], now: datetime
) -> None:
    order = make_order()
    storage.orders.insert(order)
    kept = storage.releases.get(release(storage, order, now))
    assert kept is not None
    assert storage.releases.at_warehouse(RENO, order.id) == [kept]
    assert storage.releases.take_back(kept, now).state is ReleaseState.REFUSED
    with pytest.raises(MoveRefused, match="was settled by somebody else"):
        storage.releases.take_back(kept, now)
