"""ShipStation by its newer protocol: the same orders and parcels, in JSON."""

from typing import Any

import httpx
import pytest

from day import WAREHOUSE, Day
from shipstation_double import ShipStationAccount, account
from unit.console.shipping import MakeShelf, key_of, notify, opened, ref_of


class OrderSource:
    """ShipStation by its newer protocol."""

    def __init__(self, day: Day) -> None:
        self._day = day
        self._client = account(day.app, WAREHOUSE, key_of(day)).client

    def post(self, what: str, *, auth: dict[str, str] | None = None, **body: Any) -> httpx.Response:
        ours = {"order_source_api_code": "dockseal", "username": WAREHOUSE, "password": key_of(self._day)}
        whole = {"transaction_id": "t-1", "auth": ours if auth is None else auth, **body}
        return self._client.post(f"/shipstation/{WAREHOUSE}/{what}", json=whole)

    def pages(self) -> list[list[dict[str, Any]]]:
        found, cursor = [], None
        while True:
            window = {"from_date_time": "2026-11-01T00:00:00.000Z", "to_date_time": None}
            answer = self.post("sales_orders_export", criteria=window, cursor=cursor)
            assert answer.status_code == 200, answer.text
            found.append(answer.json()["sales_orders"])
            cursor = answer.json().get("cursor")
            if cursor is None:
                return found


def test_the_newer_protocol_walks_pages_by_cursor(
    day: Day, shelve: MakeShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dockseal.console.shipstation_api.PAGE", 2)
    orders = [shelve(n, address_line_3="Rear") for n in (1, 3, 4)]
    pages = OrderSource(day).pages()
    assert [[each["order_id"] for each in page] for page in pages] == [
        [ref_of(orders[0]), ref_of(orders[1])],
        [ref_of(orders[2])],
    ]
    ship_to = pages[0][0]["requested_fulfillments"][0]["ship_to"]
    assert (ship_to["name"], ship_to["address_line_2"]) == ("Testperson Quillfeather", "Rear")
    assert opened(day) == 3


def test_each_notification_has_a_result_of_its_own(day: Day, shelve: MakeShelf) -> None:
    order = shelve()
    good = {
        "notification_id": "n-1",
        "order_id": ref_of(order),
        "tracking_number": "1Z999AA10123456784",
        "carrier_code": "ups",
        "items": [{"sku": "MUG-BLUE", "quantity": 2}],
        "ship_to": {"name": "Testperson Marrowby"},
    }
    bad = {**good, "notification_id": "n-2", "items": [{"sku": "MUG-BLUE", "quantity": "two"}]}
    unknown = {**good, "notification_id": "n-3", "order_id": "another"}
    source = OrderSource(day)
    for _ in range(2):
        answer = source.post("shipment_notification", notifications=[good, bad, unknown])
        assert answer.status_code == 200
        results = answer.json()["notification_results"]
        assert [(each["notification_id"], each["status"]) for each in results] == [
            ("n-1", "success"),
            ("n-2", "failure"),
            ("n-3", "failure"),
        ]
        assert "no whole number" in results[1]["failure_reason"]
    (package,) = day.app.storage.packages.of_order(order.ref)
    assert package.carrier == "ups"
    assert "Marrowby" not in answer.text


def test_one_parcel_told_by_both_protocols_is_one_parcel(
    day: Day, shipstation: ShipStationAccount, shelve: MakeShelf
) -> None:
    order = shelve()
    items = "<Item><SKU>MUG-BLUE</SKU><Quantity>2</Quantity></Item>"
    assert notify(shipstation, order, Items=items).status_code == 200
    notification = {
        "notification_id": "n-1",
        "order_id": ref_of(order),
        "tracking_number": "1Z999AA10123456784",
        "carrier_code": "UPS",
        "items": [{"line_item_id": order.amazon.lines[0].order_item_id, "quantity": 2}],
    }
    answer = OrderSource(day).post("shipment_notification", notifications=[notification])
    assert answer.json()["notification_results"][0]["status"] == "success"
    assert len(day.app.storage.packages.of_order(order.ref)) == 1


@pytest.mark.parametrize(
    "auth", [{}, {"username": "reno"}, {"api_key": "wrong"}, {"username": "shed", "password": ""}]
)
def test_the_newer_protocol_needs_the_key_too(day: Day, auth: dict[str, str]) -> None:
    for what in ("sales_orders_export", "shipment_notification"):
        answer = OrderSource(day).post(what, auth=auth)
        assert answer.status_code == 401
        assert "API key" in answer.json()["message"]


def test_an_api_key_alone_is_that_of_the_warehouse_in_the_address(day: Day) -> None:
    assert OrderSource(day).post("sales_orders_export", auth={"api_key": key_of(day)}).status_code == 200


@pytest.mark.parametrize("what", ["sales_orders_export", "shipment_notification"])
def test_what_cannot_be_read_is_said_in_json(day: Day, shipstation: ShipStationAccount, what: str) -> None:
    answer = shipstation.client.post(f"{shipstation.store}/{what}", content=b"<xml/>")
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("The body is no JSON object")
