import argparse
import contextlib
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
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
from spapi_simulator.command import build, run, write_ready
from spapi_simulator.scenarios.quiet_morning import QuietMorning
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


def test_the_control_api_shows_the_world_without_personal_data(shop: Shop, url: str) -> None:
    order_id = shop.place()
    shop.confirm(order_id)
    state = httpx.get(f"{url}/_simulator/state").json()
    assert (state["orders"], state["packages"]) == ({"SHIPPED": 1}, 1)
    assert state["calls"]["confirmShipment"] == {"204": 1}
    answer = httpx.get(f"{url}/_simulator/orders")
    (order,) = answer.json()["orders"]
    assert (order["id"], order["should_ship"], len(order["packages"])) == (order_id, True, 1)
    recipient = shop.sim.order(order_id).recipient
    assert recipient.name not in answer.text
    assert recipient.postal_code not in answer.text


def test_the_control_api_disturbs_the_world(shop: Shop, url: str) -> None:
    placed = httpx.post(f"{url}/_simulator/orders", json={"lines": [{"sku": "MUG-1", "quantity": 2}]}).json()
    order_id = placed["order_id"]
    assert httpx.post(f"{url}/_simulator/orders/{order_id}/cancel").status_code == 200
    assert shop.sim.order(order_id).status == "CANCELLED"
    again = httpx.post(f"{url}/_simulator/orders/{order_id}/cancel")
    assert (again.status_code, "cancelled" in again.json()["error"]) == (400, True)
    httpx.post(f"{url}/_simulator/faults", json={"operation": "lwaToken", "status": 503, "times": 1})
    assert httpx.post(f"{url}/auth/o2/token").status_code == 503
    assert httpx.get(f"{url}/_simulator/nothing").status_code == 404


def test_a_quiet_morning_has_a_bit_of_everything(shop: Shop) -> None:
    morning = QuietMorning(shop.sim, [shop.seller], orders=400, hours=4)
    for _ in range(5 * 60):
        morning.step(shop.clock.advance(seconds=60))
    orders = shop.sim.orders(shop.seller)
    assert morning.finished
    assert len(orders) == 400
    assert {order.status for order in orders} == {"UNSHIPPED", "CANCELLED"}
    assert 2 <= sum(order.fulfilled_by == "AMAZON" for order in orders) <= 30
    assert any(item.quantity_ordered > 1 for order in orders for item in order.items)
    assert {"PRIME", "AMAZON_BUSINESS"} <= {program for order in orders for program in order.programs}


def arguments(**changes: object) -> argparse.Namespace:
    start = datetime(2026, 11, 2, 8, tzinfo=UTC)
    known = {"anchor": time.time(), "start": start, "speed": 60.0, "seed": 7, "sellers": 1, "region": "NA"}
    return argparse.Namespace(**known | {"marketplaces": US} | changes)


def test_the_ready_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    write_ready(tmp_path / "ready.json", build(arguments(sellers=2)), "http://127.0.0.1:1")
    ready = json.loads((tmp_path / "ready.json").read_text(encoding="utf-8"))
    assert (tmp_path / "ready.json").stat().st_mode & 0o777 == 0o600
    assert len(ready["sellers"]) == 2
    assert ready["queue_url"] == "http://127.0.0.1:1/000000000000/orders"
    assert [path.name for path in tmp_path.iterdir()] == ["ready.json"]


def test_a_host_open_to_others_needs_to_be_meant() -> None:
    with contextlib.redirect_stderr(None), pytest.raises(SystemExit) as ended:
        run(["serve", "--host", "192.0.2.1"])
    assert ended.value.code == 2
