"""What a ShipStation account reports: its parcels."""

import logging

import pytest

from day import Day
from shipstation_double import ShipStationAccount
from unit.console.shipping import (
    MakeShelf,
    error_of,
    notify,
)


def test_an_order_is_known_by_its_number_alone_too(
    day: Day, shipstation: ShipStationAccount, shelve: MakeShelf
) -> None:
    order = shelve()
    assert shipstation.notify(order.id, "UPS", "1Z999AA10123456784", b"").status_code == 200
    (package,) = day.app.storage.packages.of_order(order.ref)
    assert (package.carrier, package.tracking_number) == ("UPS", "1Z999AA10123456784")
    assert sum(content.quantity for content in package.contents) == 3, "no items: everything ships"


@pytest.mark.parametrize(
    "number", ["", "113-0000000-0000009", "113-0000000-0000001-2", "1001", "x" * 500, "\0"]
)
def test_an_order_that_this_warehouse_does_not_have_is_said(
    shipstation: ShipStationAccount, shelve: MakeShelf, number: str
) -> None:
    shelve()
    answer = shipstation.notify(number, "UPS", "1Z999AA10123456784", b"<ShipNotice/>")
    assert answer.status_code == 404
    assert "Nothing was released to this warehouse" in error_of(answer)


def test_a_parcel_without_a_number_is_taken_in_and_gets_one_when_it_is_told_again(
    day: Day, shipstation: ShipStationAccount, shelve: MakeShelf
) -> None:
    order = shelve()
    for tracking_number in ("", "", "9400111899223197428490"):
        assert notify(shipstation, order, TrackingNumber=tracking_number).status_code == 200
    (package,) = day.app.storage.packages.of_order(order.ref)
    assert (package.reference_id, package.tracking_number) == (1, "9400111899223197428490")


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"TrackingNumber": "1" * 201}, 400, "Tracking_number has 201 characters"),
        ({"Carrier": ""}, 400, "Carrier is empty"),
        ({"LabelCreateDate": "soon"}, 400, "LabelCreateDate is no instant"),
        ({"LabelCreateDate": "10/02/2026 08:00"}, 400, "was bought"),
        ({"Items": "<Item><SKU>MUG-BLUE</SKU><Quantity>9</Quantity></Item>"}, 400, "left to ship"),
        ({"Items": "<Item><SKU>MUG-BLUE</SKU><Quantity>0</Quantity></Item>"}, 400, "quantity 0"),
    ],
)
def test_a_parcel_that_cannot_be_is_refused_in_a_sentence(
    day: Day,
    shipstation: ShipStationAccount,
    shelve: MakeShelf,
    *,
    changes: dict[str, str],
    status: int,
    says: str,
) -> None:
    order = shelve()
    answer = notify(shipstation, order, **changes)
    assert answer.status_code == status
    assert says in error_of(answer)
    assert not day.app.storage.packages.of_order(order.ref)


def test_what_is_in_a_parcel_is_read_by_line_and_by_sku(
    day: Day, shipstation: ShipStationAccount, shelve: MakeShelf
) -> None:
    order = shelve()
    blue, red = order.amazon.lines
    items = (
        f"<Item><LineItemID>{blue.order_item_id}</LineItemID><Quantity>1</Quantity></Item>"
        f"<Item><SKU>{red.sku}</SKU><Quantity>1</Quantity></Item>"
    )
    assert notify(shipstation, order, Items=items).status_code == 200
    (package,) = day.app.storage.packages.of_order(order.ref)
    assert {(each.order_item_id, each.quantity) for each in package.contents} == {
        (blue.order_item_id, 1),
        (red.order_item_id, 1),
    }


def test_a_label_for_tomorrow_left_when_it_was_made(
    day: Day, shipstation: ShipStationAccount, shelve: MakeShelf
) -> None:
    order = shelve()
    assert notify(shipstation, order, ShipDate="11/03/2026").status_code == 200
    (package,) = day.app.storage.packages.of_order(order.ref)
    assert package.shipped_at == day.clock.now()


def test_nothing_of_the_recipient_in_a_notice_is_kept(
    day: Day, shipstation: ShipStationAccount, shelve: MakeShelf, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    order = shelve()
    recipient = "<Name>Testperson Marrowby</Name><Address1>9 Fixture Court</Address1>"
    assert notify(shipstation, order, Recipient=recipient).status_code == 200
    day.app.storage.close()
    for place in day.folder.rglob("*"):
        assert not place.is_file() or b"Marrowby" not in place.read_bytes()
    assert "Marrowby" not in caplog.text


def test_two_parcels_that_hold_the_same_are_two(
    day: Day, shipstation: ShipStationAccount, shelve: MakeShelf
) -> None:
    order = shelve()
    one = "<Item><SKU>MUG-BLUE</SKU><Quantity>1</Quantity></Item>"
    for tracking_number in ("9400111899223197428490", "9400111899223197428506", "9400111899223197428490"):
        answer = notify(shipstation, order, TrackingNumber=tracking_number, Items=one)
        assert answer.status_code == 200
    assert len(day.app.storage.packages.of_order(order.ref)) == 2


def test_a_label_of_the_same_minute_is_not_of_the_future(
    day: Day, shipstation: ShipStationAccount, shelve: MakeShelf
) -> None:
    order = shelve()
    assert notify(shipstation, order, LabelCreateDate="11/02/2026 08:00").status_code == 200
    (package,) = day.app.storage.packages.of_order(order.ref)
    assert package.shipped_at == day.clock.now()
