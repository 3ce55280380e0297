"""What a ShipStation account fetches: its orders, page by page."""

import logging
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from day import WAREHOUSE, Day, MakeDay
from dockseal.cli.warehouses import add_warehouse, new_secrets
from dockseal.domain.identifiers import ReleaseRef, WarehouseId
from dockseal.domain.order import OrderState
from dockseal.domain.shelf import ShelfKind
from dockseal.domain.shipment import Content
from dockseal.warehouses.contract import hand_over
from shelving import put_on_shelf
from shipstation_double import ShipStationAccount, account
from unit.console.shipping import (
    OURS,
    MakeShelf,
    error_of,
    export,
    key_of,
    numbers,
    order_of,
    ref_of,
)


def test_a_page_is_kept_nowhere_and_says_that_it_is_xml(shipstation: ShipStationAccount) -> None:
    answer = shipstation.get(action="export", start=shipstation.clock.now(), end=shipstation.clock.now())
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"


def test_pages_stay_as_they_are_while_orders_come_in(
    day: Day, shipstation: ShipStationAccount, shelve: MakeShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dockseal.console.shipstation_api.PAGE", 2)
    orders = [shelve(n) for n in (1, 3, 4)]
    first = export(shipstation)
    assert (first.attrib["pages"], numbers(first)) == ("2", [ref_of(each) for each in orders[:2]])
    late = shelve(5)
    with day.app.storage.transaction():
        day.app.storage.shelf.put(WAREHOUSE, ref_of(orders[0]), ShelfKind.STOP, day.clock.now())
    second = export(shipstation, 2)
    assert (second.attrib["pages"], numbers(second)) == ("2", [ref_of(orders[2]), ref_of(late)])
    assert numbers(export(shipstation)) == numbers(first)
    assert numbers(export(shipstation, 3)) == []


def test_every_export_of_an_address_is_on_record_and_only_of_those_to_be_shipped(
    day: Day, shipstation: ShipStationAccount, shelve: MakeShelf
) -> None:
    waiting, stopped, shipped = shelve(1), shelve(3), shelve(4)
    with day.app.storage.transaction():
        day.app.storage.shelf.put(WAREHOUSE, ref_of(stopped), ShelfKind.STOP, day.clock.now())
    day.app.storage.orders.move(shipped, OrderState.SHIPPED, shipped_at=day.clock.now())
    page = export(shipstation)
    said = {each.findtext("OrderID"): each.findtext("OrderStatus") for each in page}
    assert said == {ref_of(waiting): "paid", ref_of(stopped): "cancelled", ref_of(shipped): "shipped"}
    (row,) = day.app.storage.audit.search(tag="order:data:opened", limit=10)
    assert (row.order, row.actor) == (waiting.ref, f"warehouse:{WAREHOUSE}")


def test_a_stop_comes_in_the_window_in_which_it_was_wished_for(
    day: Day, shipstation: ShipStationAccount, shelve: MakeShelf
) -> None:
    order = shelve()
    shipstation.refresh()
    day.clock.advance(timedelta(hours=5))
    with day.app.storage.transaction():
        day.app.storage.shelf.put(WAREHOUSE, ref_of(order), ShelfKind.STOP, day.clock.now())
    shipstation.refresh()
    assert shipstation.orders[order.id].status == "cancelled"


def test_one_part_of_an_order_has_its_own_lines(
    day: Day, shipstation: ShipStationAccount, shelve: MakeShelf
) -> None:
    order = shelve()
    item = order.amazon.lines[0].order_item_id
    storage = day.app.storage
    kept = storage.releases.get(ref_of(order))
    assert kept is not None
    part = replace(
        kept, ref=ReleaseRef(f"{order.ref}-1-1"), contents=(Content(order_item_id=item, quantity=1),)
    )
    with storage.transaction():
        storage.releases.settle(storage.releases.intend(part), part.state, day.clock.now())
        storage.shelf.put(WAREHOUSE, part.ref, ShelfKind.RELEASED, day.clock.now())
    shipstation.refresh()
    whole, half = shipstation.orders[order.id], shipstation.orders[f"{order.id}-1-1"]
    assert [each["Quantity"] for each in whole.items] == ["2", "1"]
    assert [each["Quantity"] for each in half.items] == ["1"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"country": "Testland"}, "which takes a country of exactly two letters"),
        ({"gift_message": "Quillfeather " * 100}, "which takes a gift message of at most 1000 characters"),
        ({"name": "Quill\x00feather"}, "which takes a name without characters"),
    ],
)
def test_what_shipstation_would_refuse_is_left_out_and_a_person_is_told(
    day: Day, shipstation: ShipStationAccount, shelve: MakeShelf, changes: dict[str, str], says: str
) -> None:
    good, bad = shelve(1), shelve(3, **changes)
    assert numbers(export(shipstation)) == [ref_of(good)]
    told = order_of(day, ref_of(bad)).attention
    assert says in told
    assert "open its address in the console" in told
    assert "feather" not in told
    export(shipstation)
    assert order_of(day, ref_of(bad)).attention == told, "the sentence is there twice"


