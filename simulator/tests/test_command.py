import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from shop import START

from spapi_simulator import ManualClock
from spapi_simulator.command import World, _parser, build, ready_of, run, write_ready
from spapi_simulator.scenarios.registry import SCENARIOS


def built(*arguments: str) -> World:
    return build(_parser().parse_args(["serve", *arguments]))


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        run(arguments)
    assert ended.value.code == 2
    return capsys.readouterr().err


def test_the_ready_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    write_ready(tmp_path / "ready.json", ready_of(built("--sellers", "2"), "http://127.0.0.1:1"))
    ready = json.loads((tmp_path / "ready.json").read_text(encoding="utf-8"))
    assert (tmp_path / "ready.json").stat().st_mode & 0o777 == 0o600
    assert len(ready["sellers"]) == 2
    assert ready["queue_url"] == "http://127.0.0.1:1/000000000000/orders"
    assert [path.name for path in tmp_path.iterdir()] == ["ready.json"]


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_brings_its_world(name: str) -> None:
    kind, world = SCENARIOS[name], built("--scenario", name, "--orders", "12")
    assert world.scenario is not None
    assert (world.sim.behaviours, world.scenario.hours) == (kind.behaviours, kind.hours)
    (_, seller, _), *_ = world.sellers
    assert (seller.region, seller.marketplaces) == (kind.region, kind.marketplaces)
    assert not world.complete


def test_the_usual_number_of_orders_is_the_scenarios_own() -> None:
    for name, kind in SCENARIOS.items():
        scenario = built("--scenario", name).scenario
        assert scenario is not None
        assert scenario.orders == kind.orders
    busy = built("--scenario", "peak-day", "--orders", "100000", "--hours", "2").scenario
    assert busy is not None
    assert (busy.orders, busy.hours) == (100_000, 2)


@pytest.mark.parametrize(
    ("arguments", "region", "marketplaces"),
    [
        ((), "NA", ("ATVPDKIKX0DER",)),
        (("--region", "FE"), "FE", ("A1VC38T7YXB528",)),
        (("--marketplaces", "A1PA6795UKMFR9,A13V1IB3VIYZZH"), "EU", ("A1PA6795UKMFR9", "A13V1IB3VIYZZH")),
        (("--scenario", "eu-seven", "--region", "NA"), "NA", ("ATVPDKIKX0DER",)),
    ],
)
def test_sellers_are_where_they_are_told_to_be(
    arguments: tuple[str, ...], region: str, marketplaces: tuple[str, ...]
) -> None:
    (_, seller, _), *_ = built(*arguments).sellers
    assert (seller.region, seller.marketplaces) == (region, marketplaces)


def test_quotas_are_scaled_or_off_and_faults_in_force() -> None:
    world = built("--quotas", "3", "--fault", '{"operation": "getOrders", "status": 500}')
    assert [fault.status for fault, _ in world.sim.faults] == [500]
    assert world.sim.limits._factor == 3
    assert not built("--quotas", "off").sim.limits._on
    assert world.complete


def test_the_clock_is_anchored_where_it_is_told() -> None:
    world = built("--start", "2026-11-02T09:00:00+01:00", "--speed", "60", "--anchor", "1000")
    assert (world.clock.start, world.clock.speed, world.clock.anchor) == (START, 60, 1000)
    assert world.sim.clock is world.clock
    assert not isinstance(world.clock, ManualClock)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--host", "192.0.2.1"), "--host 192.0.2.1 is open to other machines; add --expose"),
        (("--speed", "0"), "argument --speed: give a number greater than 0"),
        (("--speed", "1e9"), "argument --speed: a million times as fast is the most"),
        (("--hours", "nan"), "argument --hours: give a number greater than 0"),
        (("--port", "65536"), "argument --port: a port is at most 65535"),
        (("--orders", "-1"), "argument --orders"),
        (("--orders", "many"), "argument --orders: give a whole number"),
        (("--sellers", "0"), "argument --sellers: give a number from 1 to 1000"),
        (("--start", "2026-11-02T08:00:00"), "argument --start: give an instant with its offset"),
        (("--start", "yesterday"), "argument --start: give an instant with its offset"),
        (("--scenario", "nothing"), "argument --scenario: invalid choice: 'nothing'"),
        (("--quotas", "some"), "argument --quotas: give a number greater than 0"),
        (("--fault", "{"), "argument --fault: give JSON, such as"),
        (("--fault", '{"operation": "*", "stauts": 1}'), "argument --fault: A fault has no field 'stauts'"),
        (("--marketplaces", "XX"), "Marketplace XX is not one of region NA."),
        (("--ready-file", "/nonexistent/ready.json"), "No such file or directory: /nonexistent/ready.json"),
    ],
)
def test_arguments_that_make_no_sense_are_refused_in_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    assert sentence in refusal(capsys, "serve", *arguments)


