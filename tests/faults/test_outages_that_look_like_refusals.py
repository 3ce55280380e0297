"""A 400 for twelve hours and a 403 for everybody: orders wait, none is held, and all arrive afterwards."""

from datetime import timedelta
from pathlib import Path

from day import SELLER, Day
from dockseal.domain.order import OrderState
from dockseal.domain.shipment import PackageState
from dockseal.monitoring_audit.completeness import completeness
from parcel_numbers import ups
from spapi_simulator import Fault, Line


def placed(day: Day, count: int) -> list[str]:
    return [day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")]) for _ in range(count)]


def states(day: Day) -> set[OrderState]:
    return {state for _, state, _ in day.app.storage.orders.counts()}


def test_a_dataset_that_answers_400_for_hours_holds_nothing_and_loses_nothing(tmp_path: Path) -> None:
    day = Day(folder=tmp_path)
    before = placed(day, 2)
    day.run(minutes=3)
    ends = day.clock.now() + timedelta(hours=2)
    for operation in ("getOrder", "searchOrders"):
        day.amazon.faults.add(
            Fault(operation=operation, dataset="FULFILLMENT", status=400, region="NA", until=ends)
        )
    orders = placed(day, 6)
    day.run(hours=1)
    assert not any(day.knows(order_id) for order_id in orders)
    assert day.app.storage.notices.open_count(SELLER) == 6
    (check,) = [each for each in day.app.health().checks if each.name == f"amazon getOrder {SELLER}"]
    assert "outage" in check.sentence
    assert b'dockseal_amazon_outage{operation="getOrder",seller="acme-us",status="400"} 1.0' in (
        day.app.metrics_text()
    )
    day.run(hours=1, minutes=15)
    assert sorted(told["amazon_order_id"] for told in day.warehouse.taken) == sorted([*before, *orders])
    assert day.app.amazon.circuits.outages() == []
    day.close()


def test_a_restart_in_the_middle_of_it_holds_nothing_either(tmp_path: Path) -> None:
    day = Day(folder=tmp_path)
    placed(day, 1)
    day.run(minutes=3)
    ends = day.clock.now() + timedelta(minutes=40)
    day.amazon.faults.add(Fault(operation="getOrder", status=400, until=ends))
    placed(day, 3)
    day.run(minutes=10)
    day.restart()
    day.run(minutes=20)
    assert OrderState.HELD not in states(day)
    day.run(minutes=30)
    assert len(day.warehouse.taken) == 4
    day.close()


def test_confirmations_that_answer_400_for_hours_refuse_no_parcel_and_every_process_can_tell(
    tmp_path: Path,
) -> None:
    day = Day(folder=tmp_path)
    before, *orders = placed(day, 4)
    day.run(minutes=3)
    day.ship(before, tracking_number=ups(0))
    day.run(minutes=3)
    ends = day.clock.now() + timedelta(hours=2)
    day.amazon.faults.add(Fault(operation="confirmShipment", status=400, until=ends))
    for number, order_id in enumerate(orders, start=1):
        day.ship(order_id, tracking_number=ups(number))
    day.run(minutes=30)
    day.restart()
    day.run(minutes=45)
    assert {package.state for order_id in orders for package in day.packages(order_id)} == {
        PackageState.INTENDED
    }
    storage = day.app.storage
    told = completeness(storage, day.seller, day.clock, late_after=timedelta(hours=1)).sentence
    assert "; Amazon's confirmShipment is out since 08:" in told
    assert b'dockseal_amazon_outage{operation="confirmShipment",seller="acme-us",status="400"} 1.0' in (
        day.app.metrics_text()
    )
    day.run(hours=1)
    for order_id in orders:
        (package,) = day.amazon.order(order_id).packages
        assert package.edits == 0
        assert day.order(order_id).attention == ""
    assert day.app.amazon.circuits.outages() == []
    day.close()


def test_a_storm_of_403_for_a_whole_region_rests_no_seller_and_holds_no_order(day: Day) -> None:
    placed(day, 2)
    day.run(minutes=3)
    ends = day.clock.now() + timedelta(minutes=25)
    day.amazon.faults.add(Fault(operation="*", status=403, region="NA", until=ends))
    orders = placed(day, 4)
    day.run(minutes=24)
    assert OrderState.HELD not in states(day)
    assert day.app.storage.sellers.get(SELLER).rests_because == ""
    day.run(minutes=15)
    assert {told["amazon_order_id"] for told in day.warehouse.taken} >= set(orders)
