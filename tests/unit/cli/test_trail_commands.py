"""The commands of the trail: verified, exported, checked without Dockseal, archived; and of a witness."""

import json
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dockseal.bootstrap import build, create_keys
from dockseal.cli import database
from dockseal.cli.main import app
from dockseal.cli.opened import person
from dockseal.cli.witness import witness_server
from dockseal.domain.clock import ManualClock, SystemClock
from dockseal.errors import BadInput, SettingsFault, TrailBroken
from dockseal.monitoring_audit.witness import Witness
from dockseal.settings import load

TWO_YEARS_AGO = datetime.now(UTC) - timedelta(days=730)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation that was made two years ago, with a folder outside."""
    (tmp_path / "anchors").mkdir()
    for name in ("data", "keys", "anchors"):
        setting = {"data": "DATA_DIR", "keys": "KEY_DIR", "anchors": "AUDIT_ANCHOR_DIR"}[name]
        monkeypatch.setenv(f"DOCKSEAL_{setting}", str(tmp_path / name))
    clock = ManualClock(start=TWO_YEARS_AGO)
    create_keys(load(), person(), clock=clock)
    anchored(clock)
    return tmp_path


def anchored(clock: ManualClock | SystemClock) -> None:
    """What the lane `anchor` does."""
    dockseal = build(load(), clock=clock)
    dockseal.anchoring.run()
    dockseal.anchoring.run()  # the first one made the key, which is a row too
    dockseal.close()


def typed(*words: str) -> Result:
    """Types a command that works."""
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done


def test_the_trail_is_verified_with_its_anchors_and_a_missing_one_is_told(folder: Path) -> None:
    told = typed("audit", "verify").output
    assert told.startswith("The audit trail adds up: rows 1 to 2, head ")
    assert "newer than the last checkpoint" not in told
    for file in (folder / "anchors").iterdir():
        file.write_text(file.read_text().replace('"first":0', '"first":1'))
    with pytest.raises(TrailBroken, match="an entry without all its rows: it was altered"):
        typed("audit", "verify")


def test_an_export_is_checked_by_the_program_in_it_and_by_the_one_alone(folder: Path) -> None:
    assert "2 rows" in typed("audit", "export", str(folder / "out")).output
    typed("audit", "verifier", str(folder / "verify.py"))
    assert (folder / "verify.py").read_text() == (folder / "out" / "verify_trail.py").read_text()
    assert (
        "place-1/anchors.jsonl: 1 checkpoint of folder"
        in typed("audit", "anchors", str(folder / "fetched")).output
    )
    (folder / "key").write_text(typed("credentials", "public-keys").output)
    program = [sys.executable, "-I", str(folder / "verify.py"), str(folder / "out")]
    known = ["--key", str(folder / "key"), "--anchor", str(folder / "fetched")]
    done = subprocess.run([*program, *known], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("The trail adds up: rows 1 to 2, ")
    with pytest.raises(BadInput, match="is not empty"):
        typed("audit", "export", str(folder / "out"))


def test_several_places_are_fetched_each_into_a_folder_of_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their entries have the same sizes, and are no one place's."""
    typed("audit", "export", str(folder / "out"))
    typed("audit", "anchors", str(folder / "fetched"))
    shutil.copytree(folder / "fetched" / "place-1", folder / "fetched" / "place-2")
    (folder / "key").write_text(typed("credentials", "public-keys").output)
    program = [sys.executable, "-I", str(folder / "out" / "verify_trail.py"), str(folder / "out")]
    known = ["--key", str(folder / "key"), "--anchor", str(folder / "fetched")]
    said = subprocess.run([*program, *known], capture_output=True, text=True, check=False).stdout
    assert "place-1 knows the rows up to 2." in said
    assert "place-2 knows the rows up to 2." in said
    (folder / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be written"):
        typed("audit", "anchors", str(folder / "file"))


def test_old_rows_leave_the_table_and_what_became_of_them_is_on_record(folder: Path) -> None:
    assert "2 rows left" not in typed("audit", "archive", str(folder / "segment")).output
    beginning = json.loads((folder / "segment" / "beginning.json").read_text())
    assert beginning["rows"] == 0
    assert typed("audit", "verify").output.startswith("The audit trail adds up: rows 3 to 3")
    assert "The segment up to row 2 was to be deleted" in " ".join(
        check.sentence for check in build(load()).health().checks
    )
    with pytest.raises(BadInput, match=r"no segment that is kept ends with row 3: .* \(2\)"):
        typed("audit", "deleted", "3")
    typed("audit", "deleted", "2")
    assert "was to be deleted" not in " ".join(check.sentence for check in build(load()).health().checks)
    with pytest.raises(BadInput, match="nothing to archive"):
        typed("audit", "archive", str(folder / "again"))
    with pytest.raises(SettingsFault, match="SQLite"):
        CliRunner().invoke(database.app, ["cut"], catch_exceptions=False)


def test_a_clock_is_answered_for_by_a_row_that_is_there(folder: Path) -> None:
    with pytest.raises(BadInput, match="there is no audit row 99"):
        typed("audit", "explain-clock", "99")
    assert "You answer for the clock before row 2" in typed("audit", "explain-clock", "2").output


def test_a_witness_is_made_told_of_an_installation_and_asked_by_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = typed("witness", "make", str(folder / "witness"), "witness.example/dockseal").output.strip()
    (folder / "key").write_text(typed("credentials", "public-keys").output)
    assert (
        "The witness signs for dockseal/"
        in typed("witness", "knows", str(folder / "witness"), str(folder / "key")).output
    )
    server = witness_server(Witness.kept(folder / "witness", SystemClock()), "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("DOCKSEAL_AUDIT_WITNESS", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("DOCKSEAL_AUDIT_WITNESS_KEY", key)
    anchored(SystemClock())
    server.shutdown()
    thread.join()
    server.server_close()
    dockseal = build(load())
    newest = dockseal.storage.checkpoints.newest()
    assert newest is not None
    assert "witness.example/dockseal" in newest.note
    dockseal.close()


def test_a_witness_that_was_never_reached_is_no_fault_of_the_trail(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = typed("witness", "make", str(folder / "witness"), "witness.example").output.strip()
    monkeypatch.setenv("DOCKSEAL_AUDIT_WITNESS", "http://127.0.0.1:9")
    monkeypatch.setenv("DOCKSEAL_AUDIT_WITNESS_KEY", key)
    told = typed("audit", "verify").output
    assert told.startswith("The audit trail adds up: rows 1 to 2, ")
    assert "A witness" not in told
    monkeypatch.setenv("DOCKSEAL_AUDIT_WITNESS_KEY", "w")
    with pytest.raises(SettingsFault, match="DOCKSEAL_AUDIT_WITNESS_KEY is no verifier key"):
        typed("audit", "verify")


def test_a_witness_off_this_machine_wants_a_certificate(folder: Path) -> None:
    typed("witness", "make", str(folder / "witness"), "witness.example")
    with pytest.raises(BadInput, match="is not loopback: give --certificate and --key"):
        typed("witness", "serve", str(folder / "witness"), "--host", "192.0.2.1")
