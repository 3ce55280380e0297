import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from spapi_simulator import Application, Behaviours, Line, ManualClock, Role, Seller, Simulator

START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
US = "ATVPDKIKX0DER"
NA = "https://sellingpartnerapi-na.amazon.com"


@dataclass(kw_only=True)
class Shop:
    """A simulator with one seller, and a client that speaks for the application."""

    sim: Simulator
    clock: ManualClock
    app: Application
    seller: Seller
    refresh_token: str
    queue_url: str
    http: httpx.Client

    def login(self, **changes: str) -> httpx.Response:
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self.refresh_token,
            "client_id": self.app.client_id,
            "client_secret": self.app.client_secret,
        }
        return self.http.post("https://api.amazon.com/auth/o2/token", data=form | changes)

    def token(self) -> str:
        return str(self.login().json()["access_token"])

    def get(self, path: str, *, token: str | None = None, host: str = NA, **query: str) -> httpx.Response:
        headers = {"x-amz-access-token": token or self.token()}
        return self.http.get(host + path, params=query, headers=headers)

    def post(self, path: str, body: object, *, token: str | None = None) -> httpx.Response:
        headers = {"x-amz-access-token": token or self.token()}
        return self.http.post(NA + path, json=body, headers=headers)

    def rdt(self, *resources: Mapping[str, object]) -> httpx.Response:
        return self.post("/tokens/2021-03-01/restrictedDataToken", {"restrictedResources": list(resources)})

    def place(self, *quantities: int, **choices: Any) -> str:
        lines = [Line(sku=f"SKU-{n}", quantity=quantity) for n, quantity in enumerate(quantities or (1,))]
        return self.sim.place_order(self.seller, lines=lines, **choices)

    def confirm(
        self, order_id: str, contents: Sequence[tuple[int, int]] = ((0, 1),), **changes: Any
    ) -> httpx.Response:
        items = self.sim.order(order_id).items
        detail: dict[str, object] = {
            "packageReferenceId": "1",
            "carrierCode": "UPS",
            "trackingNumber": "1Z999AA10123456784",
            "shipDate": "2026-11-02T08:00:00Z",
            "orderItems": [
                {"orderItemId": items[index].order_item_id, "quantity": quantity}
                for index, quantity in contents
            ],
        }
        detail = {key: value for key, value in (detail | changes).items() if value is not None}
        body = {"marketplaceId": US, "packageDetail": detail}
        return self.post(f"/orders/v0/orders/{order_id}/shipmentConfirmation", body)


def open_shop(*, behaviours: Behaviours | None = None, roles: Sequence[Role] | None = None) -> Shop:
    clock = ManualClock(START)
    sim = Simulator(clock=clock, seed=7, behaviours=behaviours)
    app, seller = sim.add_application(name="shop"), sim.add_seller()
    queue_url = sim.add_queue("orders")
    sim.subscribe(app, seller, queue_url)
    return Shop(
        sim=sim,
        clock=clock,
        app=app,
        seller=seller,
        refresh_token=sim.authorize(app, seller, roles),
        queue_url=queue_url,
        http=httpx.Client(transport=sim.transport),
    )


def error(response: httpx.Response) -> tuple[int, str, str]:
    (one,) = response.json()["errors"]
    return response.status_code, one["code"], f"{one['message']} {one['details']}".strip()


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
