from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from shop import US, Shop, open_shop
from test_reports import (
    BY_DATE,
    BY_UPDATE,
    REPORTS,
    SCHEDULES,
    SHIPPING,
    SHIPPING_XML,
    SINCE,
    UNSHIPPED,
    fetch,
    make,
    state,
    table,
)

from spapi_simulator import Behaviours, Line, Recipient
from spapi_simulator.world.records import Terms

GERMANY = "A1PA6795UKMFR9"
EU = "https://sellingpartnerapi-eu.amazon.com"
INVOICING, TAX = (f"GET_FLAT_FILE_ORDER_REPORT_DATA_{kind}" for kind in ("INVOICING", "TAX"))
BY_UPDATE_XML = "GET_XML_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
BY_DATE_XML = "GET_XML_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
PERSON = Recipient(
    name="Testperson Łucja\tTab\nÉnd",
    address_line_1="1 Sample Row",
    city="Sampleton",
    postal_code="00001",
    country_code="US",
    phone="+1 206-555-0100",
    buyer_name="Testperson Buyer",
    buyer_email="relay@marketplace.example",
)


def in_germany() -> Shop:
    """A shop whose client speaks for a seller in Germany; its posts go to the European host."""
    shop = open_shop()
    shop.seller = shop.sim.add_seller(region="EU", marketplaces=(GERMANY,))
    shop.refresh_token = shop.sim.authorize(shop.app, shop.seller)
    return shop


def xml(shop: Shop, kind: str) -> ElementTree.Element:
    report = make(shop, kind)
    return ElementTree.fromstring(fetch(shop, report, restricted=False).content)


def scheduled_xml(shop: Shop) -> ElementTree.Element:
    """The report that only a schedule makes."""
    soon = (shop.clock.now() + timedelta(seconds=1)).isoformat()
    body = {"reportType": SHIPPING_XML, "marketplaceIds": [US], "period": "PT5M"}
    answer = shop.post(SCHEDULES, body | {"nextReportCreationTime": soon})
    assert answer.status_code == 201
    shop.clock.advance(seconds=62)
    (report,) = shop.get(REPORTS, reportTypes=SHIPPING_XML).json()["reports"]
    return ElementTree.fromstring(fetch(shop, report).content)


def test_the_unshipped_report_lists_what_is_left_to_ship(shop: Shop) -> None:
    partly, whole, shipped, gone = shop.place(3, 1), shop.place(2), shop.place(), shop.place()
    shop.place(pending=True)
    shop.place(fulfilled_by="AMAZON")
    shop.confirm(partly, [(0, 2), (1, 1)])
    shop.confirm(shipped)
    shop.sim.cancel(gone)
    shop.clock.advance(seconds=1)
    rows = table(shop, UNSHIPPED)
    left = [(row["order-id"], row["quantity-purchased"], row["quantity-to-ship"]) for row in rows]
    assert left == sorted([(partly, "3", "1"), (whole, "2", "2")])


def test_an_unshipped_line_says_who_where_and_until_when(shop: Shop) -> None:
    due = datetime(2026, 11, 5, 7, 59, 59, tzinfo=UTC)
    order_id = shop.place(recipient=PERSON, ship_by=due, programs=["PRIME"])
    shop.clock.advance(seconds=1)
    (row,) = table(shop, UNSHIPPED)
    item = shop.sim.order(order_id).items[0]
    assert row == {
        "order-id": order_id,
        "order-item-id": item.order_item_id,
        "purchase-date": "2026-11-02T08:00:00+00:00",
        "payments-date": "2026-11-02T08:00:00+00:00",
        "reporting-date": "2026-11-02T08:00:16+00:00",
        "promise-date": "2026-11-05T07:59:59+00:00",
        "days-past-promise": "-3",
        "buyer-email": "relay@marketplace.example",
        "buyer-phone-number": "+1 206-555-0100",
        "sku": "SKU-0",
        "product-name": item.title,
        "quantity-purchased": "1",
        "quantity-shipped": "0",
        "quantity-to-ship": "1",
        "ship-service-level": "Standard",
        "recipient-name": "Testperson Łucja Tab Énd",
        "ship-address-1": "1 Sample Row",
        "ship-address-2": "",
        "ship-address-3": "",
        "ship-city": "Sampleton",
        "ship-state": "",
        "ship-postal-code": "00001",
        "ship-country": "US",
        "is-business-order": "false",
        "purchase-order-number": "",
        "price-designation": "",
        "is-prime": "true",
    }


