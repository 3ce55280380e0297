"""Numbers for Prometheus: what is counted while the process runs, and what is read at the scrape."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.domain.checkpoint import Anchored, Grown
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId, WarehouseId
from dockseal.domain.notice import Notice, NoticeSource, Watermark
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Hold, Order, OrderState
from dockseal.domain.quota import BucketState
from dockseal.domain.sealed import SealedRecord
from dockseal.domain.seller import Region, Seller
from dockseal.domain.shipment import Package, PackageState
from dockseal.errors import StorageUnavailable
from dockseal.monitoring_audit.gauges.data import DataGauges
from dockseal.monitoring_audit.gauges.kept import KEPT
from dockseal.monitoring_audit.gauges.opens import OpenCounters
from dockseal.monitoring_audit.gauges.orders import OrderGauges
from dockseal.monitoring_audit.gauges.sellers import SellerGauges
from dockseal.monitoring_audit.gauges.trail import TrailGauges
from dockseal.monitoring_audit.gauges.waiting import WaitingGauges
from dockseal.monitoring_audit.metrics import Metrics
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage
from metrics_shown import numbers_of, shown_by

ACME = SellerId("acme-us")


def _watching(storage: Storage, clock: ManualClock) -> Metrics:
    metrics = Metrics()
    metrics.watch(
        OrderGauges(storage, clock),
        SellerGauges(storage, clock),
        DataGauges(storage, clock),
        TrailGauges(storage),
    )
    return metrics


def _order(n: int, clock: ManualClock, *, hours: float, state: OrderState = OrderState.ACCEPTED) -> Order:
    now = clock.now()
    return Order(
        ref=OrderRef(f"order{n}"),
        seller=ACME,
        state=state,
        amazon=AmazonOrder(
            amazon_order_id=AmazonOrderId(f"113-0000000-{n:07}"),
            status=AmazonStatus.UNSHIPPED,
            fulfilled_by=FulfilledBy.MERCHANT,
            updated_at=now,
            ship_by=now + timedelta(hours=hours),
        ),
        read_at=now,
        accepted_at=now - timedelta(minutes=n),
        hold=Hold(code="no_sku", sentence="Add a SKU.") if state is OrderState.HELD else None,
    )


def _held_package(now: datetime) -> Package:
    return Package(
        order=OrderRef("order1"),
        reference_id=1,
        carrier="UPS",
        tracking_number="1Z0",
        shipped_at=now,
        contents=(),
        state=PackageState.HELD,
        hold=Hold(code="number_wrong", sentence="Correct the number."),
        report_id="r-1",
    )


@pytest.fixture
def busy(storage: Storage, clock: ManualClock) -> Storage:
    now = clock.now()
    storage.sellers.add(
        Seller(
            id=ACME,
            region=Region.NA,
            marketplaces=("ATVPDKIKX0DER",),
            selling_partner_id="A0000000000001",
            warehouse=WarehouseId("reno"),
        )
    )
    storage.orders.insert(_order(1, clock, hours=1))
    storage.orders.insert(_order(2, clock, hours=30))
    storage.orders.insert(_order(3, clock, hours=2, state=OrderState.HELD))
    storage.packages.add(_held_package(now))
    storage.notices.add(
        Notice(
            id="n-1",
            seller=ACME,
            amazon_order_id=AmazonOrderId("113-0000000-0000009"),
            source=NoticeSource.SWEEP,
            noticed_at=now,
        )
    )
    storage.watermarks.set(Watermark(seller=ACME, complete_to=now - timedelta(minutes=3)))
    storage.buckets.save(ACME, "getOrder", BucketState(tokens=1, rate=0.5, burst=30, at=now))
    storage.sealed.put(
        SealedRecord(
            order=OrderRef("order1"),
            seller=ACME,
            version=1,
            epoch="e",
            deadline=now + timedelta(seconds=60),
            sealed_at=now,
            wrapped_key=b"",
            ciphertext=b"",
        )
    )
    return storage


def test_gauges_tell_what_the_tables_say_at_the_scrape(busy: Storage, clock: ManualClock) -> None:
    metrics = _watching(busy, clock)
    numbers = numbers_of(metrics.expose())
    expected = {
        "dockseal_orders seller=acme-us state=accepted": 2,
        "dockseal_orders seller=acme-us state=held": 1,
        "dockseal_held_orders code=no_sku": 1,
        "dockseal_held_packages code=number_wrong": 1,
        "dockseal_oldest_order_seconds state=accepted": 120,
        "dockseal_oldest_order_seconds state=held": 180,
        "dockseal_open_notices seller=acme-us": 1,
        "dockseal_sweep_lag_seconds seller=acme-us": 180,
        "dockseal_seller_resting seller=acme-us": 0,
        "dockseal_quota_tokens operation=getOrder seller=acme-us": 1,
        "dockseal_quota_burst_tokens operation=getOrder seller=acme-us": 30,
        "dockseal_urgent_orders": 2,
        "dockseal_audit_rows": 0,
        "dockseal_sealed_records": 1,
        "dockseal_shredding_overdue_seconds": 0,
        "dockseal_unread_gauges": 0,
    }
    assert {name: numbers[name] for name in expected} == expected
    clock.advance(timedelta(seconds=70))
    later = numbers_of(metrics.expose())
    assert later["dockseal_quota_tokens operation=getOrder seller=acme-us"] == 30
    assert later["dockseal_shredding_overdue_seconds"] == 10
    assert later["dockseal_sweep_lag_seconds seller=acme-us"] == 250


def test_no_number_names_an_order(busy: Storage, clock: ManualClock) -> None:
    text = _watching(busy, clock).expose().decode()
    assert "dockseal_orders" in text
    assert "113-0000000" not in text
    assert "order1" not in text


def _waits(storage: Storage, clock: ManualClock, *spared: str) -> dict[str, float]:
    shown = shown_by(WaitingGauges(storage, clock, lambda: frozenset(map(WarehouseId, spared))))
    prefix = "dockseal_stage_lag_seconds step="
    return {
        name.removeprefix(prefix): value for name, value in shown.items() if name.startswith(prefix) and value
    }


def test_each_stage_lags_as_long_as_its_oldest_piece_of_work_waits(busy: Storage, clock: ManualClock) -> None:
    assert _waits(busy, clock) == {"examine": 120}, "the notice and the package came just now"
    clock.advance(timedelta(minutes=1))
    assert _waits(busy, clock) == {"take_in": 60, "examine": 180}
    order = busy.orders.get(OrderRef("order2"))
    busy.orders.move(order, OrderState.RELEASABLE, warehouse=WarehouseId("reno"), hold=None)
    assert _waits(busy, clock)["retrieve"] == 180
    assert _waits(busy, clock, "reno")["release"] == 180, "its warehouse needs no personal data"
    package = replace(_held_package(clock.now()), hold=None, reference_id=2, report_id="r-2")
    busy.packages.add(replace(package, state=PackageState.REPORTED))
    confirmed = replace(package, state=PackageState.CONFIRMED, reference_id=3, report_id="r-3")
    busy.packages.add(replace(confirmed, confirmed_at=clock.now()))
    clock.advance(timedelta(seconds=30))
    waits = _waits(busy, clock)
    assert (waits["confirm"], waits["verify"]) == (30, 30)


def test_what_is_put_off_on_purpose_waits_from_then_on_and_what_failed_from_its_beginning(
    busy: Storage, clock: ManualClock
) -> None:
    later = clock.now() + timedelta(minutes=5)
    for ref in ("order1", "order2"):
        busy.orders.change(busy.orders.get(OrderRef(ref)), next_try=later)
    assert "examine" not in _waits(busy, clock)
    clock.advance(timedelta(minutes=6))
    assert _waits(busy, clock)["examine"] == 60
    busy.orders.change(busy.orders.get(OrderRef("order1")), tries=1, next_try=clock.now() + KEPT)
    assert _waits(busy, clock)["examine"] == 420


def test_an_open_is_counted_by_purpose_and_kind_of_actor_whoever_opened(
    busy: Storage, clock: ManualClock, trail: Trail
) -> None:
    def opened(actor: Actor) -> None:
        with busy.transaction():
            trail.record(
                Tag.ORDER_DATA_OPENED, actor=actor, order=OrderRef("order1"), purpose=Purpose.HAND_OVER
            )

    opened(Actor(kind=ActorKind.SERVICE, name="before"))
    counters = OpenCounters(busy)
    metrics = Metrics()
    metrics.count(counters)
    for actor in ("release", "release", "labels"):
        opened(Actor(kind=ActorKind.SERVICE, name=actor))
    opened(Actor(kind=ActorKind.PERSON, name="terminal-maria"))
    with busy.transaction():
        trail.record(
            Tag.ORDER_DATA_OPEN_REFUSED,
            actor=Actor(kind=ActorKind.PERSON, name="terminal-maria"),
            order=OrderRef("order1"),
            purpose=Purpose.SHIPPING_LABEL,
            reason="budget_spent",
        )
    expected = {
        "dockseal_personal_data_opened_total actor=service purpose=hand_over": 3,
        "dockseal_personal_data_opened_total actor=person purpose=hand_over": 1,
        "dockseal_personal_data_open_refused_total actor=person reason=budget_spent": 1,
    }
    for _ in range(2):
        shown = numbers_of(metrics.expose())
        assert {name: value for name, value in shown.items() if "data_open" in name} == expected
    assert "maria" not in metrics.expose().decode()


def test_a_count_that_fails_halfway_counts_nothing_twice(busy: Storage, trail: Trail) -> None:
    counters = OpenCounters(busy)
    with busy.transaction():
        actor = Actor(kind=ActorKind.SERVICE, name="release")
        trail.record(Tag.ORDER_DATA_OPENED, actor=actor, order=OrderRef("order1"), purpose=Purpose.HAND_OVER)
    counted = type(busy.audit).counted

    def fails(self: object, tag: str, *given: Any, **more: Any) -> object:
        if tag == Tag.ORDER_DATA_OPEN_REFUSED:
            raise StorageUnavailable("the database cannot be used now")
        return counted(self, tag, *given, **more)

    with patch.object(type(busy.audit), "counted", fails):
        list(counters.collect())
    metrics = Metrics()
    metrics.count(counters)
    assert (
        numbers_of(metrics.expose())["dockseal_personal_data_opened_total actor=service purpose=hand_over"]
        == 1
    )


def test_a_place_that_left_the_settings_is_not_shown(busy: Storage) -> None:
    with busy.transaction():
        for place in ("folder here", "folder gone"):
            busy.checkpoints.put(Anchored(place=place, tree=Grown(size=3)))
    shown = shown_by(TrailGauges(busy, ["folder here"]))
    assert [name for name in shown if "anchored" in name and "place=" in name] == [
        "dockseal_audit_anchored_rows place=folder here"
    ]


def test_the_head_of_the_trail_shows_its_age(busy: Storage, clock: ManualClock, trail: Trail) -> None:
    name = "dockseal_audit_newest_row_timestamp_seconds"
    assert name not in shown_by(TrailGauges(busy))
    with busy.transaction():
        trail.record(Tag.KEY_MASTER_CREATED, actor=Actor(kind=ActorKind.SERVICE, name="keys"))
    shown = shown_by(TrailGauges(busy))
    assert (shown[name], shown["dockseal_audit_rows"]) == (clock.now().timestamp(), 1)
