"""kill -9 around every write and every post of the alerts: each is raised once, and told at least once."""

import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from alert_receivers import Posted, web_server
from dockseal.bootstrap import App, build, create_keys
from dockseal.cli.opened import person
from dockseal.domain.alert import AlertState, Channel, ChannelKind, Severity
from dockseal.domain.clock import ManualClock
from dockseal.domain.lockout import Lockout
from dockseal.domain.secret import Secret
from dockseal.monitoring_audit.trail import verify
from dockseal.settings import settings_from
from unit.monitoring_audit.alerts.made import START

LATER = START + timedelta(minutes=10)
SOURCES = ("api/192.0.2.7", "person:console")
MOST_STEPS = 60
_VICTIM = Path(__file__).with_name("alert_victim.py")


def run(folder: Path, start: str, deadly: int) -> int:
    paths = [str(_VICTIM.parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.run(
        [sys.executable, str(_VICTIM), str(folder), start, str(deadly)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        timeout=120,
        check=False,
        stdout=subprocess.DEVNULL,
    ).returncode


def app_in(folder: Path) -> App:
    settings = settings_from({"data_dir": folder / "data", "key_dir": folder / "keys"})
    if not (folder / "keys").exists():
        create_keys(settings, person())
    return build(settings, clock=ManualClock(start=START))


def prepared(folder: Path, url: str) -> None:
    """An installation with one channel, and two lockouts to tell of."""
    app = app_in(folder)
    channel = Channel(
        id="hook", kind=ChannelKind.WEBHOOK, least=Severity.WARNING, options={"host": "127.0.0.1"}
    )
    secret = {"url": Secret(url), "key": Secret("whsec_" + "QUJD" * 8)}
    app.alert_channels.add(channel, secret, person())
    for source in SOURCES:
        until = START + timedelta(hours=1)
        app.storage.lockouts.put(Lockout(source=source, failures=10, last_at=START, locked_until=until))
    app.close()


def test_wherever_it_is_killed_each_alert_is_raised_once_and_told(tmp_path: Path) -> None:
    with web_server(None) as web:
        prepared(tmp_path / "first", f"{web.url}/hook")
        deaths = 0
        for deadly in range(1, MOST_STEPS):
            folder = tmp_path / f"killed-{deadly}"
            shutil.copytree(tmp_path / "first", folder)
            web.posts.clear()
            code = run(folder, START.isoformat(), deadly)
            if code == 0:
                break
            assert code == -signal.SIGKILL
            deaths += 1
            assert run(folder, LATER.isoformat(), 0) == 0
            looked_at(folder, web.posts)
        assert 8 <= deaths < MOST_STEPS - 1, "it was not killed at every step"


def looked_at(folder: Path, posts: list[Posted]) -> None:
    bodies: dict[str, set[bytes]] = {}
    for each in posts:
        bodies.setdefault(each.headers["webhook-id"], set()).add(each.body)
    assert all(len(found) == 1 for found in bodies.values()), "one reference came with two contents"
    told = [alert for found in bodies.values() for body in found for alert in json.loads(body)["alerts"]]
    new = sorted(alert["what"] for alert in told if alert["news"] == "new")
    assert new == sorted(f"lockout {source}" for source in SOURCES), "an alert was lost, or told anew"
    app = app_in(folder)
    try:
        verify(app.storage)
        raised = app.storage.audit.search(tag="alert:life:raised")
        assert len({row.fields for row in raised}) == len(raised) == len(SOURCES)
        assert [alert.state for alert in app.storage.alerts.live()] == [AlertState.FIRING] * len(SOURCES)
        assert app.storage.alert_messages.due("hook", LATER + timedelta(days=1), 10) == []
    finally:
        app.close()