def test_days_past_promise_count_up_when_it_is_late(shop: Shop) -> None:
    shop.place(ship_by=datetime(2026, 11, 3, 8, 0, tzinfo=UTC))
    shop.clock.advance(seconds=3 * 86400)
    assert [row["days-past-promise"] for row in table(shop, UNSHIPPED)] == ["2"]


def test_a_buyers_wish_to_cancel_is_not_marked(shop: Shop) -> None:
    order_id = shop.place(recipient=PERSON)
    shop.clock.advance(seconds=1)
    before = table(shop, UNSHIPPED)
    shop.sim.request_cancel(order_id)
    after = table(shop, UNSHIPPED)
    assert [{**row, "reporting-date": ""} for row in before] == [
        {**row, "reporting-date": ""} for row in after
    ]


def test_order_reports_go_by_when_an_order_could_be_shipped(shop: Shop) -> None:
    order_id = shop.place(pending=True)
    shop.clock.advance(seconds=3600)
    shop.sim.authorise_payment(order_id)
    shop.clock.advance(seconds=60)
    paid = {"dataStartTime": "2026-11-02T08:59:00Z", "dataEndTime": "2026-11-02T09:00:00Z"}
    (row,) = table(shop, SHIPPING, **paid)
    assert (row["order-id"], row["payments-date"]) == (order_id, "2026-11-02T09:00:00+00:00")
    placed = {"dataStartTime": SINCE, "dataEndTime": "2026-11-02T08:59:59Z"}
    assert make(shop, SHIPPING, **placed)["processingStatus"] == "CANCELLED"
    (row,) = table(shop, BY_DATE, **placed)
    assert row["amazon-order-id"] == order_id


def test_a_preorder_becomes_fulfillable_when_it_is_paid_after_its_release(shop: Shop) -> None:
    release = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    order_id = shop.place(terms=Terms(available_from=release))
    shop.clock.advance(seconds=3600)
    assert make(shop, SHIPPING)["processingStatus"] == "CANCELLED"
    shop.clock.advance(seconds=3600)
    (row,) = table(shop, SHIPPING)
    assert row["order-id"] == order_id
    assert row["purchase-date"] < "2026-11-02T09:00:00+00:00" < row["payments-date"]


def test_a_business_order_shows_its_number_to_all_and_its_company_only_for_taxes(shop: Shop) -> None:
    terms = Terms(
        purchase_order_number="PO-1",
        company="Testperson Ltd",
        seller_order_id="S-1",
        service_level="NEXT_DAY",
    )
    shop.place(programs=["AMAZON_BUSINESS"], terms=terms)
    shop.clock.advance(seconds=1)
    for kind in (UNSHIPPED, SHIPPING, TAX, BY_DATE):
        (row,) = table(shop, kind)
        assert (row["is-business-order"], row["purchase-order-number"]) == ("true", "PO-1")
        assert row["ship-service-level"] == "NextDay"
        assert row.get("merchant-order-id", "S-1") == "S-1"
        assert ("Testperson Ltd" in row.values()) == (kind == TAX)


def test_an_order_cancelled_before_it_was_paid_is_in_no_order_report(shop: Shop) -> None:
    shop.sim.cancel(shop.place(pending=True))
    shop.clock.advance(seconds=1)
    assert make(shop, SHIPPING)["processingStatus"] == "CANCELLED"


