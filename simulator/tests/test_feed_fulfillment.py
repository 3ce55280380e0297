from typing import Any

import pytest
from feeding import FLAT_FULFILLMENT, create, envelope, fulfillment, rows, upload, work
from shop import US, Shop, open_shop

from spapi_simulator import Behaviours, Line

CANADA = "A2EUQ1WTGCTBG2"
COLUMNS = (
    "order-id order-item-id quantity ship-date carrier-code carrier-name tracking-number ship-method "
    "ship_from_supply_source_id"
)


def item(shop: Shop, order_id: str, place: int = 0) -> str:
    return shop.sim.order(order_id).items[place].order_item_id


def contents(shop: Shop, order_id: str) -> list[dict[str, int]]:
    """What is in each package, by the place of the item in the order."""
    order = shop.sim.order(order_id)
    ids = [one.order_item_id for one in order.items]
    return [
        {f"#{ids.index(one.order_item_id)}": one.quantity for one in package.items}
        for package in order.packages
    ]


# XML


def test_a_message_without_items_ships_everything_left(shop: Shop) -> None:
    whole, rest = shop.place(2, 1), shop.place(2, 1)
    shop.confirm(rest, [(0, 1)])
    report = work(shop, envelope(shop, fulfillment(whole), fulfillment(rest, tracking="B")))
    assert (report.status, report.processed, report.successful) == ("DONE", 2, 2)
    assert contents(shop, whole) == [{"#0": 2, "#1": 1}]
    assert contents(shop, rest) == [{"#0": 1}, {"#0": 1, "#1": 1}]
    assert [shop.sim.order(one).status for one in (whole, rest)] == ["SHIPPED", "SHIPPED"]


def test_a_message_ships_the_items_and_quantities_it_names(shop: Shop) -> None:
    order_id = shop.place(3, 2)
    first, second = item(shop, order_id), item(shop, order_id, 1)
    work(shop, envelope(shop, fulfillment(order_id, (first, 2))))
    assert (contents(shop, order_id), shop.sim.order(order_id).status) == ([{"#0": 2}], "PARTIALLY_SHIPPED")
    work(shop, envelope(shop, fulfillment(order_id, (first, None), (second, 2), tracking="B")))
    assert contents(shop, order_id)[1] == {"#0": 1, "#1": 2}
    assert [one.package_reference_id for one in shop.sim.order(order_id).packages] == ["1", "2"]
    assert shop.sim.order(order_id).status == "SHIPPED"


def test_everything_a_message_says_of_a_package_is_kept(shop: Shop) -> None:
    order_id = shop.place()
    message = fulfillment(
        order_id,
        carrier="<CarrierCode>Other</CarrierCode><CarrierName>Quick</CarrierName><ShippingMethod>Van</ShippingMethod>",
        date="2026-11-02T09:30:00+02:00",
        more="<ShipFromSupplySourceId>location-1</ShipFromSupplySourceId>",
    )
    assert work(shop, envelope(shop, message)).problems == []
    (package,) = shop.sim.order(order_id).packages
    assert (package.carrier_code, package.carrier_name, package.shipping_method) == ("Other", "Quick", "Van")
    assert (package.tracking_number, package.supply_source_id) == ("1Z999AA10123456784", "location-1")
    assert package.ship_date.isoformat() == "2026-11-02T07:30:00+00:00"
    shown = shop.get(f"/orders/2026-01-01/orders/{order_id}", includedData="PACKAGES").json()["order"]
    assert shown["packages"][0]["carrier"] == "Quick"


