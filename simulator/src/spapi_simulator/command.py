"""The command line: `spapi-simulator serve`, `spapi-simulator scenarios`."""

import argparse
import json
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from queue import SimpleQueue

from spapi_simulator.front.faults import Fault
from spapi_simulator.scenarios.base import Scenario
from spapi_simulator.scenarios.registry import SCENARIOS
from spapi_simulator.simulator import Simulator
from spapi_simulator.watching.greeting import greeting
from spapi_simulator.watching.server import SimulatorServer
from spapi_simulator.watching.wishes import read_fault
from spapi_simulator.world.accounts import Application, Seller
from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.clock import ScaledClock
from spapi_simulator.world.marketplaces import LOOPBACK, MARKETPLACES

_TICK = 0.05
_HOME = {"NA": "ATVPDKIKX0DER", "EU": "A1PA6795UKMFR9", "FE": "A1VC38T7YXB528"}
"""The marketplace of a region's sellers when nobody names one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A simulator with one application, its sellers, their queue, and what is to happen to them."""

    sim: Simulator
    clock: ScaledClock
    sellers: tuple[tuple[Application, Seller, str], ...]
    queue_url: str
    scenario: Scenario | None = None

    @property
    def complete(self) -> bool:
        """Whether everything planned has happened."""
        return self.scenario is None or self.scenario.finished


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.command == "scenarios":
        _say("".join(f"{name:<18}{scenario.summary}\n" for name, scenario in SCENARIOS.items()))
        return 0
    if given.host not in LOOPBACK and not given.expose:
        parser.error(f"--host {given.host} is open to other machines; add --expose if that is meant.")
    try:
        return serve(given)
    except ValueError as fault:
        parser.error(str(fault))
    except OSError as fault:
        parser.error(f"{fault.strerror or fault}: {fault.filename or f'{given.host}:{given.port}'}")


def serve(given: argparse.Namespace) -> int:
    """Serve the world that the arguments describe until a signal comes.

    Raises:
        OSError: The port or the ready file is not to be had.
        ValueError: The world cannot be as described.
    """
    world = build(given)
    scenario = world.scenario
    stop = _told_to_end()
    server = SimulatorServer(
        world.sim,
        given.host,
        given.port,
        complete=lambda: world.complete,
        scenario=scenario.name if scenario else "",
        exposed=given.expose,
    )
    with server:
        ready = ready_of(world, server.url)
        if given.ready_file:
            write_ready(Path(given.ready_file), ready)
        open_hand = given.print_credentials or sys.stdout.isatty()
        _say(greeting(ready, scenario=scenario, ready_file=given.ready_file, credentials=open_hand))
        while not stop.wait(_TICK):
            if scenario is not None:
                scenario.step(world.clock.now())
    return 0


def _told_to_end() -> threading.Event:
    """Return an event that SIGINT and SIGTERM set.

    A handler may run while the main thread holds the lock of the event it waits for: setting it there would
    wait for ever. So it only puts into a queue, which may interrupt itself, and a thread sets the event.
    """
    told: SimpleQueue[None] = SimpleQueue()
    ending = threading.Event()

    def pass_on() -> None:
        told.get()
        ending.set()

    threading.Thread(target=pass_on, name="told-to-end", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.put(None))
    return ending


def build(given: argparse.Namespace) -> World:
    """Build the world that the arguments of `serve` describe.

    Raises:
        ValueError: A marketplace does not fit the region.
    """
    kind = SCENARIOS[given.scenario] if given.scenario else None
    anchor = time.time() if given.anchor is None else given.anchor
    clock = ScaledClock(given.start, given.speed, anchor)
    sim = Simulator(clock=clock, seed=given.seed, behaviours=kind.behaviours if kind else Behaviours())
    region, marketplaces = _places(given, kind)
    app = sim.add_application(name="application")
    queue_url = sim.add_queue("orders")
    sellers = []
    for _ in range(given.sellers):
        seller = sim.add_seller(region=region, marketplaces=marketplaces)
        sellers.append((app, seller, sim.authorize(app, seller)))
        sim.subscribe(app, seller, queue_url)
    if given.quotas is not None:
        if given.quotas:
            sim.limits.scale(given.quotas)
        else:
            sim.limits.off()
    for fault in given.fault:
        sim.faults.add(fault)
    scenario = None
    if kind is not None:
        accounts = [seller for _, seller, _ in sellers]
        scenario = kind(sim, accounts, orders=given.orders, hours=given.hours, start=given.start)
    return World(sim=sim, clock=clock, sellers=tuple(sellers), queue_url=queue_url, scenario=scenario)


