"""A seller whose application was not granted the role for addresses: everything else works."""

import os
import re
from dataclasses import replace
from typing import Any

import httpx
import pytest

import commands
from day import SELLER, Day, MakeDay
from dockseal.cli.warehouses import WarehouseSecrets
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.domain.secret import Secret
from dockseal.warehouses import registry
from dockseal.warehouses.port import AdapterParts, HandOver, Receipt
from parcel_numbers import ups_of
from spapi_simulator import Line, Role


class Watching(httpx.BaseTransport):
    """Carries requests to the simulator, and counts those for personal data or a token for it."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self.personal = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.personal += "RECIPIENT" in request.url.params.get("includedData", "")
        self.personal += request.url.path.endswith(("/address", "/restrictedDataToken"))
        return self._inner.handle_request(request)


class LabelsByAmazon:
    """An adapter from elsewhere: its labels are bought from Amazon, which knows the address."""

    needs_recipient = False
    taken: list[HandOver] = []  # noqa: RUF012 - shared by all, as its warehouse is

    def __init__(self, parts: AdapterParts) -> None:
        self._warehouse = parts.warehouse.id

    def submit(self, hand_over: HandOver) -> Receipt:
        assert not hand_over.recipient.fields()
        self.taken.append(hand_over)
        return Receipt(reference_at_warehouse=f"L{len(self.taken)}")


@pytest.fixture(params=list(OrdersApi), ids=[api.value for api in OrdersApi])
def day(request: pytest.FixtureRequest, make_day: MakeDay) -> Day:
    """A day whose seller did not grant the role for addresses."""
    return make_day(api=request.param, roles=[Role.INVENTORY_AND_ORDER_TRACKING], carry=Watching)


@pytest.fixture
def labels_by_amazon(monkeypatch: pytest.MonkeyPatch) -> type[LabelsByAmazon]:
    """Installs the adapter from elsewhere, beside ours."""
    LabelsByAmazon.taken = []
    known = registry.entry_points

    class Point:
        name = "labels_by_amazon"

        def load(self) -> type[LabelsByAmazon]:
            return LabelsByAmazon

    def points(**wanted: str) -> Any:
        return [Point()] if wanted.get("name") == Point.name else known(**wanted)

    monkeypatch.setattr(registry, "entry_points", points)
    return LabelsByAmazon


def placed(day: Day, count: int) -> list[str]:
    return [day.amazon.place_order(day.account, lines=[Line(sku=f"SKU-{n}")]) for n in range(count)]


def reads(day: Day) -> int:
    """How often Amazon was asked for personal data."""
    assert isinstance(day.line, Watching)
    return day.line.personal


def test_orders_are_taken_in_and_held_once_each_with_the_next_step(day: Day) -> None:
    orders = placed(day, 3)
    day.run(minutes=50)
    for order_id in orders:
        order = day.order(order_id)
        assert order.state is OrderState.HELD
        assert order.hold is not None
        assert order.hold.sentence.startswith("Amazon does not let this application read addresses:")
        assert "Direct-to-Consumer Shipping (Restricted)" in order.hold.sentence
        assert "authorise the seller again" in order.hold.sentence
        assert day.tags(order_id).count("order:life:held") == 1


def test_it_is_told_once_for_the_seller(day: Day) -> None:
    placed(day, 30)
    day.run(minutes=30)
    (check,) = [check for check in day.app.health().checks if check.name.startswith("addresses")]
    assert not check.ok
    assert check.name == f"addresses {SELLER}"
    assert "30 orders wait" in check.sentence


def test_amazon_is_not_asked_for_each_of_many_addresses(day: Day) -> None:
    placed(day, 40)
    day.run(minutes=30)
    assert len(day.app.storage.orders.list(state=OrderState.HELD)) == 40
    if day.api is OrdersApi.V0:
        assert 0 < reads(day) <= 15, "one for each small batch, as orders come in, and not one for each order"
        return
    single = [call for call in day.amazon.calls if call.operation == "getOrder"]
    assert len(single) <= 45, "the reading that takes an order in tells it: few are asked for besides"


def test_all_flow_by_themselves_once_the_seller_authorised_again_with_the_role(day: Day) -> None:
    orders = placed(day, 12)
    day.run(minutes=30)
    assert day.warehouse.taken == []
    day.roles = None  # all of them
    day.authorise_again()
    day.run(minutes=10)
    assert sorted(order["amazon_order_id"] for order in day.warehouse.taken) == sorted(orders)
    assert not [check for check in day.app.health().checks if check.name.startswith("addresses")]


def test_all_flow_by_themselves_within_the_hour_when_amazon_grants_the_role_without_a_consent(
    day: Day,
) -> None:
    orders = placed(day, 12)
    day.run(minutes=30)
    asked = reads(day)
    day.amazon.give_roles(day.refresh_token)
    day.run(minutes=25)
    assert day.warehouse.taken == []
    day.run(minutes=10)
    assert sorted(order["amazon_order_id"] for order in day.warehouse.taken) == sorted(orders)
    assert reads(day) - asked <= 2 * len(orders), "one order was tried, and then each once"


def test_a_new_order_whose_address_is_shown_frees_those_that_wait(day: Day) -> None:
    (early,) = placed(day, 1)
    day.run(minutes=40)
    (late,) = placed(day, 1)
    day.run(minutes=25)
    assert day.order(early).state is OrderState.HELD, "the later order was a try, too"
    day.amazon.give_roles(day.refresh_token)
    placed(day, 1)
    day.run(minutes=1)
    assert day.order(early).state is OrderState.RELEASED
    assert day.order(late).state is OrderState.HELD, "each waits its hour"
    day.run(minutes=40)
    assert day.order(late).state is OrderState.RELEASED


def test_while_the_role_is_missing_one_order_is_tried_an_hour(day: Day) -> None:
    orders = placed(day, 12)
    day.run(minutes=30)
    asked = reads(day)
    day.run(hours=6)
    assert 5 <= reads(day) - asked <= 6
    tries = sorted(day.tags(order_id).count("order:life:held") for order_id in orders)
    assert tries in ([1] * 6 + [2] * 6, [1] * 7 + [2] * 5), "another one each time"


def test_they_are_held_again_if_the_role_is_still_missing(day: Day) -> None:
    (order_id,) = placed(day, 1)
    day.run(minutes=10)
    day.authorise_again()
    day.run(minutes=10)
    assert day.order(order_id).state is OrderState.HELD
    assert day.tags(order_id).count("order:life:held") == 2


def test_a_hold_for_another_reason_is_not_lifted_by_an_authorisation(day: Day) -> None:
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")], programs=("FBM_SHIP_PLUS",))
    day.run(minutes=10)
    day.authorise_again()
    day.run(minutes=10)
    assert day.tags(order_id).count("order:life:unheld") == 0


@pytest.mark.parametrize("api", list(OrdersApi), ids=str)
def test_a_warehouse_that_needs_no_address_gets_its_orders_without_any_retrieval(
    make_day: MakeDay, labels_by_amazon: type[LabelsByAmazon], api: OrdersApi
) -> None:
    day = make_day(
        api=api, roles=[Role.INVENTORY_AND_ORDER_TRACKING], adapter="labels_by_amazon", carry=Watching
    )
    orders = placed(day, 5)
    day.run(minutes=5)
    assert sorted(each.amazon_order_id for each in labels_by_amazon.taken) == sorted(orders)
    assert reads(day) == 0
    for order_id in orders:
        assert day.order(order_id).state is OrderState.RELEASED
        assert "order:data:retrieved" not in day.tags(order_id)
        assert day.app.storage.sealed.get(day.order(order_id).ref) is None


def test_a_warehouse_chosen_to_need_no_address_ships_and_amazon_shows_it(
    make_day: MakeDay,
) -> None:
    day = make_day(roles=[Role.INVENTORY_AND_ORDER_TRACKING], carry=Watching)
    day.warehouse.secrets = added_in_the_terminal(day, "labels", "--personal-data", "none")
    day.seller = replace(day.seller, warehouse=WarehouseId("labels"))
    day.authorise_again()
    orders = placed(day, 3)
    day.run(minutes=5)
    assert day.app.storage.warehouses.get(WarehouseId("labels")).option("personal_data") == "none"
    for order_id in orders:
        assert (day.warehouse.order(order_id)["ship_to"], day.order(order_id).hold) == ({}, None)
        day.ship(order_id, tracking_number=ups_of(order_id))
    day.run(minutes=30)
    assert reads(day) == 0, "Amazon was asked for personal data"
    for order_id in orders:
        assert "order:life:verified" in day.tags(order_id)
        assert not [tag for tag in day.tags(order_id) if tag.startswith("order:data:")]
        assert day.app.storage.sealed.get(day.order(order_id).ref) is None
        assert len(day.amazon.order(order_id).packages) == 1


def added_in_the_terminal(day: Day, name: str, *words: str) -> WarehouseSecrets:
    """Adds a webhook warehouse by the command; returns the secrets it printed."""
    folders = {"DOCKSEAL_DATA_DIR": str(day.settings.data_dir), "DOCKSEAL_KEY_DIR": str(day.settings.key_dir)}
    options = ["--adapter", "webhook", "--url", "https://warehouse.example/orders", *words]
    command, place = ["warehouses", "add", name, *options], day.settings.data_dir.parent
    done = commands.typed(*command, cwd=place, env={**os.environ, **folders})
    assert done.returncode == 0, done.stderr
    webhook, api_key = re.findall(r"(?:whsec|dsk)_\S+", done.stdout)
    return WarehouseSecrets(webhook=Secret(webhook), api_key=Secret(api_key))
