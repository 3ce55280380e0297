from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft4Validator, Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4
from shop import US, Shop, load, open_shop

from spapi_simulator import Role
from spapi_simulator.orders.v2026 import DATASETS

V0 = "/orders/v0/orders"
V2026 = "/orders/2026-01-01/orders"
SINCE = "2026-11-02T07:00:00Z"
ALL = ",".join(sorted(DATASETS))


def faults(model: Any, definition: str, body: object) -> list[str]:
    registry = Registry().with_resource("model:", DRAFT4.create_resource(model))
    schema = {"$ref": f"model:#/definitions/{definition}"}
    return [error.message for error in Draft4Validator(schema, registry=registry).iter_errors(body)]


def busy(shop: Shop) -> list[str]:
    """Orders in every state, with everything an order can have."""
    shipped, partly, cancelled = shop.place(2, 1, gift_message="Invented"), shop.place(3), shop.place()
    asked, reduced = shop.place(), shop.place(2, 2)
    others = [shop.place(pending=True), shop.place(fulfilled_by="AMAZON"), shop.place(programs=["PRIME"])]
    shop.confirm(shipped, [(0, 2), (1, 1)], shippingMethod="Ground")
    shop.confirm(partly, [(0, 1)])
    shop.sim.cancel(cancelled)
    shop.sim.request_cancel(asked)
    shop.sim.cancel_item(reduced, shop.sim.order(reduced).items[0].order_item_id, 2)
    shop.clock.advance(seconds=121)
    return [shipped, partly, cancelled, asked, reduced, *others]


def v0_answers(shop: Shop, orders: list[str]) -> Iterator[tuple[str, httpx.Response]]:
    yield "GetOrdersResponse", shop.get(V0, MarketplaceIds=US, LastUpdatedAfter=SINCE, MaxResultsPerPage="2")
    for path, definition, elements in (
        ("", "GetOrderResponse", ["buyerInfo", "shippingAddress"]),
        ("/orderItems", "GetOrderItemsResponse", ["buyerInfo"]),
        ("/address", "GetOrderAddressResponse", []),
        ("/buyerInfo", "GetOrderBuyerInfoResponse", []),
        ("/orderItems/buyerInfo", "GetOrderItemsBuyerInfoResponse", []),
    ):
        resource = {"method": "GET", "path": f"{V0}/{{orderId}}{path}", "dataElements": elements}
        token = shop.rdt(resource).json()["restrictedDataToken"]
        for order_id in orders:
            yield definition, shop.get(f"{V0}/{order_id}{path}", token=token)
            yield definition, shop.get(f"{V0}/{order_id}{path}")


def test_every_v0_answer_fits_amazons_model(shop: Shop, models: Path) -> None:
    model = load(models / "models" / "ordersV0.json")
    shop.sim.limits.off()
    for definition, answer in v0_answers(shop, busy(shop)):
        assert answer.status_code == 200
        assert faults(model, definition, answer.json()) == []
    refused = shop.confirm(shop.place(), packageReferenceId="x")
    assert faults(model, "ConfirmShipmentErrorResponse", refused.json()) == []


@pytest.mark.parametrize("roles", [None, [Role.INVENTORY_AND_ORDER_TRACKING]])
@pytest.mark.parametrize("data", [ALL, "FULFILLMENT,PACKAGES,CANCELLATION", ""])
def test_every_v2026_answer_fits_amazons_model(models: Path, roles: list[Role] | None, data: str) -> None:
    model = load(models / "models" / "orders_2026-01-01.json")
    shop = open_shop(roles=roles)
    orders = busy(shop)
    for extra in ({}, {"maxResultsPerPage": "2"}):
        answer = shop.get(V2026, lastUpdatedAfter=SINCE, includedData=data, **extra)
        assert len(answer.json()["orders"]) >= 2
        assert faults(model, "SearchOrdersResponse", answer.json()) == []
    for order_id in orders:
        answer = shop.get(f"{V2026}/{order_id}", includedData=data)
        assert faults(model, "GetOrderResponse", answer.json()) == []
    refused = shop.get(V2026)
    assert faults(model, "ErrorList", refused.json()) == []


def test_every_token_answer_fits_amazons_model(shop: Shop, models: Path) -> None:
    model = load(models / "models" / "tokens_2021-03-01.json")
    good = shop.rdt({"method": "GET", "path": f"{V0}/{{orderId}}/address"})
    assert faults(model, "CreateRestrictedDataTokenResponse", good.json()) == []
    assert faults(model, "ErrorList", shop.rdt().json()) == []


def test_every_notification_fits_amazons_schema(shop: Shop, models: Path) -> None:
    schema = load(models / "schemas" / "notifications" / "OrderChangeNotification.json")
    busy(shop)
    bodies = shop.sim.messages(shop.queue_url)
    assert len(bodies) > 8
    for body in bodies:
        answer = httpx.Response(200, content=body).json()
        assert [one.message for one in Draft7Validator(schema).iter_errors(answer)] == []