def test_an_address_that_cannot_be_opened_any_more_is_left_out(
    day: Day, shipstation: ShipStationAccount, shelve: MakeShelf
) -> None:
    good, gone = shelve(1), shelve(3)
    day.app.vault.erase(gone.ref)
    assert numbers(export(shipstation)) == [ref_of(good)]
    assert "is not in ShipStation: no personal data is kept" in order_of(day, ref_of(gone)).attention


def test_past_the_budget_the_page_is_to_be_asked_for_again(make_day: MakeDay) -> None:
    day = make_day(adapter="shipstation", choices={"warehouse_opens_an_hour": 1})
    for n in (2, 3):
        put_on_shelf(day, hand_over(f"testreference{n}345678-1".replace("0", "2"), warehouse=OURS))
    now = day.clock.now()
    answer = account(day.app, WAREHOUSE, key_of(day)).get(action="export", start=now, end=now)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "opened personal data 1 times within an hour" in error_of(answer)
    assert "Quillfeather" not in answer.text


def test_ten_wrong_keys_lock_their_address_out(day: Day, shipstation: ShipStationAccount) -> None:
    wrong = replace(shipstation, key="a-wrong-key")
    now = day.clock.now()
    for _ in range(10):
        assert wrong.get(action="export", start=now, end=now).status_code == 401
    answer = shipstation.get(action="export", start=now, end=now)
    assert answer.status_code == 429
    assert "shipstation/127.0.0.1 is locked out" in error_of(answer)
    assert "a-wrong-key" not in str(day.app.storage.audit.rows())


