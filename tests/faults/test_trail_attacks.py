"""What somebody with the database's whole power, or with the signing key too, does to the trail is found.

The first bad row is named by Dockseal, and by the program that an assessor runs without it.
"""

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path

import pytest

from dockseal.domain.audit import AuditRow
from dockseal.domain.clock import ManualClock
from dockseal.domain.identifiers import OrderRef
from dockseal.errors import TrailBroken
from dockseal.monitoring_audit.anchors.folder import FolderAnchor
from dockseal.monitoring_audit.exporting import VERIFIER, export
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.verifier.signatures import keys_in
from dockseal.monitoring_audit.verifying import Verdict, kept_by, verify
from dockseal.storage.places import DatabasePlaces
from dockseal.storage.store import Storage
from postgresql import Cluster
from trail_attacker import KEY, RELEASE, Attacker, Town, chained

ROWS = 40
BAD = 17
Rows = Sequence[AuditRow]


class Power(Enum):
    """How far the attacker goes to hide it."""

    DATABASE = "edits rows"
    CHAIN = "numbers and chains all rows anew"
    KEY = "signs all checkpoints anew with the stolen key"


def edit(rows: Rows) -> Rows:
    return [replace(row, actor="person:somebody") if row.seq == BAD else row for row in rows]


def delete(rows: Rows) -> Rows:
    return [row for row in rows if row.seq != BAD]


def insert(rows: Rows) -> Rows:
    new = replace(rows[BAD - 1], order="another", fields=(("package", "9"),))
    return [*rows[: BAD - 1], new, *_later(rows[BAD - 1 :], 1)]


def reorder(rows: Rows) -> Rows:
    moved = [*rows[: BAD - 1], *rows[BAD:25], rows[BAD - 1], *rows[25:]]
    return _renumbered(moved)


def swap(rows: Rows) -> Rows:
    swapped = list(rows)
    swapped[BAD - 1], swapped[22] = rows[22], rows[BAD - 1]
    return _renumbered(swapped)


def truncate(rows: Rows) -> Rows:
    return rows[: BAD - 1]


def restore_yesterday(rows: Rows) -> Rows:
    """An old copy is put in place, and work goes on in it."""
    return [*rows[: BAD - 1], *(_other(row) for row in rows[BAD - 1 : 30])]


def fork(rows: Rows) -> Rows:
    """Another history, as long as the true one."""
    return [*rows[: BAD - 1], *(_other(row) for row in rows[BAD - 1 :])]


def shift_the_clock(rows: Rows) -> Rows:
    return [replace(row, at=row.at + timedelta(hours=2)) if row.seq >= BAD else row for row in rows]


def leave_a_gap(rows: Rows) -> Rows:
    return [*rows[: BAD - 1], *_later(rows[BAD - 1 :], 1)]


def _later(rows: Rows, by: int) -> Rows:
    return [replace(row, seq=row.seq + by) for row in rows]


def _renumbered(rows: Rows) -> Rows:
    return [replace(row, seq=seq) for seq, row in enumerate(rows, 1)]


def _other(row: AuditRow) -> AuditRow:
    return replace(row, order=f"x{row.seq}", fields=(("package", "0"),))


ATTACKS: dict[Callable[[Rows], Rows], str] = {
    edit: "edited",
    delete: "deleted",
    insert: "put in",
    reorder: "deleted|out of order",
    swap: "swapped",
    truncate: "missing",
    restore_yesterday: "another history",
    fork: "another history",
    shift_the_clock: "another history|edited",
    leave_a_gap: "missing|chain",
}
"""What each attack is told as."""


