"""Where the trail in the table begins is believed only where a row, or somebody outside, says so."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest

from dockseal.domain.checkpoint import Anchored
from dockseal.domain.clock import ManualClock
from dockseal.domain.incident import Incident, Source
from dockseal.errors import BadInput, TrailBroken
from dockseal.monitoring_audit.anchors.folder import FolderAnchor
from dockseal.monitoring_audit.anchors.port import Anchor
from dockseal.monitoring_audit.anchors.witness import WitnessAnchor
from dockseal.monitoring_audit.consecutive import grown
from dockseal.monitoring_audit.exporting import VERIFIER, export
from dockseal.monitoring_audit.segments import STANDING
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.verifier.signatures import keys_in
from dockseal.monitoring_audit.verifying import kept_by, verify
from dockseal.monitoring_audit.witness import Witness
from dockseal.storage.places import DatabasePlaces
from dockseal.storage.store import Storage
from trail_attacker import KEY, RELEASE, Attacker, Town

KEEP = timedelta(days=400)
NOTHING = hashlib.sha256(b"").hexdigest()
TAGS = [tag.value for tag in STANDING]


@pytest.fixture
def town(storage: Storage, clock: ManualClock, tmp_path: Path) -> Town:
    """An officer and ten rows of old, and five of now."""
    (tmp_path / "anchors").mkdir()
    town = Town(
        storage=storage,
        clock=clock,
        anchors=[FolderAnchor(folder=tmp_path / "anchors")],
    )
    with storage.transaction():
        town.trail.record(Tag.OFFICER_REGISTRY_ADDED, actor=RELEASE, officer="ada", fingerprint="f" * 16)
    town.grow(10)
    town.clock.advance(timedelta(days=401))
    town.grow(5)
    return town


def cut(town: Town, folder: Path) -> None:
    town.storage.cut_trail(town.archived(folder, keep=KEEP), TAGS)


def rows(town: Town) -> int:
    return verify(town.storage, places=kept_by(town.anchors), keys=keys_in(KEY)).rows


def assessed(folder: Path, *exports: str, anchors: str = "anchors") -> str:
    """What the program without Dockseal says of exports."""
    (folder / "keys").write_text(f"{KEY}\n")
    known = ["--key", str(folder / "keys"), "--anchor", str(folder / anchors)]
    parts = [str(folder / each) for each in exports]
    program = [sys.executable, "-I", str(folder / exports[-1] / VERIFIER), *parts, *known]
    return subprocess.run(program, capture_output=True, text=True, check=False).stdout


def test_rows_that_were_deleted_are_not_taken_for_a_segment(town: Town, places: DatabasePlaces) -> None:
    tree, _ = grown(town.storage, 11, 11)
    with Attacker.of(places) as attacker:
        head = attacker.run("SELECT hash FROM operations_audit WHERE seq = 11")[0][0]
        attacker.run("DELETE FROM operations_audit WHERE seq <= 11")
        attacker.run(
            "INSERT INTO operations_cut (size, head, parts, standing, done) VALUES (?, ?, ?, ?, 1)",
            (11, head, " ".join(part.hex() for part in tree.parts), NOTHING),
        )
    with pytest.raises(TrailBroken) as found:
        rows(town)
    assert found.value.seq == 1


def test_one_that_says_it_stands_elsewhere_is_believed_by_nobody(
    town: Town, places: DatabasePlaces, tmp_path: Path
) -> None:
    cut(town, tmp_path / "segment")
    town.grow(1)
    assert rows(town) == 18
    with Attacker.of(places) as attacker:
        attacker.run("UPDATE operations_cut SET head = ?", ("0" * 63 + "1",))
    with pytest.raises(TrailBroken):
        rows(town)


def test_a_row_that_stayed_cannot_be_changed_together_with_what_is_noted_of_it(
    town: Town, places: DatabasePlaces, tmp_path: Path
) -> None:
    cut(town, tmp_path / "segment")
    with Attacker.of(places) as attacker:
        attacker.run("DELETE FROM operations_audit WHERE seq = 1")
        attacker.run(
            "UPDATE operations_cut SET standing = ?",
            ("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",),
        )
    with pytest.raises(TrailBroken, match="of the rows up to it that were to stay"):
        rows(town)


def test_an_export_tells_what_is_not_in_it_and_invents_no_beginning(town: Town, tmp_path: Path) -> None:
    cut(town, tmp_path / "segment")
    town.grow(1)
    export(town.storage, tmp_path / "rest")
    assert "The rows up to 11 are not among them: give their segments before." in assessed(tmp_path, "rest")
    assert "rows 1 to 18" in assessed(tmp_path, "segment", "rest")
    beginning = tmp_path / "rest" / "beginning.json"
    told = json.loads(beginning.read_text())
    for wrong in (
        {**told, "parts": [told["parts"][1], *told["parts"][1:]]},
        {**told, "parts": told["parts"][:1]},
        {**told, "rows": 0},
        {**told, "head": "0" * 63 + "1"},
    ):
        beginning.write_text(json.dumps(wrong))
        assert "does NOT add up" in assessed(tmp_path, "rest"), wrong


def test_a_beginning_that_nobody_has_a_checkpoint_of_is_none(town: Town, tmp_path: Path) -> None:
    cut(town, tmp_path / "segment")
    export(town.storage, tmp_path / "rest")
    (tmp_path / "rest" / "checkpoints.jsonl").unlink()
    (tmp_path / "nothing").mkdir()
    assert "nobody has a checkpoint of them" in assessed(tmp_path, "rest", anchors="nothing")


def test_a_place_that_is_given_and_empty_is_told(town: Town, tmp_path: Path) -> None:
    export(town.storage, tmp_path / "all")
    (tmp_path / "nothing").mkdir()
    assert "nothing holds no checkpoint: give what was kept outside" in assessed(
        tmp_path, "all", anchors="nothing"
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            "all/rows-000001.jsonl",
            b'"at":"2026-11-02T08',
            b'"at":"2026-99-02T08',
            "row 1: it was edited",
        ),
        ("all/checkpoints.jsonl", b"dockseal", b"\xff\xfeckseal", "none of the keys signed"),
        ("all/beginning.json", b"{", b"\xff", "cannot be read"),
        ("all/beginning.json", b'"rows": 0', b'"rows": -1', "was altered"),
        ("anchors/2026-11-02.jsonl", b"{", b"\xff", "holds what is no entry"),
    ],
)
def test_nonsense_is_told_in_a_sentence(
    town: Town, tmp_path: Path, *, file: str, old: bytes, new: bytes, told: str
) -> None:
    export(town.storage, tmp_path / "all")
    place = tmp_path / file
    place.write_bytes(place.read_bytes().replace(old, new))
    said = assessed(tmp_path, "all")
    assert "The trail does NOT add up" in said
    assert told in said


def test_a_place_that_lost_what_it_was_told_is_told(town: Town, tmp_path: Path) -> None:
    newest = max((tmp_path / "anchors").iterdir())
    newest.unlink()
    with pytest.raises(TrailBroken, match="was told of the rows up to 16, and has none after 11"):
        rows(town)


def test_checkpoints_that_somebody_else_signed_are_told(town: Town, places: DatabasePlaces) -> None:
    other = "dockseal/test+0e02de8d+AQPvX2+8qJ8mFQ6Dd3aJ4vJbWJH1m2Q8E8s8cQ1cU5cN"
    note = next(iter(town.storage.checkpoints.all(12))).note
    text, _, _ = note.rpartition("\n\n")
    with Attacker.of(places) as attacker:
        attacker.run(
            "UPDATE operations_checkpoint SET note = ? WHERE size = 16",
            (f"{text}\n\n\u2014 dockseal/test {other[-40:]}\n",),
        )
    with pytest.raises(TrailBroken, match="its own checkpoint: none of the keys signed"):
        rows(town)
    assert verify(town.storage, places=kept_by(town.anchors)).rows == 16
    with Attacker.of(places) as attacker:
        attacker.run("UPDATE operations_checkpoint SET note = ? WHERE size = 11", (note,))
    with pytest.raises(TrailBroken, match="is not what its note says"):
        rows(town)


def test_nothing_leaves_the_table_while_an_incident_is_open_or_other_rows_would_stay(
    town: Town, tmp_path: Path
) -> None:
    cut = town.archived(tmp_path / "segment", keep=KEEP)
    with pytest.raises(BadInput, match="other rows would stay"):
        town.storage.cut_trail(cut, [Tag.KEY_MASTER_CREATED.value])
    now = town.clock.now()
    case = Incident(
        id="inc-1",
        source=Source.PERSON,
        what="A laptop is gone.",
        detected_at=now,
        opened_at=now,
        opened_by="person:ada",
        seq=17,
    )
    with town.storage.transaction():
        town.storage.incidents.add(case)
    with pytest.raises(BadInput, match="an incident is open"):
        town.storage.cut_trail(cut, TAGS)
    assert rows(town) == 17
    with town.storage.transaction():
        town.storage.incidents.change(case, closed_at=now)
    assert town.storage.cut_trail(cut, TAGS) == 10


def test_a_trail_that_does_not_add_up_is_not_archived(
    town: Town, places: DatabasePlaces, tmp_path: Path
) -> None:
    with Attacker.of(places) as attacker:
        attacker.run("UPDATE operations_audit SET actor = 'person:eve' WHERE seq = 14")
    with pytest.raises(TrailBroken) as found:
        town.archived(tmp_path / "segment", keep=KEEP)
    assert found.value.seq == 14
    assert not (tmp_path / "segment").exists()


@pytest.mark.parametrize("told", [False, True])
def test_a_place_that_knows_less_than_what_was_cut_is_told_the_rest(
    town: Town, tmp_path: Path, *, told: bool
) -> None:
    cut(town, tmp_path / "segment")
    (tmp_path / "late").mkdir()
    late = FolderAnchor(folder=tmp_path / "late")
    town.anchors = [*town.anchors, late]
    if told:
        with town.storage.transaction():
            tree = town.storage.checkpoints.tree()
            town.storage.checkpoints.put(
                Anchored(place=late.place, tree=type(tree)(size=1, parts=("0" * 64,)))
            )
    town.__post_init__()
    town.grow(2)
    entries = late.entries()
    assert [(entry.first, entry.size) for entry in entries][-1] == (11, 19)
    assert rows(town) == 19


def witnessed_by(witness: Witness, storage: Storage, away: Sequence[bool] = ()) -> WitnessAnchor:
    """The anchor that asks a witness; once `away` holds something, that is not there."""

    def answer(request: httpx.Request) -> httpx.Response:
        found = witness.answer(request.content.decode())
        return httpx.Response(503) if away else httpx.Response(found.status, text=found.text)

    return WitnessAnchor(
        url="https://witness.example",
        key=witness.key,
        grown=partial(grown, storage),
        transport=httpx.MockTransport(answer),
    )


def test_a_witness_after_a_cut_is_proved_what_follows(town: Town, tmp_path: Path) -> None:
    witness = Witness.made(tmp_path / "witness", "witness.example", town.clock)
    witness.knows(KEY)
    anchor = witnessed_by(witness, town.storage)
    cut(town, tmp_path / "segment")
    town.anchors = [anchor, *town.anchors]
    town.__post_init__()
    town.grow(2)
    assert _failing(town, anchor) == ""
    # Its answer was lost: what it signed is not on record.
    with town.storage.transaction():
        town.storage.checkpoints.put(Anchored(place=anchor.place))
    town.grow(2)
    assert _failing(town, anchor) == ""
    found = verify(
        town.storage, places=kept_by(town.anchors), keys=keys_in(KEY), witnesses=keys_in(witness.key)
    )
    assert (found.rows, found.witnessed, found.begun) == (21, 21, 11)


def test_a_witness_that_was_away_does_not_make_the_newest_checkpoint_a_false_alarm(
    town: Town, tmp_path: Path
) -> None:
    witness = Witness.made(tmp_path / "witness", "witness.example", town.clock)
    witness.knows(KEY)
    away: list[bool] = []
    anchor = witnessed_by(witness, town.storage, away)
    town.anchors = [anchor, *town.anchors]
    town.__post_init__()
    town.grow(1)
    away.append(True)
    town.grow(1)
    found = verify(
        town.storage, places=kept_by(town.anchors), keys=keys_in(KEY), witnesses=keys_in(witness.key)
    )
    assert (found.rows, found.witnessed) == (18, 17)


@pytest.mark.parametrize("text", ["²", "x", "99999999999999999999"])
def test_a_witness_that_answers_nonsense_is_told_of(town: Town, tmp_path: Path, text: str) -> None:
    key = Witness.made(tmp_path / "witness", "witness.example", town.clock).key
    for status in (409, 299, 418):
        anchor = WitnessAnchor(
            url="https://witness.example",
            key=key,
            grown=partial(grown, town.storage),
            transport=httpx.MockTransport(lambda _, status=status: httpx.Response(status, text=text)),
        )
        town.anchors = [anchor, *town.anchors[-1:]]
        town.__post_init__()
        town.grow(1)
        assert "witness.example" in _failing(town, anchor)
        assert _failing(town, town.anchors[-1]) == ""


def _failing(town: Town, anchor: Anchor) -> str:
    return next(each.failing for each in town.storage.checkpoints.places() if each.place == anchor.place)
