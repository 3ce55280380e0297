"""A warehouse that has personal data passed on: from Amazon to it through memory, and stored nowhere."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from day import Day, MakeDay
from dockseal.cli.warehouses import add_warehouse, new_secrets
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.lanes import Step
from parcel_numbers import ups
from scanner import Scanner
from spapi_simulator import Line, Recipient

MARK = "CnryP4sOn"
DIRECT = WarehouseId("direct")
MakeDirect = Callable[[OrdersApi], Day]


@pytest.fixture
def direct(make_day: MakeDay) -> MakeDirect:
    """Makes a day whose warehouse chose `passed`."""

    def make(api: OrdersApi) -> Day:
        day = make_day(api=api)
        keys = day.warehouse.secrets = new_secrets()
        options = {"url": "https://warehouse.example/orders", "personal_data": "passed"}
        add_warehouse(day.app, DIRECT, kind="webhook", options=options, keys=keys)
        day.seller = replace(day.seller, warehouse=DIRECT)
        day.authorise_again()
        return day

    return make


def placed(day: Day, count: int) -> list[str]:
    recipient = Recipient(
        name=f"{MARK}name",
        address_line_1=f"{MARK}street",
        city="Exampleton",
        postal_code="00000",
        country_code="US",
    )
    return [
        day.amazon.place_order(day.account, lines=[Line(sku=f"SKU-{n}")], recipient=recipient)
        for n in range(count)
    ]


def data_tags(day: Day, order_id: str) -> list[str]:
    return [tag for tag in day.tags(order_id) if tag.startswith("order:data:")]


def sealed(day: Day) -> int:
    return day.app.storage.sealed.count()


def stuck(day: Day) -> Sequence[Step]:
    """Lets the releases stand still, as if the power failed before them; returns the steps there were."""
    steps = day.app.lanes.steps
    day.app.lanes.steps = [step for step in steps if step.name != "release"]
    return steps


def stuck_after_a_try(day: Day) -> Sequence[Step]:
    """Places an order and lets the releases stand still once it was sent; returns the steps there were."""
    placed(day, 1)
    while not day.warehouse.taken:
        day.run(minutes=0.05)
    return stuck(day)


@pytest.mark.parametrize("api", list(OrdersApi), ids=str)
def test_orders_flow_to_verified_and_nothing_of_the_buyer_is_ever_stored(
    direct: MakeDirect, api: OrdersApi, tmp_path: Path
) -> None:
    day = direct(api)
    orders = placed(day, 3)
    day.run(minutes=5)
    assert not day.app.vault.passing.orders(), "gone once it was handed over, and not by time"
    for n, order_id in enumerate(orders):
        assert day.warehouse.order(order_id)["ship_to"]["name"] == f"{MARK}name"
        day.ship(order_id, tracking_number=ups(n))
    day.run(minutes=30)
    for order_id in orders:
        assert "order:life:verified" in day.tags(order_id)
        assert data_tags(day, order_id) == ["order:data:retrieved", "order:data:opened"]
    assert sealed(day) == 0
    assert Scanner("acme-us").in_folder(tmp_path), "the files were read"
    assert Scanner(MARK).in_folder(tmp_path) == {}


def test_a_restart_between_retrieval_and_release_loses_nothing(direct: MakeDirect) -> None:
    day = direct(OrdersApi.V2026)
    stuck(day)
    (order_id,) = placed(day, 1)
    day.run(minutes=3)
    assert data_tags(day, order_id) == ["order:data:retrieved"]
    day.restart()
    day.run(minutes=3)
    assert day.warehouse.order(order_id)["ship_to"]["name"] == f"{MARK}name"
    assert data_tags(day, order_id) == ["order:data:retrieved"] * 2 + ["order:data:opened"]
    assert sealed(day) == 0


def test_a_warehouse_that_is_down_for_an_hour_gets_each_order_once(direct: MakeDirect) -> None:
    day = direct(OrdersApi.V2026)
    day.warehouse.down = True
    orders = placed(day, 4)
    day.run(hours=1)
    told = day.app.why(orders[0])
    assert "did not take it" in str(told), told
    retrieved = data_tags(day, orders[0]).count("order:data:retrieved")
    assert 2 <= retrieved <= 7, "once for ten minutes, and not for each try"
    day.warehouse.down = False
    day.run(minutes=10)
    assert sorted(order["amazon_order_id"] for order in day.warehouse.taken) == sorted(orders)
    for order_id in orders:
        assert (day.order(order_id).state, day.order(order_id).attention) == (OrderState.RELEASED, "")
    assert sealed(day) == 0


def test_of_many_orders_a_warehouse_that_is_down_has_few_retrieved(direct: MakeDirect) -> None:
    day = direct(OrdersApi.V2026)
    day.app.vault.passing.most = 5
    stuck(day)
    early = placed(day, 6)
    day.run(minutes=2)
    late = placed(day, 6)
    day.run(minutes=2)
    on_their_way = day.app.vault.passing.orders()
    assert on_their_way == {day.order(order_id).ref for order_id in early}
    day.restart()
    day.run(minutes=10)
    taken = [order["amazon_order_id"] for order in day.warehouse.taken]
    assert sorted(taken) == sorted([*early, *late])


def test_an_address_that_changed_before_the_release_is_retrieved_anew(direct: MakeDirect) -> None:
    day = direct(OrdersApi.V2026)
    steps = stuck(day)
    (order_id,) = placed(day, 1)
    day.run(minutes=3)
    day.amazon.change_address(order_id, address_line_1="99 Invented Lane")
    day.amazon.change_delivery_tip(order_id)
    day.run(minutes=3)
    day.app.lanes.steps = steps
    day.run(minutes=3)
    assert "99 Invented Lane" in str(day.warehouse.order(order_id))


def test_a_person_is_told_when_an_address_changed_between_two_tries(direct: MakeDirect) -> None:
    day = direct(OrdersApi.V2026)
    day.warehouse.loses_answers = 1
    steps = stuck_after_a_try(day)
    (order_id,) = [order["amazon_order_id"] for order in day.warehouse.taken]
    day.amazon.change_address(order_id, address_line_1="99 Invented Lane")
    day.amazon.change_delivery_tip(order_id)
    day.run(minutes=3)
    day.app.lanes.steps = steps
    day.run(minutes=10)
    assert day.order(order_id).state is OrderState.RELEASED
    assert "the earlier address can no longer be read" in day.order(order_id).attention
    assert (day.warehouse.repeats, sealed(day)) == (1, 0)


def test_nothing_is_compared_after_the_release(direct: MakeDirect) -> None:
    day = direct(OrdersApi.V2026)
    (order_id,) = placed(day, 1)
    day.run(minutes=3)
    day.amazon.change_address(order_id, address_line_1="99 Invented Lane")
    day.amazon.change_delivery_tip(order_id)
    day.run(minutes=20)
    order = day.order(order_id)
    assert (order.state, order.next_try, order.attention) == (OrderState.RELEASED, None, "")
    assert data_tags(day, order_id) == ["order:data:retrieved", "order:data:opened"]


def test_an_order_that_is_cancelled_on_the_way_is_not_handed_over(direct: MakeDirect) -> None:
    day = direct(OrdersApi.V2026)
    day.warehouse.down = True
    (order_id,) = placed(day, 1)
    day.run(minutes=3)
    day.amazon.cancel(order_id)
    day.run(minutes=15)
    day.warehouse.down = False
    day.run(minutes=10)
    assert day.order(order_id).state in {OrderState.CANCELLED, OrderState.SHREDDED}
    assert day.warehouse.taken == []
    assert not day.app.vault.passing.orders()
