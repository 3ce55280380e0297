"""Old rows leave the table for a segment, and all still adds up, on SQLite and on PostgreSQL."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dockseal.domain.clock import ManualClock
from dockseal.errors import BadInput, SettingsFault, TrailBroken
from dockseal.monitoring_audit.anchors.folder import FolderAnchor
from dockseal.monitoring_audit.exporting import VERIFIER, export
from dockseal.monitoring_audit.looking.segments import look_at_segments
from dockseal.monitoring_audit.officers_on_record import officers_on_record
from dockseal.monitoring_audit.segments import STANDING
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.verifier.signatures import keys_in
from dockseal.monitoring_audit.verifying import kept_by, verify
from dockseal.storage.places import DatabasePlaces
from dockseal.storage.store import Storage
from postgresql import Cluster
from trail_attacker import KEY, RELEASE, Attacker, Town

KEEP = timedelta(days=400)


@pytest.fixture
def town(either_storage: Storage, tmp_path: Path) -> Town:
    (tmp_path / "anchors").mkdir()
    anchors = [FolderAnchor(folder=tmp_path / "anchors")]
    town = Town(
        storage=either_storage, clock=ManualClock(start=datetime(2026, 11, 2, 8, tzinfo=UTC)), anchors=anchors
    )
    with either_storage.transaction():
        town.trail.record(Tag.OFFICER_REGISTRY_ADDED, actor=RELEASE, officer="ada", fingerprint="f" * 16)
    town.grow(10)
    return town


def cut_off(town: Town, folder: Path, places: DatabasePlaces, cluster: Cluster | None) -> Storage:
    """Archives what is old enough, and takes it out of the table; returns the storage as it is then."""
    cut = town.archived(folder, keep=KEEP)
    tags = [tag.value for tag in STANDING]
    if cluster is None:
        town.storage.cut_trail(cut, tags)
        return town.storage
    with pytest.raises(SettingsFault, match="only the owner"):
        town.storage.cut_trail(cut, tags)
    town.storage.close()
    assert Storage.cut_as_owner(cluster.owners(places), tags) == 10
    return Storage.open(places, secret_key="only for tests")


def test_rows_leave_the_table_and_both_parts_add_up_together(
    town: Town, either_places: DatabasePlaces, cluster: Cluster | None, tmp_path: Path
) -> None:
    town.clock.advance(timedelta(days=401))
    town.grow(5)
    town.storage = cut_off(town, tmp_path / "segment", either_places, cluster)
    town.__post_init__()
    assert [row.seq for row in town.storage.audit.rows()] == [1, 12, 13, 14, 15, 16, 17]
    assert officers_on_record(town.storage) == {"ada": "f" * 16}
    town.grow(3)
    assert verify(town.storage, places=kept_by(town.anchors), keys=keys_in(KEY)).rows == 20
    export(town.storage, tmp_path / "rest")
    (tmp_path / "keys").write_text(KEY)
    program = [sys.executable, "-I", str(tmp_path / "rest" / VERIFIER)]
    known = ["--key", str(tmp_path / "keys"), "--anchor", str(tmp_path / "anchors")]
    parts = [str(tmp_path / "segment"), str(tmp_path / "rest")]
    said = subprocess.run([*program, *parts, *known], capture_output=True, text=True, check=False).stdout
    assert said.startswith("The trail adds up: rows 1 to 20, ")
    said = subprocess.run([*program, *parts[1:], *known], capture_output=True, text=True, check=False).stdout
    assert said.startswith("The trail adds up: rows 12 to 20, ")
    wrong = [*program, parts[1], parts[0], *known]
    assert "does not go on where" in subprocess.run(wrong, capture_output=True, text=True, check=False).stdout


def test_a_row_that_stayed_cannot_be_changed_unnoticed(
    town: Town, either_places: DatabasePlaces, cluster: Cluster | None, tmp_path: Path
) -> None:
    town.clock.advance(timedelta(days=401))
    town.grow(1)
    storage = cut_off(town, tmp_path / "segment", either_places, cluster)
    assert verify(storage).rows == 13
    with Attacker.of(either_places, cluster) as attacker:
        attacker.run("UPDATE operations_audit SET actor = 'person:eve' WHERE seq = 1")
    with pytest.raises(TrailBroken) as found:
        verify(storage)
    assert found.value.seq == 1
    with Attacker.of(either_places, cluster) as attacker:
        attacker.run("DELETE FROM operations_audit WHERE seq = 1")
    with pytest.raises(TrailBroken, match="some are gone"):
        verify(storage)


def test_young_rows_stay(town: Town, tmp_path: Path) -> None:
    town.clock.advance(timedelta(days=399))
    with pytest.raises(BadInput, match="nothing to archive"):
        town.archived(tmp_path / "x", keep=KEEP)


def test_old_rows_and_old_segments_are_told_of(
    town: Town, either_places: DatabasePlaces, cluster: Cluster | None, tmp_path: Path
) -> None:
    assert list(look_at_segments(town.storage, KEEP, town.clock.now())) == []
    town.clock.advance(timedelta(days=470))
    (check,) = look_at_segments(town.storage, KEEP, town.clock.now())
    assert (
        "Rows since 2026-11-02 are still in the table: run `dockseal audit archive FOLDER`" in check.sentence
    )
    town.grow(1)
    storage = cut_off(town, tmp_path / "segment", either_places, cluster)
    assert list(look_at_segments(storage, KEEP, town.clock.now())) == []
    town.clock.advance(timedelta(days=79))
    (check,) = look_at_segments(storage, KEEP, town.clock.now())
    assert "The segment up to row 11 was to be deleted on 2028-05-03" in check.sentence


@pytest.mark.parametrize(
    "fields", [{}, {"row": "11"}, {"row": "x", "until": "soon"}, {"row": "11", "until": "2020-01-01"}]
)
def test_a_row_that_says_too_little_of_its_segment_is_told_of(
    town: Town, either_places: DatabasePlaces, cluster: Cluster | None, fields: dict[str, str]
) -> None:
    now = town.clock.now()
    with town.storage.transaction():
        town.trail.record(
            Tag.AUDIT_SEGMENT_ARCHIVED,
            actor=RELEASE,
            row=11,
            until=now,
            head="ab" * 32,
            standing="cd" * 32,
        )
        row = town.trail.record(Tag.AUDIT_SEGMENT_DELETED, actor=RELEASE, row=11)
    with Attacker.of(either_places, cluster) as attacker:
        attacker.run(
            f"UPDATE operations_audit SET fields = {attacker.place} WHERE tag = {attacker.place}",
            (json.dumps(fields), Tag.AUDIT_SEGMENT_ARCHIVED.value),
        )
    (check,) = look_at_segments(town.storage, KEEP, now)
    assert check.name == f"audit segment of row {row.seq - 1}"
    assert "run `dockseal audit verify`" in check.sentence
