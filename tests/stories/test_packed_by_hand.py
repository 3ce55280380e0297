"""An order that a person packs, with nothing but the console."""

from collections.abc import Callable
from datetime import timedelta

import pytest

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
        "tracking_number": "QQ000000000GB",
        f"quantity-{item.order_item_id}": "2",
    }
    assert person.send(f"{page}/parcels", parcel, page=page).status_code == 303
    day.run(minutes=30)
    (package,) = day.amazon.order(order_id).packages
    assert (package.carrier_code, package.tracking_number) == ("Royal Mail", "QQ000000000GB")
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
