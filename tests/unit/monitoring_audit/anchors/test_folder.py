"""What a folder of anchors does when the clock, a crash or another trail come between."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dockseal.domain.checkpoint import Grown
from dockseal.monitoring_audit.anchors.folder import FolderAnchor
from dockseal.monitoring_audit.anchors.port import Anchor
from dockseal.monitoring_audit.verifier.entries import entries_in
from dockseal.monitoring_audit.verifying import kept_by, verify
from dockseal.storage.places import DatabasePlaces
from trail_attacker import Attacker, Town, chained

MakeTown = Callable[[Sequence[Anchor]], Town]


@pytest.fixture
def anchor(tmp_path: Path) -> FolderAnchor:
    (tmp_path / "anchors").mkdir()
    return FolderAnchor(folder=tmp_path / "anchors")


def sizes(anchor: FolderAnchor) -> list[int]:
    return [entry.size for entry in entries_in(anchor.folder)]


def names(anchor: FolderAnchor) -> list[str]:
    return sorted(file.name for file in anchor.folder.iterdir())


def failing(town: Town) -> str:
    (known,) = town.storage.checkpoints.places()
    return known.failing


def test_a_clock_that_goes_back_over_midnight_puts_nothing_out_of_order(
    anchor: FolderAnchor, make_town: MakeTown
) -> None:
    town = make_town([anchor])
    town.grow(2)
    town.clock.advance(-timedelta(days=1))
    town.grow(2)
    town.clock.advance(timedelta(days=2))
    town.grow(2)
    assert names(anchor) == ["2026-11-02.jsonl", "2026-11-03.jsonl"]
    assert sizes(anchor) == [2, 4, 6]


def test_a_line_that_a_crash_left_unfinished_stays_and_the_next_one_follows_in_another_file(
    anchor: FolderAnchor, make_town: MakeTown
) -> None:
    town = make_town([anchor])
    town.grow(2)
    first = anchor.folder / "2026-11-02.jsonl"
    whole = first.read_bytes()
    for _ in range(2):
        newest = max(anchor.folder.iterdir())
        with newest.open("ab") as lines:
            lines.write(whole[:40])
        before = newest.read_bytes()
        town.grow(2)
        assert newest.read_bytes() == before, "files only grow"
    assert names(anchor) == ["2026-11-02.jsonl", "2026-11-02.more.jsonl", "2026-11-02.more.more.jsonl"]
    assert sizes(anchor) == [2, 4, 6]
    assert verify(town.storage, places=kept_by([anchor])).known == {anchor.place: 6}
    town.clock.advance(timedelta(days=1))
    town.grow(1)
    assert sizes(anchor) == [2, 4, 6, 7]


def test_files_are_opened_for_reading_or_appending_alone(
    anchor: FolderAnchor, make_town: MakeTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, modes, opened = make_town([anchor]), set[str](), Path.open

    def noted(self: Path, mode: str = "r", *given: object, **more: object) -> object:
        if self.is_relative_to(anchor.folder):
            modes.add(mode)
        return opened(self, mode, *given, **more)  # type: ignore[call-overload] - handed on as it came

    monkeypatch.setattr(Path, "open", noted)
    town.grow(1)
    town.grow(1)
    assert modes == {"rb", "ab"}


def test_what_is_there_of_another_trail_is_not_taken_for_ours(
    anchor: FolderAnchor, make_town: MakeTown, places: DatabasePlaces
) -> None:
    town = make_town([anchor])
    town.grow(3)
    (known,) = town.storage.checkpoints.places()
    rows, signed = town.storage.audit.rows(), list(town.storage.checkpoints.all())
    other = chained([rows[0], replace(rows[1], actor="person:eve"), rows[2]])
    with Attacker.of(places) as attacker:
        attacker.replace_rows(other)
        attacker.sign_anew(other, signed)
    town.storage.checkpoints.put(replace(known, tree=Grown()))
    town.anchoring.run()
    assert "knows 3 rows that this trail of 3 does not continue" in failing(town)
    assert sizes(anchor) == [3]


def test_a_trail_that_is_shorter_than_what_is_there_is_refused(
    anchor: FolderAnchor, make_town: MakeTown, places: DatabasePlaces
) -> None:
    town = make_town([anchor])
    town.grow(3)
    rows = town.storage.audit.rows()
    town.grow(3)
    with Attacker.of(places) as attacker:
        attacker.replace_rows(rows)
        for table in ("checkpoint", "anchored"):
            attacker.run(f"DELETE FROM operations_{table}")
    town.grow(1)
    assert "knows 6 rows that this trail of 4 does not continue" in failing(town)
