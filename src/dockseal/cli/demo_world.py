"""The demo's world: a simulated Amazon, a warehouse, and a whole Dockseal on SQLite between them."""

import contextlib
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import httpx

from dockseal.bootstrap import App, build, create_keys
from dockseal.cli.opened import person
from dockseal.cli.sellers import add_seller
from dockseal.cli.warehouses import WarehouseSecrets, add_warehouse, new_secrets
from dockseal.console.parts import parts
from dockseal.console.server import ConsoleServer
from dockseal.domain.clock import ScaledClock, scaled_from_now
from dockseal.domain.identifiers import SellerId, WarehouseId
from dockseal.domain.secret import LwaCredentials, Secret
from dockseal.domain.seller import Region, Seller
from dockseal.errors import SettingsFault
from dockseal.lane_threads import LaneThreads
from dockseal.logs import configure_logging
from dockseal.settings import Settings, settings_from

_PATIENCE = 200
"""Tenths of a second a process of the demo may take to be ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the demo plays."""

    orders: int
    hours: float
    speed: float
    seed: int
    start: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The demo while it runs."""

    plan: Plan
    app: App
    clock: ScaledClock
    console_url: str
    amazon: "Side"
    warehouse: "Side"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two other sides, asked over HTTP what it saw."""

    client: httpx.Client
    path: str

    def state(self, more: str = "") -> dict[str, Any]:
        """Returns what that side says of itself; never personal data."""
        return cast("dict[str, Any]", self.client.get(self.path + more).raise_for_status().json())


@contextlib.contextmanager
def world(plan: Plan, folder: Path) -> Iterator[Running]:
    """Starts everything in `folder`, and stops all of it at the end.

    Raises:
        SettingsFault: the simulator is not installed, or a process did not start.
    """
    if importlib.util.find_spec("spapi_simulator") is None:
        raise SettingsFault(("the demo needs the simulator: pip install 'dockseal[demo]'",))
    clock = scaled_from_now(start=plan.start, speed=plan.speed)
    with contextlib.ExitStack() as stack:
        amazon = stack.enter_context(_simulator(plan, clock, folder))
        secrets = new_secrets()
        warehouse = stack.enter_context(_warehouse(plan, clock, folder, secrets))
        settings = _settings(folder, amazon["url"])
        (folder / "anchors").mkdir()
        create_keys(settings, person(), clock=clock)
        app = stack.enter_context(contextlib.closing(build(settings, console=parts(settings), clock=clock)))
        configure_logging(settings, folder / "dockseal.log", in_use=app.vault.in_use)
        add_warehouse(app, "reno", kind="webhook", options={"url": warehouse["url"]}, keys=secrets)
        add_seller(app, *_seller(amazon))
        server = ConsoleServer(app, settings.console_host, settings.console_port)
        server.start()
        stack.callback(server.stop)
        (folder / "dockseal-url").write_text(server.url, encoding="utf-8")
        lanes = LaneThreads(app.lanes, workers=settings.workers, end_of_thread=app.storage.close_thread)
        lanes.start()
        stack.callback(lanes.stop)
        client = stack.enter_context(httpx.Client(timeout=10))
        yield Running(
            plan=plan,
            app=app,
            clock=clock,
            console_url=server.url,
            amazon=Side(client=client, path=f"{amazon['url']}/_simulator"),
            warehouse=Side(client=client, path=f"{warehouse['base']}/state"),
        )


def _settings(folder: Path, amazon_url: str) -> Settings:
    return settings_from(
        {
            "data_dir": folder / "data",
            "key_dir": folder / "keys",
            "audit_anchor_dir": folder / "anchors",
            "amazon_url": amazon_url,
            "console_port": 0,
            # Short, so that keys are destroyed while you look.
            "keep": timedelta(hours=2),
            "epoch_length": timedelta(minutes=15),
            "log_level": "info",
        }
    )


def _seller(amazon: dict[str, Any]) -> tuple[Seller, LwaCredentials]:
    told = amazon["sellers"][0]
    seller = Seller(
        id=SellerId("demo-us"),
        region=Region(told["region"]),
        marketplaces=tuple(told["marketplaces"]),
        selling_partner_id=told["seller_id"],
        queue_url=amazon["queue_url"],
        warehouse=WarehouseId("reno"),
    )
    credentials = LwaCredentials(
        client_id=told["client_id"],
        client_secret=Secret(told["client_secret"]),
        refresh_token=Secret(told["refresh_token"]),
    )
    return seller, credentials


@contextlib.contextmanager
def _simulator(plan: Plan, clock: ScaledClock, folder: Path) -> Iterator[dict[str, Any]]:
    arguments = ["serve", "--scenario", "quiet-morning", "--port", "0"]
    arguments += ["--orders", str(plan.orders), "--hours", str(plan.hours)]
    with _process("spapi_simulator", [*arguments, *_shared(plan, clock)], folder / "amazon") as ready:
        yield ready


@contextlib.contextmanager
def _warehouse(
    plan: Plan, clock: ScaledClock, folder: Path, secrets: WarehouseSecrets
) -> Iterator[dict[str, Any]]:
    arguments = []
    for name, text in (("secret", secrets.webhook.reveal()), ("api-key", secrets.api_key.reveal())):
        place = folder / f"warehouse-{name}"
        place.touch(mode=0o600)
        place.write_text(text, encoding="utf-8")
        arguments += [f"--{name}-file", str(place)]
    arguments += ["--dockseal-file", str(folder / "dockseal-url")]
    module = "dockseal.cli.demo_warehouse"
    with _process(module, [*arguments, *_shared(plan, clock)], folder / "warehouse") as ready:
        yield ready


def _shared(plan: Plan, clock: ScaledClock) -> list[str]:
    times = ["--start", clock.start.isoformat(), "--speed", str(clock.speed), "--anchor", str(clock.anchor)]
    return ["--seed", str(plan.seed), *times]


@contextlib.contextmanager
def _process(module: str, arguments: list[str], place: Path) -> Iterator[dict[str, Any]]:
    """Runs a module until the end of the block; yields what it says when it is ready."""
    ready = place.with_suffix(".json")
    with place.with_suffix(".log").open("w", encoding="utf-8") as output:
        process = subprocess.Popen(  # noqa: S603 - our own modules, no shell
            [sys.executable, "-m", module, *arguments, "--ready-file", str(ready)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is for the demo, which then stops this one
        )
        try:
            yield _wait_for(process, module, ready)
        finally:
            _end(process)


def _wait_for(process: subprocess.Popen[bytes], module: str, ready: Path) -> dict[str, Any]:
    for _ in range(_PATIENCE):
        if ready.exists():
            return cast("dict[str, Any]", json.loads(ready.read_text(encoding="utf-8")))
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = process.wait(timeout=0.1)
            raise SettingsFault((f"{module} ended with {code}; see {ready.with_suffix('.log')}",))
    raise SettingsFault((f"{module} was not ready in time; see {ready.with_suffix('.log')}",))


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
