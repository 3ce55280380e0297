from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from dockseal.domain.feed import FeedKind, FeedState
from dockseal.domain.identifiers import OrderRef, SellerId, WarehouseId, release_ref
from dockseal.domain.order import Hold, Order, OrderState
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.shipment import Content, Package, PackageState, WaitingPackage
from dockseal.errors import MoveRefused
from dockseal.storage.store import Storage

MakeOrder = Callable[..., Order]


def _package(order: Order, now: datetime, reference_id: int = 1, report_id: str = "r-1") -> Package:
    return Package(
        order=order.ref,
        reference_id=reference_id,
        carrier="UPS",
        tracking_number="1Z0000000000000000",
        shipped_at=now,
        contents=(Content(order_item_id="1", quantity=2),),
        state=PackageState.REPORTED,
        report_id=report_id,
    )


@pytest.fixture
def order(storage: Storage, make_order: MakeOrder) -> Order:
    order = make_order()
    storage.orders.insert(order)
    return order


def test_a_release_is_intended_once_and_the_kept_one_comes_back(
    storage: Storage, order: Order, now: datetime
) -> None:
    ref = release_ref(order.ref, order.revision)
    first = Release(
        ref=ref,
        order=order.ref,
        warehouse=WarehouseId("reno"),
        state=ReleaseState.INTENDED,
        intended_at=now,
    )
    assert storage.releases.intend(first) == first
    assert storage.releases.intend(replace(first, intended_at=now + timedelta(hours=1))) == first
    assert storage.releases.of_order(order.ref) == [first]
    assert storage.orders.by_release(ref) == order


def test_a_release_is_settled_one_way(storage: Storage, order: Order, now: datetime) -> None:
    intent = Release(
        ref=release_ref(order.ref, 1),
        order=order.ref,
        warehouse=WarehouseId("reno"),
        state=ReleaseState.INTENDED,
        intended_at=now,
    )
    storage.releases.intend(intent)
    settled = storage.releases.settle(intent, ReleaseState.ACCEPTED, now, receipt="W-1")
    assert settled == replace(intent, state=ReleaseState.ACCEPTED, settled_at=now, receipt="W-1")
    assert storage.releases.get(intent.ref) == settled
    with pytest.raises(MoveRefused):
        storage.releases.settle(intent, ReleaseState.REFUSED, now)


def test_a_release_of_an_unknown_order_is_refused(storage: Storage, now: datetime) -> None:
    with pytest.raises(MoveRefused):
        storage.releases.intend(
            Release(
                ref=release_ref(OrderRef("nosuch"), 1),
                order=OrderRef("nosuch"),
                warehouse=WarehouseId("reno"),
                state=ReleaseState.INTENDED,
                intended_at=now,
            )
        )


def test_a_package_is_found_by_its_report_and_its_order(
    storage: Storage, order: Order, now: datetime
) -> None:
    package = storage.packages.add(_package(order, now))
    assert replace(package, warehouse=WarehouseId(""), number=0) == _package(order, now)
    assert (package.warehouse, package.number > 0) == (WarehouseId("reno"), True)
    assert storage.packages.find_report(WarehouseId("reno"), "r-1") == package
    assert storage.packages.find_report(WarehouseId("other"), "r-1") is None
    assert storage.packages.of_order(order.ref) == [package]


def test_a_package_comes_back_with_what_stops_it_and_how_it_goes_to_amazon(
    storage: Storage, order: Order, now: datetime
) -> None:
    coded = Content(order_item_id="1", quantity=1, transparency_codes=("AZ:EXAMPLE0000000000000000001",))
    package = storage.packages.change(
        storage.packages.add(_package(order, now)),
        contents=(coded, Content(order_item_id="2", quantity=3)),
        state=PackageState.HELD,
        hold=Hold(code="carrier_unknown", sentence="Name the carrier."),
        cleared=frozenset({"number_used", "number_wrong"}),
        warning="Compare it with its label.",
        feed=7,
        amazon_reference="A-1",
        told_number="1Z999AA10123456784",
        told_carrier="UPS",
    )
    assert storage.packages.of_order(order.ref) == storage.packages.of_feed(7) == [package]


