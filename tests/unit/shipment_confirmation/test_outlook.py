"""The outlook: counted anew while there are few orders, kept for a moment where there are many."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import AmazonOrderId, OrderRef, SellerId, WarehouseId
from dockseal.domain.order import AmazonOrder, AmazonStatus, FulfilledBy, Hold, Order, OrderState
from dockseal.domain.shipment import Package, PackageState
from dockseal.domain.shipping import Risk, RiskCount
from dockseal.domain.working_hours import usual_hours
from dockseal.shipment_confirmation import outlook as module
from dockseal.shipment_confirmation.outlook import COUNTS_KEPT, RATES_KEPT, Outlook
from dockseal.storage.store import DatabasePlaces, Storage

START = datetime(2026, 11, 4, 12, tzinfo=UTC)
"""A Wednesday, 4 o'clock in the morning in Los Angeles."""
ACME, RENO = SellerId("acme-us"), WarehouseId("reno")
Keep = Callable[..., Order]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(start=START)


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    places = DatabasePlaces(operations=tmp_path / "operations.sqlite3", vault=tmp_path / "vault.sqlite3")
    storage = Storage.open(places, secret_key="only for tests")
    yield storage
    storage.close()


@pytest.fixture
def outlook(storage: Storage, clock: ManualClock) -> Outlook:
    return Outlook(storage=storage, clock=clock)


@pytest.fixture
def keep(storage: Storage) -> Keep:
    def kept(n: int, *, hours: float, hold: Hold | None = None) -> Order:
        amazon = AmazonOrder(
            amazon_order_id=AmazonOrderId(f"113-0000000-{n:07}"),
            marketplace_id="ATVPDKIKX0DER",
            status=AmazonStatus.UNSHIPPED,
            fulfilled_by=FulfilledBy.MERCHANT,
            updated_at=START,
            ship_by=START + timedelta(hours=hours),
        )
        order = Order(
            ref=OrderRef(f"order{n:03}"),
            seller=ACME,
            state=OrderState.HELD if hold else OrderState.RELEASED,
            amazon=amazon,
            read_at=START,
            accepted_at=START,
            warehouse=RENO,
            hold=hold,
        )
        storage.orders.insert(order)
        return order

    return kept


def counted(outlook: Outlook) -> dict[Risk, int]:
    return {count.risk: count.number for count in outlook.counts()}


def test_a_warehouse_that_told_nothing_works_the_usual_hours_in_the_zone_of_the_marketplace(
    outlook: Outlook, keep: Keep, clock: ManualClock
) -> None:
    keep(1, hours=20)  # at midnight; the last parcel leaves at 17
    clock.advance(timedelta(hours=10, minutes=59))
    assert counted(outlook) == {Risk.ON_TRACK: 1}
    clock.advance(timedelta(minutes=1))  # 15 in Los Angeles
    assert outlook.counts() == (RiskCount(seller=ACME, warehouse=RENO, risk=Risk.AT_RISK, number=1),)


def test_before_a_warehouse_rests_for_weeks_a_person_is_told_of_what_is_due_meanwhile(
    storage: Storage, outlook: Outlook, keep: Keep, clock: ManualClock
) -> None:
    rest = frozenset((START + timedelta(days=n)).date() for n in range(1, 17))
    storage.working_hours.set(RENO, replace(usual_hours("America/Los_Angeles"), closed=rest))
    keep(1, hours=24 * 12)
    keep(2, hours=24 * 12, hold=Hold(code="x", sentence="Look at it."))
    keep(3, hours=24 * 25)
    keep(4, hours=24 * 25, hold=Hold(code="x", sentence="Look at it."))
    clock.advance(timedelta(hours=10, minutes=59))
    assert counted(outlook) == {}
    for later in (timedelta(minutes=1), timedelta(days=2)):
        clock.advance(later)
        assert counted(outlook) == {Risk.AT_RISK: 1, Risk.BLOCKED: 1}
        listed = outlook.view().listed(limit=10)
        assert [(order.ref, said.risk) for order, said in listed] == [
            ("order001", Risk.AT_RISK),
            ("order002", Risk.BLOCKED),
        ]


