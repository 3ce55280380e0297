"""`dockseal warehouses test`: a marked order that nobody ships, through the real connection."""

import httpx
import pytest

from day import WAREHOUSE, Day, MakeDay
from dockseal.cli.opened import person
from dockseal.cli.warehouses import add_warehouse, new_secrets
from dockseal.console.wsgi import application
from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.shipment import ShipmentReport
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.rehearsal import MARK
from dockseal.fulfillment_processing.rehearsing import Finding


def tried(day: Day) -> dict[str, Finding]:
    return {each.name: each for each in day.app.rehearsing().run(WAREHOUSE, person())}


def _report(day: Day, reference: str) -> ShipmentReport:
    return ShipmentReport(
        report_id="R-1",
        warehouse=WAREHOUSE,
        release=ReleaseRef(reference),
        carrier="UPS",
        tracking_number="1Z999AA10123456784",
        shipped_at=day.clock.now(),
    )


def test_a_test_order_arrives_marked_and_with_an_invented_buyer(day: Day) -> None:
    found = tried(day)
    assert found["hand-over"].fine
    assert "which calls it W1" in found["hand-over"].sentence
    (told,) = day.warehouse.taken
    assert told["reference"].startswith("dockseal-test-")
    assert (told["ship_to"]["name"], told["lines"][0]["title"]) == ("Testorder Donotship", MARK)
    (row,) = day.app.storage.audit.search(tag="warehouse:test:begun", limit=5)
    assert dict(row.fields) == {"warehouse": WAREHOUSE, "release": told["reference"]}


def test_a_warehouse_without_the_address_gets_a_test_order_without_one(make_day: MakeDay) -> None:
    day = make_day(options={"personal_data": "none"})
    tried(day)
    (told,) = day.warehouse.taken
    assert told["ship_to"] == {}


def test_what_goes_wrong_is_told_in_a_sentence(day: Day) -> None:
    day.warehouse.answers.append(httpx.Response(422, json={"error": "we do not stock DOCKSEAL-TEST"}))
    refused = tried(day)["hand-over"]
    assert (refused.fine, "we do not stock DOCKSEAL-TEST" in refused.sentence) == (False, True)
    day.warehouse.down = True
    assert "answered 503" in tried(day)["hand-over"].sentence


def test_settings_that_cannot_work_are_told_and_nothing_is_sent(make_day: MakeDay) -> None:
    day = make_day(options={"url": "http://warehouse.example/orders"})
    found = tried(day)
    assert (found["settings"].fine, "unencrypted" in found["settings"].sentence) == (False, True)
    assert day.warehouse.taken == []


def test_a_parcel_of_the_test_order_is_confirmed_to_nobody(day: Day) -> None:
    tried(day)
    (told,) = day.warehouse.taken
    with pytest.raises(BadInput, match="it arrived, so reports work"):
        day.app.tracking.report(_report(day, told["reference"]))
    day.run(minutes=10)
    assert [call for call in day.amazon.calls if call.operation == "confirmShipment"] == []


def test_a_warehouse_that_gets_its_orders_finds_the_test_order_on_its_shelf(
    make_day: MakeDay,
) -> None:
    day = make_day(adapter="rest")
    assert "look again once it came" in tried(day)["hand-over"].sentence
    with httpx.Client(
        transport=httpx.WSGITransport(application(day.app)), base_url="http://127.0.0.1/api/v1"
    ) as system:
        system.headers["Authorization"] = f"Bearer {day.warehouse.secrets.api_key.reveal()}"
        (told,) = system.get("/orders").json()["orders"]
        assert (told["kind"], told["lines"][0]["title"]) == ("released", MARK)
        assert "was not seen there" in tried(day)["hand-over"].sentence
        told = system.get("/orders").json()["orders"][-1]
        opened = system.post(f"/orders/{told['reference']}/address", json={"fields": ["name"]})
        assert opened.json()["fields"] == {"name": "Testorder Donotship"}
        assert system.post(f"/orders/{told['reference']}/taken", json={}).status_code == 200
        parcel = {
            "report_id": "R-1",
            "reference": told["reference"],
            "carrier": "UPS",
            "tracking_number": "1Z999AA10123456784",
            "shipped_at": day.clock.now().isoformat(),
        }
        answer = system.post("/shipments", json=parcel)
        assert (answer.status_code, "so reports work" in answer.text) == (202, True)
        found = tried(day)["hand-over"]
        assert (found.fine, "was seen there" in found.sentence) == (True, True)
        kinds = [each["kind"] for each in system.get("/orders").json()["orders"]]
    assert kinds == ["released", "closed", "released", "closed", "released"]
    day.run(minutes=10)
    assert [call for call in day.amazon.calls if call.operation == "confirmShipment"] == []
    assert day.app.storage.orders.list(limit=5) == []


def test_another_warehouse_sees_and_opens_nothing_of_it(make_day: MakeDay) -> None:
    day = make_day(adapter="rest")
    keys = new_secrets()
    add_warehouse(day.app, "sparks", kind="rest", options={}, keys=keys)
    tried(day)
    (entry,) = day.app.storage.shelf.after(WAREHOUSE, 0, limit=5)
    with httpx.Client(
        transport=httpx.WSGITransport(application(day.app)), base_url="http://127.0.0.1/api/v1"
    ) as other:
        other.headers["Authorization"] = f"Bearer {keys.api_key.reveal()}"
        assert other.get("/orders").json()["orders"] == []
        for what, body in (("address", {"fields": ["name"]}), ("taken", {})):
            assert other.post(f"/orders/{entry.release}/{what}", json=body).status_code == 404
    assert day.app.storage.audit.search(tag="warehouse:test:seen", limit=5) == []
