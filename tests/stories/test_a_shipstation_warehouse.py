"""A ShipStation account as the warehouse: it fetches its orders, makes labels, and says so."""

import pytest

from day import WAREHOUSE, Day, MakeDay
from dockseal.cli.opened import person
from dockseal.console.server import ConsoleServer
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.pii_security.lockouts import Lockouts
from shipstation_double import ShipStationAccount, account
from spapi_simulator import Line, Recipient


@pytest.fixture(params=list(OrdersApi), ids=[api.value for api in OrdersApi])
def day(request: pytest.FixtureRequest, make_day: MakeDay) -> Day:
    """A day whose orders are fetched by ShipStation."""
    return make_day(api=request.param, adapter="shipstation")


def account_of(day: Day) -> ShipStationAccount:
    return account(day.app, WAREHOUSE, day.warehouse.secrets.api_key.reveal())


def test_an_order_is_fetched_labelled_and_shown_by_amazon(day: Day) -> None:
    shipstation = account_of(day)
    order_id = day.amazon.place_order(
        day.account,
        lines=[Line(sku="MUG-1", quantity=2), Line(sku="TRAY")],
        gift_message="Happy inventing day",
    )
    day.run(minutes=2)
    assert day.order(order_id).state is OrderState.RELEASED
    assert "order:data:opened" not in day.tags(order_id), "nothing is opened before ShipStation comes"

    shipstation.refresh()
    fetched, bought = shipstation.orders[order_id], day.amazon.order(order_id).recipient
    assert fetched.status == "awaiting"
    assert fetched.ship_to("Name") == bought.name
    assert fetched.ship_to("Address1") == bought.address_line_1
    assert fetched.fields["GiftMessage"] == "Happy inventing day"
    (opened,) = day.app.storage.audit.search(tag="order:data:opened", limit=10)
    assert opened.actor == f"warehouse:{WAREHOUSE}"

    assert shipstation.ship(order_id, tracking_number="9400111899223197428497") == [200]
    day.run(minutes=30)
    (package,) = day.amazon.order(order_id).packages
    assert (package.carrier_code, package.tracking_number) == ("USPS", "9400111899223197428497")
    assert day.order(order_id).state is OrderState.VERIFIED


def test_over_a_real_line_too(day: Day) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=2)
    shipstation = account_of(day)
    server = ConsoleServer(day.app, "127.0.0.1", 0)
    server.start()
    try:
        shipstation.client.close()
        shipstation.connect(server.url)
        shipstation.refresh()
        assert shipstation.ship(order_id) == [200]
    finally:
        server.stop()
    day.run(minutes=30)
    assert day.order(order_id).state is OrderState.VERIFIED


def test_notices_that_come_twice_and_windows_that_overlap_ship_nothing_twice(day: Day) -> None:
    shipstation = account_of(day)
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1", quantity=2)])
    day.run(minutes=2)
    shipstation.refresh()
    day.run(minutes=3)
    shipstation.refresh()
    assert shipstation.orders[order_id].imports == 2, "the windows do not overlap, so this shows nothing"
    assert shipstation.ship(order_id, times=3) == [200, 200, 200]
    assert len(day.packages(order_id)) == 1
    day.run(minutes=30)
    assert len(day.amazon.order(order_id).packages) == 1


def test_an_order_leaves_in_two_parcels(day: Day) -> None:
    shipstation = account_of(day)
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1", quantity=2), Line(sku="TRAY")])
    day.run(minutes=2)
    shipstation.refresh()
    assert shipstation.ship(order_id, items=[("MUG-1", 2)], tracking_number="9400111899223197428497") == [200]
    assert day.order(order_id).state is OrderState.PARTLY_SHIPPED
    assert shipstation.ship(order_id, items=[("TRAY", 1)], tracking_number="9400111899223197428503") == [200]
    day.run(minutes=30)
    held = [[content.quantity for content in package.contents] for package in day.packages(order_id)]
    assert held == [[2], [1]]
    assert day.order(order_id).state is OrderState.VERIFIED


def test_a_cancelled_order_is_cancelled_in_shipstation_and_its_address_is_gone(day: Day) -> None:
    shipstation = account_of(day)
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=2)
    shipstation.refresh()
    name = day.amazon.order(order_id).recipient.name
    assert shipstation.orders[order_id].ship_to("Name") == name
    day.amazon.cancel(order_id)
    day.run(minutes=8)
    assert day.order(order_id).state in {OrderState.CANCELLED, OrderState.SHREDDED}
    shipstation.refresh()
    assert shipstation.orders[order_id].status == "cancelled"
    assert shipstation.orders[order_id].ship_to("Name") == "Withheld"
    assert day.tags(order_id).count("order:data:opened") == 1


def test_an_address_that_shipstation_would_refuse_spoils_no_page(day: Day) -> None:
    shipstation = account_of(day)
    bad = Recipient(
        name="Quillfeather" * 20,
        address_line_1="12 Sample Row",
        city="Exampleton",
        postal_code="89501",
        country_code="US",
    )
    before, spoiled, after = (
        day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")], recipient=recipient)
        for recipient in (None, bad, None)
    )
    day.run(minutes=2)
    shipstation.refresh()
    assert set(shipstation.orders) == {before, after}
    told = day.order(spoiled).attention
    assert told.startswith(f"Order {spoiled} is not in ShipStation, which takes a name")
    assert "Quillfeather" not in told
    assert not day.order(before).attention


def test_a_label_that_was_made_before_the_cancellation_came_is_told_to_a_person(day: Day) -> None:
    shipstation = account_of(day)
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=2)
    shipstation.refresh()
    day.amazon.cancel(order_id)
    day.run(minutes=2)
    assert shipstation.ship(order_id) == [200]
    assert len(day.packages(order_id)) == 1, "the parcel is out there all the same"
    assert f"shipped a parcel of order {order_id}, which is cancelled" in day.order(order_id).attention
    shipstation.refresh()
    day.run(minutes=30)
    assert day.amazon.order(order_id).packages == []


def test_a_notice_that_could_not_be_taken_is_posted_again(day: Day) -> None:
    shipstation = account_of(day)
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=2)
    shipstation.refresh()
    stranger = account(day.app, WAREHOUSE, "a-wrong-key")
    for _ in range(10):
        stranger.get(action="export", start=day.clock.now(), end=day.clock.now())
    assert shipstation.ship(order_id) == [429]
    assert shipstation.retry() == [429]
    Lockouts(storage=day.app.storage, trail=day.app.trail, clock=day.clock).clear(
        "shipstation/127.0.0.1", Actor(kind=ActorKind.PERSON, name="administrator")
    )
    assert shipstation.retry() == [200]
    assert shipstation.red == []
    day.run(minutes=30)
    assert day.order(order_id).state is OrderState.VERIFIED


def test_a_test_order_is_there_marked_and_its_label_ships_nothing(day: Day) -> None:
    shipstation = account_of(day)
    day.app.rehearsing().run(WAREHOUSE, person())
    shipstation.refresh()
    (number,) = shipstation.orders
    assert shipstation.ship(number) == [200]
    (again,) = day.app.rehearsing().run(WAREHOUSE, person())
    assert again.fine, again.sentence
    day.run(minutes=10)
    assert [call for call in day.amazon.calls if call.operation == "confirmShipment"] == []
