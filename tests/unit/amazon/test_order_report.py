"""An order report is read row by row, and an order of which anything is in doubt is left out of it."""

from datetime import UTC, datetime, timedelta

import pytest

from dockseal.amazon.order_report import OrderReport, order_report
from dockseal.domain.fields import Field
from dockseal.domain.order import AmazonStatus, FulfilledBy, OrderLine
from dockseal.errors import AnswerUnreadable

US = "ATVPDKIKX0DER"
ROW = {
    "order-id": "113-0000001-0000001",
    "order-item-id": "001",
    "purchase-date": "2026-11-02T08:00:00+00:00",
    "payments-date": "2026-11-02T08:05:00+00:00",
    "promise-date": "2026-11-04T07:59:59+00:00",
    "buyer-email": "alpha@marketplace.example",
    "buyer-phone-number": "+1 206-555-0100",
    "sku": "MUG-1",
    "product-name": "Mug",
    "quantity-purchased": "2",
    "quantity-shipped": "0",
    "quantity-to-ship": "2",
    "recipient-name": "Testperson Alpha",
    "ship-address-1": "1 Sample Street",
    "ship-address-2": "",
    "ship-address-3": "",
    "ship-city": "Exampleton",
    "ship-state": "WA",
    "ship-postal-code": "00000",
    "ship-country": "US",
    "is-business-order": "false",
    "is-prime": "true",
}
OTHER = {"order-id": "113-0000002-0000002", "order-item-id": "009", "sku": "TEA-9"}


def row(**changes: str) -> str:
    """One row; `changes` are cells by the names of their columns, with `_` for `-`."""
    return "\t".join((ROW | {name.replace("_", "-"): text for name, text in changes.items()}).values())


def other(**changes: str) -> str:
    return row(**OTHER, **changes)


def read(*rows: str) -> OrderReport:
    return order_report(["\t".join(ROW), *rows, ""], US)


def ids(report: OrderReport) -> list[str]:
    return [order.amazon_order_id for order, _ in report.orders]


def test_a_row_is_an_order_and_its_recipient() -> None:
    ((order, recipient),) = read(row()).orders
    assert order.amazon_order_id == ROW["order-id"]
    assert (order.marketplace_id, order.status, order.fulfilled_by) == (
        US,
        AmazonStatus.UNSHIPPED,
        FulfilledBy.MERCHANT,
    )
    assert order.ship_by == datetime(2026, 11, 4, 7, 59, 59, tzinfo=UTC)
    assert order.lines == (OrderLine(order_item_id="001", sku="MUG-1", title="Mug", ordered=2),)
    assert order.programs == {"PRIME"}
    assert recipient.disclose() == {
        Field.NAME: "Testperson Alpha",
        Field.ADDRESS_LINE_1: "1 Sample Street",
        Field.CITY: "Exampleton",
        Field.REGION: "WA",
        Field.POSTAL_CODE: "00000",
        Field.COUNTRY: "US",
        Field.PHONE: "+1 206-555-0100",
        Field.BUYER_EMAIL: "alpha@marketplace.example",
    }


@pytest.mark.parametrize(
    "rows",
    [
        [row(buyer_email="alph?@marketplace.example")],
        [row(buyer_email="")],
        [row(), row(order_item_id="002", buyer_email="beta@marketplace.example")],
    ],
    ids=["damaged", "absent", "two of them"],
)
def test_an_email_address_in_doubt_is_left_out_and_stops_no_parcel(rows: list[str]) -> None:
    ((_, recipient),) = read(*rows).orders
    assert Field.BUYER_EMAIL not in recipient.fields()
    assert Field.PHONE in recipient.fields()


def test_every_reading_is_newer_than_a_report_even_of_an_order_that_never_changed() -> None:
    ((order, _),) = read(row()).orders
    assert order.purchased_at == datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
    assert order.updated_at < order.purchased_at
    assert order.purchased_at - order.updated_at < timedelta(minutes=1)


def test_several_rows_of_one_order_are_its_lines_wherever_they_stand() -> None:
    report = read(row(), other(), row(order_item_id="002", sku="TEA-2"))
    assert ids(report) == [ROW["order-id"], OTHER["order-id"]]
    assert [line.sku for line in report.orders[0][0].lines] == ["MUG-1", "TEA-2"]


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient_name": "Testperson M?ller"},
        {"ship_city": "Exampl\ufffdton"},
        {"product_name": "M\ufffdg"},
        {"sku": "M?G-1"},
        {"recipient_name": ""},
        {"ship_address_1": ""},
        {"ship_country": ""},
        {"is_business_order": "true"},
        {"order_item_id": ""},
        {"quantity_purchased": "two"},
        {"quantity_purchased": "²"},
        {"quantity_purchased": "9" * 5000},
        {"quantity_to_ship": "1"},
        {"quantity_shipped": "1", "quantity_to_ship": "1"},
        {"quantity_purchased": "0", "quantity_to_ship": "0"},
        {"purchase_date": "yesterday"},
        {"purchase_date": "2026-11-02T08:00:00"},
        {"promise_date": "soon"},
        {"ship_state": "WA\tone cell more"},
    ],
    ids=str,
)
def test_an_order_of_which_anything_is_in_doubt_is_left_and_the_others_are_read(
    changes: dict[str, str],
) -> None:
    report = read(row(**changes), other())
    assert ids(report) == [OTHER["order-id"]]
    assert report.left == 1


def test_one_line_in_doubt_leaves_its_whole_order() -> None:
    report = read(row(), row(order_item_id="002", sku=""), other())
    assert ids(report) == [OTHER["order-id"]]


def test_two_rows_that_say_different_addresses_or_the_same_line_leave_their_order() -> None:
    assert ids(read(row(), row(order_item_id="002", ship_city="Elsewhere"), other())) == [OTHER["order-id"]]
    assert ids(read(row(), row(), other())) == [OTHER["order-id"]]


def test_a_row_without_an_order_leaves_the_orders_beside_it_of_which_it_may_be_a_line() -> None:
    far = row(order_id="113-0000003-0000003")
    report = read(far, row(), row(order_id="S01-0000001"), other())
    assert ids(report) == ["113-0000003-0000003"]
    assert report.left == 3


def test_a_report_that_was_cut_off_leaves_its_last_order() -> None:
    assert ids(read(other(), row()[:-30])) == [OTHER["order-id"]]


def test_a_head_without_a_needed_column_is_told_of_without_a_word_of_the_rows() -> None:
    with pytest.raises(AnswerUnreadable, match="no column ship-city") as told:
        order_report(["\t".join(name for name in ROW if name != "ship-city"), row()], US)
    assert "Testperson" not in str(told.value)
    with pytest.raises(AnswerUnreadable):
        order_report([], US)


def test_nobody_sees_a_person_in_what_a_report_is_printed_as() -> None:
    assert "Testperson" not in repr(read(row()))
