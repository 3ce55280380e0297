"""Prometheus itself scrapes Dockseal over TLS with the metrics key, as our files say, and runs our rules."""

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from day import Day
from dockseal.console.server import ConsoleServer
from dockseal.console.sign_in import metrics_key
from house.tree import ROOT
from spapi_simulator import Line
from unit.console.test_server import certificate

FILES = ROOT / "docs" / "monitoring"

pytestmark = pytest.mark.skipif(
    shutil.which("prometheus") is None, reason="Prometheus is not installed (Debian's package prometheus)"
)


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[tuple[Day, str]]:
    """A day with an order in it, served over TLS; and where."""
    pem, key = certificate(tmp_path)
    day = Day(folder=tmp_path, choices={"tls_certificate": pem, "tls_key": key, "console_port": 0})
    day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=10)
    server = ConsoleServer(day.app, day.settings.console_host, day.settings.console_port)
    server.start()
    yield day, server.url.removeprefix("https://")
    server.stop()
    day.close()


def _configured(folder: Path, *, target: str, key: str) -> Path:
    """Our configuration, with the places of this test in it and nothing else changed but the pace."""
    written = yaml.safe_load((FILES / "prometheus.yml").read_text("utf-8"))
    written["global"] = {"scrape_interval": "5s", "evaluation_interval": "1s"}
    del written["alerting"]
    (job,) = written["scrape_configs"]
    (folder / "dockseal.key").write_text(key, "utf-8")
    job["scrape_timeout"] = "5s"
    job["authorization"]["credentials_file"] = str(folder / "dockseal.key")
    job["tls_config"]["ca_file"] = str(folder / "cert.pem")
    job["static_configs"] = [{"targets": [target]}]
    shutil.copy(FILES / "alerts.yml", folder)
    place = folder / "prometheus.yml"
    place.write_text(yaml.safe_dump(written), "utf-8")
    return place


@pytest.fixture
def prometheus(tmp_path: Path) -> Iterator[Callable[[Path], str]]:
    """Starts a Prometheus of its own on a free port of loopback, and tells where it answers."""
    started: list[subprocess.Popen[bytes]] = []

    def start(configuration: Path) -> str:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        words = [
            "prometheus",
            f"--config.file={configuration}",
            f"--storage.tsdb.path={tmp_path / 'series'}",
            f"--web.listen-address=127.0.0.1:{port}",
        ]
        with (tmp_path / "prometheus.log").open("wb") as log:
            started.append(subprocess.Popen(words, stdout=log, stderr=log))
        return f"http://127.0.0.1:{port}/api/v1"

    yield start
    for each in started:
        each.terminate()
        each.wait()


def _asked(url: str, what: str, **about: str) -> Any:
    try:
        return httpx.get(f"{url}/{what}", params=about, timeout=5).json()["data"]
    except (httpx.HTTPError, ValueError, KeyError):
        return None


def _until(ask: Callable[[], Any]) -> Any:
    """What is asked for, once it is there; within a minute."""
    for _ in range(120):
        if found := ask():
            return found
        time.sleep(0.5)
    pytest.fail("Prometheus had nothing to say within a minute")


def _scraped(url: str) -> dict[str, Any] | None:
    """The one target, once it was tried."""
    targets = (_asked(url, "targets") or {}).get("activeTargets", [])
    return targets[0] if targets and targets[0]["health"] != "unknown" else None


def test_it_is_let_in_with_the_key_and_its_rules_run_on_our_numbers(
    serving: tuple[Day, str], prometheus: Callable[[Path], str], tmp_path: Path
) -> None:
    day, target = serving
    key = metrics_key(day.app.keys).reveal()
    url = prometheus(_configured(tmp_path, target=target, key=key))
    scraped = _until(lambda: _scraped(url))
    assert (scraped["health"], scraped["lastError"]) == ("up", "")
    found = _until(lambda: _asked(url, "query", query="dockseal_orders")["result"])
    assert {each["metric"]["state"] for each in found} == {"released"}

    def judged() -> list[dict[str, Any]]:
        groups = (_asked(url, "rules") or {}).get("groups", [])
        rules = [rule for group in groups for rule in group["rules"]]
        return rules if rules and all(rule["health"] != "unknown" for rule in rules) else []

    rules = _until(judged)
    assert {rule["name"]: rule.get("lastError", "") for rule in rules if rule["health"] != "ok"} == {}
    assert len(rules) > 20


def test_it_is_turned_away_with_another_key(
    serving: tuple[Day, str], prometheus: Callable[[Path], str], tmp_path: Path
) -> None:
    url = prometheus(_configured(tmp_path, target=serving[1], key="of-somebody-else"))
    scraped = _until(lambda: _scraped(url))
    assert scraped["health"] == "down"
    assert "401" in scraped["lastError"]
