"""The register of canary orders is broken: it is told, people wait, and orders go out all the same."""

import pytest

from day import SELLER, Day, MakeDay
from dockseal.domain.access import Purpose
from dockseal.domain.clock import ManualClock
from dockseal.domain.order import OrderState
from dockseal.errors import RegisterBroken
from dockseal.pii_security.canaries import NAME
from harvesting import ME, Wms, checks, orders, plant
from spapi_simulator import Line
from unit.console.person import Person


def put_an_earlier_one_back(day: Day) -> None:
    """Has the vault hold the register as it was before its last change."""
    kept, birds = day.app.storage.credentials, day.app.planting.canaries
    birds.add({}, ME)
    copy = kept.latest(NAME)
    birds.add({}, ME)
    kept.delete(NAME)
    assert copy is not None
    kept.put(copy)


def test_orders_that_are_pushed_go_out_and_their_parcels_are_confirmed(make_day: MakeDay) -> None:
    day = make_day()
    put_an_earlier_one_back(day)
    placed = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=10)
    assert day.order(placed).state is OrderState.RELEASED
    day.ship(placed)
    day.run(minutes=10)
    assert day.order(placed).state in {OrderState.CONFIRMED, OrderState.VERIFIED}
    assert "people and warehouses open nothing" in checks(day)["canary register"]
    assert day.app.metrics_text()


def test_people_and_warehouses_wait_until_it_is_renewed(make_day: MakeDay) -> None:
    day = make_day(adapter="rest")
    (real, *_), birds = orders(day, 3), plant(day, 1)
    put_an_earlier_one_back(day)
    warehouse = Wms(day)
    assert warehouse.get("/orders").status_code == 429
    assert warehouse.opens(f"{real.ref}-1").status_code == 429
    grant = day.app.grants.issue(ME, Purpose.SHIPPING_LABEL, seller=SELLER, order=birds[0].ref)
    with pytest.raises(RegisterBroken, match="dockseal canaries renew"):
        day.app.vault.open(birds[0].ref, grant)
    assert day.app.storage.incidents.all() == []
    assert day.app.planting.canaries.renew(ME) == 1
    assert warehouse.opens(f"{real.ref}-1").status_code == 200
    assert "canary register" not in checks(day)


def test_the_case_and_its_notice_can_be_read_and_the_packing_list_waits(make_day: MakeDay) -> None:
    day = make_day(adapter="by_hand")
    orders(day, 1)
    plant(day, 1)
    put_an_earlier_one_back(day)
    someone = Person(day.app, ManualClock(start=day.clock.now()))
    someone.sign_in()
    assert "register of canary orders is broken" in someone.get("/packing").text
    case = day.app.incidents.open("The register of canary orders is broken.", ME, actor="person:console")
    assert someone.get(f"/incidents/{case.id}").status_code == 200
    assert case.id in day.app.incidents.notice(case).text
