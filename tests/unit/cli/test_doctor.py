"""`dockseal doctor` names what is broken and what to do: each thing is broken here for real."""

import contextlib
import http.server
import os
import shutil
import socket
import sqlite3
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from importlib.metadata import version
from pathlib import Path

import pytest

import commands
from day import Day
from dockseal.bootstrap import diagnose
from dockseal.domain.clock import ManualClock, SystemClock
from dockseal.monitoring_audit.checks import Check
from dockseal.monitoring_audit.looking.certificate import look_at_certificate
from dockseal.monitoring_audit.looking.disk import look_at_disk
from dockseal.settings import Settings
from spapi_simulator import Line
from unit.console.test_server import certificate

COMMAND = [sys.executable, "-c", "from dockseal.cli.main import run; run()"]


@dataclass(kw_only=True)
class Far:
    """A server that stands for Amazon, with a clock of its own."""

    url: str
    behind: timedelta = timedelta(0)


@pytest.fixture
def far() -> Iterator[Far]:
    """Answers everything with a date, as every server of Amazon's does."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(404)
            self.end_headers()

        def date_time_string(self, timestamp: float | None = None) -> str:
            return format_datetime(datetime.now(UTC) - told.behind, usegmt=True)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told = Far(url=f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def installed(tmp_path: Path, far: Far) -> Settings:
    """The settings of a stopped installation that sealed an order's data today."""
    day = Day(folder=tmp_path)
    day.clock.set(datetime.now(UTC))
    day.amazon.place_order(day.account, lines=[Line(sku="MUG-1")])
    day.run(minutes=0.5)
    assert day.app.storage.sealed.count() == 1
    day.close()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return day.settings.model_copy(update={"amazon_url": far.url, "console_port": free.getsockname()[1]})


def looked_at(settings: Settings, lock: Path = Path("nowhere.lock")) -> dict[str, Check]:
    """What is not well, by name."""
    found = diagnose(settings, SystemClock(), served=False, lock=lock)
    return {check.name: check for check in found if not check.ok}


def sql(settings: Settings, name: str, statement: str) -> None:
    """Changes a database."""
    with contextlib.closing(sqlite3.connect(settings.data_dir / f"{name}.sqlite3")) as database:
        database.execute(statement)
        database.commit()


def test_of_a_stopped_installation_that_is_well_nothing_is_left_to_do(installed: Settings) -> None:
    assert looked_at(installed) == {}


def test_looking_makes_nothing(installed: Settings, tmp_path: Path) -> None:
    nowhere = installed.model_copy(update={"data_dir": tmp_path / "new", "key_dir": tmp_path / "none"})
    assert "dockseal keys create" in looked_at(nowhere)["keys"].sentence
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("name", ["operations.sqlite3", "vault.sqlite3"])
def test_a_database_that_others_can_read(installed: Settings, name: str) -> None:
    (installed.data_dir / name).chmod(0o640)
    assert f"chmod 600 {installed.data_dir / name}" in looked_at(installed)["data"].sentence


def test_a_key_that_others_can_read(installed: Settings) -> None:
    key = next((installed.key_dir / "epochs").glob("*.key"))
    key.chmod(0o604)
    assert f"chmod 600 {key}" in looked_at(installed)["keys"].sentence