def test_the_shipping_report_shows_prices_and_shipped_orders_too(shop: Shop) -> None:
    line = Line(sku="A", quantity=3, price="2.50", shipping="4.00", tax="1.10", discount="0.50")
    order_id = shop.sim.place_order(shop.seller, lines=[line], recipient=PERSON)
    shop.clock.advance(seconds=1)
    shop.confirm(order_id, [(0, 3)])
    (row,) = table(shop, SHIPPING)
    prices = [row[name] for name in ("currency", "item-price", "item-tax", "shipping-price", "shipping-tax")]
    assert prices == ["USD", "7.50", "1.10", "4.00", "0.00"]
    assert row["recipient-name"] == "Testperson Łucja Tab Énd"
    assert row["ship-phone-number"] == "+1 206-555-0100"
    assert "buyer-name" not in row
    assert "sales-channel" not in row
    (row,) = table(shop, SHIPPING, reportOptions={"ShowSalesChannel": "true"})
    assert row["sales-channel"] == "Amazon.com"


def test_the_tax_report_shows_the_buyer(shop: Shop) -> None:
    shop.place(recipient=PERSON)
    shop.clock.advance(seconds=1)
    (row,) = table(shop, TAX)
    assert (row["buyer-name"], row["buyer-email"]) == ("Testperson Buyer", "relay@marketplace.example")
    assert "buyer-vat-number" not in row


def test_the_invoicing_report_is_one_of_europe() -> None:
    shop = in_germany()
    order_id = shop.place(recipient=replace(PERSON, country_code="DE"), marketplace_id=GERMANY)
    shop.clock.advance(seconds=1)
    headers = {"x-amz-access-token": shop.token()}
    body = {"reportType": INVOICING, "marketplaceIds": [GERMANY], "dataStartTime": SINCE}
    answer = shop.http.post(EU + REPORTS, json=body, headers=headers)
    shop.clock.advance(seconds=61)
    report = shop.get(f"{REPORTS}/{answer.json()['reportId']}", host=EU).json()
    path = f"/reports/2021-06-30/documents/{report['reportDocumentId']}"
    assert path.startswith("/reports/2021-06-30/documents/amzn1.spdoc.1.4.eu.")
    resources = {"restrictedResources": [{"method": "GET", "path": path}]}
    rdt = shop.http.post(f"{EU}/tokens/2021-03-01/restrictedDataToken", json=resources, headers=headers)
    url = shop.get(path, token=rdt.json()["restrictedDataToken"], host=EU).json()["url"]
    head, line = (one.split("\t") for one in shop.http.get(url).text.split("\n")[:-1])
    row = dict(zip(head, line, strict=True))
    assert (row["order-id"], row["currency"], row["buyer-name"]) == (order_id, "EUR", "Testperson Buyer")
    assert "buyer-vat-number" in row
    refused = shop.http.post(EU + REPORTS, json=body | {"reportType": TAX}, headers=headers)
    assert refused.status_code == 400


def test_personal_data_goes_from_reports_when_it_goes_from_reads() -> None:
    shop = open_shop(behaviours=Behaviours(redact_after_days=1))
    shop.place(recipient=PERSON)
    shop.clock.advance(seconds=86400 - 15)  # the report looks when it leaves the queue
    assert "Łucja" in table(shop, UNSHIPPED)[0]["recipient-name"]
    for kind in (UNSHIPPED, SHIPPING, TAX):
        (row,) = table(shop, kind)
        private = ("recipient-name", "ship-address-1", "buyer-email", "buyer-phone-number")
        assert [row[name] for name in private] == ["", "", "", ""]
        assert row.get("buyer-name", "") == ""
        assert row["ship-city"] == "Sampleton"


@pytest.mark.parametrize("kind", [BY_UPDATE, BY_DATE, BY_UPDATE_XML, BY_DATE_XML])
def test_the_all_orders_reports_name_nobody(shop: Shop, kind: str) -> None:
    shop.place(recipient=PERSON)
    shop.place(fulfilled_by="AMAZON", recipient=PERSON)
    shop.clock.advance(seconds=1)
    content = fetch(shop, make(shop, kind), restricted=False).text
    for secret in ("Testperson", "Sample Row", "555-0100", "relay@"):
        assert secret not in content
    for rough in ("Sampleton", "00001", "US"):
        assert content.count(rough) >= 2


