from datetime import datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId, WarehouseId
from dockseal.domain.notice import Notice, NoticeSource, Watermark
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Hold, Order, OrderState
from dockseal.domain.quota import BucketState
from dockseal.domain.sealed import SealedRecord
from dockseal.domain.seller import Region, Seller
from dockseal.domain.shipment import Package, PackageState
from dockseal.domain.shipping import Risk, RiskCount, SellerShare
from dockseal.monitoring_audit.metrics import Metrics
from dockseal.storage.store import Storage

ACME = SellerId("acme-us")


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
    numbers = _numbers(Metrics().expose(busy, clock))
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
        "dockseal_urgent_orders": 2,
        "dockseal_audit_rows": 0,
        "dockseal_sealed_records": 1,
        "dockseal_shredding_overdue_seconds": 0,
    }
    assert {name: numbers[name] for name in expected} == expected
    clock.advance(timedelta(seconds=70))
    later = _numbers(Metrics().expose(busy, clock))
    assert later["dockseal_quota_tokens operation=getOrder seller=acme-us"] == 30
    assert later["dockseal_shredding_overdue_seconds"] == 10
    assert later["dockseal_sweep_lag_seconds seller=acme-us"] == 250


def test_counters_count(storage: Storage, clock: ManualClock) -> None:
    metrics = Metrics()
    metrics.amazon_calls.labels("getOrder", "429").inc()
    metrics.lane_runs.labels("intake", "done").inc()
    metrics.lane_seconds.labels("intake").inc(1.5)
    metrics.notices.labels("sweep").inc()
    metrics.retrieved.inc()
    metrics.sealed.inc()
    metrics.opened.labels("hand_over").inc()
    metrics.shredded.inc(3)
    numbers = _numbers(metrics.expose(storage, clock))
    expected = {
        "dockseal_amazon_calls_total operation=getOrder status=429": 1,
        "dockseal_lane_runs_total lane=intake result=done": 1,
        "dockseal_lane_seconds_total lane=intake": 1.5,
        "dockseal_notices_total source=sweep": 1,
        "dockseal_personal_data_retrieved_total": 1,
        "dockseal_personal_data_sealed_total": 1,
        "dockseal_personal_data_opened_total purpose=hand_over": 1,
        "dockseal_personal_data_shredded_total": 3,
    }
    assert {name: numbers[name] for name in expected} == expected


def test_each_metrics_counts_for_itself(storage: Storage, clock: ManualClock) -> None:
    Metrics().sealed.inc()
    assert _numbers(Metrics().expose(storage, clock))["dockseal_personal_data_sealed_total"] == 0


def test_no_number_names_an_order(busy: Storage, clock: ManualClock) -> None:
    text = Metrics().expose(busy, clock).decode()
    assert "113-0000000" not in text
    assert "order1" not in text


def test_how_orders_stand_and_what_amazon_will_measure_is_shown_as_it_is_at_the_scrape(
    storage: Storage, clock: ManualClock
) -> None:
    risks = [RiskCount(seller=ACME, warehouse=WarehouseId("reno"), risk=Risk.AT_RISK, number=2)]
    metrics = Metrics()
    metrics.watch_shipping(
        lambda: risks, lambda: [SellerShare(seller=ACME, rate="late_shipment_10d", share=0.025)]
    )
    expected = {
        "dockseal_ship_risk risk=at risk seller=acme-us warehouse=reno": 2,
        "dockseal_predicted_rate rate=late_shipment_10d seller=acme-us": 0.025,
    }
    assert expected.items() <= _numbers(metrics.expose(storage, clock)).items()
    risks.clear()
    assert not any("ship_risk" in name for name in _numbers(metrics.expose(storage, clock)))
