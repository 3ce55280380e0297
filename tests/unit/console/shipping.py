"""A day with orders on the shelf of a ShipStation warehouse."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree

import httpx
import pytest

from daily import make_day
from day import WAREHOUSE, Day, MakeDay
from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.order import Order
from dockseal.domain.recipient import Field, Recipient
from dockseal.domain.release import Warehouse
from dockseal.warehouses.contract import PERSONAL, hand_over
from shelving import put_on_shelf
from shipstation_double import ShipStationAccount, account

__all__ = ["make_day"]
OURS = Warehouse(id=WAREHOUSE, adapter="shipstation")
MakeShelf = Callable[..., Order]


@pytest.fixture
def day(make_day: MakeDay) -> Day:
    return make_day(adapter="shipstation")


@pytest.fixture
def shipstation(day: Day) -> ShipStationAccount:
    return account(day.app, WAREHOUSE, key_of(day))


@pytest.fixture
def shelve(day: Day) -> MakeShelf:
    """Releases the n-th order, with changes to whom it goes to."""

    def put(n: int = 1, **changes: str) -> Order:
        values = {**PERSONAL, **{Field(name): text for name, text in changes.items()}}
        given = hand_over(f"testreference{n:07}-1".replace("0", "2"), warehouse=OURS)
        put_on_shelf(day, replace(given, recipient=Recipient(values)))
        return order_of(day, given.reference)

    return put


def key_of(day: Day) -> str:
    return day.warehouse.secrets.api_key.reveal()


def order_of(day: Day, reference: ReleaseRef) -> Order:
    found = day.app.storage.orders.by_release(reference)
    assert found is not None
    return found


def ref_of(order: Order) -> ReleaseRef:
    return ReleaseRef(f"{order.ref}-1")


def export(shipstation: ShipStationAccount, page: int = 1) -> ElementTree.Element:
    now = shipstation.clock.now()
    answer = shipstation.get(action="export", start=now - timedelta(hours=1), end=now, page=page)
    assert answer.status_code == 200, answer.text
    return ElementTree.fromstring(answer.content)


def numbers(page: ElementTree.Element) -> list[str]:
    return [each.findtext("OrderID") or "" for each in page.findall("Order")]


def opened(day: Day) -> int:
    return len(day.app.storage.audit.search(tag="order:data:opened", limit=500))


def error_of(answer: httpx.Response) -> str:
    root = ElementTree.fromstring(answer.content)
    assert root.tag == "Error"
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    return root.text or ""


def notify(shipstation: ShipStationAccount, order: Order, **changes: str) -> httpx.Response:
    texts = {"OrderID": ref_of(order), "Carrier": "UPS", "TrackingNumber": "1Z999AA10123456784", **changes}
    inside = "".join(f"<{name}>{text}</{name}>" for name, text in texts.items())
    return shipstation.notify(order.id, "", "", f"<ShipNotice>{inside}</ShipNotice>".encode())