def test_a_secret_that_others_can_read_or_that_is_not_there(installed: Settings, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    wanted = installed.model_copy(update={"key_secret_file": secret})
    assert "not there" in looked_at(wanted)["secret"].sentence
    secret.write_text("plainly invented " * 4)
    secret.chmod(0o644)
    assert f"chmod 400 {secret}" in looked_at(wanted)["secret"].sentence


def test_a_database_that_is_none(installed: Settings) -> None:
    (installed.data_dir / "vault.sqlite3").write_bytes(b"no database" * 1000)
    assert "database" in looked_at(installed)


def test_a_database_of_a_newer_dockseal_and_one_that_is_behind(installed: Settings) -> None:
    sql(
        installed,
        "operations",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('operations', '9999_x', '2030-01-01')",
    )
    assert "written by a newer Dockseal" in looked_at(installed)["database"].sentence
    sql(installed, "operations", "DELETE FROM django_migrations WHERE name = '9999_x'")
    sql(installed, "vault", "DELETE FROM django_migrations WHERE app = 'vault' AND name LIKE '0005%'")
    assert "vault database" in looked_at(installed)["database"].sentence
    assert "are behind" in looked_at(installed)["database"].sentence


def test_keys_of_another_installation_do_not_fit_the_vault(installed: Settings, tmp_path: Path) -> None:
    for key in (installed.key_dir / "epochs").glob("*.key"):
        key.unlink()
    told = looked_at(installed)["keys fit"]
    assert "and its key is not here: restore the backup of the keys" in told.sentence


def test_an_old_vault_in_the_place_of_the_new_one(installed: Settings) -> None:
    sql(installed, "vault", "DELETE FROM vault_seen")
    assert "dockseal restored" in looked_at(installed)["start"].sentence


def test_a_port_that_something_else_has(installed: Settings) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", installed.console_port))
        other.listen()
        assert "DOCKSEAL_CONSOLE_PORT" in looked_at(installed)["port"].sentence


def test_a_clock_that_is_off(installed: Settings, far: Far) -> None:
    far.behind = timedelta(minutes=3)
    told = looked_at(installed)["clock"]
    assert "NTP" in told.sentence
    far.behind = timedelta(seconds=30)
    assert looked_at(installed) == {}


def test_an_amazon_that_does_not_answer(installed: Settings) -> None:
    unreachable = installed.model_copy(update={"amazon_url": "http://127.0.0.1:9"})
    assert "does not answer" in looked_at(unreachable)["amazon"].sentence


def test_a_version_that_is_not_the_locked_one(installed: Settings, tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"rich=={version('rich')} \\\n    --hash=sha256:00\nhttpx==0.0.1\n")
    told = looked_at(installed, lock)["versions"]
    assert f"httpx {version('httpx')} (locked: 0.0.1)" in told.sentence
    assert "rich" not in told.sentence


def test_a_certificate_near_its_end_past_it_and_none_at_all(tmp_path: Path) -> None:
    pem, _ = certificate(tmp_path)
    now = datetime.now(UTC)
    clock = ManualClock(start=now)
    assert list(look_at_certificate(None, now)) == []
    ends = None
    while ends is None:
        clock.advance(timedelta(hours=6))
        found = list(look_at_certificate(pem, clock.now()))
        ends = found[0].sentence if found and found[0].vital else None
    assert "ended on" in ends
    (soon,) = look_at_certificate(pem, clock.now() - timedelta(days=1))
    assert "in 0 days" in soon.sentence
    assert not soon.vital
    pem.write_text("no certificate")
    (unreadable,) = look_at_certificate(pem, now)
    assert "cannot be read" in unreadable.sentence


def test_a_disk_with_less_left_than_is_wanted(tmp_path: Path) -> None:
    left = shutil.disk_usage(tmp_path).free
    assert list(look_at_disk([tmp_path], little=left // 2)) == []
    (little,) = look_at_disk([tmp_path], little=left * 2)
    assert (little.name, little.vital) == (f"disk {tmp_path.name}", False)
    (full,) = look_at_disk([tmp_path], little=left * 2, full=left * 2)
    assert full.vital


def typed(settings: Settings, *words: str, **more: str) -> tuple[int, str]:
    """Types a command of this installation; returns its exit code and what it printed."""
    plain = {name: text for name, text in os.environ.items() if not name.startswith("DOCKSEAL_")}
    own = {
        "DOCKSEAL_DATA_DIR": str(settings.data_dir),
        "DOCKSEAL_KEY_DIR": str(settings.key_dir),
        "DOCKSEAL_AUDIT_ANCHOR_DIR": str(settings.data_dir.parent),
        "DOCKSEAL_AMAZON_URL": settings.amazon_url,
        "DOCKSEAL_CONSOLE_PORT": str(settings.console_port),
    }
    done = commands.typed(*words, cwd=settings.data_dir.parent, env={**plain, **own, **more}, timeout=120)
    return done.returncode, done.stdout + done.stderr


def test_the_command_numbers_the_steps_and_tells_by_its_exit_code(installed: Settings) -> None:
    code, told = typed(installed, "doctor")
    assert (code, told.strip().endswith("things were looked at.")) == (0, True), told
    (installed.data_dir / "vault.sqlite3").chmod(0o644)
    code, told = typed(installed, "doctor")
    assert code == 1
    assert told.startswith("  1. data: ")
    code, told = typed(installed, "doctor", DOCKSEAL_KEEP="P40D", DOCKSEAL_SESSION_IDLE="PT1H")
    assert code == 2
    assert "  1. settings: DOCKSEAL_KEEP is over 30 days" in told
    assert "  2. settings: DOCKSEAL_SESSION_IDLE is over 15 minutes" in told
