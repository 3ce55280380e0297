"""What every place outside that can be read back does, a folder as well as a bucket."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from dockseal.amazon.aws import Aws
from dockseal.domain.checkpoint import Anchored, Grown
from dockseal.errors import AnchorRefused, AnchorUnavailable
from dockseal.monitoring_audit.anchors.bucket import in_bucket
from dockseal.monitoring_audit.anchors.folder import FolderAnchor
from dockseal.monitoring_audit.anchors.port import Anchor, Growth
from dockseal.monitoring_audit.looking.anchors import look_at_anchors
from dockseal.monitoring_audit.verifier.entries import Entry
from dockseal.monitoring_audit.verifying import kept_by, verify
from trail_attacker import Town

MakeTown = Callable[[Sequence[Anchor]], Town]
BUCKET = "dockseal-anchors"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    with mock_aws():
        client: Any = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET, ObjectLockEnabledForBucket=True)
        yield client


@pytest.fixture(params=["folder", "bucket"])
def anchor(request: pytest.FixtureRequest, tmp_path: Path) -> Anchor:
    if request.param == "folder":
        (tmp_path / "anchors").mkdir()
        return FolderAnchor(folder=tmp_path / "anchors")
    request.getfixturevalue("s3")
    return in_bucket(f"s3://{BUCKET}/trail", "us-east-1", Aws(region="us-east-1"))


def kept(anchor: Anchor) -> list[Entry]:
    entries = anchor.entries()
    assert entries is not None
    return list(entries)


def test_it_gives_back_every_checkpoint_with_the_hashes_of_all_rows(
    anchor: Anchor, make_town: MakeTown
) -> None:
    town = make_town([anchor])
    for rows in (3, 1, 5):
        town.grow(rows)
    entries = kept(anchor)
    assert [(entry.first, entry.size) for entry in entries] == [(0, 3), (3, 4), (4, 9)]
    hashes = b"".join(entry.rows for entry in entries)
    assert hashes.hex() == "".join(row.hash for row in town.storage.audit.rows())
    assert verify(town.storage, places=kept_by([anchor])).known == {anchor.place: 9}


def test_a_checkpoint_that_it_has_already_changes_nothing(anchor: Anchor, make_town: MakeTown) -> None:
    town = make_town([anchor])
    town.grow(3)
    with town.storage.transaction():
        town.storage.checkpoints.put(_forgotten(town))
    town.anchoring.run()
    assert [entry.size for entry in kept(anchor)] == [3]


def test_one_of_the_same_size_and_another_root_is_not_taken_for_it(
    anchor: Anchor, make_town: MakeTown
) -> None:
    town = make_town([anchor])
    town.grow(3)
    (entry,) = kept(anchor)
    with pytest.raises(AnchorRefused, match="run `dockseal audit verify`"):
        anchor.put(Growth(entry=replace(entry, root=bytes(32)), before=Grown()))
    assert anchor.put(Growth(entry=entry, before=Grown())) == entry.note


def test_what_it_missed_it_is_told_later(make_town: MakeTown, anchor: Anchor) -> None:
    make_town([]).grow(3)
    town = make_town([anchor])
    town.grow(2)
    assert [entry.size for entry in kept(anchor)][-1] == 5
    assert not [
        check for check in look_at_anchors(town.storage, [anchor.place], town.clock.now()) if not check.ok
    ]


def test_an_empty_place_holds_nothing(anchor: Anchor) -> None:
    assert kept(anchor) == []


def test_an_object_in_the_bucket_cannot_be_deleted_before_its_time(s3: Any, make_town: MakeTown) -> None:
    town = make_town([in_bucket(f"s3://{BUCKET}", "us-east-1", Aws(region="us-east-1"))])
    town.grow(3)
    version = s3.list_object_versions(Bucket=BUCKET)["Versions"][0]
    kept = s3.head_object(Bucket=BUCKET, Key=version["Key"])
    assert kept["ObjectLockMode"] == "COMPLIANCE"
    assert (kept["ObjectLockRetainUntilDate"] - town.clock.now()).days == 548
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])
    s3.put_object(Bucket=BUCKET, Key=version["Key"], Body=b"another\n")
    s3.delete_object(Bucket=BUCKET, Key=version["Key"])
    assert verify(town.storage, places=kept_by(town.anchors)).known == {f"s3://{BUCKET}/": 3}


def test_a_place_that_is_not_there_is_told_of_and_the_others_go_on(
    make_town: MakeTown, tmp_path: Path
) -> None:
    (tmp_path / "here").mkdir()
    away, here = FolderAnchor(folder=tmp_path / "away"), FolderAnchor(folder=tmp_path / "here")
    town = make_town([away, here])
    town.grow(3)
    assert [entry.size for entry in kept(here)] == [3]
    with pytest.raises(AnchorUnavailable, match="mount it"):
        kept(away)
    assert _told(town, [away, here]) == []
    for _ in range(6):
        town.grow(60)
    (sentence,) = _told(town, [away, here])
    assert "was not told of rows since 2026-11-02 08:00:03 UTC" in sentence
    assert "mount it, make it, or let us write there" in sentence
    (tmp_path / "away").mkdir()
    town.grow(1)
    assert _told(town, [away, here]) == []
    assert set(verify(town.storage, places=kept_by([away, here])).known.values()) == {364}


def _told(town: Town, anchors: Sequence[Anchor]) -> list[str]:
    places = [anchor.place for anchor in anchors]
    return [
        check.sentence for check in look_at_anchors(town.storage, places, town.clock.now()) if not check.ok
    ]


def test_a_place_that_was_told_more_than_is_signed_is_not_well(make_town: MakeTown, tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    here = FolderAnchor(folder=tmp_path / "here")
    town = make_town([here])
    town.grow(3)
    with town.storage.transaction():
        town.storage.checkpoints.put(Anchored(place=here.place, tree=Grown(size=4, parts=("0" * 64,))))
    (sentence,) = _told(town, [here])
    assert "It was told of 4 rows and only 3 are signed" in sentence


def test_that_nobody_outside_knows_is_told(make_town: MakeTown) -> None:
    (sentence,) = _told(make_town([]), [])
    assert "set DOCKSEAL_AUDIT_ANCHOR_DIR" in sentence


def _forgotten(town: Town) -> Anchored:
    (known,) = town.storage.checkpoints.places()
    return replace(known, tree=Grown())
