"""Lists are read from an index; the right answer is what a walk over every order gives."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import US, Shop, open_shop

from spapi_simulator import Behaviours, Fault

V0 = "/orders/v0/orders"
V2026 = "/orders/2026-01-01/orders"
STEPS = st.lists(
    st.tuples(st.sampled_from(["place", "cancel", "confirm", "ask", "wait", "back"]), st.integers(0, 30)),
    min_size=1,
    max_size=30,
)


def live(shop: Shop, steps: list[tuple[str, int]]) -> None:
    """A seller's day: orders come, change, and now and then the clock jumps."""
    orders: list[str] = []
    for step, number in steps:
        if step == "place" or not orders:
            orders.append(shop.place(2))
        elif step == "cancel" and shop.sim.order(orders[number % len(orders)]).status == "UNSHIPPED":
            shop.sim.cancel(orders[number % len(orders)])
        elif step == "confirm":
            shop.confirm(orders[number % len(orders)], [(0, 1)], packageReferenceId=str(number % 2 + 1))
        elif step == "ask":
            shop.sim.request_cancel(orders[number % len(orders)])
        elif step == "wait":
            shop.clock.advance(seconds=number * 7)
        elif step == "back":
            shop.clock.advance(seconds=-number)


def pages(shop: Shop, path: str, first: dict[str, str], more: str) -> list[str]:
    found: list[str] = []
    query = dict(first)
    while True:
        body = shop.get(path, **query).json()
        body = body.get("payload", body)
        found += [
            one.get("AmazonOrderId") or one["orderId"] for one in body.get("Orders", body.get("orders"))
        ]
        token = body.get("NextToken") or body.get("pagination", {}).get("nextToken")
        if not token:
            return found
        query = first | {more: token}


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_every_list_is_what_a_walk_over_all_orders_gives(steps: list[tuple[str, int]]) -> None:
    shop = open_shop(behaviours=Behaviours(refuse_after_newer_than_lag=False))
    shop.sim.limits.off()
    live(shop, steps)
    shop.clock.advance(timedelta(hours=1))
    orders = shop.sim.orders()
    since = "2026-11-02T08:01:00Z"

    def walk(clock: str) -> list[str]:
        hits = [(getattr(one, clock), one.order_id) for one in orders]
        return [order_id for at, order_id in sorted(hits) if at.isoformat() >= "2026-11-02T08:01:00"]

    v0 = {"MarketplaceIds": US, "MaxResultsPerPage": "2"}
    assert pages(shop, V0, v0 | {"LastUpdatedAfter": since}, "NextToken") == walk("status_changed_at")
    assert pages(shop, V0, v0 | {"CreatedAfter": since}, "NextToken") == walk("created_at")
    newer = {"maxResultsPerPage": "2"}
    assert pages(shop, V2026, newer | {"lastUpdatedAfter": since}, "paginationToken") == walk("updated_at")


def test_thousands_of_changes_leave_no_trail(shop: Shop) -> None:
    order_id = shop.place()
    shop.sim.limits.off()
    for _ in range(3000):
        shop.clock.advance(seconds=1)
        shop.sim.request_cancel(order_id)
    shelf = shop.sim._book.shelf(shop.seller.seller_id)
    assert len(shelf.by_update._places) <= 1001
    shop.clock.advance(seconds=121)
    answer = shop.get(V2026, lastUpdatedAfter="2026-11-02T08:00:00Z").json()
    assert [one["orderId"] for one in answer["orders"]] == [order_id]


class TestWhatListsDoWrong:
    def listed(self, shop: Shop, **query: str) -> Any:
        return shop.get(V2026, createdAfter="2026-11-01T00:00:00Z", **query).json()

    def test_an_order_found_by_its_id_is_missing_from_its_window(self, shop: Shop, later: timedelta) -> None:
        order_id, other = shop.place(), shop.place()
        shop.sim.hide_from_lists(order_id, seconds=3600)
        shop.clock.advance(later)
        assert [one["orderId"] for one in self.listed(shop)["orders"]] == [other]
        assert shop.get(f"{V2026}/{order_id}").status_code == 200
        shop.clock.advance(timedelta(hours=1))
        assert len(self.listed(shop)["orders"]) == 2

    def test_a_list_is_ahead_of_reads_by_id(self) -> None:
        shop = open_shop(behaviours=Behaviours(by_id_lag_seconds=600))
        order_id = shop.place()
        shop.sim.cancel(order_id)
        shop.clock.advance(seconds=130)
        (shown,) = self.listed(shop, includedData="FULFILLMENT")["orders"]
        by_id = shop.get(f"{V2026}/{order_id}", includedData="FULFILLMENT").json()["order"]
        states = [one["fulfillment"]["fulfillmentStatus"] for one in (shown, by_id)]
        assert states == ["CANCELLED", "UNSHIPPED"]
        shop.clock.advance(seconds=600)
        by_id = shop.get(f"{V2026}/{order_id}", includedData="FULFILLMENT").json()["order"]
        assert by_id["fulfillment"]["fulfillmentStatus"] == "CANCELLED"

    def test_half_a_page_has_a_token_for_the_rest(self, shop: Shop, later: timedelta) -> None:
        orders = [shop.place() for _ in range(4)]
        shop.clock.advance(later)
        shop.sim.faults.add(Fault(operation="searchOrders", effect="half", times=1))
        first = self.listed(shop, maxResultsPerPage="4")
        assert [one["orderId"] for one in first["orders"]] == sorted(orders)[:2]
        token = first["pagination"]["nextToken"]
        second = self.listed(shop, maxResultsPerPage="4", paginationToken=token)
        assert [one["orderId"] for one in second["orders"]] == sorted(orders)[2:]

    def test_a_page_comes_again(self, shop: Shop, later: timedelta) -> None:
        for _ in range(4):
            shop.place()
        shop.clock.advance(later)
        first = self.listed(shop, maxResultsPerPage="2")
        token = first["pagination"]["nextToken"]
        shop.sim.faults.add(Fault(operation="searchOrders", effect="repeat", times=1))
        again = self.listed(shop, maxResultsPerPage="2", paginationToken=token)
        assert again["orders"] == first["orders"]
        after = again["pagination"]["nextToken"]
        assert self.listed(shop, maxResultsPerPage="2", paginationToken=after)["orders"] != first["orders"]

    def test_a_token_that_cannot_be_read_may_be_refused_without_a_message(self) -> None:
        shop = open_shop(behaviours=Behaviours(null_message_for_bad_tokens=True))
        answer = shop.get(V0, MarketplaceIds=US, NextToken="%3D")
        assert answer.json()["errors"][0]["message"] is None


@pytest.mark.parametrize("path", [V0, V2026])
def test_a_page_of_many_costs_no_walk_over_all(shop: Shop, path: str) -> None:
    """A list reads as many orders as it shows, and one more."""
    for _ in range(300):
        shop.place()
    shop.clock.advance(seconds=121)
    shelf = shop.sim._book.shelf(shop.seller.seller_id)
    reads = 0
    inner = shelf.by_creation.between

    def counting(*args: Any, **kwargs: Any) -> Any:
        nonlocal reads
        for one in inner(*args, **kwargs):
            reads += 1
            yield one

    shelf.by_creation.between = counting  # type: ignore[method-assign]  # counts what the shelf hands out
    names = ("CreatedAfter", "MaxResultsPerPage") if path == V0 else ("createdAfter", "maxResultsPerPage")
    query = dict(zip(names, ("2026-11-01T00:00:00Z", "10"), strict=True))
    shop.get(path, **query, **({"MarketplaceIds": US} if path == V0 else {}))
    assert reads == 11
