"""What taking orders in costs: in calls, in time under Amazon's quotas, and in our own time.

The quiet hour and the peak run on a clock moved by hand, so that their seconds are Amazon's arithmetic. The
latency runs on the machine's clock, with lanes on threads.
"""

import itertools
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx

import day as days
from day import SELLER, Day
from dockseal.amazon.operations import (
    GET_ORDER,
    GET_ORDER_ITEMS_V0,
    GET_ORDER_V0,
    GET_ORDERS_V0,
    SEARCH_ORDERS,
    Operation,
)
from dockseal.domain.clock import ScaledClock, scaled_from_now
from dockseal.domain.identifiers import AmazonOrderId
from dockseal.domain.order import OrdersApi
from dockseal.domain.quota import BucketState
from dockseal.lane_threads import LaneThreads
from dockseal.order_synchronization.planning import Due, Supply, plan
from spapi_simulator import Line

_HOST = "https://sellingpartnerapi-na.amazon.com"
_WAITED = timedelta(minutes=10)
"""The waiting orders were placed this long before the start."""
_STEP_MINUTES = 0.5


def rows(*, waiting: int, live: int) -> Iterator[tuple[str, str]]:
    """Yields what to print.

    Args:
        waiting: How many orders wait at the peak.
        live: How many orders come at five a second on the machine's clock.
    """
    reads, sweeps, calls = _quiet_hour()
    yield "quiet hour, 60 orders, v2026: read calls for taking in / order", f"{reads:.2f}"
    yield "quiet hour, 60 orders, v2026: pages of sweeps / order", f"{sweeps:.2f}"
    yield "quiet hour, 60 orders, v2026: all calls / order, to verified", f"{calls:.2f}"
    for api in OrdersApi:
        seconds, per_order = _peak(api, waiting)
        best = _optimum(api, waiting)
        yield f"peak, {waiting:,} waiting, {api.value}: at the warehouse / optimum", f"{seconds / best:.3f}"
        yield f"peak, {waiting:,} waiting, {api.value}: read calls for taking in / order", f"{per_order:.3f}"
    loop = _plain_loop(waiting)
    yield (
        f"the same by a plain loop (list, items, address): / optimum of {waiting:,}",
        (f"{loop / _optimum(OrdersApi.V0, waiting):.3f}"),
    )
    half, most = _latency(live)
    yield f"{live} orders at 5/s, published → releasable, p50 and p99, real s", f"{half:.2f} {most:.2f}"