@pytest.mark.parametrize(
    ("carrier", "code", "name"),
    [
        ("<CarrierCode>DHL</CarrierCode>", "DHL", ""),
        ("<CarrierName>Quick</CarrierName>", "Other", "Quick"),
        ("<CarrierCode>DHL</CarrierCode><CarrierName>DHL Paket</CarrierName>", "DHL", "DHL Paket"),
    ],
)
def test_a_carrier_has_a_code_or_a_name(shop: Shop, carrier: str, code: str, name: str) -> None:
    order_id = shop.place()
    work(shop, envelope(shop, fulfillment(order_id, carrier=carrier)))
    (package,) = shop.sim.order(order_id).packages
    assert (package.carrier_code, package.carrier_name) == (code, name)


def test_the_same_tracking_number_again_edits_the_package(shop: Shop) -> None:
    order_id = shop.place(2)
    work(shop, envelope(shop, fulfillment(order_id, (item(shop, order_id), 1))))
    work(
        shop,
        envelope(
            shop, fulfillment(order_id, (item(shop, order_id), 2), carrier="<CarrierCode>DHL</CarrierCode>")
        ),
    )
    (package,) = shop.sim.order(order_id).packages
    assert (package.carrier_code, package.edits, contents(shop, order_id)) == ("DHL", 1, [{"#0": 2}])
    assert work(shop, envelope(shop, fulfillment(order_id))).problems == []
    assert contents(shop, order_id) == [{"#0": 2}]


def test_one_parcel_may_be_reported_item_by_item(shop: Shop) -> None:
    order_id = shop.place(1, 2)
    messages = [fulfillment(order_id, (item(shop, order_id, place), None)) for place in (0, 1)]
    assert work(shop, envelope(shop, *messages)).successful == 2
    assert contents(shop, order_id) == [{"#0": 1, "#1": 2}]


def test_an_item_may_be_named_twice_in_one_message(shop: Shop) -> None:
    order_id = shop.place(3)
    one = item(shop, order_id)
    assert work(shop, envelope(shop, fulfillment(order_id, (one, 1), (one, 2)))).problems == []
    assert contents(shop, order_id) == [{"#0": 3}]


def test_a_package_without_a_tracking_number_is_a_new_one_each_time(shop: Shop) -> None:
    order_id = shop.place(2)
    message = fulfillment(order_id, (item(shop, order_id), 1), tracking="")
    report = work(shop, envelope(shop, message, message, message))
    assert contents(shop, order_id) == [{"#0": 1}, {"#0": 1}]
    assert report.codes == [("3", "18030")]


def test_an_order_may_be_named_by_the_sellers_own_number(shop: Shop) -> None:
    order_id = shop.place()
    own = shop.sim.order(order_id).seller_order_id
    named = fulfillment("").replace(
        "<AmazonOrderID></AmazonOrderID>", "<MerchantOrderID>{}</MerchantOrderID>"
    )
    report = work(shop, envelope(shop, named.format(own), named.format("8888888")))
    assert (report.successful, report.codes) == (1, [("2", "18028")])
    assert shop.sim.order(order_id).status == "SHIPPED"


BAD_MESSAGES: list[tuple[dict[str, Any], str]] = [
    ({"carrier": ""}, "18001"),
    ({"carrier": "<CarrierCode>Other</CarrierCode>"}, "18001"),
    ({"carrier": "<CarrierCode>ups</CarrierCode>"}, "18003"),
    ({"carrier": "<CarrierCode>UPS</CarrierCode><Speed>9</Speed>"}, "5002"),
    ({"carrier": "<CarrierCode>UPS</CarrierCode><CarrierCode>DHL</CarrierCode>"}, "5002"),
    ({"date": ""}, "18001"),
    ({"date": "2026-11-02"}, "18004"),
    ({"date": "02/11/2026 08:00"}, "18004"),
    ({"date": "2026-13-02T08:00:00Z"}, "18004"),
    ({"date": "2026-02-30T08:00:00"}, "18004"),
    ({"date": "9999-12-31T23:59:59-14:00"}, "18004"),
    ({"more": "<TrackingNumber>1</TrackingNumber>"}, "5002"),
    ({"more": "<MerchantOrderID>1</MerchantOrderID>"}, "5002"),
    ({"more": "<Item/>"}, "18001"),
    ({"more": "<Item><MerchantOrderItemID>1</MerchantOrderItemID></Item>"}, "18001"),
    ({"more": "<Item><AmazonOrderItemCode>404</AmazonOrderItemCode></Item>"}, "18029"),
    ({"more": "<Item><Sku>1</Sku></Item>"}, "5002"),
]