def test_counts_and_list_agree_and_what_is_stopped_is_found_however_late_it_is(
    outlook: Outlook, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = Hold(code="x", sentence="Look at it.")
    for n, hours in enumerate((-5, -1, 3, 30, 60, 150)):
        keep(n, hours=hours)
        keep(100 + n, hours=hours, hold=hold)
    keep(200, hours=24 * 7 + 1, hold=hold)
    view = outlook.view()
    listed = view.listed(limit=100)
    assert [order.ref for order, _ in listed[:3]] == ["order000", "order100", "order001"]
    assert counted(outlook) == {Risk.OVERDUE: 4, Risk.AT_RISK: 1, Risk.BLOCKED: 4, Risk.ON_TRACK: 3}
    by_risk = {risk: len(view.listed(risk=risk, limit=100)) for risk in Risk}
    assert by_risk == {Risk.OVERDUE: 4, Risk.AT_RISK: 1, Risk.BLOCKED: 4, Risk.ON_TRACK: 0}
    assert len(view.listed(limit=2)) == 2
    monkeypatch.setattr(module, "PAGE", 4)
    assert view.listed(limit=100) == listed
    assert view.listed(seller=SellerId("another"), limit=2) == []


def test_nobody_is_led_to_a_canary_order(storage: Storage, clock: ManualClock, keep: Keep) -> None:
    keep(1, hours=20)
    canary = keep(2, hours=20)
    outlook = Outlook(storage=storage, clock=clock, canaries=lambda: frozenset({canary.ref}))
    clock.advance(timedelta(hours=11))
    assert counted(outlook) == {Risk.AT_RISK: 1}
    assert [order.ref for order, _ in outlook.view().listed(limit=10)] == ["order001"]


def test_few_orders_are_counted_each_time_and_many_once_in_a_while(
    outlook: Outlook, keep: Keep, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(1, hours=-1)
    assert counted(outlook) == {Risk.OVERDUE: 1}
    keep(2, hours=-1)
    assert counted(outlook) == {Risk.OVERDUE: 2}
    monkeypatch.setattr(module, "MANY", 1)
    assert counted(outlook) == {Risk.OVERDUE: 2}
    keep(3, hours=-1)
    assert counted(outlook) == {Risk.OVERDUE: 2}
    clock.advance(COUNTS_KEPT)
    assert counted(outlook) == {Risk.OVERDUE: 3}


def test_rates_are_kept_for_minutes_but_not_past_a_clock_that_was_set_back(
    outlook: Outlook, keep: Keep, clock: ManualClock
) -> None:
    keep(1, hours=-1)
    assert outlook.shares() == (), "a scrape counts nothing"
    outlook.foretell()
    assert {each.rate for each in outlook.shares()} == {
        "late_shipment_10d",
        "late_shipment_30d",
    }
    keep(2, hours=-1)
    assert outlook.rates()[0].total == 1
    clock.advance(RATES_KEPT)
    assert outlook.rates()[0].total == 2
    keep(3, hours=-1)
    clock.advance(-timedelta(seconds=1))
    assert outlook.rates()[0].total == 3


def test_an_order_whose_parcel_is_held_is_blocked_however_many_others_are(
    storage: Storage, outlook: Outlook, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HELD", 1)
    orders = [keep(number, hours=30) for number in (1, 2)]
    for order in orders:
        for reference_id in (1, 2):
            hold = Hold(code="carrier_unknown", sentence=f"Who carries it for {order.ref}?")
            storage.packages.add(
                Package(
                    order=order.ref,
                    reference_id=reference_id,
                    carrier="Parcel Fox",
                    tracking_number="PF1",
                    shipped_at=START,
                    contents=(),
                    state=PackageState.HELD,
                    report_id=f"{order.ref}/{reference_id}",
                    hold=hold,
                )
            )
    said = [view.because for order in orders if (view := outlook.view().verdict(order)) is not None]
    assert said == ["Who carries it for order001?", "Who carries it for order002?"]
    listed = outlook.view().listed(limit=10)
    assert [(verdict.risk, verdict.because) for _, verdict in listed] == [(Risk.BLOCKED, one) for one in said]
