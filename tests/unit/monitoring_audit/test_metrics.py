"""Numbers for Prometheus: what is counted while the process runs, and what is read at the scrape."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from dockseal.domain.access import Actor, ActorKind, Purpose
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId, WarehouseId
from dockseal.domain.notice import Notice, NoticeSource, Watermark
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Hold, Order, OrderState
from dockseal.domain.quota import BucketState
from dockseal.domain.sealed import SealedRecord
from dockseal.domain.seller import Region, Seller
from dockseal.domain.shipment import Package, PackageState
from dockseal.domain.shipping import Risk, RiskCount, SellerShare
from dockseal.errors import StorageError
from dockseal.monitoring_audit.checks import Check, Health, LaneHealth
from dockseal.monitoring_audit.gauges.data import DataGauges, KeyGauges
from dockseal.monitoring_audit.gauges.kept import KEPT, MANY, Kept
from dockseal.monitoring_audit.gauges.lanes import LaneGauges
from dockseal.monitoring_audit.gauges.opens import OpenCounters
from dockseal.monitoring_audit.gauges.orders import OrderGauges
from dockseal.monitoring_audit.gauges.sellers import SellerGauges
from dockseal.monitoring_audit.gauges.shipping import ShippingGauges
from dockseal.monitoring_audit.gauges.trail import TrailGauges
from dockseal.monitoring_audit.gauges.verdict import HealthGauges
from dockseal.monitoring_audit.gauges.waiting import WaitingGauges
from dockseal.monitoring_audit.metrics import Metrics
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.storage.store import Storage

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


def _shown(*collectors: Collector) -> dict[str, float]:
    metrics = Metrics()
    metrics.watch(*collectors)
    return _numbers(metrics.expose())


def _numbers(text: bytes) -> dict[str, float]:
    families = text_string_to_metric_families(text.decode())
    return {
        sample.name
        + "".join(f" {name}={value}" for name, value in sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


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
    numbers = _numbers(metrics.expose())
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
    later = _numbers(metrics.expose())
    assert later["dockseal_quota_tokens operation=getOrder seller=acme-us"] == 30
    assert later["dockseal_shredding_overdue_seconds"] == 10
    assert later["dockseal_sweep_lag_seconds seller=acme-us"] == 250


def test_counters_count() -> None:
    metrics = Metrics()
    metrics.amazon_calls.labels("getOrder", "429").inc()
    metrics.lane_runs.labels("intake", "done").inc()
    metrics.lane_run_seconds.labels("intake").observe(1.5)
    metrics.warehouse_calls.labels("reno", "submit", "refused").inc()
    metrics.notices.labels("sweep").inc()
    metrics.retrieved.inc()
    metrics.sealed.inc()
    metrics.shredded.inc(3)
    numbers = _numbers(metrics.expose())
    expected = {
        "dockseal_amazon_calls_total operation=getOrder status=429": 1,
        "dockseal_lane_runs_total lane=intake result=done": 1,
        "dockseal_lane_run_seconds_sum lane=intake": 1.5,
        "dockseal_lane_run_seconds_bucket lane=intake le=1.0": 0,
        "dockseal_lane_run_seconds_bucket lane=intake le=5.0": 1,
        "dockseal_warehouse_calls_total act=submit result=refused warehouse=reno": 1,
        "dockseal_notices_total source=sweep": 1,
        "dockseal_personal_data_retrieved_total": 1,
        "dockseal_personal_data_sealed_total": 1,
        "dockseal_personal_data_shredded_total": 3,
    }
    assert {name: numbers[name] for name in expected} == expected


def test_each_metrics_counts_for_itself() -> None:
    Metrics().sealed.inc()
    assert _numbers(Metrics().expose())["dockseal_personal_data_sealed_total"] == 0


def test_no_number_names_an_order(busy: Storage, clock: ManualClock) -> None:
    text = _watching(busy, clock).expose().decode()
    assert "dockseal_orders" in text
    assert "113-0000000" not in text
    assert "order1" not in text


def test_how_orders_stand_and_what_amazon_will_measure_is_shown_as_it_is_at_the_scrape() -> None:
    risks = [RiskCount(seller=ACME, warehouse=WarehouseId("reno"), risk=Risk.AT_RISK, number=2)]
    shipping = ShippingGauges(
        lambda: risks, lambda: [SellerShare(seller=ACME, rate="late_shipment_10d", share=0.025)]
    )
    expected = {
        "dockseal_ship_risk risk=at risk seller=acme-us warehouse=reno": 2,
        "dockseal_predicted_rate rate=late_shipment_10d seller=acme-us": 0.025,
    }
    assert expected.items() <= _shown(shipping).items()
    risks.clear()
    assert not any("ship_risk" in name for name in _shown(shipping))


def _waits(storage: Storage, clock: ManualClock, *spared: str) -> dict[str, float]:
    shown = _shown(WaitingGauges(storage, clock, lambda: frozenset(map(WarehouseId, spared))))
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
        shown = _numbers(metrics.expose())
        assert {name: value for name, value in shown.items() if "data_open" in name} == expected
    assert "maria" not in metrics.expose().decode()


def test_lanes_show_by_step_who_fails_and_who_worked_longest_ago(clock: ManualClock) -> None:
    now = clock.now()
    lanes = [
        LaneHealth(name="sweep/acme-us", alive=True, succeeded_at=now - timedelta(minutes=9)),
        LaneHealth(name="sweep/acme-de", alive=True, succeeded_at=now, failing="Amazon is down."),
        LaneHealth(name="shred", alive=True),
    ]
    shown = _shown(LaneGauges(lambda: lanes))
    assert shown["dockseal_lanes_failing lane=sweep"] == 1
    assert shown["dockseal_lanes_failing lane=shred"] == 0
    assert shown["dockseal_lane_last_success_timestamp_seconds lane=sweep"] == now.timestamp() - 540
    assert "dockseal_lane_last_success_timestamp_seconds lane=shred" not in shown
    assert shown["dockseal_lanes_alive"] == 1
    assert _shown(LaneGauges(list))["dockseal_lanes_alive"] == 0
    dead = [replace(lanes[0], alive=False)]
    assert _shown(LaneGauges(lambda: dead))["dockseal_lanes_alive"] == 0


def test_health_shows_its_verdict_and_counts_what_is_not_well_by_kind() -> None:
    checks = (
        Check(name="database", ok=True, sentence="", vital=True),
        Check(name="seller acme-us", ok=False, sentence=""),
        Check(name="seller acme-de", ok=False, sentence=""),
    )
    shown = _shown(HealthGauges(lambda: Health(checks=checks)))
    verdicts = {name: value for name, value in shown.items() if "dockseal_health verdict" in name}
    assert verdicts == {
        "dockseal_health verdict=ok": 0,
        "dockseal_health verdict=degraded": 1,
        "dockseal_health verdict=failing": 0,
    }
    assert shown["dockseal_health_checks_failing check=seller"] == 2
    assert shown["dockseal_health_checks_failing check=database"] == 0


def test_keys_that_outlived_their_epoch_show(clock: ManualClock) -> None:
    now = clock.now()
    ends = [now - timedelta(hours=3), now, now + timedelta(days=1)]
    shown = _shown(KeyGauges(lambda: ends, clock))
    assert shown["dockseal_epoch_keys"] == 3
    assert shown["dockseal_epoch_keys_overdue"] == 2
    assert shown["dockseal_epoch_key_overdue_seconds"] == 10_800
    assert _shown(KeyGauges(list, clock))["dockseal_epoch_key_overdue_seconds"] == 0


def test_the_head_of_the_trail_shows_its_age(busy: Storage, clock: ManualClock, trail: Trail) -> None:
    name = "dockseal_audit_newest_row_timestamp_seconds"
    assert name not in _shown(TrailGauges(busy))
    with busy.transaction():
        trail.record(Tag.KEY_MASTER_CREATED, actor=Actor(kind=ActorKind.SERVICE, name="keys"))
    shown = _shown(TrailGauges(busy))
    assert (shown[name], shown["dockseal_audit_rows"]) == (clock.now().timestamp(), 1)


class Down(Collector):
    """Reads half of what it shows, and then the database is gone."""

    def collect(self) -> Iterator[Metric]:
        yield Metric("dockseal_half", "Half.", "gauge")
        raise StorageError("the database is down")


def test_what_cannot_be_read_is_left_out_and_counted_and_all_else_is_shown() -> None:
    metrics = Metrics()
    metrics.watch(Down(), KeyGauges(list, ManualClock(start=datetime(2026, 1, 1).astimezone())))
    metrics.sealed.inc()
    shown = _numbers(metrics.expose())
    assert shown["dockseal_unread_gauges"] == 1
    assert shown["dockseal_personal_data_sealed_total"] == 1
    assert shown["dockseal_epoch_keys"] == 0
    assert "half" not in metrics.expose().decode()


@pytest.mark.parametrize(("size", "counts"), [(MANY, 3), (MANY + 1, 2)])
def test_a_count_of_many_is_kept_a_while_and_one_of_few_is_not(
    clock: ManualClock, size: int, counts: int
) -> None:
    counted: list[int] = []

    def count() -> int:
        counted.append(size)
        return size

    kept = Kept[int](count=count, size=int)
    for step in (timedelta(), KEPT - timedelta(seconds=1), timedelta(seconds=1)):
        clock.advance(step)
        assert kept.at(clock.now()) == size
    assert len(counted) == counts
    kept.at(clock.now() - timedelta(days=1))
    assert len(counted) == counts + 1, "a count of later is none of now"
