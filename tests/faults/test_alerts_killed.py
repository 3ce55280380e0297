"""kill -9 around every write and every post of the alerts: each is raised once, and told at least once."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from alert_receivers import Posted, web_server
from dockseal.bootstrap import App, build, create_keys
from dockseal.cli.opened import person
from dockseal.domain.alert import AlertState, Channel, ChannelKind, MessageState, Severity
from dockseal.domain.clock import ManualClock
from dockseal.domain.lockout import Lockout
from dockseal.domain.secret import Secret
from dockseal.monitoring_audit.verifying import verify
from dockseal.settings import settings_from
from unit.monitoring_audit.alerts.made import START

LATER = START + timedelta(minutes=10)
SOURCES = ("api/192.0.2.7", "person:console")
FEWEST_STEPS = 12
"""Each look commits, and each message is posted and noted: before and after each of them it is killed."""
_VICTIM = Path(__file__).with_name("alert_victim.py")


def app_in(folder: Path) -> App:
    settings = settings_from(
        {"data_dir": folder / "data", "key_dir": folder / "keys", "audit_anchor_dir": folder / "anchors"}
    )
    (folder / "anchors").mkdir(parents=True, exist_ok=True)
    if not (folder / "keys").exists():
        create_keys(settings, person(), clock=ManualClock(start=START))
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
    paths = [str(_VICTIM.parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    with web_server(None) as web:
        prepared(tmp_path / "first", f"{web.url}/hook")
        words = [sys.executable, str(_VICTIM), str(tmp_path), START.isoformat(), LATER.isoformat()]
        env = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
        assert subprocess.run(words, env=env, timeout=280, check=False).returncode == 0
    folders = sorted(tmp_path.glob("killed-*"))
    assert len(folders) >= FEWEST_STEPS
    known = {ref for folder in folders for ref in looked_at(folder, web.posts)}
    assert {post.headers["webhook-id"] for post in web.posts} == known


def looked_at(folder: Path, posts: list[Posted]) -> list[str]:
    """Looks at one that was killed and run again; returns the references of its messages."""
    app = app_in(folder)
    try:
        verify(app.storage)
        raised = app.storage.audit.search(tag="alert:life:raised")
        assert len({row.fields for row in raised}) == len(raised) == len(SOURCES)
        assert [alert.state for alert in app.storage.alerts.live()] == [AlertState.FIRING] * len(SOURCES)
        last = app.storage.alert_messages.last("hook")
        assert app.storage.alert_messages.due("hook", LATER + timedelta(days=1), 10) == []
    finally:
        app.close()
    assert last is not None
    assert last.state is MessageState.SENT
    bodies = [post.body for post in posts if post.headers["webhook-id"] == last.ref]
    assert len(bodies) in {1, 2}, "it was lost, or sent more often than a crash explains"
    assert len(set(bodies)) == 1, "one reference came with two contents"
    told = json.loads(bodies[0])["alerts"]
    assert [(alert["what"], alert["news"]) for alert in told] == [
        (f"lockout {source}", "new") for source in SOURCES
    ]
    return [last.ref]