def test_the_all_orders_reports_show_every_order(shop: Shop) -> None:
    orders = [shop.place(2), shop.place(), shop.place(), shop.place(fulfilled_by="AMAZON")]
    pending = shop.place(pending=True)
    shop.confirm(orders[1])
    shop.sim.cancel(orders[2])
    shop.clock.advance(seconds=1)
    rows = {row["amazon-order-id"]: row for row in table(shop, BY_DATE)}
    assert set(rows) == {*orders, pending}

    def shown(name: str) -> list[str]:
        return [rows[order_id][name] for order_id in (*orders, pending)]

    assert shown("order-status") == ["Unshipped", "Shipped", "Cancelled", "Unshipped", "Pending"]
    assert shown("item-status") == ["Unshipped", "Shipped", "Cancelled", "Unshipped", "Pending"]
    assert shown("fulfillment-channel") == ["Merchant", "Merchant", "Merchant", "Amazon", "Merchant"]
    assert shown("quantity") == ["2", "1", "0", "1", "1"]
    assert shown("item-price") == ["20.00", "10.00", "0.00", "10.00", ""]
    assert "cpf" in rows[pending]


def test_one_all_orders_report_goes_by_update_and_one_by_order_date(shop: Shop) -> None:
    order_id = shop.place()
    shop.clock.advance(seconds=3600)
    shop.confirm(order_id)
    shop.clock.advance(seconds=1)
    window = {"dataStartTime": "2026-11-02T08:30:00Z"}
    (row,) = table(shop, BY_UPDATE, **window)
    assert (row["amazon-order-id"], row["last-updated-date"]) == (order_id, "2026-11-02T09:00:00+00:00")
    assert make(shop, BY_DATE, **window)["processingStatus"] == "CANCELLED"


@pytest.mark.parametrize(("days", "seconds", "rows"), [(31, 0, 1), (31, 1, 0)])
def test_an_all_orders_window_of_more_than_31_days_comes_back_empty(
    shop: Shop, days: int, seconds: int, rows: int
) -> None:
    shop.place()
    shop.clock.advance(seconds=days * 86400 + seconds)
    window = {"dataStartTime": "2026-11-02T08:00:00Z"}
    assert len(table(shop, BY_DATE, **window)) == rows
    text = fetch(shop, make(shop, BY_DATE_XML, dataStartTime="2026-10-01T08:00:00Z"), restricted=False).text
    assert "<Order>" not in text


def test_a_report_shows_only_its_marketplaces(shop: Shop) -> None:
    canada = "A2EUQ1WTGCTBG2"
    shop.seller = shop.sim.add_seller(marketplaces=(US, canada))
    shop.refresh_token = shop.sim.authorize(shop.app, shop.seller)
    here, there = shop.place(marketplace_id=US), shop.place(marketplace_id=canada)
    shop.clock.advance(seconds=1)
    for ids, orders in (([US], {here}), ([canada], {there}), ([US, canada], {here, there})):
        assert {row["amazon-order-id"] for row in table(shop, BY_DATE, marketplaceIds=ids)} == orders


def test_reports_see_orders_late_when_told_so() -> None:
    shop = open_shop(behaviours=Behaviours(report_lag_seconds=1800))
    shop.place()
    shop.clock.advance(seconds=1780)
    assert make(shop, BY_DATE)["processingStatus"] == "CANCELLED"
    assert make(shop, UNSHIPPED)["processingStatus"] == "DONE"


def test_what_happens_while_a_report_is_made_is_not_in_it(shop: Shop) -> None:
    order_id = shop.place()
    shop.clock.advance(seconds=1)
    body = {"reportType": UNSHIPPED, "marketplaceIds": [US], "dataStartTime": SINCE}
    report_id = shop.post(REPORTS, body).json()["reportId"]
    shop.clock.advance(seconds=20)
    shop.confirm(order_id)
    shop.clock.advance(seconds=41)
    assert order_id in fetch(shop, state(shop, report_id)).text


