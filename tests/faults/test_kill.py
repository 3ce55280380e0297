"""kill -9 before and after each outside effect: nothing is lost, nothing is done twice."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from dockseal.bootstrap import build, create_keys
from dockseal.cli.opened import person
from dockseal.cli.sellers import add_seller
from dockseal.cli.warehouses import add_warehouse, new_secrets
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.secret import LwaCredentials, Secret
from dockseal.domain.seller import Region, Seller
from dockseal.monitoring_audit.verifying import verify
from dockseal.settings import settings_from
from spapi_simulator import Line, ScaledClock, Simulator
from spapi_simulator.watching.server import SimulatorServer

US = "ATVPDKIKX0DER"
START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
SPEED = 60.0
ORDERS = 3
PATIENCE = 120


class Taker(BaseHTTPRequestHandler):
    """Takes releases and keeps every body it was sent, by reference."""

    bodies: dict[str, list[bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.bodies.setdefault(self.headers["webhook-id"], []).append(body)
        self.send_response(202)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@dataclass(kw_only=True)
class Scene:
    """A simulated Amazon and a warehouse over HTTP, and the folder of a Dockseal that gets killed."""

    folder: Path
    amazon: Simulator
    account: Any
    amazon_url: str
    clock: ScaledClock
    bodies: dict[str, list[bytes]] = field(default_factory=dict)

    def run(self, *, effect: str, when: str) -> int:
        """Runs the victim; returns its exit code."""
        plan = {
            "folder": str(self.folder),
            "amazon": self.amazon_url,
            "effect": effect,
            "when": when,
            "orders": ORDERS,
            "start": START.isoformat(),
            "speed": SPEED,
            "anchor": self.clock.anchor,
        }
        place = self.folder / "plan.json"
        place.write_text(json.dumps(plan))
        victim = Path(__file__).with_name("victim.py")
        paths = [str(victim.parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
        return subprocess.run(
            [sys.executable, str(victim), str(place)],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
            timeout=PATIENCE,
            check=False,
        ).returncode


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Three orders placed, and Dockseal set up but not yet run."""
    clock = ScaledClock(start=START, speed=SPEED, anchor=time.time())
    amazon = Simulator(clock=clock, seed=7)
    account = amazon.add_seller(region="NA", marketplaces=(US,))
    application = amazon.add_application(name="Dockseal")
    queue_url = amazon.add_queue("orders")
    amazon.subscribe(application, account, queue_url)
    token = amazon.authorize(application, account)
    handler = type("OneTaker", (Taker,), {"bodies": {}})
    warehouse = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=warehouse.serve_forever, daemon=True).start()
    with SimulatorServer(amazon, "127.0.0.1", 0) as server:
        settings = settings_from(
            {"data_dir": tmp_path / "data", "key_dir": tmp_path / "keys", "amazon_url": server.url}
        )
        create_keys(settings, person(), clock=clock)
        app = build(settings, clock=clock)
        url = f"http://127.0.0.1:{warehouse.server_port}/orders"
        add_warehouse(app, "reno", kind="webhook", options={"url": url}, keys=new_secrets())
        seller = Seller(
            id=SellerId("acme-us"),
            region=Region.NA,
            marketplaces=(US,),
            selling_partner_id=account.seller_id,
            queue_url=queue_url,
            warehouse=WarehouseId("reno"),
        )
        credentials = LwaCredentials(
            client_id=application.client_id,
            client_secret=Secret(application.client_secret),
            refresh_token=Secret(token),
        )
        add_seller(app, seller, credentials)
        app.close()
        for number in range(ORDERS):
            amazon.place_order(account, lines=[Line(sku=f"SKU-{number}", quantity=2)])
        yield Scene(
            folder=tmp_path,
            amazon=amazon,
            account=account,
            amazon_url=server.url,
            clock=clock,
            bodies=handler.bodies,
        )
    warehouse.shutdown()
    warehouse.server_close()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("effect", ["delete", "release", "confirm"])
def test_a_kill_loses_nothing_and_doubles_nothing(scene: Scene, effect: str, when: str) -> None:
    assert scene.run(effect=effect, when=when) == -signal.SIGKILL, "the victim was not killed at the effect"
    assert scene.run(effect=effect, when=when) == 0

    orders = scene.amazon.orders(scene.account)
    assert len(orders) == ORDERS
    for order in orders:
        assert order.status == "SHIPPED"
        (package,) = order.packages
        assert sum(content.quantity for content in package.items) == 2
        assert package.edits == 0, "a package Amazon had was sent again"
    told = [json.loads(bodies[0])["amazon_order_id"] for bodies in scene.bodies.values()]
    assert len(told) == len(set(told)) == ORDERS, "an order went to the warehouse under two references"
    for bodies in scene.bodies.values():
        assert len(set(bodies)) == 1, "the same reference was sent with different contents"
    settings = settings_from({"data_dir": scene.folder / "data", "key_dir": scene.folder / "keys"})
    app = build(settings)
    try:
        assert verify(app.storage).rows > 0
    finally:
        app.close()
