"""The command line: `spapi-simulator serve`."""

import argparse
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from spapi_simulator.scenarios.quiet_morning import QuietMorning
from spapi_simulator.simulator import Simulator
from spapi_simulator.watching.server import SimulatorServer
from spapi_simulator.world.accounts import Application, Seller
from spapi_simulator.world.clock import ScaledClock
from spapi_simulator.world.marketplaces import LOOPBACK

_TICK = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A simulator with one application, its sellers and their queue."""

    sim: Simulator
    clock: ScaledClock
    sellers: tuple[tuple[Application, Seller, str], ...]
    queue_url: str


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.host not in LOOPBACK and not given.expose:
        parser.error(f"--host {given.host} is open to other machines; add --expose if that is meant.")
    world = build(given)
    sellers = [seller for _, seller, _ in world.sellers]
    orders = given.orders if given.scenario else 0
    scenario = QuietMorning(world.sim, sellers, orders=orders, hours=given.hours, start=given.start)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    server = SimulatorServer(world.sim, given.host, given.port, complete=lambda: scenario.finished)
    with server:
        if given.ready_file:
            write_ready(Path(given.ready_file), world, server.url)
        sys.stdout.write(f"spapi-simulator listens on {server.url}\n")
        sys.stdout.flush()
        while not stop.wait(_TICK):
            scenario.step(world.clock.now())
    return 0


def build(given: argparse.Namespace) -> World:
    """Build the world that the arguments of `serve` describe."""
    anchor = time.time() if given.anchor is None else given.anchor
    clock = ScaledClock(given.start, given.speed, anchor)
    sim = Simulator(clock=clock, seed=given.seed)
    app = sim.add_application(name="application")
    queue_url = sim.add_queue("orders")
    sellers = []
    for _ in range(given.sellers):
        seller = sim.add_seller(region=given.region, marketplaces=tuple(given.marketplaces.split(",")))
        sellers.append((app, seller, sim.authorize(app, seller)))
        sim.subscribe(app, seller, queue_url)
    return World(sim=sim, clock=clock, sellers=tuple(sellers), queue_url=queue_url)


def write_ready(path: Path, world: World, url: str) -> None:
    """Write the ready file in one step, readable by its owner alone: it holds the credentials."""
    ready = {
        "url": url,
        "pid": os.getpid(),
        "sellers": [
            {
                "seller_id": seller.seller_id,
                "region": seller.region,
                "marketplaces": list(seller.marketplaces),
                "client_id": app.client_id,
                "client_secret": app.client_secret,
                "refresh_token": refresh_token,
                "application_id": app.application_id,
            }
            for app, seller, refresh_token in world.sellers
        ],
        "queue_url": url + "/" + "/".join(world.queue_url.split("/")[3:]),
        "start": world.clock.start.isoformat(),
        "speed": world.clock.speed,
        "anchor": world.clock.anchor,
    }
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(ready, file, indent=2)
    temporary.replace(path)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="spapi-simulator", description="Amazon's SP-API, simulated.")
    serve = parser.add_subparsers(dest="command", required=True).add_parser("serve", help="answer over HTTP")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--expose", action="store_true", help="allow a host that other machines can reach")
    serve.add_argument("--port", type=int, default=0, help="0 takes a free one")
    serve.add_argument("--seed", type=int, default=7)
    serve.add_argument("--speed", type=float, default=1.0, help="simulated seconds per second")
    serve.add_argument("--start", type=_instant, default=datetime(2026, 11, 2, 8, tzinfo=UTC))
    serve.add_argument("--anchor", type=float, default=None, help="Unix seconds at which --start holds")
    serve.add_argument("--scenario", choices=[QuietMorning.name], default=None)
    serve.add_argument("--orders", type=int, default=200)
    serve.add_argument("--hours", type=float, default=4.0)
    serve.add_argument("--sellers", type=int, default=1)
    serve.add_argument("--region", choices=["NA", "EU", "FE"], default="NA")
    serve.add_argument("--marketplaces", default="ATVPDKIKX0DER", help="ids, comma-separated")
    serve.add_argument("--ready-file", default=None, help="where to write the address and the credentials")
    return parser


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError("give an instant with its offset, such as 2026-11-02T08:00:00Z")
    return instant.astimezone(UTC)
