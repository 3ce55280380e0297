from datetime import timedelta

import pytest
from shop import US, Shop, error, open_shop

from spapi_simulator import Behaviours, Recipient, Role

V0 = "/orders/v0/orders"
V2026 = "/orders/2026-01-01/orders"
SINCE = "2026-11-02T07:00:00Z"


def listed(shop: Shop, **query: str) -> list[str]:
    answer = shop.get(V0, MarketplaceIds=US, LastUpdatedAfter=SINCE, **query).json()
    return [order["AmazonOrderId"] for order in answer["payload"]["Orders"]]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"LastUpdatedAfter": SINCE}, "MarketplaceIds"),
        ({"MarketplaceIds": US}, "exactly one"),
        ({"MarketplaceIds": US, "LastUpdatedAfter": SINCE, "CreatedAfter": SINCE}, "exactly one"),
        ({"MarketplaceIds": US, "LastUpdatedAfter": SINCE, "CreatedBefore": SINCE}, "mixed"),
        ({"MarketplaceIds": US, "LastUpdatedAfter": "yesterday"}, "ISO 8601"),
        ({"MarketplaceIds": US, "LastUpdatedAfter": "2026-11-02T16:00:00+09:00"}, "UTC"),
        (
            {"MarketplaceIds": US, "LastUpdatedAfter": SINCE, "LastUpdatedBefore": "2026-11-02T08:00:00Z"},
            "two minutes",
        ),
        ({"MarketplaceIds": US, "LastUpdatedAfter": "2026-11-02T08:00:00Z"}, "two minutes"),
        ({"MarketplaceIds": US, "LastUpdatedAfter": SINCE, "OrderStatuses": "UNSHIPPED"}, "not known"),
        ({"MarketplaceIds": US, "LastUpdatedAfter": SINCE, "MaxResultsPerPage": "101"}, "between 1 and 100"),
        ({"MarketplaceIds": US, "LastUpdatedAfter": SINCE, "NextToken": "made up"}, "NextToken"),
    ],
)
def test_get_orders_refuses(shop: Shop, query: dict[str, str], words: str) -> None:
    status, code, sentence = error(shop.get(V0, **query))
    assert (status, code) == (400, "InvalidInput")
    assert words in sentence


def test_a_marketplace_of_another_region_is_forbidden(shop: Shop) -> None:
    status, _, sentence = error(shop.get(V0, MarketplaceIds="A1PA6795UKMFR9", LastUpdatedAfter=SINCE))
    assert status == 403
    assert sentence.endswith("The marketplaces you provided are not valid for region.")


def test_an_order_appears_in_lists_two_minutes_late(shop: Shop) -> None:
    order_id = shop.place()
    shop.clock.advance(seconds=119)
    assert listed(shop) == []
    shop.clock.advance(seconds=2)
    assert listed(shop) == [order_id]


def test_the_echoed_cut_off_as_next_watermark_loses_nothing(shop: Shop) -> None:
    seen: list[str] = []
    watermark = SINCE
    placed = []
    for _ in range(12):
        placed.append(shop.place())
        shop.clock.advance(seconds=61.7)
        answer = shop.get(V2026, lastUpdatedAfter=watermark).json()
        seen += [order["orderId"] for order in answer["orders"]]
        watermark = answer["lastUpdatedBefore"]
    shop.clock.advance(seconds=200)
    seen += [order["orderId"] for order in shop.get(V2026, lastUpdatedAfter=watermark).json()["orders"]]
    assert set(seen) == set(placed)


def test_v0_pages_give_every_order_once(shop: Shop, later: timedelta) -> None:
    placed = [shop.place() for _ in range(7)]
    shop.clock.advance(later)
    query = {"MarketplaceIds": US, "LastUpdatedAfter": SINCE, "MaxResultsPerPage": "3"}
    seen: list[str] = []
    for _ in range(3):
        payload = shop.get(V0, **query).json()["payload"]
        seen += [order["AmazonOrderId"] for order in payload["Orders"]]
        query["NextToken"] = payload.get("NextToken", "")
    assert sorted(seen) == sorted(placed)
    assert query["NextToken"] == ""


def test_a_v0_token_encoded_twice_is_refused(shop: Shop, later: timedelta) -> None:
    shop.place()
    shop.place()
    shop.clock.advance(later)
    query = {"MarketplaceIds": US, "LastUpdatedAfter": SINCE, "MaxResultsPerPage": "1"}
    token = shop.get(V0, **query).json()["payload"]["NextToken"]
    twice = token.replace("=", "%3D").replace("+", "%2B").replace("/", "%2F")
    assert error(shop.get(V0, **query, NextToken=twice))[0] == 400


def test_a_v2026_token_demands_the_same_question_and_lives_a_day(shop: Shop, later: timedelta) -> None:
    shop.place()
    shop.place()
    shop.clock.advance(later)
    query = {"lastUpdatedAfter": SINCE, "maxResultsPerPage": "1"}
    token = shop.get(V2026, **query).json()["pagination"]["nextToken"]
    assert error(shop.get(V2026, paginationToken=token, lastUpdatedAfter="2026-11-02T06:00:00Z"))[0] == 400
    more = shop.get(V2026, paginationToken=token, lastUpdatedAfter=SINCE, includedData="FULFILLMENT")
    assert len(more.json()["orders"]) == 1
    assert "pagination" not in more.json()
    shop.clock.advance(timedelta(hours=24, seconds=1))
    assert "24 hours" in error(shop.get(V2026, paginationToken=token, lastUpdatedAfter=SINCE))[2]


