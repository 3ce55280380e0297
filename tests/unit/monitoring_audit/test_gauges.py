"""What the process itself counts and shows, without a database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.shipping import Risk, RiskCount, SellerShare
from dockseal.errors import StorageError
from dockseal.monitoring_audit.checks import Check, Health, LaneHealth
from dockseal.monitoring_audit.gauges.data import KeyGauges
from dockseal.monitoring_audit.gauges.kept import KEPT, MANY, Kept
from dockseal.monitoring_audit.gauges.lanes import LaneGauges
from dockseal.monitoring_audit.gauges.shipping import ShippingGauges
from dockseal.monitoring_audit.gauges.verdict import HealthGauges
from dockseal.monitoring_audit.metrics import Metrics
from metrics_shown import numbers_of, shown_by

ACME = SellerId("acme-us")


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
    numbers = numbers_of(metrics.expose())
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
    assert numbers_of(Metrics().expose())["dockseal_personal_data_sealed_total"] == 0


def test_how_orders_stand_and_what_amazon_will_measure_is_shown_as_it_is_at_the_scrape() -> None:
    risks = [RiskCount(seller=ACME, warehouse=WarehouseId("reno"), risk=Risk.AT_RISK, number=2)]
    shipping = ShippingGauges(
        lambda: risks, lambda: [SellerShare(seller=ACME, rate="late_shipment_10d", share=0.025)]
    )
    expected = {
        "dockseal_ship_risk risk=at risk seller=acme-us warehouse=reno": 2,
        "dockseal_predicted_rate rate=late_shipment_10d seller=acme-us": 0.025,
    }
    assert expected.items() <= shown_by(shipping).items()
    risks.clear()
    assert not any("ship_risk" in name for name in shown_by(shipping))


def test_lanes_show_by_step_who_fails_and_who_worked_longest_ago(clock: ManualClock) -> None:
    now = clock.now()
    lanes = [
        LaneHealth(name="sweep/acme-us", alive=True, succeeded_at=now - timedelta(minutes=9)),
        LaneHealth(name="sweep/acme-de", alive=True, succeeded_at=now, failing="Amazon is down."),
        LaneHealth(name="shred", alive=True),
    ]
    shown = shown_by(LaneGauges(lambda: lanes))
    assert shown["dockseal_lanes_failing lane=sweep"] == 1
    assert shown["dockseal_lanes_failing lane=shred"] == 0
    assert shown["dockseal_lane_last_success_timestamp_seconds lane=sweep"] == now.timestamp() - 540
    assert "dockseal_lane_last_success_timestamp_seconds lane=shred" not in shown
    assert shown["dockseal_lanes_alive"] == 1
    assert shown_by(LaneGauges(list))["dockseal_lanes_alive"] == 0
    dead = [replace(lanes[0], alive=False)]
    assert shown_by(LaneGauges(lambda: dead))["dockseal_lanes_alive"] == 0


def test_health_shows_its_verdict_and_counts_what_is_not_well_by_kind() -> None:
    checks = (
        Check(name="database", ok=True, sentence="", vital=True),
        Check(name="seller acme-us", ok=False, sentence=""),
        Check(name="seller acme-de", ok=False, sentence=""),
    )
    shown = shown_by(HealthGauges(lambda: Health(checks=checks)))
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
    shown = shown_by(KeyGauges(lambda: ends, clock))
    assert shown["dockseal_epoch_keys"] == 3
    assert shown["dockseal_epoch_keys_overdue"] == 2
    assert shown["dockseal_epoch_key_overdue_seconds"] == 10_800
    assert shown_by(KeyGauges(list, clock))["dockseal_epoch_key_overdue_seconds"] == 0


class Down(Collector):
    """Reads half of what it shows, and then the database is gone."""

    def collect(self) -> Iterator[Metric]:
        yield Metric("dockseal_half", "Half.", "gauge")
        raise StorageError("the database is down")


def test_what_cannot_be_read_is_left_out_and_counted_and_all_else_is_shown() -> None:
    metrics = Metrics()
    metrics.watch(Down(), KeyGauges(list, ManualClock(start=datetime(2026, 1, 1).astimezone())))
    metrics.sealed.inc()
    shown = numbers_of(metrics.expose())
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