def ready_of(world: World, url: str) -> dict[str, object]:
    """Return what a client needs to know: the address, the credentials and the clock."""
    return {
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


def write_ready(path: Path, ready: dict[str, object]) -> None:
    """Write the ready file in one step, readable by its owner alone: it holds the credentials."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, str(path)) from fault
    with os.fdopen(descriptor, "w") as file:
        json.dump(ready, file, indent=2)
    temporary.replace(path)


def _places(given: argparse.Namespace, kind: type[Scenario] | None) -> tuple[str, tuple[str, ...]]:
    """Return the region and marketplaces of the sellers: as told, or the scenario's, or usual ones."""
    if given.marketplaces:
        named = tuple(one.strip() for one in given.marketplaces.split(","))
        known = MARKETPLACES.get(named[0])
        return given.region or (known.region if known else "NA"), named
    region = given.region or (kind.region if kind else "NA")
    if kind is not None and region == kind.region:
        return region, kind.marketplaces
    return region, (_HOME[region],)


def _say(text: str) -> None:
    """Print, in the one place that does; a reader who has gone away is no fault."""
    with suppress(BrokenPipeError):
        sys.stdout.write(text)
        sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="spapi-simulator", description="Amazon's SP-API, simulated.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('spapi-simulator')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("scenarios", help="list what can happen in a world")
    serve = commands.add_parser("serve", help="answer over HTTP", usage="%(prog)s [options]")
    where = serve.add_argument_group("where")
    where.add_argument("--host", default="127.0.0.1")
    where.add_argument("--expose", action="store_true", help="allow a host that other machines can reach")
    where.add_argument("--port", type=_port, default=0, help="0 takes a free one")
    where.add_argument("--ready-file", metavar="PATH", help="where to write the address and the credentials")
    where.add_argument("--print-credentials", action="store_true", help="print them also where nobody types")
    time_ = serve.add_argument_group("time")
    time_.add_argument("--speed", type=_speed, default=1.0, help="simulated seconds per second")
    time_.add_argument(
        "--start", type=_instant, default=datetime(2026, 11, 2, 8, tzinfo=UTC), metavar="INSTANT"
    )
    time_.add_argument("--anchor", type=float, default=None, help="Unix seconds at which --start holds")
    world = serve.add_argument_group("the world")
    world.add_argument("--seed", type=int, default=7, help="the same seed gives the same world")
    world.add_argument(
        "--scenario", choices=SCENARIOS, metavar="NAME", help="see `spapi-simulator scenarios`"
    )
    world.add_argument("--orders", type=_count, help="how many; every scenario has a number of its own")
    world.add_argument("--hours", type=_hours, help="how long the scenario takes")
    world.add_argument("--sellers", type=_sellers, default=1)
    world.add_argument("--region", choices=["NA", "EU", "FE"])
    world.add_argument("--marketplaces", metavar="IDS", help="their ids, comma-separated")
    world.add_argument("--quotas", type=_quotas, metavar="off|N", help="no usage plans, or N times Amazon's")
    world.add_argument(
        "--fault", type=_fault, action="append", default=[], metavar="JSON", help="put a fault in force"
    )
    return parser


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise argparse.ArgumentTypeError("give an instant with its offset, such as 2026-11-02T08:00:00Z")
    return instant.astimezone(UTC)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number <= 0:
        raise argparse.ArgumentTypeError("give a number greater than 0")
    return number


def _speed(text: str) -> float:
    speed = _number(text)
    if speed > 1e6:
        raise argparse.ArgumentTypeError("a million times as fast is the most")
    return speed


def _hours(text: str) -> float:
    return _number(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 7:
        raise argparse.ArgumentTypeError("give a whole number")
    return int(text)


def _sellers(text: str) -> int:
    sellers = _count(text)
    if not 1 <= sellers <= 1000:
        raise argparse.ArgumentTypeError("give a number from 1 to 1000")
    return sellers


def _port(text: str) -> int:
    port = _count(text)
    if port > 65535:
        raise argparse.ArgumentTypeError("a port is at most 65535")
    return port


def _quotas(text: str) -> float:
    """Return what usage plans are multiplied by; 0 is without them."""
    return 0 if text == "off" else _number(text)


def _fault(text: str) -> Fault:
    try:
        return read_fault(json.loads(text))
    except json.JSONDecodeError:
        raise argparse.ArgumentTypeError(
            'give JSON, such as {"operation": "getOrders", "status": 503}'
        ) from None
    except ValueError as fault:
        raise argparse.ArgumentTypeError(str(fault)) from None
