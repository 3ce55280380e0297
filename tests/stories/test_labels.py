"""Labels bought from Amazon: orders that a warehouse ships without ever getting an address."""

import base64
import re
from datetime import timedelta
from decimal import Decimal
from secrets import token_hex

import httpx
import pytest

from day import Day, MakeDay, encodings
from dockseal.console.wsgi import application
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.clock import ManualClock
from dockseal.domain.label import Box, Label, LabelState
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.domain.shipment import Content
from dockseal.errors import BadInput, BudgetSpent, MoveRefused, OutcomeUnknown, PastDeadline
from spapi_simulator import Behaviours, Fault, Line
from unit.console.person import Person

PERSON = Actor(kind=ActorKind.PERSON, name="casey")
BOX = Box(
    length=Decimal(30),
    width=Decimal(20),
    height=Decimal(10),
    unit="centimeters",
    weight=Decimal(400),
    weight_unit="g",
)
SHIP_FROM = {
    "ship_from_name": "Reno dock",
    "ship_from_line_1": "1 Dock Road",
    "ship_from_city": "Reno",
    "ship_from_region": "NV",
    "ship_from_postal_code": "89501",
    "ship_from_country": "US",
    "ship_from_email": "dock@reno.example",
    "ship_from_phone": "+1 555 0100",
}
CHEAPEST = "UPS_PTP_GND"


def day_of_labels(make_day: MakeDay, **choices: object) -> Day:
    return make_day(adapter="by_hand", options={**SHIP_FROM, "personal_data": "none"}, **choices)


@pytest.fixture(params=list(OrdersApi), ids=[api.value for api in OrdersApi])
def day(request: pytest.FixtureRequest, make_day: MakeDay) -> Day:
    """A day whose warehouse is handed no personal data."""
    return day_of_labels(make_day, api=request.param)


def released(day: Day, quantity: int = 1) -> str:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1", quantity=quantity)])
    day.run(minutes=2)
    assert day.order(order_id).state is OrderState.RELEASED
    return str(order_id)


def reference(day: Day, order_id: str) -> str:
    (release,) = day.app.storage.releases.of_order(day.order(order_id).ref)
    return release.ref


def buy(day: Day, order_id: str, *, quantity: int = 0, parcel_id: str = "") -> Label:
    (line,) = day.order(order_id).amazon.lines
    contents = (Content(order_item_id=line.order_item_id, quantity=quantity),) if quantity else ()
    return day.app.labelling.buy(
        reference(day, order_id),
        BOX,
        CHEAPEST,
        parcel_id=parcel_id or token_hex(4),
        actor=PERSON,
        contents=contents,
    )


def label_of(day: Day, order_id: str) -> Label:
    return day.app.storage.labels.of_order(day.order(order_id).ref)[-1]


def test_a_label_is_bought_and_printed_and_amazon_is_told_nothing_more(day: Day) -> None:
    order_id = released(day)
    rates = day.app.labelling.rates(reference(day, order_id), BOX)
    assert [rate.amount for rate in rates] == sorted(rate.amount for rate in rates)
    assert CHEAPEST in {rate.service_id for rate in rates}
    label = buy(day, order_id)
    printed = day.app.labelling.show(label.id, PERSON)
    assert printed.disclose().startswith((b"%PDF", b"\x89PNG", b"^XA"))
    day.run(minutes=30)
    assert day.order(order_id).state is OrderState.VERIFIED
    (parcel,) = day.amazon.order(order_id).packages
    assert parcel.tracking_number == label.tracking_number
    assert [call for call in day.amazon.calls if call.operation == "confirmShipment"] == []
    assert day.order(order_id).sealed_until is None, "an address was retrieved, and nobody needs one"


def test_every_print_is_recorded_before_amazon_shows_it_and_counts_as_an_open(make_day: MakeDay) -> None:
    day = day_of_labels(make_day, choices={"opens_an_hour": 2})
    label = buy(day, released(day))
    for _ in range(2):
        day.app.labelling.show(label.id, PERSON)
        day.clock.advance(timedelta(seconds=2))  # Amazon shows one label a second
    with pytest.raises(BudgetSpent):
        day.app.labelling.show(label.id, PERSON)
    rows = day.app.storage.audit.search(order=label.order, actor=str(PERSON), limit=50)
    opened = [dict(row.fields)["purpose"] for row in rows if row.tag == "order:data:opened"]
    assert opened == ["shipping_label", "shipping_label"]


def test_what_a_label_shows_lies_nowhere_afterwards(day: Day) -> None:
    order_id = released(day)
    label = buy(day, order_id)
    day.app.labelling.show(label.id, PERSON)
    day.run(minutes=5)
    name = day.amazon.order(order_id).recipient.name
    day.app.close()
    files = [path.read_bytes() for path in day.folder.rglob("*") if path.is_file()]
    found = [each for each in encodings(name) if any(each in content for content in files)]
    assert found == []
    day.restart()


