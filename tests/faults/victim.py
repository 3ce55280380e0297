"""A Dockseal in a process of its own that kills itself at one outside effect, as a power cut would.

Run as a script with the path of a JSON file; see `test_kill.py`.
"""

import json
import os
import signal
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from dockseal.bootstrap import App, build
from dockseal.domain.clock import ScaledClock, parse_instant
from dockseal.domain.order import OrderState
from dockseal.domain.release import ReleaseState
from dockseal.domain.shipment import ShipmentReport
from dockseal.settings import settings_from
from parcel_numbers import ups_of


def is_effect(request: httpx.Request, effect: str) -> bool:
    """Whether a request is the outside effect of that name."""
    if effect == "delete":
        return "DeleteMessage" in request.headers.get("x-amz-target", "")
    if effect == "confirm":
        return request.method == "POST" and request.url.path.endswith("/shipmentConfirmation")
    return effect == "release" and request.url.path == "/orders"


class Killing(httpx.BaseTransport):
    """Carries requests, and kills this process before or after the first one that is the effect."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self._inner = httpx.HTTPTransport()
        self._plan = plan

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        deadly = is_effect(request, self._plan["effect"])
        if deadly and self._plan["when"] == "before":
            self._die()
        answer = self._inner.handle_request(request)
        if deadly and self._plan["when"] == "after":
            answer.read()
            self._die()
        return answer

    def _die(self) -> None:
        marker = Path(self._plan["folder"]) / "killed"
        if not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)


def report_parcels(app: App) -> None:
    """Reports one parcel for each released order, as its warehouse would; again and again."""
    for order in app.storage.orders.list(limit=100):
        for release in app.storage.releases.of_order(order.ref):
            if release.state is ReleaseState.ACCEPTED:
                report = ShipmentReport(
                    report_id=f"parcel-of-{release.ref}",
                    warehouse=release.warehouse,
                    release=release.ref,
                    carrier="UPS",
                    tracking_number=ups_of(order.id),
                    shipped_at=app.storage.releases.of_order(order.ref)[0].intended_at,
                )
                app.tracking.report(report)


def main(place: str) -> None:
    """Runs until every order is verified."""
    plan = json.loads(Path(place).read_text())
    clock = ScaledClock(start=parse_instant(plan["start"]), speed=plan["speed"], anchor=plan["anchor"])
    folder = Path(plan["folder"])
    settings = settings_from(
        {
            "data_dir": folder / "data",
            "key_dir": folder / "keys",
            "amazon_url": plan["amazon"],
            "verify_after": timedelta(minutes=1),
        }
    )
    app = build(
        settings,
        clock=clock,
        transport=Killing(plan),
        warehouse_transport=Killing(plan),
        queue_wait_seconds=0,
    )
    never = threading.Event()
    while True:
        app.lanes.run_due()
        report_parcels(app)
        states = {order.state for order in app.storage.orders.list(limit=100)}
        if app.storage.orders.count() == plan["orders"] and states <= {
            OrderState.VERIFIED,
            OrderState.SHREDDED,
        }:
            break
        clock.wait(never, 2)
    app.close()


if __name__ == "__main__":
    main(sys.argv[1])