@pytest.mark.parametrize(("changes", "code"), BAD_MESSAGES)
def test_one_bad_message_never_stops_the_others(shop: Shop, changes: dict[str, Any], code: str) -> None:
    orders = [shop.place() for _ in range(3)]
    bad = fulfillment(orders[1], **changes)
    report = work(shop, envelope(shop, fulfillment(orders[0]), bad, fulfillment(orders[2])))
    assert (report.status, report.processed, report.successful) == ("DONE", 3, 2)
    assert (report.codes, report.orders) == ([("2", code)], [orders[1]])
    assert report.problems[0][2]
    assert [shop.sim.order(one).status for one in orders] == ["SHIPPED", "UNSHIPPED", "SHIPPED"]


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "many", "9" * 400])
def test_a_quantity_is_a_positive_whole_number(shop: Shop, quantity: Any) -> None:
    order_id = shop.place(2)
    report = work(shop, envelope(shop, fulfillment(order_id, (item(shop, order_id), quantity))))
    assert report.codes == [("1", "18002")]


def test_messages_without_an_order_or_without_fulfilment_data_fail(shop: Shop) -> None:
    order_id = shop.place()
    good = fulfillment(order_id)
    empty = good[: good.index("<FulfillmentData>")] + "</OrderFulfillment>"
    report = work(shop, envelope(shop, fulfillment(""), empty, "<OrderFulfillment/>"))
    assert report.codes == [("1", "18001"), ("2", "18001"), ("3", "18001")]
    assert shop.sim.order(order_id).packages == []


def test_orders_that_may_not_be_shipped_fail_alone(shop: Shop) -> None:
    shipped, cancelled, good = shop.place(), shop.place(), shop.place()
    shop.confirm(shipped)
    shop.sim.cancel(cancelled)
    other = shop.sim.add_seller()
    foreign = shop.sim.place_order(other, lines=[Line(sku="SKU-1")])
    wrong = [
        "999-0000000-0000000", foreign, cancelled, shipped, shop.place(pending=True),
        shop.place(fulfilled_by="AMAZON"), shop.place(programs=["FBM_SHIP_PLUS"]),
    ]  # fmt: skip
    report = work(shop, envelope(shop, *(fulfillment(one, tracking="B") for one in [*wrong, good])))
    codes = ["18028", "18028", *["18030"] * 5]
    assert report.codes == [(str(number), code) for number, code in enumerate(codes, start=1)]
    assert (report.orders, report.successful) == (wrong, 1)
    assert shop.sim.order(foreign).packages == shop.sim.order(cancelled).packages == []
    assert shop.sim.order(good).status == "SHIPPED"


def test_more_than_is_left_fails(shop: Shop) -> None:
    order_id = shop.place(3)
    one = item(shop, order_id)
    first = fulfillment(order_id, (one, 2))
    report = work(
        shop, envelope(shop, first, *(fulfillment(order_id, (one, n), tracking=f"B{n}") for n in (2, 1)))
    )
    assert report.codes == [("2", "18031")]
    assert contents(shop, order_id) == [{"#0": 2}, {"#0": 1}]


def test_an_order_of_a_marketplace_that_the_feed_is_not_for_fails(shop: Shop) -> None:
    shop.seller = shop.sim.add_seller(marketplaces=(US, CANADA))
    shop.refresh_token = shop.sim.authorize(shop.app, shop.seller)
    order_id = shop.place(marketplace_id=CANADA)
    text = envelope(shop, fulfillment(order_id))
    assert work(shop, text).codes == [("1", "18028")]
    assert create(shop, upload(shop, text), marketplaceIds=[US, CANADA]).status_code == 202
    shop.clock.advance(seconds=90)
    assert shop.sim.order(order_id).status == "SHIPPED"