def test_a_part_of_an_order_has_a_label_of_its_own(day: Day) -> None:
    order_id = released(day, quantity=3)
    buy(day, order_id, quantity=2)
    day.run(minutes=5)
    assert day.order(order_id).state is OrderState.PARTLY_SHIPPED
    with pytest.raises(BadInput, match="more than is left"):
        buy(day, order_id, quantity=2)
    buy(day, order_id, quantity=1)
    day.run(minutes=40)
    assert day.order(order_id).state is OrderState.VERIFIED
    assert len(day.amazon.order(order_id).packages) == 2


def test_the_same_parcel_again_is_the_same_label(day: Day) -> None:
    order_id = released(day, quantity=3)
    first = buy(day, order_id, quantity=1, parcel_id="P-1")
    day.run(minutes=2)
    assert buy(day, order_id, quantity=1, parcel_id="P-1").id == first.id
    assert len(day.amazon.order(order_id).packages) == 1
    with pytest.raises(BadInput, match="give each parcel an id"):
        buy(day, order_id, quantity=1, parcel_id="P" * 101)


def test_a_voided_label_takes_its_parcel_back_and_another_one_can_be_bought(day: Day) -> None:
    order_id = released(day)
    first = buy(day, order_id)
    day.run(minutes=30)
    assert day.order(order_id).state is OrderState.VERIFIED
    assert day.app.labelling.void(first.id, PERSON).state is LabelState.VOIDED
    assert day.order(order_id).state is OrderState.RELEASED
    assert day.amazon.order(order_id).packages == []
    with pytest.raises(BadInput, match="buy another one"):
        day.app.labelling.show(first.id, PERSON)
    second = buy(day, order_id)
    day.run(minutes=40)
    assert day.order(order_id).state is OrderState.VERIFIED
    assert [each.tracking_number for each in day.amazon.order(order_id).packages] == [second.tracking_number]


def test_a_purchase_whose_answer_was_lost_is_found_on_the_order_and_not_made_twice(
    make_day: MakeDay,
) -> None:
    day = day_of_labels(make_day)
    order_id = released(day)
    day.amazon.faults.add(Fault(operation="createShipment", status=None, effect="after", times=1))
    with pytest.raises(OutcomeUnknown, match="buy no other one before that"):
        buy(day, order_id)
    with pytest.raises(MoveRefused, match="wait for it"):
        buy(day, order_id)
    day.run(minutes=10)
    label = label_of(day, order_id)
    (parcel,) = day.amazon.order(order_id).packages
    assert (label.state, label.tracking_number) == (LabelState.FOUND, parcel.tracking_number)
    assert "print it in Seller Central" in day.order(order_id).attention
    day.run(minutes=40)
    assert day.order(order_id).state in {OrderState.VERIFIED, OrderState.SHREDDED}
    assert len(day.amazon.order(order_id).packages) == 1


def test_a_purchase_that_never_reached_amazon_is_given_up_and_can_be_made_again(make_day: MakeDay) -> None:
    day = day_of_labels(make_day)
    order_id = released(day)
    day.amazon.faults.add(Fault(operation="createShipment", status=None, effect="none", times=1))
    with pytest.raises(OutcomeUnknown):
        buy(day, order_id)
    day.run(minutes=20)
    assert label_of(day, order_id).state is LabelState.INTENDED
    day.run(minutes=15)
    assert label_of(day, order_id).state is LabelState.NOT_BOUGHT
    assert "was not bought: buy it again" in day.order(order_id).attention
    buy(day, order_id)
    assert len(day.amazon.order(order_id).packages) == 1


def test_a_void_whose_answer_was_lost_is_settled_by_the_lane(make_day: MakeDay) -> None:
    day = day_of_labels(make_day, behaviours=Behaviours(refuse_cancelled_again=True))
    order_id = released(day)
    label = buy(day, order_id)
    day.amazon.faults.add(Fault(operation="cancelShipment", status=None, effect="after", times=1))
    with pytest.raises(OutcomeUnknown):
        day.app.labelling.void(label.id, PERSON)
    day.run(minutes=10)
    assert label_of(day, order_id).state is LabelState.VOIDED
    assert day.order(order_id).state is OrderState.RELEASED


def test_a_parcel_that_was_bought_before_a_crash_is_taken_in_after_it(make_day: MakeDay) -> None:
    day = day_of_labels(make_day)
    order_id = released(day)
    (line,) = day.order(order_id).amazon.lines
    order, release = day.order(order_id), day.app.storage.releases.of_order(day.order(order_id).ref)[0]
    ask = day.app.labelling._ask(order, release, BOX, ())
    rate = next(each for each in day.app.labelling.labels.rates(order, ask) if each.service_id == CHEAPEST)
    day.app.labelling.labels.buy(
        order, release, ask, rate, parcel_id="P-1", actor=PERSON
    )  # and here the process is killed
    day.restart()
    day.run(minutes=30)
    assert day.order(order_id).state is OrderState.VERIFIED
    assert day.packages(order_id)[0].contents == (Content(order_item_id=line.order_item_id, quantity=1),)