@pytest.fixture
def town(either_storage: Storage, tmp_path: Path) -> Town:
    (tmp_path / "anchors").mkdir()
    town = Town(
        storage=either_storage,
        clock=ManualClock(start=datetime(2026, 11, 2, 8, tzinfo=UTC)),
        anchors=[FolderAnchor(folder=tmp_path / "anchors")],
    )
    for _ in range(4):
        town.grow(ROWS // 4)
    return town


def verified(town: Town) -> Verdict:
    return verify(town.storage, places=kept_by(town.anchors), keys=keys_in(KEY))


def assessed(town: Town, folder: Path) -> str:
    """What the program without Dockseal says of an export."""
    export(town.storage, folder / "export")
    (folder / "keys").write_text(f"{KEY}\n")
    program = [sys.executable, "-I", str(folder / "export" / VERIFIER), str(folder / "export")]
    known = ["--key", str(folder / "keys"), "--anchor", str(folder / "anchors")]
    return subprocess.run([*program, *known], capture_output=True, text=True, check=False).stdout


def test_an_honest_trail_adds_up(town: Town, tmp_path: Path) -> None:
    verdict = verified(town)
    anchors = tmp_path / "anchors"
    assert (verdict.rows, verdict.signed, verdict.known) == (ROWS, ROWS, {f"folder {anchors}": ROWS})
    assert assessed(town, tmp_path) == (
        f"The trail adds up: rows 1 to {ROWS}, head {verdict.head}.\n{anchors} knows the rows up to {ROWS}.\n"
    )


@pytest.mark.parametrize("power", Power, ids=lambda power: power.name)
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_it_is_found_and_the_first_bad_row_named(
    town: Town,
    either_places: DatabasePlaces,
    cluster: Cluster | None,
    tmp_path: Path,
    *,
    attack: Callable[[Rows], Rows],
    power: Power,
) -> None:
    signed = list(town.storage.checkpoints.all())
    with Attacker.of(either_places, cluster) as attacker:
        rows = attack(town.storage.audit.rows())
        rows = chained(rows) if power is not Power.DATABASE and attack is not leave_a_gap else rows
        attacker.replace_rows(rows)
        if power is Power.KEY:
            attacker.sign_anew(rows, signed)
    with pytest.raises(TrailBroken, match=ATTACKS[attack]) as found:
        verified(town)
    assert found.value.seq == BAD
    said = assessed(town, tmp_path)
    assert f"The trail does NOT add up: row {BAD}:" in said, said


def test_without_an_anchor_a_stolen_key_hides_it_and_with_one_it_does_not(
    town: Town, either_places: DatabasePlaces, cluster: Cluster | None
) -> None:
    signed = list(town.storage.checkpoints.all())
    with Attacker.of(either_places, cluster) as attacker:
        rows = chained(edit(town.storage.audit.rows()))
        attacker.replace_rows(rows)
        attacker.sign_anew(rows, signed)
    assert verify(town.storage).rows == ROWS
    with pytest.raises(TrailBroken):
        verified(town)


def test_a_clock_that_is_put_back_is_told_until_somebody_answers_for_it(town: Town) -> None:
    town.clock.advance(-timedelta(hours=2))
    town.grow(3)
    with pytest.raises(TrailBroken, match="put back by 7199 s") as found:
        verified(town)
    assert found.value.seq == ROWS + 1
    with town.storage.transaction():
        town.trail.record(Tag.AUDIT_CLOCK_EXPLAINED, actor=RELEASE, row=ROWS + 1)
    assert verified(town).rows == ROWS + 4


def test_rows_that_do_not_continue_what_was_signed_are_never_signed(
    town: Town, either_places: DatabasePlaces, cluster: Cluster | None
) -> None:
    with town.storage.transaction():
        town.trail.record(Tag.ORDER_LIFE_ACCEPTED, actor=RELEASE, order=OrderRef("late"))
    rows = town.storage.audit.rows()
    with Attacker.of(either_places, cluster) as attacker:
        attacker.replace_rows([*rows[:-1], replace(rows[-1], actor="person:somebody")])
    with pytest.raises(TrailBroken, match="edited") as found:
        town.anchoring.run()
    assert found.value.seq == ROWS + 1
    assert town.storage.checkpoints.tree().size == ROWS
