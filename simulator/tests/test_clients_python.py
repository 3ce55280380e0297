"""Two Python clients nobody here wrote live whole lives against the simulator over HTTP."""

import io
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from shop import US, Shop
from sp_api.api import FeedsV20210630, Notifications, OrdersV0, Reports, Sellers, Tokens
from sp_api.api.orders.orders_2026_01_01 import OrdersV20260101
from sp_api.auth import AccessTokenClient
from sp_api.auth import access_token_client as token_caches
from sp_api.base import Client
from sp_api.base.exceptions import (
    SellingApiBadRequestException,
    SellingApiForbiddenException,
    SellingApiRequestThrottledException,
    SellingApiStateConflictException,
)
from spapi import ApiException, SPAPIClient, SPAPIConfig
from spapi.api.feeds_v2021_06_30.feeds_api import FeedsApi
from spapi.api.notifications_v1.notifications_api import NotificationsApi
from spapi.api.orders_v0.orders_v0_api import OrdersV0Api
from spapi.api.orders_v2026_01_01.get_order_api import GetOrderApi
from spapi.api.orders_v2026_01_01.search_orders_api import SearchOrdersApi
from spapi.api.reports_v2021_06_30.reports_api import ReportsApi
from spapi.api.sellers_v1.sellers_api import SellersApi
from spapi.api.tokens_v2021_03_01.tokens_api import TokensApi

from spapi_simulator.watching.server import SimulatorServer

SINCE = "2026-11-02T07:00:00Z"
TABS = "text/tab-separated-values; charset=UTF-8"
FULFILLMENT = "POST_FLAT_FILE_FULFILLMENT_DATA"
ALL_ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
UNSHIPPED = "GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING"
ARN = "arn:aws:sqs:us-east-1:000000000000:{}"
ORDER_CHANGE: dict[str, Any] = {
    "eventFilter": {"eventFilterType": "ORDER_CHANGE", "orderChangeTypes": ["OrderStatusChange"]}
}


@pytest.fixture
def url(shop: Shop) -> Iterator[str]:
    with SimulatorServer(shop.sim) as server:
        yield server.url


@pytest.fixture
def orders(shop: Shop) -> list[str]:
    placed = [shop.place(2) for _ in range(5)]
    shop.clock.advance(seconds=121)
    return placed


def detail(shop: Shop, order_id: str, reference: object = "1") -> dict[str, Any]:
    (item,) = shop.sim.order(order_id).items
    return {
        "packageReferenceId": reference,
        "carrierCode": "UPS",
        "trackingNumber": "1Z999AA10123456784",
        "shipDate": "2026-11-02T08:00:00Z",
        "orderItems": [{"orderItemId": item.order_item_id, "quantity": 2}],
    }


def feed_of(shop: Shop, order_id: str) -> str:
    (item,) = shop.sim.order(order_id).items
    row = {
        "order-id": order_id,
        "order-item-id": item.order_item_id,
        "quantity": "2",
        "ship-date": "2026-11-02T08:00:00Z",
        "carrier-code": "UPS",
        "tracking-number": "1Z999AA10123456795",
        "ship-method": "Ground",
    }
    return "\n".join(["\t".join(row), "\t".join(row.values()), ""])


# python-amazon-sp-api: its own parameters take another endpoint and another client for LWA.


class Endpoint(str):
    """An address over plain HTTP, for a client that cuts the eight letters of `https://` off for its Host."""

    def __getitem__(self, part: Any) -> str:
        return self.removeprefix("http://") if part == slice(8, None) else super().__getitem__(part)


@pytest.fixture
def of_sp_api(shop: Shop, url: str) -> Any:
    """Makes a client of one of sp_api's classes."""

    class Here(AccessTokenClient):
        scheme = "http://"
        host = url.removeprefix("http://")

    class Marketplace:
        endpoint = Endpoint(url)
        marketplace_id = US
        region = "us-east-1"

    token_caches.cache.clear()
    token_caches.grantless_cache.clear()
    credentials = {
        "refresh_token": shop.refresh_token,
        "lwa_app_id": shop.app.client_id,
        "lwa_client_secret": shop.app.client_secret,
    }

    def make(kind: type[Client], **more: Any) -> Any:
        return kind(Marketplace(), credentials=credentials, auth_token_client_class=Here, **more)

    return make