def test_a_warehouse_whose_own_address_is_not_known_is_told_what_to_set(make_day: MakeDay) -> None:
    day = make_day(adapter="by_hand", options={"personal_data": "none", "ship_from_name": "Reno dock"})
    with pytest.raises(BadInput, match="ship_from_line_1, ship_from_city, ship_from_postal_code"):
        day.app.labelling.rates(reference(day, released(day)), BOX)


def test_a_label_is_printed_for_thirty_days_and_then_the_order_is_over(make_day: MakeDay) -> None:
    day = day_of_labels(make_day)
    order_id = released(day)
    label = buy(day, order_id)
    day.run(minutes=30)
    day.skip(days=29)
    assert day.app.labelling.show(label.id, PERSON).disclose()
    assert day.order(order_id).state is OrderState.VERIFIED
    day.skip(days=1)
    with pytest.raises(PastDeadline, match="for 30 days"):
        day.app.labelling.show(label.id, PERSON)
    assert day.order(order_id).state is OrderState.SHREDDED


def test_a_person_buys_prints_and_voids_at_the_console(make_day: MakeDay) -> None:
    day = day_of_labels(make_day)
    order_id = released(day)
    name = day.amazon.order(order_id).recipient.name
    person = Person(day.app, ManualClock(start=day.clock.now()))
    assert person.sign_in().status_code == 303
    page = f"/orders/{day.order(order_id).ref}"
    parcel = {"size": "30x20x10 cm", "weight": "400 g"}
    shown = person.send(f"{page}/labels/rates", parcel, page=page)
    assert "UPS Ground" in shown.text
    wrong = person.send(f"{page}/labels/rates", {**parcel, "weight": "heavy"}, page=page)
    assert (wrong.status_code, "write the weight of the parcel" in wrong.text) == (400, True)
    offer = re.search(rf'value="{CHEAPEST}"><input type="hidden" name="offer" value="([^"]+)"', shown.text)
    assert offer
    chosen = {**parcel, "service_id": CHEAPEST, "offer": offer[1], "report_id": "console-1"}
    for _ in range(2):  # somebody clicks twice
        assert person.send(f"{page}/labels", chosen, page=page).status_code in {303, 409}
    assert len(day.app.storage.labels.of_order(day.order(order_id).ref)) == 1
    label = label_of(day, order_id)
    assert label.tracking_number in person.get(page).text
    printed = person.send(f"{page}/labels/{label.id}/print", page=page)
    assert printed.headers["cache-control"] == "no-store"
    assert printed.headers["content-type"] in {"application/pdf", "image/png", "application/zpl"}
    assert name not in person.get(page).text
    assert person.send(f"{page}/labels/{label.id}/void", page=page).status_code == 303
    assert day.order(order_id).state is OrderState.RELEASED


def test_a_warehouses_own_system_buys_prints_and_voids_over_the_api(make_day: MakeDay) -> None:
    day = make_day(adapter="rest", options={**SHIP_FROM, "personal_data": "none"})
    order_id = released(day)
    at = f"/api/v1/orders/{reference(day, order_id)}"
    parcel = {"size": "30x20x10cm", "weight": "400g"}
    with httpx.Client(
        transport=httpx.WSGITransport(application(day.app)), base_url="http://127.0.0.1"
    ) as system:
        system.headers["Authorization"] = f"Bearer {day.warehouse.secrets.api_key.reveal()}"
        rates = system.post(f"{at}/labels/rates", json=parcel).json()["rates"]
        (offer,) = [rate["offer_id"] for rate in rates if rate["service_id"] == CHEAPEST]
        wanted = {**parcel, "parcel_id": "P-1", "service_id": CHEAPEST, "offer_id": offer}
        first, again = (system.post(f"{at}/labels", json=wanted) for _ in range(2))
        assert (first.status_code, first.json()) == (201, again.json())
        label = first.json()["label_id"]
        printed = system.post(f"/api/v1/labels/{label}/print").json()
        assert base64.b64decode(printed["content"]).startswith((b"%PDF", b"\x89PNG", b"^XA"))
        assert system.post(f"{at}/labels/rates", json={**parcel, "size": "big"}).status_code == 400
        assert system.post("/api/v1/labels/nobodys/print").status_code == 404
        assert system.post(f"/api/v1/labels/{label}/void").json()["state"] == "voided"
    (opened,) = day.app.storage.audit.search(tag="order:data:opened", limit=5)
    assert opened.actor == "warehouse:reno"
    assert day.order(order_id).state is OrderState.RELEASED
