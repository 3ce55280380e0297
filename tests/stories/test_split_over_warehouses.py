"""Orders whose lines lie in two warehouses."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from day import SELLER, Day, MakeDay, TestWarehouse
from dockseal.cli.opened import person
from dockseal.cli.warehouses import add_warehouse, new_secrets
from dockseal.console.wsgi import application
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.order import OrdersApi, OrderState
from dockseal.fulfillment_processing.explaining import explained
from dockseal.fulfillment_processing.known_skus import give_list
from spapi_simulator import Line

BY_SKU = """
[[rules]]
sku = "MUG-*"
warehouse = "reno"

[[rules]]
sku = "TEA-*"
warehouse = "york"
"""
BY_COUNTRY = """
[[rules]]
country = "US"
sku = "TEA-*"
warehouse = "york"

[[rules]]
sku = "TEA-*"
warehouse = "reno"
"""
BOTH = [Line(sku="MUG-1", quantity=2), Line(sku="TEA-1")]
MakeTwo = Callable[[str], tuple[Day, TestWarehouse]]


@pytest.fixture(params=list(OrdersApi), ids=[api.value for api in OrdersApi])
def two(request: pytest.FixtureRequest, make_day: MakeDay, tmp_path: Path) -> MakeTwo:
    """Makes a day with rules and a second warehouse, york, behind the same line."""

    def make(rules: str) -> tuple[Day, TestWarehouse]:
        file = tmp_path / "routing.toml"
        file.write_text(rules)
        day = make_day(api=request.param, choices={"routing_file": file})
        york = TestWarehouse(new_secrets())
        add_warehouse(
            day.app, "york", kind="webhook", options={"url": "https://york.example/orders"}, keys=york.secrets
        )
        reno = day.warehouse.handle_request

        def either(told: httpx.Request) -> httpx.Response:
            return york.handle_request(told) if told.url.host == "york.example" else reno(told)

        day.warehouse.handle_request = either  # type: ignore[method-assign]  # the line that both share
        assert day.app.start_faults() == ()
        return day, york

    return make


def packs(day: Day, warehouse: TestWarehouse, order_id: str, tracking_number: str) -> None:
    """A warehouse packs what it was told, and reports its parcel line by line."""
    told = warehouse.order(order_id)
    body = {
        "report_id": tracking_number,
        "reference": told["reference"],
        "carrier": "UPS Ground",
        "tracking_number": tracking_number,
        "shipped_at": day.clock.now().isoformat(),
        "lines": [{"line_id": line["line_id"], "quantity": line["quantity"]} for line in told["lines"]],
    }
    key = warehouse.secrets.api_key.reveal()
    with httpx.Client(
        transport=httpx.WSGITransport(application(day.app)), base_url="http://127.0.0.1"
    ) as client:
        answer = client.post("/api/v1/shipments", json=body, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 201, answer.text


def skus(warehouse: TestWarehouse, order_id: str) -> list[tuple[str, int]]:
    return [(line["sku"], line["quantity"]) for line in warehouse.order(order_id)["lines"]]


def test_each_warehouse_packs_its_part_and_amazon_shows_both(two: MakeTwo) -> None:
    day, york = two(BY_SKU)
    order_id = day.amazon.place_order(day.account, lines=BOTH)
    day.run(minutes=2)
    assert day.order(order_id).state is OrderState.RELEASED
    assert (skus(day.warehouse, order_id), skus(york, order_id)) == ([("MUG-1", 2)], [("TEA-1", 1)])
    name = day.amazon.order(order_id).recipient.name
    assert [each.order(order_id)["ship_to"]["name"] for each in (day.warehouse, york)] == [name, name]
    packs(day, york, order_id, "1Z999AA10123456784")
    day.run(minutes=10)
    assert day.order(order_id).state is OrderState.PARTLY_SHIPPED
    packs(day, day.warehouse, order_id, "1Z999AA10123456793")
    day.run(minutes=30)
    assert day.order(order_id).state is OrderState.VERIFIED
    packages = day.amazon.order(order_id).packages
    assert [sum(content.quantity for content in package.items) for package in packages] == [1, 2]


def test_a_part_that_is_refused_is_settled_and_nothing_is_packed_twice(two: MakeTwo) -> None:
    day, york = two(BY_SKU)
    york.answers += [httpx.Response(422, json={"error": "TEA-1 is sold out"})] * 2
    order_id = day.amazon.place_order(day.account, lines=BOTH)
    day.run(minutes=2)
    held = day.order(order_id)
    assert held.state is OrderState.HELD
    assert held.hold is not None
    assert "TEA-1 is sold out" in held.hold.sentence
    assert "Warehouse reno has its part already (2 × MUG-1)" in held.hold.sentence

    packs(day, day.warehouse, order_id, "1Z999AA10123456784")
    day.run(minutes=40)
    again = day.order(order_id)
    assert (again.state, again.revision) == (OrderState.HELD, 3), "what Amazon changes has it tried once more"
    assert york.taken == []
    assert day.amazon.order(order_id).status == "PARTIALLY_SHIPPED"

    day.app.holds.lift(held.ref, person())
    day.run(minutes=5)
    assert day.order(order_id).state is OrderState.PARTLY_SHIPPED
    assert (skus(day.warehouse, order_id), skus(york, order_id)) == ([("MUG-1", 2)], [("TEA-1", 1)])
    packs(day, york, order_id, "1Z999AA10123456793")
    day.run(minutes=30)
    assert day.order(order_id).state is OrderState.VERIFIED


def test_a_crash_between_the_parts_doubles_and_loses_nothing(two: MakeTwo) -> None:
    day, york = two(BY_SKU)
    york.crashes = True
    order_id = day.amazon.place_order(day.account, lines=BOTH)
    day.run(minutes=2)
    assert day.order(order_id).state is OrderState.RELEASABLE
    assert len(day.warehouse.taken) == 1
    york.crashes = False
    day.restart()
    day.run(minutes=10)
    assert day.order(order_id).state is OrderState.RELEASED
    assert (len(day.warehouse.taken), len(york.taken), day.warehouse.repeats) == (1, 1, 0)


def test_one_warehouse_that_is_down_keeps_its_part_waiting_and_no_other(two: MakeTwo) -> None:
    day, york = two(BY_SKU)
    york.down = True
    order_id = day.amazon.place_order(day.account, lines=BOTH)
    mugs = day.amazon.place_order(day.account, lines=BOTH[:1])
    day.run(minutes=20)
    assert day.order(mugs).state is OrderState.RELEASED
    packs(day, day.warehouse, order_id, "1Z999AA10123456784")
    day.run(minutes=20)
    assert day.order(order_id).state is OrderState.RELEASABLE
    york.down = False
    day.run(minutes=10)
    packs(day, york, order_id, "1Z999AA10123456793")
    day.run(minutes=30)
    assert day.order(order_id).state is OrderState.VERIFIED


def test_the_destination_decides_and_is_found_nowhere(two: MakeTwo) -> None:
    day, york = two(BY_COUNTRY)
    order_id = day.amazon.place_order(day.account, lines=BOTH)
    day.run(minutes=2)
    order = day.order(order_id)
    assert order.state is OrderState.RELEASED
    assert (skus(day.warehouse, order_id), skus(york, order_id)) == ([("MUG-1", 2)], [("TEA-1", 1)])
    home = day.app.storage.sellers.get(SELLER).warehouse
    text = "\n".join(
        explained(
            order,
            table=day.app.routing_file(),
            home=home,
            releases=day.app.storage.releases.of_order(order.ref),
            rows=reversed(day.app.storage.audit.search(order=order.ref)),
        )
    )
    assert "1 × TEA-1: warehouse york" in text
    assert "by rule 1 (taken)" in text
    lives = day.amazon.order(order_id).recipient
    for told in (lives.postal_code, lives.state, lives.city):
        assert told not in text
        assert told not in repr(day.app.storage.audit.rows())


def test_a_file_that_names_a_warehouse_which_is_not_there_does_not_start(
    two: MakeTwo, tmp_path: Path
) -> None:
    day, _ = two(BY_SKU)
    file = tmp_path / "routing.toml"
    file.write_text(BY_SKU.replace("york", "yorke"))
    day.restart()
    assert day.app.start_faults() == ("routing rule 2: no warehouse is named 'yorke': did you mean 'york'?",)


def test_other_rules_have_the_orders_examined_again_that_their_warehouse_could_not_take(
    two: MakeTwo, tmp_path: Path
) -> None:
    day, york = two(BY_SKU)
    give_list(day.app.storage, day.app.trail, warehouse=WarehouseId("york"), skus=["MUG-1"], actor=person())
    order_id = day.amazon.place_order(day.account, lines=[Line(sku="TEA-1")])
    day.run(minutes=2)
    held = day.order(order_id)
    assert held.hold is not None
    assert held.hold.code == "sku_unknown"
    (tmp_path / "routing.toml").write_text("")
    day.run(minutes=2)
    assert day.order(order_id).state is OrderState.RELEASED
    assert york.taken == []
    assert [order["amazon_order_id"] for order in day.warehouse.taken] == [order_id]