def _quiet_hour() -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        day = Day(folder=Path(folder))
        day.run(minutes=10)
        seen, placed = len(day.amazon.calls), []
        for number in range(60):
            placed.append(day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")]))
            day.run(minutes=1)
            day.ship(placed[-1], tracking_number=f"T-{number}")
        day.run(minutes=30)
        calls = Counter(call.operation for call in day.amazon.calls[seen:])
        day.close()
    taking_in = calls["getOrder"] - len(placed)  # an address each is not taking in
    return (
        taking_in / len(placed),
        calls["searchOrders"] / len(placed),
        sum(calls.values()) / len(placed),
    )


def _peak(api: OrdersApi, waiting: int) -> tuple[float, float]:
    """Returns the seconds until all are at the warehouse, and the calls of taking in one order."""
    with tempfile.TemporaryDirectory() as folder:
        day = Day(folder=Path(folder), api=api)
        for _ in range(waiting):
            day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
        day.clock.advance(_WAITED)
        began = day.clock.now()
        while len(day.warehouse.taken) < waiting:
            day.run(minutes=_STEP_MINUTES)
        seconds = (day.clock.now() - began).total_seconds()
        calls = Counter(call.operation for call in day.amazon.calls)
        day.close()
    if api is OrdersApi.V0:
        return seconds, (calls["getOrder"] + calls["getOrders"] + calls["getOrderItems"]) / waiting
    return seconds, (calls["getOrder"] - waiting + calls["searchOrders"]) / waiting


def _optimum(api: OrdersApi, waiting: int) -> float:
    """Returns the seconds that the planner's arithmetic gives for a cold start with full buckets."""
    now = days.START

    def full(operation: Operation) -> BucketState:
        return BucketState(tokens=operation.burst, rate=operation.rate, burst=operation.burst, at=now)

    due = [
        Due(order_id=AmazonOrderId(f"111-0000000-{number:07}"), changed_by=now - _WAITED)
        for number in range(waiting)
    ]
    supply = (
        Supply(order=full(GET_ORDER_V0), pages=full(GET_ORDERS_V0), items=full(GET_ORDER_ITEMS_V0))
        if api is OrdersApi.V0
        else Supply(order=full(GET_ORDER), pages=full(SEARCH_ORDERS), later=1)
    )
    return (plan(due, supply, now).all_in - now).total_seconds()


def _plain_loop(waiting: int) -> float:
    """Reads the same backlog as a loop over python-amazon-sp-api does: the same calls, each after the
    other."""
    with tempfile.TemporaryDirectory() as folder:
        day = Day(folder=Path(folder), api=OrdersApi.V0)
        for _ in range(waiting):
            day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
        day.clock.advance(_WAITED)
        began = day.clock.now()
        ask = _asker(day)
        resource = {"method": "GET", "path": "/orders/v0/orders/{orderId}/address"}
        given = ask(
            "POST", "/tokens/2021-03-01/restrictedDataToken", json={"restrictedResources": [resource]}
        )
        issued_at = began
        query = {"MarketplaceIds": days.US, "LastUpdatedAfter": "2026-11-01T00:00:00Z"}
        while True:
            page = ask("GET", "/orders/v0/orders", params=query)["payload"]
            for order in page["Orders"]:
                if day.clock.now() - issued_at > timedelta(minutes=50):
                    issued_at = day.clock.now()
                    given = ask(
                        "POST",
                        "/tokens/2021-03-01/restrictedDataToken",
                        json={"restrictedResources": [resource]},
                    )
                path = f"/orders/v0/orders/{order['AmazonOrderId']}"
                ask("GET", f"{path}/orderItems")
                ask("GET", f"{path}/address", token=given["restrictedDataToken"])
            if not page.get("NextToken"):
                break
            query["NextToken"] = page["NextToken"]
        seconds = (day.clock.now() - began).total_seconds()
        day.close()
    return seconds


def _asker(day: Day) -> Callable[..., dict[str, Any]]:
    """Returns a way to call Amazon that waits two seconds on each 429, as the client's retry does."""
    client = httpx.Client(transport=day.amazon.transport, base_url=_HOST, headers={"user-agent": "bench"})
    held: dict[str, Any] = {"until": day.clock.now()}

    def login() -> str:
        if day.clock.now() >= held["until"]:
            form = {
                "grant_type": "refresh_token",
                "refresh_token": day.refresh_token,
                "client_id": day.application.client_id,
                "client_secret": day.application.client_secret,
            }
            held["token"] = client.post("https://api.amazon.com/auth/o2/token", data=form).json()[
                "access_token"
            ]
            held["until"] = day.clock.now() + timedelta(minutes=50)
        return str(held["token"])

    def ask(method: str, path: str, *, token: str = "", **what: Any) -> dict[str, Any]:
        for _ in itertools.count():
            answer = client.request(method, path, headers={"x-amz-access-token": token or login()}, **what)
            if answer.status_code != 429:
                break
            day.clock.advance(timedelta(seconds=2))
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    return ask


def _latency(orders: int) -> tuple[float, float]:
    """Returns the median and the 99th percentile of the seconds from publishing to releasable."""

    def real(start: datetime) -> ScaledClock:
        return scaled_from_now(start=start, speed=1)

    with tempfile.TemporaryDirectory() as folder, patch.object(days, "ManualClock", real):
        day = Day(folder=Path(folder))
        for operation in ("getOrder 2026-01-01", "searchOrders"):
            day.amazon.limits.plan(day.account.seller_id, operation, rate=1000, burst=1000)
        day.app.lanes.steps = [
            replace(step, every=timedelta(milliseconds=100)) if step.name == "listen" else step
            for step in day.app.lanes.steps
        ]
        threads = LaneThreads(day.app.lanes, workers=4, end_of_thread=day.app.storage.close_thread)
        threads.start()
        published: dict[str, datetime] = {}
        for _ in range(orders):
            order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
            published[order_id] = day.clock.now()
            time.sleep(0.2)
        patience = time.monotonic() + 30
        while time.monotonic() < patience and not all(_releasable(day, order_id) for order_id in published):
            time.sleep(0.2)
        threads.stop()
        seconds = sorted(
            (at - published[order_id]).total_seconds()
            for order_id in published
            if (at := _releasable(day, order_id)) is not None
        )
        assert len(seconds) == orders, "not every order became releasable"
        day.close()
    return seconds[len(seconds) // 2], seconds[min(len(seconds) - 1, len(seconds) * 99 // 100)]


def _releasable(day: Day, order_id: str) -> datetime | None:
    order = day.app.storage.orders.find(SELLER, order_id)
    if order is None:
        return None
    rows = day.app.storage.audit.search(order=order.ref, limit=50)
    return next((row.at for row in rows if row.tag == "order:life:routed"), None)
