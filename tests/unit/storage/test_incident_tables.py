"""What incidents and canaries ask of the tables, on SQLite and on PostgreSQL."""

from collections.abc import Callable
from datetime import datetime, timedelta

from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import SellerId, WarehouseId, release_ref
from dockseal.domain.incident import Incident, Source
from dockseal.domain.order import Order, OrderState
from dockseal.domain.release import Release, ReleaseState
from dockseal.domain.seller import Region, Seller, stopped
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage

SELLER, RENO = SellerId("acme-us"), WarehouseId("reno")
CASEY = Actor(kind=ActorKind.PERSON, name="casey")
MakeOrder = Callable[..., Order]


def put(storage: Storage, order: Order, now: datetime, *, parts: int = 1) -> Order:
    """Keeps an order with its releases."""
    with storage.transaction():
        storage.orders.insert(order)
    for part in range(1, parts + 1):
        ref = release_ref(order.ref, part)
        storage.releases.intend(
            Release(ref=ref, order=order.ref, warehouse=RENO, state=ReleaseState.ACCEPTED, intended_at=now)
        )
    return order


def test_what_can_be_opened_is_counted_and_some_of_it_given(
    storage: Storage, make_order: MakeOrder, now: datetime
) -> None:
    there = {"state": OrderState.RELEASED, "sealed_until": now + timedelta(days=9)}
    found = {put(storage, make_order(n, **there), now).ref for n in (1, 2, 3)}
    put(storage, make_order(4, **there), now, parts=2)
    put(storage, make_order(5, **there, ship_by=1), now)
    put(storage, make_order(6, **there, ship_by=None), now)
    put(storage, make_order(7, **there, attention="Look."), now)
    put(storage, make_order(8, state=OrderState.RELEASED), now)
    put(storage, make_order(9, **there | {"state": OrderState.HELD}), now)
    put(storage, make_order(10, **there, warehouse=WarehouseId("other")), now)
    after = now + timedelta(hours=8)
    assert storage.openable.count(SELLER, [RENO], ships_after=after) == 3
    assert {each.ref for each in storage.openable.some(SELLER, [RENO], ships_after=after, limit=9)} == found
    assert len(storage.openable.some(SELLER, [RENO], ships_after=after, limit=2)) == 2
    assert storage.openable.count(SELLER, [], ships_after=after) == 0


def test_each_order_of_an_actor_is_told_once(storage: Storage, make_order: MakeOrder, now: datetime) -> None:
    trail, (one, other) = Trail(storage, ManualClock(start=now)), (make_order(1), make_order(2))
    with storage.transaction():
        for order in (one, one, other):
            trail.record(
                Tag.ORDER_DATA_OPENED, actor=CASEY, order=order.ref, seller=SELLER, purpose=Purpose.HAND_OVER
            )
    since = now - timedelta(days=30)
    found = storage.audit.orders_of(Tag.ORDER_DATA_OPENED, "seller", since, actor=str(CASEY))
    assert found == {(one.ref, SELLER), (other.ref, SELLER)}
    assert storage.audit.orders_of(Tag.ORDER_DATA_OPENED, "seller", since, actor="person:robin") == set()


def test_a_seller_that_an_incident_stopped_is_changed_in_all_else(storage: Storage) -> None:
    seller = Seller(
        id=SELLER, region=Region.NA, marketplaces=("US",), selling_partner_id="A0", warehouse=RENO
    )
    storage.sellers.add(seller)
    because = stopped(SELLER, "inc-1")
    assert storage.sellers.change(seller, rests_because=because).stopped_by == "inc-1"
    changed = storage.sellers.change(seller, rests_because="", queue_url="https://sqs.example.com/1/orders")
    assert (changed.rests_because, changed.queue_url) == (because, "https://sqs.example.com/1/orders")
    assert storage.sellers.wake(SELLER)
    assert not storage.sellers.wake(SELLER)
    assert storage.sellers.awake() == [SELLER]


def test_open_cases_come_before_those_that_were_closed(storage: Storage, now: datetime) -> None:
    for name, hours, closed in (("inc-1", 1, False), ("inc-2", 2, True), ("inc-3", 3, True)):
        at = now + timedelta(hours=hours)
        case = Incident(
            id=name,
            source=Source.PERSON,
            what="It is missing.",
            detected_at=at,
            opened_at=at,
            opened_by=str(CASEY),
            seq=0,
            closed_at=at + timedelta(hours=9) if closed else None,
        )
        storage.incidents.add(case)
    assert [each.id for each in storage.incidents.all()] == ["inc-1", "inc-3", "inc-2"]


def test_a_credential_is_claimed_whether_or_not_it_was_ever_stored(storage: Storage) -> None:
    with storage.transaction():
        storage.credential_marks.claim("installation/canaries")