@pytest.mark.parametrize(
    ("date", "switch"),
    [
        ("2026-12-24T00:00:00Z", Behaviours(refuse_future_ship_date=True)),
        ("2026-11-02T07:59:59Z", Behaviours(refuse_ship_date_before_purchase=True)),
    ],
)
def test_a_ship_date_out_of_its_time_is_refused_only_when_told_to(date: str, switch: Behaviours) -> None:
    for behaviours, codes in ((Behaviours(), []), (switch, [("1", "18004")])):
        shop = open_shop(behaviours=behaviours)
        assert work(shop, envelope(shop, fulfillment(shop.place(), date=date))).codes == codes


def test_a_date_without_a_zone_is_in_utc(shop: Shop) -> None:
    order_id = shop.place()
    work(shop, envelope(shop, fulfillment(order_id, date="2026-11-02T08:15:00")))
    assert shop.sim.order(order_id).packages[0].ship_date.isoformat() == "2026-11-02T08:15:00+00:00"


def test_transparency_codes_come_in_the_item(shop: Shop) -> None:
    order_id = shop.sim.place_order(shop.seller, lines=[Line(sku="MUG-1", quantity=2, transparency=True)])
    codes = "".join(
        f"<TransparencyCode>{code}</TransparencyCode>" for code in ("AZ:SAMPLE1", "", "AZ:SAMPLE2")
    )
    more = f"<Item><AmazonOrderItemCode>{item(shop, order_id)}</AmazonOrderItemCode>{codes}</Item>"
    report = work(shop, envelope(shop, fulfillment(order_id), fulfillment(order_id, more=more)))
    assert report.codes == [("1", "18031")]
    (package,) = shop.sim.order(order_id).packages
    assert package.items[0].transparency_codes == ("AZ:SAMPLE1", "AZ:SAMPLE2")


def test_regulated_items_are_shipped_only_once_they_are_verified(shop: Shop) -> None:
    order_id = shop.sim.place_order(shop.seller, lines=[Line(sku="RX-1", prescription=True)])
    assert work(shop, envelope(shop, fulfillment(order_id))).codes == [("1", "18030")]


def test_reads_show_the_package_after_the_lag_only() -> None:
    shop = open_shop(behaviours=Behaviours(read_after_write_seconds=60))
    order_id = shop.place()
    work(shop, envelope(shop, fulfillment(order_id)))
    path = f"/orders/v0/orders/{order_id}"
    assert shop.get(path).json()["payload"]["OrderStatus"] == "Unshipped"
    shop.clock.advance(seconds=60)
    assert shop.get(path).json()["payload"]["OrderStatus"] == "Shipped"


# Flat files


def flat(shop: Shop, *lines: str, columns: str = COLUMNS) -> Any:
    return work(shop, rows(*lines, columns=columns), FLAT_FULFILLMENT)


def test_a_row_ships_a_whole_order_an_item_or_some_of_it(shop: Shop) -> None:
    whole, one, some = shop.place(2, 1), shop.place(2, 1), shop.place(3)
    report = flat(
        shop,
        f"{whole}|||2026-11-02|UPS||1Z1|Ground|location-1",
        f"{one}|{item(shop, one)}||2026-11-02T08:00:00Z|Other|Quick|Q1||",
        f"{some}|{item(shop, some)}|2|2026-11-02T08:00:00+01:00|DHL||D1||",
    )
    assert (report.status, report.processed, report.successful, report.problems) == ("DONE", 3, 3, [])
    assert [contents(shop, order_id) for order_id in (whole, one, some)] == [
        [{"#0": 2, "#1": 1}], [{"#0": 2}], [{"#0": 2}],
    ]  # fmt: skip
    (package,) = shop.sim.order(whole).packages
    assert (package.shipping_method, package.supply_source_id) == ("Ground", "location-1")
    assert package.ship_date.isoformat() == "2026-11-02T00:00:00+00:00"


