"""A day of crashes under Sentry's and OpenTelemetry's own clients: nothing of a buyer leaves with them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dockseal.storage.store import DatabasePlaces, Storage
from faults.canaried import MARK, leaks
from scanner import Scanner

HERE = Path(__file__)
SERVICES = {
    "sentry": ("event", "transaction", "log", "attachment", "profile", "trace_metric"),
    "opentelemetry": ('"trace_id"', '"severity_number"', '"resource_metrics"'),
}
"""What each of them sends, by marks in the text of it."""


def watched(folder: Path, service: str, *, ours: bool) -> str:
    """Runs the day in a process of its own; returns what that wrote to its outputs."""
    plan = folder / "plan.json"
    for day in ("handed", "packed"):
        data = folder / "day" / day / "data"
        places = DatabasePlaces(operations=data / "operations.sqlite3", vault=data / "vault.sqlite3")
        # The tables are made here, where the tests have them ready.
        Storage.open(places, secret_key="only for tests").close()
    plan.write_text(json.dumps({"folder": str(folder / "day"), "service": service, "ours": ours}))
    ran = subprocess.run(
        [sys.executable, HERE.with_name("watched.py"), plan],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return ran.stdout + ran.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_with_our_hooks_faults_leave_and_no_canary_with_them(service: str, tmp_path: Path) -> None:
    outputs = watched(tmp_path, service, ours=True)
    sent = (tmp_path / "day" / "sent").read_text()
    told = "ValueError" if service == "sentry" else '"status_code": "ERROR"'
    assert sent.count(told) >= 4, "the faults did not leave: this test proves nothing"
    assert leaks(outputs.encode()) == set()
    assert Scanner(MARK).in_folder(tmp_path) == {}
    for token in json.loads((tmp_path / "day" / "tokens").read_text()):
        assert Scanner(token).found(sent.encode()) == set()


@pytest.mark.parametrize("service", SERVICES)
def test_without_them_each_kind_of_what_is_sent_holds_some(service: str, tmp_path: Path) -> None:
    watched(tmp_path, service, ours=False)
    sent = (tmp_path / "day" / "sent").read_bytes()
    assert kinds_with_leaks(service, sent) >= set(SERVICES[service])
    for token in json.loads((tmp_path / "day" / "tokens").read_text()):
        assert token.encode() in sent


def kinds_with_leaks(service: str, sent: bytes) -> set[str]:
    """The kinds of what was sent in which canaries lie."""
    if service == "opentelemetry":
        parts = [part.decode() for part in sent.split(b"\n}\n") if MARK.encode() in part]
        return {mark for mark in SERVICES[service] for part in parts if mark in part}
    kinds, kind = set(), ""
    for line in sent.splitlines():
        if line.startswith(b"{") and b'"length":' in line and len(line) < 300:
            kind = json.loads(line)["type"]
        elif MARK.encode() in line:
            kinds.add(kind)
    return kinds