def test_a_package_that_goes_with_a_feed_is_not_due_by_itself(
    storage: Storage, order: Order, now: datetime
) -> None:
    package = storage.packages.add(_package(order, now))
    assert storage.packages.due(PackageState.REPORTED, now=now) == [package]
    feed = storage.feeds.intend(order.seller, FeedKind.FULFILLMENT, now)
    fed = storage.packages.change(package, feed=feed.number)
    assert storage.packages.due(PackageState.REPORTED, now=now) == []
    assert storage.packages.sellers_due(PackageState.REPORTED, now) == []
    assert storage.packages.waiting(order.seller, now=now, limit=9) == []
    storage.feeds.change(feed, state=FeedState.DONE)
    assert storage.packages.due(PackageState.REPORTED, now=now) == [fed], "once the feed is over it is"
    assert storage.feeds.latest(order.seller, FeedKind.FULFILLMENT) is not None
    assert storage.feeds.latest(order.seller, FeedKind.ACKNOWLEDGEMENT) is None


def test_what_waits_is_told_in_short(storage: Storage, order: Order, now: datetime) -> None:
    whole = storage.orders.change(order, amazon=replace(order.amazon, ship_by=now))
    for state in (OrderState.RELEASABLE, OrderState.RELEASED, OrderState.SHIPPED):
        whole = storage.orders.move(whole, state)
    package = storage.packages.add(_package(order, now))
    (told,) = storage.packages.waiting(order.seller, now=now, limit=9)
    assert told == WaitingPackage(
        number=package.number, ship_by=now, whole=True, untracked=False, untried=True
    )
    later = now + timedelta(minutes=1)
    package = storage.packages.change(package, tries=1, next_try=later)
    assert storage.packages.waiting(order.seller, now=now, limit=9) == []
    (told,) = storage.packages.waiting(order.seller, now=later, limit=9)
    assert not told.untried
    storage.packages.change(package, tracking_number="")
    (told,) = storage.packages.waiting(order.seller, now=now, limit=9)
    assert told.untracked, "it waits for a feed, whenever its next try comes"
    storage.packages.add(_package(order, now, 2, "r-2"))
    assert not any(each.whole for each in storage.packages.waiting(order.seller, now=later, limit=9))


@pytest.mark.parametrize("known", ["told_carrier", "confirmed_at", "tries", "bought"])
def test_a_corrected_package_that_amazon_may_know_is_not_untried(
    storage: Storage, order: Order, now: datetime, known: str
) -> None:
    said: dict[str, Any] = {"told_carrier": "UPS", "confirmed_at": now, "tries": 1, "bought": True}
    storage.packages.add(replace(_package(order, now), **{known: said[known]}))
    (told,) = storage.packages.waiting(order.seller, now=now, limit=9)
    assert not told.untried, "with a feed its new number would be a second package"


def test_former_tracking_numbers_of_a_package_are_kept(storage: Storage, order: Order, now: datetime) -> None:
    package = storage.packages.add(_package(order, now))
    assert storage.packages.former_numbers(package) == frozenset()
    storage.packages.keep_former(package, WarehouseId("reno"), now)
    changed = storage.packages.change(package, tracking_number="another", report_id="r-9")
    assert storage.packages.former_numbers(changed) == {package.tracking_number}
    assert storage.packages.numbered([package.number, 999]) == [changed]


def test_packages_are_found_by_their_number_the_newest_first(
    storage: Storage, order: Order, now: datetime
) -> None:
    added = [storage.packages.add(_package(order, now, each, f"r-{each}")) for each in (1, 2, 3)]
    told = [storage.packages.change(each, told_number="1Z999AA10123456784") for each in added[:2]]
    assert storage.packages.with_number("1Z999AA10123456784") == told[::-1]
    assert storage.packages.with_number("1Z0000000000000000") == storage.packages.with_number("") == []


def test_a_report_and_a_reference_are_each_taken_once(storage: Storage, order: Order, now: datetime) -> None:
    storage.packages.add(_package(order, now))
    for again in (_package(order, now, 1, "r-2"), _package(order, now, 2, "r-1")):
        with storage.transaction(), pytest.raises(MoveRefused):
            storage.packages.add(again)
    assert len(storage.packages.of_order(order.ref)) == 1