@pytest.mark.parametrize(
    "header",
    ["Basic", "Basic !!!", "Basic cmVubw==", "Basic cmVubzo=", "Bearer x", "Basic /w==", "Digest username=x"],
)
def test_what_is_no_credential_is_turned_away(shipstation: ShipStationAccount, header: str) -> None:
    answer = shipstation.client.get(shipstation.store, headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic realm=")
    assert "dockseal warehouses rotate" in error_of(answer)


def test_the_key_of_a_warehouse_that_shipstation_does_not_serve_opens_nothing(day: Day) -> None:
    keys = new_secrets()
    add_warehouse(
        day.app, WarehouseId("shed"), kind="webhook", options={"url": "https://shed.example/"}, keys=keys
    )
    now = day.clock.now()
    answer = account(day.app, "shed", keys.api_key.reveal()).get(action="export", start=now, end=now)
    assert answer.status_code == 403
    assert "shed is not served by ShipStation" in error_of(answer)


def test_a_key_in_the_address_is_taken_and_stands_in_no_log(
    day: Day, shipstation: ShipStationAccount, shelve: MakeShelf, caplog: pytest.LogCaptureFixture
) -> None:
    shelve()
    caplog.set_level(logging.DEBUG)
    params = {"SS-UserName": WAREHOUSE, "SS-Password": key_of(day), "action": "export"}
    window = {"start_date": "11/02/2026 00:00", "end_date": "11/03/2026 00:00"}
    answer = shipstation.client.get(shipstation.store, params={**params, **window})
    assert "Quillfeather" in answer.text
    assert shipstation.client.get(shipstation.store, params={**params, "start_date": "x"}).status_code == 400
    day.app.storage.close()
    day.app.storage.places.operations.rename(day.app.storage.places.operations.with_suffix(".away"))
    day.app.storage.places.operations.mkdir()
    failed = shipstation.client.get(shipstation.store, params={**params, **window})
    assert failed.status_code == 503
    assert "database cannot be used" in error_of(failed)
    assert key_of(day) not in caplog.text
    assert "Quillfeather" not in caplog.text


def test_the_header_goes_before_the_address(day: Day, shipstation: ShipStationAccount) -> None:
    params = {"SS-UserName": WAREHOUSE, "SS-Password": key_of(day)}
    answer = shipstation.client.get(shipstation.store, params=params, auth=(WAREHOUSE, "wrong"))
    assert answer.status_code == 401


@pytest.mark.parametrize(("method", "action"), [("POST", "export"), ("GET", "shipnotify"), ("PUT", "export")])
def test_each_action_has_its_method(shipstation: ShipStationAccount, method: str, action: str) -> None:
    answer = shipstation.client.request(
        method, shipstation.store, params={"action": action}, auth=(shipstation.user, shipstation.key)
    )
    assert answer.status_code == 405
    error_of(answer)


def test_a_body_that_is_too_large_is_refused_as_xml(shipstation: ShipStationAccount) -> None:
    answer = shipstation.notify("113-0000000-0000001", "UPS", "1Z", b"<a>" + b"x" * 300_000)
    assert answer.status_code == 413
    assert error_of(answer) == "The body is too large; send less at once."


def test_what_nobody_foresaw_is_answered_as_xml(
    shipstation: ShipStationAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dockseal.console.shipstation_api.PAGE", "no number")
    answer = shipstation.get(action="export", start=shipstation.clock.now(), end=shipstation.clock.now())
    assert answer.status_code == 500
    assert "Dockseal failed here" in error_of(answer)


def test_what_was_committed_late_comes_with_the_next_window(
    day: Day, shipstation: ShipStationAccount, shelve: MakeShelf
) -> None:
    order = shelve()
    later = day.clock.now() + timedelta(minutes=1)
    answer = shipstation.get(action="export", start=later, end=later)
    assert numbers(ElementTree.fromstring(answer.content)) == [ref_of(order)]
    later += timedelta(minutes=1)
    answer = shipstation.get(action="export", start=later, end=later)
    assert numbers(ElementTree.fromstring(answer.content)) == []


@pytest.mark.parametrize("day_", ["01/01/0001", "12/31/9999"])
def test_no_window_is_too_wide(shipstation: ShipStationAccount, day_: str) -> None:
    params = {"action": "export", "start_date": f"{day_} 00:00", "end_date": "12/31/9999 23:59"}
    answer = shipstation.client.get(
        shipstation.store, params=params, auth=(shipstation.user, shipstation.key)
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "action=export&start_date=11%2F02%2F2026%2007%3A24&end_date=11%2F02%2F2026%2009%3A24&page=1",
        "action=export&start_date=11/02/2026+07:24&end_date=11/02/2026+09:24",
        "SS-UserName={user}&SS-Password={key}&action=export&start_date=11%2f02%2f2026+07%3a24"
        "&end_date=11%2f02%2f2026+09%3a24&page=1",
    ],
)
def test_requests_are_taken_as_the_guide_writes_them(
    shipstation: ShipStationAccount, shelve: MakeShelf, query: str
) -> None:
    order = shelve()
    auth = None if "{user}" in query else (shipstation.user, shipstation.key)
    asked = query.format(user=shipstation.user, key=shipstation.key)
    answer = shipstation.client.get(f"{shipstation.store}?{asked}", auth=auth)
    assert numbers(ElementTree.fromstring(answer.content)) == [ref_of(order)]
