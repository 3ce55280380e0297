import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError
from shop import US, Shop
from spapi import ApiException, SPAPIClient, SPAPIConfig
from spapi.api.orders_v0.orders_v0_api import OrdersV0Api
from spapi.api.orders_v0.shipment_api import ShipmentApi
from spapi.api.orders_v2026_01_01.get_order_api import GetOrderApi
from spapi.api.orders_v2026_01_01.search_orders_api import SearchOrdersApi
from spapi.api.tokens_v2021_03_01.tokens_api import TokensApi

from spapi_simulator import Fault
from spapi_simulator.watching.server import SimulatorServer


@pytest.fixture
def url(shop: Shop) -> Iterator[str]:
    with SimulatorServer(shop.sim) as server:
        yield server.url


@pytest.fixture
def sdk(shop: Shop, url: str) -> Any:
    """Amazon's own client, pointed at the simulator."""
    config = SPAPIConfig(shop.app.client_id, shop.app.client_secret, refresh_token=shop.refresh_token)
    return SPAPIClient(config, oauth_endpoint=f"{url}/auth/o2/token", endpoint=url).api_client


@pytest.fixture
def queue(url: str) -> Any:
    return boto3.client(
        "sqs",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def test_amazons_sdk_reads_orders_in_both_versions(shop: Shop, sdk: Any) -> None:
    order_id = shop.place(2, 1)
    shop.clock.advance(seconds=121)
    orders = OrdersV0Api(sdk).get_orders(marketplace_ids=[US], last_updated_after="2026-11-02T07:00:00Z")
    assert [order.amazon_order_id for order in orders.payload.orders] == [order_id]
    items = OrdersV0Api(sdk).get_order_items(order_id)
    assert [item.quantity_ordered for item in items.payload.order_items] == [2, 1]
    found = SearchOrdersApi(sdk).search_orders(
        last_updated_after="2026-11-02T07:00:00Z",
        fulfilled_by=["MERCHANT"],
        included_data=["FULFILLMENT", "PACKAGES"],
    )
    assert [order.order_id for order in found.orders] == [order_id]
    one = GetOrderApi(sdk).get_order(order_id, included_data=["RECIPIENT"])
    assert one.order.recipient.delivery_address.name == shop.sim.order(order_id).recipient.name


def test_amazons_sdk_reads_an_address_with_an_rdt(shop: Shop, sdk: Any) -> None:
    order_id = shop.place()
    path = f"/orders/v0/orders/{order_id}/address"
    issued = TokensApi(sdk).create_restricted_data_token(
        {"restrictedResources": [{"method": "GET", "path": path}]}
    )
    assert OrdersV0Api(sdk).get_order_address(order_id).payload.shipping_address.name is None
    sdk.configuration.access_token_cache.token_info["access_token"] = issued.restricted_data_token
    address = OrdersV0Api(sdk).get_order_address(order_id).payload.shipping_address
    assert address.name == shop.sim.order(order_id).recipient.name
    with pytest.raises(ApiException) as refused:
        OrdersV0Api(sdk).get_order(order_id)
    assert refused.value.status == 403


def test_amazons_sdk_confirms_a_shipment(shop: Shop, sdk: Any) -> None:
    order_id = shop.place()
    (item,) = shop.sim.order(order_id).items
    detail = {
        "packageReferenceId": "1",
        "carrierCode": "UPS",
        "trackingNumber": "1Z999AA10123456784",
        "shipDate": "2026-11-02T08:00:00Z",
        "orderItems": [{"orderItemId": item.order_item_id, "quantity": 1}],
    }
    api = ShipmentApi(sdk) if hasattr(ShipmentApi, "confirm_shipment") else OrdersV0Api(sdk)
    api.confirm_shipment(order_id, {"marketplaceId": US, "packageDetail": detail})
    assert shop.sim.order(order_id).status == "SHIPPED"


def test_boto3_receives_and_deletes(shop: Shop, queue: Any) -> None:
    order_id = shop.place()
    arguments = {"QueueUrl": shop.queue_url, "MaxNumberOfMessages": 10, "AttributeNames": ["All"]}
    (message,) = queue.receive_message(**arguments)["Messages"]
    told = json.loads(message["Body"])["Payload"]["OrderChangeNotification"]
    assert told["AmazonOrderId"] == order_id
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
    entries = [{"Id": "0", "ReceiptHandle": message["ReceiptHandle"]}]
    answer = queue.delete_message_batch(QueueUrl=shop.queue_url, Entries=entries)
    assert [one["Id"] for one in answer["Successful"]] == ["0"]
    counts = queue.get_queue_attributes(QueueUrl=shop.queue_url, AttributeNames=["All"])["Attributes"]
    assert counts["ApproximateNumberOfMessages"] == "0"


def test_boto3_understands_an_unknown_queue(queue: Any) -> None:
    with pytest.raises(ClientError) as refused:
        queue.receive_message(QueueUrl="https://sqs.us-east-1.amazonaws.com/000000000000/none")
    assert refused.value.response["Error"]["Code"].endswith(("QueueDoesNotExist", "NonExistentQueue"))


def test_a_waiting_receiver_gets_what_arrives_meanwhile(shop: Shop, queue: Any) -> None:
    threading.Timer(0.1, shop.place).start()
    answer = queue.receive_message(QueueUrl=shop.queue_url, WaitTimeSeconds=20)
    assert len(answer["Messages"]) == 1


def test_a_lost_answer_cuts_the_connection(shop: Shop, url: str) -> None:
    shop.sim.faults.add(Fault(operation="lwaToken", status=None, effect="after", times=1))
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(f"{url}/auth/o2/token", data={"grant_type": "refresh_token"})


def raw(url: str, request: bytes) -> bytes:
    """What comes back for bytes as they are, until the server ends the connection."""
    address = httpx.URL(url)
    with socket.create_connection((address.host, address.port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"POST /auth/o2/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: ten\r\n\r\n", 400),
        (b"POST /auth/o2/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        (b"POST /auth/o2/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
        (b"BREW /pot HTTP/1.1\r\nHost: localhost\r\n\r\n", 501),
    ],
    ids=[
        "no number",
        "negative",
        "two",
        "too long",
        "gzip",
        "bad chunk",
        "host",
        "line",
        "header",
        "many",
        "verb",
    ],
)
def test_what_cannot_be_read_is_refused_and_ends_the_connection(
    url: str, request_: bytes, status: int
) -> None:
    answer = raw(url, request_)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"connection: close" in answer
    assert httpx.get(f"{url}/_simulator/clock").status_code == 200


def test_a_body_in_chunks_is_put_together(shop: Shop, url: str) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": shop.refresh_token}
    form |= {"client_id": shop.app.client_id, "client_secret": shop.app.client_secret}
    text = str(httpx.QueryParams(form)).encode()
    pieces = iter([text[:20], text[20:]])
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = httpx.post(f"{url}/auth/o2/token", content=pieces, headers=headers)
    assert answer.json()["token_type"] == "bearer"


def test_a_body_in_chunks_has_an_end_to_its_size(url: str) -> None:
    pieces = (b"a" * 1_000_000 for _ in range(11))
    with contextlib.suppress(httpx.WriteError, httpx.RemoteProtocolError):
        assert httpx.post(f"{url}/auth/o2/token", content=pieces).status_code == 413


def test_a_head_request_gets_no_body_and_the_connection_goes_on(url: str) -> None:
    with httpx.Client(base_url=url) as client:
        answer = client.head("/_simulator/clock")
        assert (answer.status_code, answer.content) == (200, b"")
        assert int(answer.headers["content-length"]) > 0
        assert client.get("/_simulator/clock").json()["speed"] == 0


def test_nobody_elsewhere_is_told_that_they_may_ask(url: str) -> None:
    answer = httpx.options(f"{url}/orders/v0/orders", headers={"origin": "https://example.com"})
    assert answer.status_code == 404
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_one_connection_carries_many_requests(url: str) -> None:
    one = b"GET /_simulator/clock HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = one.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    assert raw(url, one * 3 + last).count(b"HTTP/1.1 200 OK") == 4


def test_a_header_in_another_alphabet_does_no_harm(url: str) -> None:
    assert (
        httpx.get(f"{url}/orders/v0/orders", headers={"x-amz-access-token": "é".encode()}).status_code == 403
    )


def test_the_loopback_of_the_newer_protocol_works_too(shop: Shop) -> None:
    try:
        server = SimulatorServer(shop.sim, "::1")
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with server:
        assert httpx.get(f"{server.url}/_simulator/clock").status_code == 200