def test_sp_api_pages_through_both_order_lists(shop: Shop, orders: list[str], of_sp_api: Any) -> None:
    answer = of_sp_api(OrdersV0).get_orders(LastUpdatedAfter=SINCE, MaxResultsPerPage=2)
    pages = [[one["AmazonOrderId"] for one in answer.payload["Orders"]]]
    while answer.next_token:
        answer = of_sp_api(OrdersV0).get_orders(NextToken=answer.next_token, MaxResultsPerPage=2)
        pages.append([one["AmazonOrderId"] for one in answer.payload["Orders"]])
    assert [len(page) for page in pages] == [2, 2, 1]
    assert sorted(one for page in pages for one in page) == sorted(orders)
    found = of_sp_api(OrdersV20260101).search_orders(
        lastUpdatedAfter=SINCE, maxResultsPerPage=3, includedData=["FULFILLMENT", "RECIPIENT"]
    )
    more = of_sp_api(OrdersV20260101).search_orders(
        lastUpdatedAfter=SINCE,
        maxResultsPerPage=3,
        includedData=["FULFILLMENT"],
        paginationToken=found.pagination["nextToken"],
    )
    both = [*found.payload["orders"], *more.payload["orders"]]
    assert sorted(one["orderId"] for one in both) == sorted(orders)
    assert all("deliveryAddress" in one["recipient"] for one in found.payload["orders"])


def test_sp_api_reads_an_address_with_an_rdt(shop: Shop, orders: list[str], of_sp_api: Any) -> None:
    path = f"/orders/v0/orders/{orders[0]}/address"
    issued = of_sp_api(Tokens).create_restricted_data_token(
        restrictedResources=[{"method": "GET", "path": path}]
    )
    token = issued.payload["restrictedDataToken"]
    plain = of_sp_api(OrdersV0).get_order_address(orders[0])
    assert "Name" not in plain.payload["ShippingAddress"]
    restricted = of_sp_api(OrdersV0, restricted_data_token=token)
    address = restricted.get_order_address(orders[0]).payload["ShippingAddress"]
    assert address["Name"] == shop.sim.order(orders[0]).recipient.name
    with pytest.raises(SellingApiForbiddenException):
        restricted.get_order(orders[0])
    asking = of_sp_api(OrdersV0).get_order(orders[0], RestrictedResources=["buyerInfo", "shippingAddress"])
    assert asking.payload["ShippingAddress"]["Name"] == address["Name"]


