"""The same backlogs, worked off by plain loops over python-amazon-sp-api.

One reads list, items and address of each order, the other confirms each order's one package.

They are written as the library's users write them, with the library's own way of waiting (`throttle_retry`:
five seconds after a 429, longer each time in a row). The library talks HTTP to the simulator; what it would
sleep moves the simulator's clock on.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from cachetools import TTLCache
from sp_api.api import OrdersV0, Tokens
from sp_api.auth import AccessTokenClient
from sp_api.auth import access_token_client as token_caches
from sp_api.util import throttle_retry

import day as days
from day import Day
from dockseal.domain.order import OrdersApi
from spapi_simulator import Line
from spapi_simulator.watching.server import SimulatorServer

_ADDRESS = {"method": "GET", "path": "/orders/v0/orders/{orderId}/address"}
_TOKEN_LIVES = timedelta(minutes=50)
_CACHED = 3200
"""Seconds for which the library keeps an access token."""


class _Endpoint(str):
    """An address over plain HTTP, for a client that cuts the eight letters of `https://` off for its Host."""

    def __getitem__(self, part: Any) -> str:
        return self.removeprefix("http://") if part == slice(8, None) else super().__getitem__(part)


def seconds(waiting: int, waited: timedelta) -> float:
    """Returns the seconds of Amazon's clock until the loop has the address of every waiting order.

    Args:
        waiting: How many orders wait.
        waited: How long ago they were placed.
    """
    with tempfile.TemporaryDirectory() as folder:
        day = Day(folder=Path(folder), api=OrdersApi.V0)
        for _ in range(waiting):
            day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
        day.clock.advance(waited)
        began = day.clock.now()
        with _clients(day) as client:
            read = _read_all(day, client)
        assert read == waiting, f"the loop read {read} orders of {waiting}"
        passed = (day.clock.now() - began).total_seconds()
        day.close()
    return passed


def confirming(waiting: int) -> float:
    """Returns the seconds of Amazon's clock until the loop has confirmed so many packages.

    It knows the items of its orders already, and reads nothing back.
    """
    with tempfile.TemporaryDirectory() as folder:
        day = Day(folder=Path(folder), api=OrdersApi.V0)
        placed = [day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")]) for _ in range(waiting)]
        day.clock.advance(timedelta(hours=1))
        began = day.clock.now()
        with _clients(day) as client:
            orders = client(OrdersV0)
            for order_id in placed:
                _confirm(day, orders, order_id)
        passed = (day.clock.now() - began).total_seconds()
        confirmed = sum(len(day.amazon.order(order_id).packages) for order_id in placed)
        assert confirmed == waiting, f"the loop confirmed {confirmed} packages of {waiting}"
        day.close()
    return passed


def _confirm(day: Day, orders: Any, order_id: str) -> None:
    package = {
        "packageReferenceId": "1",
        "carrierCode": "UPS",
        "trackingNumber": f"T-{order_id}",
        "shipDate": day.clock.now().isoformat(timespec="seconds").replace("+00:00", "Z"),
        "orderItems": [
            {"orderItemId": item.order_item_id, "quantity": item.quantity_ordered}
            for item in day.amazon.order(order_id).items
        ],
    }

    @throttle_retry(tries=1000)
    def tell() -> None:
        orders.confirm_shipment(order_id, marketplaceId=days.US, packageDetail=package)

    tell()


def _read_all(day: Day, client: Callable[..., Any]) -> int:
    ask = throttle_retry(tries=1000)

    @ask
    def page(**query: str) -> Any:
        return orders.get_orders(**query)

    @ask
    def items(order_id: str) -> Any:
        return orders.get_order_items(order_id)

    @ask
    def address(order_id: str) -> Any:
        return restricted.get_order_address(order_id)

    @ask
    def token() -> str:
        issued = client(Tokens).create_restricted_data_token(restrictedResources=[_ADDRESS])
        return str(issued.payload["restrictedDataToken"])

    orders, restricted, issued_at = client(OrdersV0), None, day.clock.now()
    read, answer = 0, page(LastUpdatedAfter="2026-11-01T00:00:00Z")
    while True:
        for order in answer.payload["Orders"]:
            if restricted is None or day.clock.now() - issued_at > _TOKEN_LIVES:
                restricted, issued_at = (
                    client(OrdersV0, restricted_data_token=token()),
                    day.clock.now(),
                )
            assert items(order["AmazonOrderId"]).payload["OrderItems"]
            read += "Name" in address(order["AmazonOrderId"]).payload["ShippingAddress"]
        if not answer.next_token:
            return read
        answer = page(NextToken=answer.next_token)


@contextmanager
def _clients(day: Day) -> Iterator[Callable[..., Any]]:
    """Gives a way to make the library's clients; its sleep and its token cache go by the day's clock."""

    def sleep(delay: float) -> None:
        day.clock.advance(timedelta(seconds=delay))

    def timer() -> float:
        return day.clock.now().timestamp()

    with SimulatorServer(day.amazon) as server:

        class Here(AccessTokenClient):
            scheme = "http://"
            host = server.url.removeprefix("http://")

        class Marketplace:
            endpoint = _Endpoint(server.url)
            marketplace_id = days.US
            region = "us-east-1"

        credentials = {
            "refresh_token": day.refresh_token,
            "lwa_app_id": day.application.client_id,
            "lwa_client_secret": day.application.client_secret,
        }

        def make(kind: Any, **more: Any) -> Any:
            return kind(Marketplace(), credentials=credentials, auth_token_client_class=Here, **more)

        cache: TTLCache[str, Any] = TTLCache(maxsize=10, ttl=_CACHED, timer=timer)
        with (
            patch.object(import_module("sp_api.util.retry"), "time", SimpleNamespace(sleep=sleep)),
            patch.object(token_caches, "cache", cache),
        ):
            yield make
