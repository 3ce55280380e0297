"""What the simulated Amazon costs: requests in process, and a world of many orders."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx

from spapi_simulator import Line, ManualClock, Simulator

_HOST = "https://sellingpartnerapi-na.amazon.com"
_SAMPLE = 2000
_PAGE = 4096


def rows(orders: int) -> list[tuple[str, str]]:
    """Return what to print for a world of so many orders."""
    clock = ManualClock(datetime(2026, 11, 2, 8, tzinfo=UTC))
    before = _memory()
    sim = Simulator(clock=clock, seed=7)
    app, seller = sim.add_application(), sim.add_seller()
    token = sim.authorize(app, seller)
    sim.subscribe(app, seller, sim.add_queue("orders"))
    sim.limits.off()
    placed = []
    for number in range(orders):
        placed.append(sim.place_order(seller, lines=[Line(sku=f"SKU-{number % 60}")]))
        clock.advance(seconds=1)
    grown = _memory() - before
    access = _login(sim, app.client_id, app.client_secret, token)
    headers = {"x-amz-access-token": access, "user-agent": "bench"}
    ids = [placed[number % orders] for number in range(_SAMPLE)]
    path = "/orders/2026-01-01/orders"
    one = _requests([f"{path}/{order_id}?includedData=FULFILLMENT" for order_id in ids], headers)
    page = _requests([f"{path}?createdAfter=2026-11-02T08:00:00Z&includedData=FULFILLMENT"] * 50, headers)
    each = _per_second(sim.handle, one)
    idle = _per_second(lambda _: httpx.Response(200, json={}), one)
    return [
        ("simulator: getOrder in process, requests/s of one core", f"{each:,.0f}"),
        ("simulator: CPU of getOrder / building an empty httpx response", f"{idle / each:.1f}"),
        ("simulator: CPU of a page of 100 / getOrder", f"{each / _per_second(sim.handle, page):.1f}"),
        (f"simulator: memory of {orders:,} orders and their notifications, GiB", f"{grown / 2**30:.2f}"),
    ]


def _requests(paths: list[str], headers: dict[str, str]) -> list[httpx.Request]:
    return [httpx.Request("GET", _HOST + path, headers=headers) for path in paths]


def _per_second(answer: Callable[[httpx.Request], object], requests: list[httpx.Request]) -> float:
    started = time.process_time()
    for request in requests:
        answer(request)
    return len(requests) / (time.process_time() - started)


def _login(sim: Simulator, client_id: str, client_secret: str, refresh_token: str) -> str:
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    form |= {"client_id": client_id, "client_secret": client_secret}
    with httpx.Client(transport=sim.transport) as http:
        return str(http.post("https://api.amazon.com/auth/o2/token", data=form).json()["access_token"])


def _memory() -> int:
    """Return the resident memory of this process in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE
