"""One order is asked after at each step of its life, and each time the answer is true."""

from datetime import timedelta

from day import SELLER, Day, MakeDay
from dockseal.domain.order import OrderState
from dockseal.errors import CredentialRefused
from spapi_simulator import Fault, Line
from steps import catch_up, step


def test_an_order_is_asked_after_from_its_birth_to_its_end(make_day: MakeDay) -> None:
    day = make_day(tick=timedelta(seconds=15))
    day.run(minutes=1)
    day.amazon.drop_notifications(1)
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")], pending=True)
    assert "is not imported: no notification and no list" in day.app.why(order_id)
    day.run(minutes=15)
    assert "payment is not through" in day.app.why(order_id)
    day.warehouse.down = True
    day.amazon.authorise_payment(order_id)
    day.run(minutes=30)
    said = day.app.why(order_id)
    assert "warehouse reno did not take it" in said
    assert "handed over again, under the same reference, at " in said
    day.warehouse.down = False
    day.run(minutes=10)
    said = day.app.why(order_id)
    assert "at warehouse reno since " in said
    assert "no parcel of it was reported; its ship-by is in " in said
    down_until = day.clock.now() + timedelta(minutes=2)
    day.amazon.faults.add(Fault(operation="confirmShipment", status=503, until=down_until))
    day.ship(order_id)
    day.run(minutes=0.5)
    assert "no usable answer to parcel 1" in day.app.why(order_id)
    day.run(minutes=4)
    assert day.order(order_id).state is OrderState.CONFIRMED
    assert "it is read back at " in day.app.why(order_id)
    day.run(minutes=15)
    assert "waits for nothing" in day.app.why(day.order(order_id).ref), "our own reference does as well"


def test_an_order_amazon_does_not_show_yet_is_waited_for_and_says_so(day: Day) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.amazon.faults.add(Fault(operation="getOrder", status=404, times=1))
    (listen,) = [each for each in day.app.lanes.steps if each.name == "listen"]
    listen.run(day.seller.queue_url)
    assert "is read within seconds" in day.app.why(order_id)
    step(day, "take_in")
    said = day.app.why(order_id)
    assert "did not show it when it was read once; it is read again at 08:00:" in said
    day.run(minutes=3)
    assert "at warehouse reno" in day.app.why(order_id)


def test_a_seller_that_rests_is_named_as_the_cause(make_day: MakeDay) -> None:
    day = make_day()
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=2)
    day.ship(order_id)
    day.app.lanes.rest(SELLER, str(CredentialRefused("Login with Amazon refused the refresh token")))
    assert "the lanes of seller acme-us rest, because Login with Amazon refused" in day.app.why(order_id)


def test_an_order_in_no_table_is_asked_for_once_and_taken_in(day: Day) -> None:
    catch_up(day)
    day.amazon.drop_notifications(1)
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    asked = day.app.asking.ask(order_id)
    assert day.knows(order_id)
    assert "is examined within seconds" in day.app.why(order_id, asked)
    (row, *_) = day.app.storage.sync_runs.latest(SELLER)
    assert (row.calls, row.news) == (1, 1)


def test_an_order_amazon_ships_is_asked_for_and_not_taken_in(day: Day) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")], fulfilled_by="AMAZON")
    asked = day.app.asking.ask(order_id)
    assert not day.knows(order_id)
    assert "Amazon ships it itself" in day.app.why(order_id, asked)


def test_an_order_of_nobody_here_is_said_to_be_one(day: Day) -> None:
    asked = day.app.asking.ask("113-9999999-9999999")
    assert "Amazon knows no such order of any seller here" in day.app.why("113-9999999-9999999", asked)
