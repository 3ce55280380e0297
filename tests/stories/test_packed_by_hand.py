"""An order that a person packs, with nothing but the console."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from pypdf import PdfReader

from day import Day, MakeDay
from dockseal.domain.clock import ManualClock
from dockseal.domain.order import OrdersApi, OrderState
from spapi_simulator import Line
from unit.console.person import Person


@pytest.fixture(params=list(OrdersApi), ids=[api.value for api in OrdersApi])
def day(request: pytest.FixtureRequest, make_day: MakeDay) -> Day:
    """A day whose orders are packed by hand."""
    return make_day(api=request.param, adapter="by_hand")


@pytest.fixture
def sit_down(day: Day) -> Callable[[], Person]:
    """Signs a person in at the console."""

    def sign_in() -> Person:
        person = Person(day.app, ManualClock(start=day.clock.now()))
        assert person.sign_in().status_code == 303
        return person

    return sign_in


def test_a_person_opens_the_address_packs_reports_and_amazon_shows_it(
    day: Day, sit_down: Callable[[], Person]
) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1", quantity=2)])
    day.run(minutes=2)
    order = day.order(order_id)
    assert order.state is OrderState.RELEASED
    name = day.amazon.order(order_id).recipient.name

    person = sit_down()
    page = f"/orders/{order.ref}"
    assert name not in person.get(page).text, "the address is shown before anybody opened it"
    opened = person.send(f"{page}/open", {"purpose": "shipping_label"}, page=page)
    assert name in opened.text
    assert opened.headers["cache-control"] == "no-store"
    (row,) = day.app.storage.audit.search(order=order.ref, actor="person:console", limit=10)
    assert (row.tag, dict(row.fields)["purpose"]) == ("order:data:opened", "shipping_label")

    (item,) = order.amazon.lines
    parcel = {
        "report_id": "by-hand-1",
        "carrier": "Royal Mail 24",
        "tracking_number": "QQ000000005GB",
        f"quantity-{item.order_item_id}": "2",
    }
    assert person.send(f"{page}/parcels", parcel, page=page).status_code == 303
    day.run(minutes=30)
    (package,) = day.amazon.order(order_id).packages
    assert (package.carrier_code, package.tracking_number) == ("Royal Mail", "QQ000000005GB")
    assert day.order(order_id).state is OrderState.VERIFIED


def test_who_opened_as_much_as_an_hour_allows_is_told_until_when(make_day: MakeDay) -> None:
    day = make_day(adapter="by_hand", choices={"opens_an_hour": 1})
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=2)
    name = day.amazon.order(order_id).recipient.name
    person = Person(day.app, ManualClock(start=day.clock.now()))
    person.sign_in()
    page = f"/orders/{day.order(order_id).ref}"
    assert name in person.send(f"{page}/open", {"purpose": "shipping_label"}, page=page).text
    refused = person.send(f"{page}/open", {"purpose": "shipping_label"}, page=page)
    assert refused.status_code == 403
    assert name not in refused.text
    until = day.clock.now() + timedelta(hours=1)
    assert f"it opens again from {until:%H:%M:%S} UTC on" in refused.text


def test_an_address_past_its_deadline_is_not_opened(day: Day, sit_down: Callable[[], Person]) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=2)
    order = day.order(order_id)
    name = day.amazon.order(order_id).recipient.name
    page = f"/orders/{order.ref}"
    day.skip(days=31)
    refused = sit_down().send(f"{page}/open", {"purpose": "shipping_label"}, page="/")
    assert refused.status_code == 410
    assert "no personal data is kept" in refused.text
    assert name not in refused.text


def test_a_person_packs_by_the_list_the_slip_and_its_scan(make_day: MakeDay) -> None:
    day = make_day(adapter="by_hand")
    order_id = day.amazon.place_order(
        day.account, lines=[Line(sku="MUG-1", quantity=2, gift_message="Happy inventing day")]
    )
    day.run(minutes=2)
    order, name = day.order(order_id), day.amazon.order(order_id).recipient.name
    person = Person(day.app, ManualClock(start=day.clock.now()))
    person.sign_in()
    listed = person.get("/packing")
    assert (order_id in listed.text, name in listed.text) == (True, False)
    picked = person.get("/packing/pick-list")
    assert picked.headers["content-type"] == "application/pdf"
    assert "MUG-1" in _text(picked.content)
    assert name not in _text(picked.content)

    slip = person.send(f"/orders/{order.ref}/slip", page=f"/orders/{order.ref}")
    assert slip.headers["cache-control"] == "no-store"
    assert (name in _text(slip.content), "Happy inventing day" in _text(slip.content)) == (True, True)
    rows = day.app.storage.audit.search(order=order.ref, actor="person:console", limit=10)
    assert [dict(row.fields)["purpose"] for row in rows] == ["packing_slip"]

    (release,) = day.app.storage.releases.of_order(order.ref)
    found = person.get(f"/packing/find?text={release.ref}")
    assert found.headers["location"] == f"/orders/{order.ref}#pack-title"
    missed = person.get("/packing/find?text=nobody-knows-it")
    assert (missed.status_code, "scan the barcode" in missed.text) == (404, True)


def _text(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