def test_the_scenarios_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenarios"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(SCENARIOS)


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("spapi-simulator ")


class Served:
    """The command line in a process of its own."""

    def __init__(self, place: Path, *arguments: str) -> None:
        command = [sys.executable, "-m", "spapi_simulator", "serve", "--ready-file", str(place), *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.said = ""  # the last line is said when everything is ready
        while "Ctrl-C" not in self.said and (line := self.process.stdout.readline()):
            self.said += line
        self.ready: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))

    def end(self, number: int) -> int:
        """Send a signal; return the exit status."""
        self.process.send_signal(number)
        self.process.communicate(timeout=20)
        return self.process.returncode


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    running: list[Served] = []

    def start(*arguments: str) -> Served:
        running.append(Served(tmp_path / "ready.json", *arguments))
        return running[-1]

    yield start
    for one in running:
        one.process.kill()
        one.process.communicate()


def test_it_serves_greets_and_ends_at_a_signal(serve: Callable[..., Served], tmp_path: Path) -> None:
    served = serve("--scenario", "holiday-backlog", "--orders", "40", "--port", "0")
    ready = served.ready
    state = httpx.get(ready["url"] + "/_simulator/state").json()
    assert (state["scenario"], state["complete"]) == ("holiday-backlog", False)
    assert sum(state["orders"].values()) == 38
    assert ready["pid"] == served.process.pid
    assert served.end(signal.SIGINT) == 0
    greeting = served.said
    assert greeting.startswith(f"spapi-simulator listens on {ready['url']}\n")
    for told in (ready["queue_url"], "/_simulator/", str(tmp_path / "ready.json"), "Stop it with Ctrl-C."):
        assert told in greeting
    assert ready["sellers"][0]["refresh_token"] not in greeting


def test_credentials_are_printed_when_that_is_wanted(serve: Callable[..., Served]) -> None:
    served = serve("--print-credentials")
    assert served.end(signal.SIGTERM) == 0
    for name in ("client_id", "client_secret", "refresh_token"):
        assert served.ready["sellers"][0][name] in served.said


def test_credentials_are_printed_for_a_person_at_a_terminal(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "spapi_simulator", "serve"]
    process = subprocess.Popen(command, stdout=theirs, stdin=subprocess.DEVNULL)
    os.close(theirs)
    told = b""
    try:
        while b"Ctrl-C" not in told and (more := os.read(ours, 4096)):
            told += more
    finally:
        process.terminate()
        process.wait(timeout=20)
        os.close(ours)
    assert b"refresh_token  Atzr|" in told


def test_a_signal_in_the_midst_of_waiting_ends_it() -> None:
    script = """
import signal
from spapi_simulator.command import _told_to_end
ending = _told_to_end()
with ending._cond:  # as in the midst of wait()
    signal.raise_signal(signal.SIGTERM)
assert ending.wait(20)
"""
    assert subprocess.run([sys.executable, "-c", script], timeout=60, check=False).returncode == 0


def test_a_port_that_is_taken_is_said_to_be(
    serve: Callable[..., Served], capsys: pytest.CaptureFixture[str]
) -> None:
    port = serve().ready["url"].rsplit(":", 1)[1]
    assert f"Address already in use: 127.0.0.1:{port}" in refusal(capsys, "serve", "--port", port)