def test_sp_api_confirms_and_reads_back(shop: Shop, orders: list[str], of_sp_api: Any) -> None:
    client = of_sp_api(OrdersV0)
    client.confirm_shipment(orders[0], marketplaceId=US, packageDetail=detail(shop, orders[0]))
    with pytest.raises(SellingApiBadRequestException) as refused:
        client.confirm_shipment(orders[1], marketplaceId=US, packageDetail=detail(shop, orders[1], 1))
    assert refused.value.amzn_code == "InvalidInput"
    order = of_sp_api(OrdersV20260101).get_order(orders[0], includedData=["PACKAGES", "FULFILLMENT"])
    assert order.payload["order"]["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    assert [one["trackingNumber"] for one in order.payload["order"]["packages"]] == ["1Z999AA10123456784"]


def test_sp_api_confirms_by_feed(shop: Shop, orders: list[str], of_sp_api: Any) -> None:
    client = of_sp_api(FeedsV20210630)
    _, made = client.submit_feed(FULFILLMENT, io.BytesIO(feed_of(shop, orders[0]).encode()), TABS)
    shop.clock.advance(seconds=300)
    feed = client.get_feed(made.payload["feedId"]).payload
    assert feed["processingStatus"] == "DONE"
    assert "1" in client.get_feed_result_document(feed["resultFeedDocumentId"])
    assert shop.sim.order(orders[0]).status == "SHIPPED"
    listed = client.get_feeds(feedTypes=FULFILLMENT, pageSize=10).payload["feeds"]
    assert [one["feedId"] for one in listed] == [feed["feedId"]]
    _, unwanted = client.submit_feed(FULFILLMENT, io.BytesIO(feed_of(shop, orders[1]).encode()), TABS)
    client.cancel_feed(unwanted.payload["feedId"])
    assert client.get_feed(unwanted.payload["feedId"]).payload["processingStatus"] == "CANCELLED"


def test_sp_api_fetches_reports(shop: Shop, orders: list[str], of_sp_api: Any) -> None:
    client = of_sp_api(Reports)
    made = [
        client.create_report(reportType=kind, dataStartTime=SINCE).payload["reportId"]
        for kind in (ALL_ORDERS, UNSHIPPED)
    ]
    shop.clock.advance(seconds=300)
    documents = [client.get_report(one).payload["reportDocumentId"] for one in made]
    open_one = client.get_report_document(documents[0], download=True)
    _, *rows = open_one.payload["document"].splitlines()
    assert sorted(row.split("\t")[0] for row in rows) == sorted(orders)
    with pytest.raises(SellingApiForbiddenException):
        client.get_report_document(documents[1])
    path = f"/reports/2021-06-30/documents/{documents[1]}"
    issued = of_sp_api(Tokens).create_restricted_data_token(
        restrictedResources=[{"method": "GET", "path": path}]
    )
    restricted = of_sp_api(Reports, restricted_data_token=issued.payload["restrictedDataToken"])
    text = restricted.get_report_document(documents[1], download=True).payload["document"]
    assert shop.sim.order(orders[0]).recipient.name in text


def test_sp_api_subscribes_and_reads_its_account(shop: Shop, of_sp_api: Any) -> None:
    client = of_sp_api(Notifications)
    with pytest.raises(SellingApiStateConflictException):
        client.create_destination(name="again", arn=ARN.format("orders"))
    shop.sim.add_queue("more")
    made = client.create_destination(name="mine", arn=ARN.format("more"))
    destination_id = made.payload["destinationId"]
    assert destination_id in [one["destinationId"] for one in client.get_destinations().payload]
    kind = "FEED_PROCESSING_FINISHED"
    told = client.create_subscription(kind, payload_version="2020-09-04", destination_id=destination_id)
    found = client.get_subscription(kind).payload
    assert found["subscriptionId"] == told.payload["subscriptionId"]
    # The client sends the seller's token here, where Amazon wants a grantless one.
    with pytest.raises(SellingApiForbiddenException):
        client.delete_notification_subscription(kind, found["subscriptionId"])
    with pytest.raises(SellingApiForbiddenException):
        client.delete_destination(destination_id)
    marketplaces = of_sp_api(Sellers).get_marketplace_participation().payload
    assert [one["marketplace"]["id"] for one in marketplaces] == [US]


def test_sp_api_sees_an_empty_quota(shop: Shop, orders: list[str], of_sp_api: Any) -> None:
    client = of_sp_api(OrdersV0)
    seen = [client.get_order(orders[0]).rate_limit for _ in range(30)]
    assert set(seen) == {"0.5"}
    with pytest.raises(SellingApiRequestThrottledException) as refused:
        client.get_order(orders[0])
    assert (refused.value.amzn_code, refused.value.headers.get("x-amzn-ratelimit-limit")) == (
        "QuotaExceeded",
        None,
    )
    shop.clock.advance(seconds=2)
    assert client.get_order(orders[0]).payload["AmazonOrderId"] == orders[0]


# amzn-sp-api: Amazon's own SDK takes both addresses.


@pytest.fixture
def sdk(shop: Shop, url: str) -> Any:
    config = SPAPIConfig(shop.app.client_id, shop.app.client_secret, refresh_token=shop.refresh_token)
    return SPAPIClient(config, oauth_endpoint=f"{url}/auth/o2/token", endpoint=url).api_client


@pytest.fixture
def grantless(shop: Shop, url: str) -> Any:
    scope = "sellingpartnerapi::notifications"
    config = SPAPIConfig(shop.app.client_id, shop.app.client_secret, refresh_token=None, scope=scope)
    return SPAPIClient(config, oauth_endpoint=f"{url}/auth/o2/token", endpoint=url).api_client


def test_amazons_sdk_pages_and_confirms(shop: Shop, orders: list[str], sdk: Any) -> None:
    asked = {"marketplace_ids": [US], "last_updated_after": SINCE, "max_results_per_page": 2}
    first = OrdersV0Api(sdk).get_orders(**asked).payload
    second = OrdersV0Api(sdk).get_orders(**asked, next_token=first.next_token).payload
    third = OrdersV0Api(sdk).get_orders(**asked, next_token=second.next_token).payload
    assert third.next_token is None
    seen = [one.amazon_order_id for page in (first, second, third) for one in page.orders]
    assert sorted(seen) == sorted(orders)
    found = SearchOrdersApi(sdk).search_orders(last_updated_after=SINCE, max_results_per_page=3)
    more = SearchOrdersApi(sdk).search_orders(
        last_updated_after=SINCE, max_results_per_page=3, pagination_token=found.pagination.next_token
    )
    assert sorted(one.order_id for one in [*found.orders, *more.orders]) == sorted(orders)
    body = {"marketplaceId": US, "packageDetail": detail(shop, orders[0])}
    OrdersV0Api(sdk).confirm_shipment(orders[0], body)
    order = GetOrderApi(sdk).get_order(orders[0], included_data=["PACKAGES"]).order
    assert [one.tracking_number for one in order.packages] == ["1Z999AA10123456784"]


def test_amazons_sdk_sends_a_feed(shop: Shop, orders: list[str], sdk: Any) -> None:
    api = FeedsApi(sdk)
    document = api.create_feed_document({"contentType": TABS})
    put = httpx.put(document.url, content=feed_of(shop, orders[0]), headers={"content-type": TABS})
    assert put.status_code == 200
    given = {"feedType": FULFILLMENT, "marketplaceIds": [US]}
    given |= {"inputFeedDocumentId": document.feed_document_id}
    feed_id = api.create_feed(given).feed_id
    assert api.get_feed(feed_id).processing_status == "IN_QUEUE"
    shop.clock.advance(seconds=300)
    feed = api.get_feed(feed_id)
    assert feed.processing_status == "DONE"
    assert httpx.get(api.get_feed_document(feed.result_feed_document_id).url).status_code == 200
    assert shop.sim.order(orders[0]).status == "SHIPPED"
    assert [one.feed_id for one in api.get_feeds(feed_types=[FULFILLMENT]).feeds] == [feed_id]


def test_amazons_sdk_fetches_a_report(shop: Shop, orders: list[str], sdk: Any) -> None:
    api = ReportsApi(sdk)
    given = {"reportType": UNSHIPPED, "marketplaceIds": [US], "dataStartTime": SINCE}
    report_id = api.create_report(given).report_id
    shop.clock.advance(seconds=300)
    report = api.get_report(report_id)
    assert report.processing_status == "DONE"
    path = f"/reports/2021-06-30/documents/{report.report_document_id}"
    issued = TokensApi(sdk).create_restricted_data_token(
        {"restrictedResources": [{"method": "GET", "path": path}]}
    )
    sdk.configuration.access_token_cache.token_info["access_token"] = issued.restricted_data_token
    document = api.get_report_document(report.report_document_id)
    assert orders[0] in httpx.get(document.url).text


def test_amazons_sdk_subscribes(shop: Shop, sdk: Any, grantless: Any) -> None:
    shop.sim.add_queue("more")
    body = {"name": "mine", "resourceSpecification": {"sqs": {"arn": ARN.format("more")}}}
    made = NotificationsApi(grantless).create_destination(body).payload
    given = {
        "payloadVersion": "1.0",
        "destinationId": made.destination_id,
        "processingDirective": ORDER_CHANGE,
    }
    kind = "FEED_PROCESSING_FINISHED"
    subscription = NotificationsApi(sdk).create_subscription(
        kind, {"payloadVersion": "2020-09-04", "destinationId": made.destination_id}
    )
    assert subscription.payload.destination_id == made.destination_id
    assert NotificationsApi(sdk).get_subscription(kind).payload.subscription_id
    with pytest.raises(ApiException) as refused:
        NotificationsApi(grantless).create_subscription("ORDER_CHANGE", given)
    assert refused.value.status in {401, 403}
    assert SellersApi(sdk).get_account().payload.marketplace_participation_list


def test_amazons_sdk_sees_an_empty_quota(shop: Shop, orders: list[str], sdk: Any) -> None:
    for _ in range(20):
        SearchOrdersApi(sdk).search_orders(last_updated_after=SINCE)
    with pytest.raises(ApiException) as refused:
        SearchOrdersApi(sdk).search_orders(last_updated_after=SINCE)
    assert refused.value.status == 429