def test_v0_and_v2026_differ_in_what_an_update_is(shop: Shop, later: timedelta) -> None:
    order_id = shop.place()
    shop.clock.advance(timedelta(hours=1))
    shop.sim.request_cancel(order_id)
    shop.clock.advance(later)
    since = "2026-11-02T08:30:00Z"
    assert shop.get(V0, MarketplaceIds=US, LastUpdatedAfter=since).json()["payload"]["Orders"] == []
    (order,) = shop.get(V2026, lastUpdatedAfter=since, includedData="CANCELLATION").json()["orders"]
    assert order["orderItems"][0]["cancellation"]["cancellationRequest"]["requester"] == "BUYER"


def test_filters_by_status_and_channel(shop: Shop, later: timedelta) -> None:
    ours, theirs = shop.place(), shop.place(fulfilled_by="AMAZON")
    waiting = shop.place(pending=True)
    shop.clock.advance(later)
    assert sorted(listed(shop, FulfillmentChannels="MFN")) == sorted([ours, waiting])
    assert sorted(listed(shop, OrderStatuses="Unshipped,PartiallyShipped")) == sorted([ours, theirs])
    assert listed(shop, OrderStatuses="Pending") == [waiting]
    assert listed(shop, AmazonOrderIds=theirs) == [theirs]


def test_a_pending_order_has_no_total_no_price_and_no_address(shop: Shop) -> None:
    order_id = shop.place(pending=True)
    order = shop.get(f"{V0}/{order_id}").json()["payload"]
    assert not {"OrderTotal", "ShippingAddress"} & order.keys()
    (item,) = shop.get(f"{V0}/{order_id}/orderItems").json()["payload"]["OrderItems"]
    assert "ItemPrice" not in item


def test_without_fulfillment_a_v2026_order_has_no_status(shop: Shop) -> None:
    order_id = shop.place()
    assert "fulfillment" not in shop.get(f"{V2026}/{order_id}").json()["order"]
    assert "recipient" not in shop.get(f"{V2026}/{order_id}").json()["order"]


def test_v2026_without_the_role_leaves_the_address_out_and_does_not_refuse() -> None:
    shop = open_shop(roles=[Role.INVENTORY_AND_ORDER_TRACKING])
    order_id = shop.place(gift_message="A plainly invented message")
    answer = shop.get(f"{V2026}/{order_id}", includedData="RECIPIENT,BUYER,FULFILLMENT")
    order = answer.json()["order"]
    assert set(order["recipient"]["deliveryAddress"]) == {"city", "stateOrRegion", "countryCode"}
    assert "buyer" not in order
    assert "plainly invented" not in answer.text


def test_another_sellers_order_is_unknown_and_a_bad_id_is_bad_input(shop: Shop) -> None:
    other = shop.sim.add_seller()
    token = shop.sim.authorize(shop.app, other)
    order_id = shop.place()
    access = shop.login(refresh_token=token).json()["access_token"]
    for path in (V0, V2026):
        assert shop.get(f"{path}/{order_id}", token=access).status_code == 404
        assert "3-7-7" in error(shop.get(f"{path}/12345"))[2]


def test_reads_lag_behind_a_confirmation_when_told_to() -> None:
    shop = open_shop(behaviours=Behaviours(read_after_write_seconds=30))
    order_id = shop.place()
    assert shop.confirm(order_id).status_code == 204
    assert shop.get(f"{V0}/{order_id}").json()["payload"]["OrderStatus"] == "Unshipped"
    shop.clock.advance(seconds=30)
    assert shop.get(f"{V0}/{order_id}").json()["payload"]["OrderStatus"] == "Shipped"


def test_a_given_recipient_shows_every_part_of_its_address(shop: Shop) -> None:
    person = Recipient(
        name="Testperson Alpha",
        company="Sample Company",
        address_line_1="1 Sample Street",
        address_line_2="Floor 2",
        address_line_3="Door 3",
        city="Sampleton",
        county="Sampleshire",
        district="Sample District",
        state="WA",
        postal_code="00001",
        country_code="US",
        phone="+1 206-555-0100",
    )
    path = f"/orders/v0/orders/{(order_id := shop.place(recipient=person))}/address"
    token = shop.rdt({"method": "GET", "path": path}).json()["restrictedDataToken"]
    assert shop.get(path, token=token).json()["payload"]["ShippingAddress"] == {
        "Name": "Testperson Alpha",
        "CompanyName": "Sample Company",
        "AddressLine1": "1 Sample Street",
        "AddressLine2": "Floor 2",
        "AddressLine3": "Door 3",
        "City": "Sampleton",
        "County": "Sampleshire",
        "District": "Sample District",
        "StateOrRegion": "WA",
        "PostalCode": "00001",
        "CountryCode": "US",
        "Phone": "+1 206-555-0100",
        "AddressType": "Residential",
    }
    order = shop.get(f"/orders/2026-01-01/orders/{order_id}", includedData="RECIPIENT").json()["order"]
    shown = order["recipient"]["deliveryAddress"]
    assert (shown["districtOrCounty"], shown["companyName"]) == ("Sample District", "Sample Company")