def test_a_package_of_an_unknown_order_is_refused(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    with pytest.raises(MoveRefused):
        storage.packages.add(_package(make_order(7), now))


def test_a_package_changes_only_from_its_newest_reading(
    storage: Storage, order: Order, now: datetime
) -> None:
    package = storage.packages.add(_package(order, now))
    sent = storage.packages.change(package, state=PackageState.INTENDED, tries=1)
    assert storage.packages.of_order(order.ref) == [sent]
    with pytest.raises(MoveRefused):
        storage.packages.change(package, state=PackageState.REFUSED)
    assert storage.packages.change(sent) == sent


def test_a_correction_may_not_take_the_report_of_another_package(
    storage: Storage, order: Order, now: datetime
) -> None:
    storage.packages.add(_package(order, now))
    second = storage.packages.add(_package(order, now, 2, "r-2"))
    with storage.transaction(), pytest.raises(MoveRefused):
        storage.packages.change(second, report_id="r-1")
    assert storage.packages.of_order(order.ref)[1] == second


def test_due_packages_come_by_the_ship_by_of_their_orders(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    for n, ship_by in enumerate([None, 30, 2]):
        late = make_order(n, ship_by=ship_by)
        storage.orders.insert(late)
        storage.packages.add(_package(late, now, report_id=f"r-{n}"))
    waiting = storage.packages.find_report(WarehouseId("reno"), "r-1")
    assert waiting is not None
    soon = now + timedelta(minutes=1)
    storage.packages.change(waiting, next_try=soon)
    states = [PackageState.REPORTED, PackageState.INTENDED]
    due = storage.packages.due(states, seller=SellerId("acme-us"), now=now)
    assert [package.report_id for package in due] == ["r-2", "r-0"]
    later = storage.packages.due(states, now=soon, limit=2)
    assert [package.report_id for package in later] == ["r-2", "r-1"]
    assert storage.packages.next_try(states, SellerId("acme-us")) == soon
    assert storage.packages.next_try(states, SellerId("other")) is None
    assert storage.packages.due(PackageState.VERIFIED, now=now) == []


def test_what_is_held_of_an_order_that_is_over_waits_for_nobody(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    over, waiting = make_order(1), make_order(2)
    for order in (over, waiting):
        storage.orders.insert(order)
        held = replace(_package(order, now, report_id=order.ref), state=PackageState.HELD)
        storage.packages.add(replace(held, hold=Hold(code="number_wrong", sentence="Look at it.")))
    assert len(storage.packages.in_states(PackageState.HELD)) == 2
    storage.orders.move(over, OrderState.CANCELLED)
    (still,) = storage.packages.in_states(PackageState.HELD, limit=1)
    assert still.order == waiting.ref
    assert storage.packages.hold_counts() == [("number_wrong", 1)]
    assert list(storage.packages.held_sentences()) == [waiting.ref]


def test_what_amazon_refused_of_an_order_that_it_knows_by_other_parcels_waits_for_nobody(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    order = make_order()
    storage.orders.insert(order)
    refused = storage.packages.add(replace(_package(order, now), state=PackageState.REFUSED))
    for state in (OrderState.RELEASABLE, OrderState.RELEASED, OrderState.SHIPPED):
        order = storage.orders.move(order, state)
    assert storage.packages.in_states(PackageState.REFUSED) == [refused]
    storage.orders.move(order, OrderState.CONFIRMED)
    assert storage.packages.in_states(PackageState.REFUSED) == []


def test_packages_are_listed_by_state_hold_and_warehouse(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    kept = []
    for number, (state, code, warehouse) in enumerate(
        [
            (PackageState.HELD, "number_wrong", "reno"),
            (PackageState.HELD, "carrier_unknown", "reno"),
            (PackageState.HELD, "carrier_unknown", "sparks"),
            (PackageState.REFUSED, "", "reno"),
        ],
        start=1,
    ):
        order = make_order(number)
        storage.orders.insert(order)
        package = replace(
            _package(order, now, report_id=f"r-{number}"),
            state=state,
            hold=Hold(code=code, sentence="Look at it.") if code else None,
            next_try=now + timedelta(days=1),
        )
        kept.append(storage.packages.add(package, warehouse=WarehouseId(warehouse)))
    wrong, here, there, refused = kept
    find, held = storage.packages.in_states, PackageState.HELD
    assert find(held) == [wrong, here, there]
    assert find((held, PackageState.REFUSED), limit=2) == [wrong, here]
    assert find(held, held_for="carrier_unknown") == [here, there]
    assert find(held, held_for="carrier_unknown", warehouse=WarehouseId("sparks")) == [there]
    assert find(PackageState.REFUSED) == [refused]
    assert storage.packages.hold_counts() == [("carrier_unknown", 2), ("number_wrong", 1)]