def test_rows_about_one_parcel_make_one_package(shop: Shop) -> None:
    order_id = shop.place(2, 2)
    first, second = item(shop, order_id), item(shop, order_id, 1)
    report = flat(
        shop,
        f"{order_id}|{first}|1|2026-11-02|UPS||A||",
        f"{order_id}|{second}|2|2026-11-02|UPS||A||",
        f"{order_id}|{first}|1|2026-11-02|UPS||B||",
    )
    assert report.problems == []
    assert contents(shop, order_id) == [{"#0": 1, "#1": 2}, {"#0": 1}]
    assert all(one.edits == 0 for one in shop.sim.order(order_id).packages)


def test_the_same_tracking_number_in_a_later_file_edits_the_package(shop: Shop) -> None:
    order_id = shop.place()
    flat(shop, f"{order_id}|||2026-11-02|UPS||A||")
    assert flat(shop, f"{order_id}|||2026-11-02|DHL||A||").problems == []
    (package,) = shop.sim.order(order_id).packages
    assert (package.carrier_code, package.edits) == ("DHL", 1)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("|||2026-11-02|UPS||A||", "18001"),
        ("{0}|||| UPS||A||", "18001"),
        ("{0}|||2026-11-02||||", "18001"),
        ("{0}|||2026-11-02|Other||A||", "18001"),
        ("{0}||1|2026-11-02|UPS||A||", "18001"),
        ("{0}|{1}|none|2026-11-02|UPS||A||", "18002"),
        ("{0}|{1}|0|2026-11-02|UPS||A||", "18002"),
        ("{0}|{1}|1|2026-11-02|Pigeon||A||", "18003"),
        ("{0}|{1}|1|02.11.2026|UPS||A||", "18004"),
        ("000-0000000-0000000|{1}|1|2026-11-02|UPS||A||", "18028"),
        ("{0}|404|1|2026-11-02|UPS||A||", "18029"),
        ("{0}|{1}|2|2026-11-02|UPS||A||", "18031"),
    ],
)
def test_one_bad_row_never_stops_the_others(shop: Shop, row: str, code: str) -> None:
    bad, good = shop.place(), shop.place()
    report = flat(shop, row.format(bad, item(shop, bad)), f"{good}|||2026-11-02|UPS||B||")
    assert (report.status, report.processed, report.successful) == ("DONE", 2, 1)
    assert report.codes == [("1", code)]
    assert [shop.sim.order(one).status for one in (bad, good)] == ["UNSHIPPED", "SHIPPED"]


def test_a_row_that_is_too_short_lacks_what_is_missing(shop: Shop) -> None:
    assert flat(shop, shop.place()).codes == [("1", "18001")]


def test_rows_of_one_parcel_fail_together(shop: Shop) -> None:
    order_id = shop.place(1, 1)
    lines = [f"{order_id}|{item(shop, order_id, place)}|{place + 1}|2026-11-02|UPS||A||" for place in (0, 1)]
    report = flat(shop, *lines)
    assert (report.successful, report.codes) == (0, [("1", "18031"), ("2", "18031")])
    assert shop.sim.order(order_id).packages == []


def test_a_row_without_an_item_wins_over_rows_of_its_parcel_with_one(shop: Shop) -> None:
    order_id = shop.place(1, 1)
    flat(
        shop, f"{order_id}|{item(shop, order_id)}|1|2026-11-02|UPS||A||", f"{order_id}|||2026-11-02|UPS||A||"
    )
    assert contents(shop, order_id) == [{"#0": 1, "#1": 1}]