@pytest.mark.parametrize(
    ("charset", "name"),
    [
        ("UTF-8", "Testperson Łucja Tab Énd"),
        ("Cp1252", "Testperson ?ucja Tab Énd"),
        ("Shift_JIS", "Testperson ?ucja Tab ?nd"),
    ],
)
def test_the_charset_is_named_and_what_it_lacks_is_a_question_mark(charset: str, name: str) -> None:
    shop = open_shop(behaviours=Behaviours(report_charset=charset))
    shop.place(recipient=PERSON)
    shop.clock.advance(seconds=1)
    answer = fetch(shop, make(shop, UNSHIPPED))
    assert answer.headers["content-type"] == f"text/plain; charset={charset}"
    assert f"\t{name}\t" in answer.content.decode(charset)
    answer = fetch(shop, make(shop, BY_DATE_XML), restricted=False)
    assert answer.headers["content-type"] == f"text/xml; charset={charset}"
    assert answer.content.startswith(f'<?xml version="1.0" encoding="{charset}"?>'.encode())


@pytest.mark.parametrize(
    "mark", ["\t", "\n", "\r\n", "\x0b", "\x00", "\x85", "\u2028", "\ufffe", "]]>", "&<>\"'"]
)
def test_no_name_can_break_a_report(shop: Shop, mark: str) -> None:
    shop.place(recipient=replace(PERSON, name=f"Test{mark}person", address_line_2=f"{mark}x{mark}"))
    shop.clock.advance(seconds=1)
    rows = table(shop, UNSHIPPED)
    assert [row["ship-city"] for row in rows] == ["Sampleton"]
    name = scheduled_xml(shop).findtext(".//FulfillmentData/Address/Name", "")
    assert name.startswith("Test")
    assert name.endswith("person")


def test_the_xml_shipping_report_holds_a_message_for_each_order(shop: Shop) -> None:
    first, second = shop.place(2, 1, recipient=PERSON), shop.place()
    root = scheduled_xml(shop)
    assert root.findtext("Header/MerchantIdentifier") == shop.seller.seller_id
    assert root.findtext("MessageType") == "OrderReport"
    reports: list[Any] = root.findall("Message/OrderReport")
    assert {one.findtext("AmazonOrderID") for one in reports} == {first, second}
    (report,) = [one for one in reports if one.findtext("AmazonOrderID") == first]
    assert report.findtext("BillingData/BuyerEmailAddress") == "relay@marketplace.example"
    assert report.findtext("FulfillmentData/Address/AddressFieldOne") == "1 Sample Row"
    assert [one.findtext("Quantity") for one in report.findall("Item")] == ["2", "1"]
    amounts = report.findall("Item/ItemPrice/Component/Amount")
    assert [(one.text, one.get("currency")) for one in amounts[:3]] == [
        ("20.00", "USD"),
        ("0.00", "USD"),
        ("0.00", "USD"),
    ]


def test_the_xml_all_orders_report_says_what_the_flat_one_says(shop: Shop) -> None:
    orders = [shop.place(2, 1), shop.place(pending=True)]
    shop.sim.cancel(shop.place())
    shop.clock.advance(seconds=1)
    flat = table(shop, BY_UPDATE)
    root = xml(shop, BY_UPDATE_XML)
    assert root.findtext("MessageType") == "AllOrdersReport"
    told = [
        (order.findtext("AmazonOrderID"), order.findtext("OrderStatus"), item.findtext("Quantity"))
        for order in root.findall("Message/Order")
        for item in order.findall("OrderItem")
    ]
    assert told == [(row["amazon-order-id"], row["order-status"], row["quantity"]) for row in flat]
    pending = [one for one in root.iter("Order") if one.findtext("AmazonOrderID") == orders[1]]
    assert pending[0].find("OrderItem/ItemPrice") is None
    assert pending[0].find("FulfillmentData/Address") is None
