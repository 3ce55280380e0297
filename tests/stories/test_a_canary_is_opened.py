"""A canary order is opened by who has no work with it: locked, a case, and no work is disturbed."""

from datetime import timedelta

import pytest

from day import SELLER, START, WAREHOUSE, MakeDay
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import release_ref
from dockseal.domain.order import OrderState
from dockseal.domain.shipment import ShipmentReport
from dockseal.domain.sync_run import SyncSource
from dockseal.errors import BadInput
from harvesting import ME, Wms, case_of, checks, orders, plant
from unit.console.person import Person


def test_a_picker_who_opens_what_is_not_to_be_packed_is_locked_and_signed_out_at_once(
    make_day: MakeDay,
) -> None:
    day = make_day(adapter="by_hand")
    real = orders(day, 3)
    (bird,) = plant(day, 1)
    picker = Person(day.app, ManualClock(start=START))
    picker.sign_in()
    assert bird.id in picker.get("/").text  # it is in the list of orders like any other
    packing = picker.get("/packing").text
    assert real[0].id in packing
    assert bird.id not in packing
    page = f"/orders/{bird.ref}"
    assert "released" in picker.get(page).text
    opened = picker.send(f"{page}/open", {"purpose": "shipping_label"}, page=page)
    assert opened.status_code == 200
    case = case_of(day)
    assert case.detected_at == day.clock.now()
    assert case.actor == "person:console"
    assert picker.get("/").headers["location"] == "/sign-in"
    again = Person(day.app, ManualClock(start=START))
    again.sign_in()  # with a new link, which whoever sits at the terminal makes
    page = f"/orders/{real[0].ref}"
    refused = again.send(f"{page}/open", {"purpose": "shipping_label"}, page=page)
    assert refused.status_code == 403
    assert f"locked because of incident {case.id}" in refused.text
    assert "canary person:console" in checks(day)


def test_a_thief_of_a_warehouses_key_is_locked_and_the_warehouse_meets_no_canary(
    make_day: MakeDay,
) -> None:
    day = make_day(adapter="rest")
    orders(day, 4)
    birds = plant(day, 2)
    warehouse = Wms(day)
    seen = warehouse.new()
    more = orders(day, 2)
    seen += warehouse.new() + warehouse.new()
    assert len(seen) == 6 == len(set(seen))
    assert not {bird.ref for bird in birds} & {ref.partition("-")[0] for ref in seen}
    assert warehouse.opens(f"{more[0].ref}-1").status_code == 200
    assert day.app.storage.incidents.all() == []
    thief = Wms(day)
    answers = [thief.opens(ref).status_code for ref in thief.new()]
    assert answers.count(200) < 8
    assert set(answers[answers.index(429) :]) == {429}
    assert case_of(day).actor == f"warehouse:{WAREHOUSE}"
    assert warehouse.get("/orders").status_code == 429  # no key of it is taken any more


def test_a_canary_is_nobodys_work_and_amazon_never_hears_of_it(make_day: MakeDay) -> None:
    day = make_day(
        adapter="by_hand",
        choices={"canary_percent": 20, "reconcile_every": "PT6H"},
        tick=timedelta(minutes=20),
        poll=timedelta(hours=1),
    )
    real = orders(day, 8)
    day.run(hours=12)  # one after the other
    birds = day.app.planting.living()
    assert len(birds) == 2
    assert 'released"} 8.0' in day.app.metrics_text().decode()
    assert sum(count.number for count in day.app.outlook.counts()) == 8
    with pytest.raises(BadInput, match="is being cancelled by its buyer"):
        day.app.stops.want(birds[0].ref, ME)
    parcel = ShipmentReport(
        report_id="R-1",
        warehouse=WAREHOUSE,
        release=release_ref(birds[0].ref, 1),
        carrier="UPS",
        tracking_number="",
        shipped_at=day.clock.now(),
    )
    with pytest.raises(BadInput, match="is being cancelled by its buyer"):
        day.app.tracking.report(parcel)
    day.run(hours=48)  # past their ship-by, and several reconciliations
    assert {day.app.storage.orders.get(each.ref).state for each in birds} == {OrderState.SHREDDED}
    assert {day.app.storage.orders.get(each.ref).state for each in real} == {OrderState.RELEASED}
    assert not {bird.id for bird in birds} & {call.subject for call in day.amazon.calls}
    assert len(day.app.storage.sync_runs.latest(SELLER, 9, SyncSource.RECONCILIATION)) > 3
    assert day.app.storage.incidents.all() == []
