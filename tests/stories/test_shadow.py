"""Both Orders APIs side by side, and the way from the old one to the new one."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from day import SELLER, Day, MakeDay
from dockseal.domain.access import Actor, ActorKind
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.domain.sync_run import SyncSource
from dockseal.errors import BadInput
from dockseal.monitoring_audit.checks import Condition
from dockseal.order_synchronization.migrating import Migrating
from parcel_numbers import ups_of
from spapi_simulator import Line
from spapi_simulator.world.records import Terms

CASEY = Actor(kind=ActorKind.PERSON, name="casey")


class Misprinting(httpx.BaseTransport):
    """Carries requests to the simulator, and misprints what Orders v2026-01-01 says of an order."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self.misprint: Callable[[dict[str, Any]], None] | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        if self.misprint is None or not request.url.path.startswith("/orders/2026-01-01/orders/"):
            return answer
        body = json.loads(answer.read())
        self.misprint(body["order"])
        return httpx.Response(200, json=body, headers={"x-amzn-RequestId": "misprinted"})


class Watching(httpx.BaseTransport):
    """Carries requests to the simulator, and counts those for personal data."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self.personal = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        wanted = request.url.params.get("includedData", "").split(",")
        self.personal += bool({"RECIPIENT", "BUYER"} & {*wanted})
        self.personal += request.url.path.endswith(("/address", "/buyerInfo"))
        return self._inner.handle_request(request)


def migrating(day: Day) -> Migrating:
    return Migrating(storage=day.app.storage, trail=day.app.trail)


def in_shadow(day: Day) -> Day:
    migrating(day).shadow(SELLER, CASEY, on=True)
    return day


def place(day: Day, count: int = 1, **choices: Any) -> list[str]:
    return [
        day.amazon.place_order(day.account, lines=[Line(sku=f"SKU-{n}", title="Mug", quantity=2)], **choices)
        for n in range(count)
    ]


def compared(day: Day) -> tuple[int, int]:
    proof = migrating(day).proof(SELLER)
    return proof.compared, proof.differing


def test_orders_of_every_kind_are_compared_and_nothing_differs(day: Day) -> None:
    in_shadow(day)
    orders = place(day)
    orders += place(day, programs=("PRIME", "AMAZON_BUSINESS"), gift_message="Enjoy it")
    orders += place(day, terms=Terms(replaces=orders[0]))
    orders += place(day, pending=True)
    day.run(minutes=3)
    day.amazon.request_cancel(orders[1])
    day.amazon.cancel(orders[2])
    day.ship(orders[0])
    day.run(hours=1)
    assert day.order(orders[0]).state is OrderState.VERIFIED
    assert compared(day) == (4, 0)


def test_without_shadow_nothing_is_read_twice(day: Day) -> None:
    place(day)
    day.run(minutes=30)
    assert compared(day) == (0, 0)
    other = "/orders/2026-01-01/" if day.api is OrdersApi.V0 else "/orders/v0/"
    assert not day.app.storage.sync_runs.latest(SELLER, source=SyncSource.SHADOW)
    assert not [call for call in day.amazon.calls if call.path_template.startswith(other)]


def test_a_difference_is_kept_until_it_is_gone_and_the_order_flows_all_the_same(make_day: MakeDay) -> None:
    day = in_shadow(make_day(api=OrdersApi.V0, carry=Misprinting))
    line = day.line
    assert isinstance(line, Misprinting)
    line.misprint = lambda order: order["fulfillment"].update(fulfillmentStatus="SHIPPED")
    (order_id,) = place(day)
    day.run(minutes=5)
    assert day.order(order_id).state is OrderState.RELEASED
    (found,) = day.app.storage.differences.of_seller(SELLER)
    assert (found.field, found.v0, found.v2026) == ("status", "UNSHIPPED", "SHIPPED")
    line.misprint = None
    day.amazon.request_cancel(order_id)
    day.run(minutes=5)
    assert compared(day) == (1, 0)


@pytest.mark.parametrize("api", list(OrdersApi), ids=str)
def test_nothing_personal_is_read_for_a_comparison(make_day: MakeDay, api: OrdersApi) -> None:
    day = in_shadow(make_day(api=api, carry=Watching))
    line = day.line
    assert isinstance(line, Watching)
    day.run(minutes=1)  # the first sweep, which asks for addresses too
    line.personal = 0
    place(day)
    day.run(minutes=5)
    assert compared(day) == (1, 0)
    assert line.personal == 1, "only the hand-over reads an address"


def test_the_shadow_leaves_a_row_in_the_ledger_and_never_spends_the_intakes_calls(day: Day) -> None:
    in_shadow(day)
    place(day, 40)
    day.run(minutes=20)
    assert len(day.warehouse.taken) == 40
    assert compared(day) == (40, 0)
    runs = day.app.storage.sync_runs.latest(SELLER, 100, source=SyncSource.SHADOW)
    assert sum(run.orders for run in runs) == 40
    assert all(run.orders <= 10 for run in runs)
    assert sum(day.amazon.throttled.values()) == 0


def test_a_seller_is_moved_only_with_the_proof(make_day: MakeDay) -> None:
    day = in_shadow(make_day(api=OrdersApi.V0))
    orders = place(day, 3)
    day.run(minutes=5)
    with pytest.raises(BadInput, match="only 3 of at least 50 orders"):
        migrating(day).migrate(SELLER, CASEY)
    assert day.app.storage.sellers.get(SELLER).orders_api is OrdersApi.V0
    proof = migrating(day).migrate(SELLER, CASEY, at_least=3)
    assert (proof.compared, proof.differing) == (3, 0)
    (row,) = day.app.storage.audit.search(tag="seller:api:migrated")
    assert dict(row.fields)["compared"] == "3"
    assert dict(row.fields)["even_so"] == "false"
    later = place(day, 2)
    for order_id in orders:
        day.ship(order_id, tracking_number=ups_of(order_id))
    day.run(hours=1)
    assert {order["amazon_order_id"] for order in day.warehouse.taken} == {*orders, *later}
    assert len(day.warehouse.taken) == 5
    assert all(day.order(order_id).state is OrderState.VERIFIED for order_id in orders)
    with pytest.raises(BadInput, match="already"):
        migrating(day).migrate(SELLER, CASEY)


def test_a_seller_whose_orders_differ_is_moved_only_even_so(make_day: MakeDay) -> None:
    day = in_shadow(make_day(api=OrdersApi.V0, carry=Misprinting))
    line = day.line
    assert isinstance(line, Misprinting)
    line.misprint = lambda order: order["orderItems"][0]["product"].update(sellerSku="OTHER")
    (order_id,) = place(day)
    day.run(minutes=5)
    with pytest.raises(BadInput, match="item sku") as refused:
        migrating(day).migrate(SELLER, CASEY, at_least=1)
    assert order_id in str(refused.value)
    assert migrating(day).migrate(SELLER, CASEY, at_least=1, even_so=True).differing == 1
    (row,) = day.app.storage.audit.search(tag="seller:api:migrated")
    assert dict(row.fields)["even_so"] == "true"


def test_an_open_window_of_v0_goes_on_with_v2026_and_misses_nothing(make_day: MakeDay) -> None:
    day = make_day(api=OrdersApi.V0)
    day.amazon.drop_notifications(1)
    orders = place(day, 150)
    day.clock.set(datetime(2026, 11, 2, 8, 10, tzinfo=UTC))
    sweep = next(step for step in day.app.lanes.steps if step.name == "sweep")
    assert sweep.run(SELLER).more
    migrating(day).migrate(SELLER, CASEY, even_so=True)
    day.run(hours=1)
    assert all(day.knows(order_id) for order_id in orders)


def test_the_end_of_v0_is_told_as_it_nears(make_day: MakeDay) -> None:
    day = make_day(api=OrdersApi.V0)
    day.run(minutes=1)
    assert not [check for check in day.app.health().checks if check.name.startswith("orders API")]
    day.clock.set(datetime(2027, 3, 1, 8, 0, tzinfo=UTC))
    (check,) = [check for check in day.app.health().checks if check.name == "orders API acme-us"]
    assert not check.ok
    assert "in 25 days, on 2027-03-27" in check.sentence
    assert "dockseal sellers migrate acme-us" in check.sentence
    assert day.app.health().verdict is not Condition.OK
    day.clock.set(datetime(2027, 4, 1, 8, 0, tzinfo=UTC))
    (check,) = [check for check in day.app.health().checks if check.name == "orders API acme-us"]
    assert "ended on 2027-03-27" in check.sentence
