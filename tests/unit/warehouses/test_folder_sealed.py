"""Encrypted files: the warehouse alone reads ours, we alone read its own, and nothing readable stays."""

import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest

from dockseal.errors import SettingsFault, WarehouseUnavailable
from dockseal.warehouses.contract import PERSONAL, hand_over
from unit.warehouses.folder_box import Box
from unit.warehouses.test_folder_in import HEAD, LINE, REF

HERS, OTHER, OURS = (pyrage.x25519.Identity.generate() for _ in range(3))
GPG = shutil.which("gpg")
needs_gpg = pytest.mark.skipif(GPG is None, reason="gpg is not installed here")


def sealed_box(root: Path, given: dict[str, str] | None = None, **options: str) -> Box:
    return Box(root, given, encrypt="age", recipient=str(HERS.to_public()), **options)


def readable(box: Box) -> list[str]:
    """What can be read of the buyer in any file of the folder."""
    found = box.everything()
    return [value for value in PERSONAL.values() if len(value) > 2 and value.encode() in found]


def test_the_warehouse_reads_a_file_with_its_key_and_nobody_without(tmp_path: Path) -> None:
    box = sealed_box(tmp_path)
    receipt = box.folder.submit(hand_over())
    (name,) = box.files("out")
    assert name.endswith(".csv.age")
    assert receipt.reference_at_warehouse == name
    content = (tmp_path / "out" / name).read_bytes()
    assert b"Testperson Quillfeather" in pyrage.decrypt(content, [HERS])
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(content, [OTHER])
    assert readable(box) == []


def test_several_keys_of_the_warehouse_read_it(tmp_path: Path) -> None:
    keys = f"{HERS.to_public()}, {OTHER.to_public()}"
    box = Box(tmp_path, encrypt="age", recipient=keys)
    box.folder.submit(hand_over())
    content = (tmp_path / "out" / box.files("out")[0]).read_bytes()
    assert pyrage.decrypt(content, [HERS]) == pyrage.decrypt(content, [OTHER])


def test_without_encryption_it_is_readable_which_this_test_would_see(tmp_path: Path) -> None:
    box = Box(tmp_path)
    box.folder.submit(hand_over())
    assert "12 Sample Row" in readable(box)


def test_an_encrypted_file_that_is_not_fetched_is_told_of_once_and_stays(tmp_path: Path) -> None:
    box = sealed_box(tmp_path)
    box.folder.submit(hand_over())
    box.clock.advance(timedelta(hours=24))
    (delivery,) = box.take()
    assert "it still lies there" in delivery.faults[0]
    assert box.take() == []
    assert len(box.files("out")) == 1


def test_an_encrypted_file_is_acknowledged_by_its_name(tmp_path: Path) -> None:
    box = sealed_box(tmp_path)
    box.folder.submit(hand_over())
    box.put(box.files("out")[0].replace(".csv.age", ".ack"), "")
    assert len(box.take()[0].messages) == 1
    assert box.files("out") == []


def test_we_read_what_the_warehouse_encrypted_to_our_identity(tmp_path: Path) -> None:
    written = f"# created: 2026-11-02\n# public key: {OURS.to_public()}\n{OURS}\n"
    box = sealed_box(tmp_path, {"age_identity": written})
    box.put("t.csv.age", pyrage.encrypt((HEAD + LINE).encode(), [OURS.to_public()]))
    (delivery,) = box.take()
    assert [each.release for each in delivery.messages] == [REF]
    box.put("u.csv.age", pyrage.encrypt((HEAD + LINE).encode(), [HERS.to_public()]))
    box.put("v.csv.pgp", b"anything")
    ours, pgp = (fault for each in box.take() for fault in each.faults)
    assert "it is not encrypted to our age_identity" in ours
    assert "it is encrypted with PGP" in pgp
    assert len(box.files("error")) == 2


def test_without_an_identity_an_encrypted_file_is_told_of(tmp_path: Path) -> None:
    box = sealed_box(tmp_path)
    box.put("t.csv.age", pyrage.encrypt(b"x", [OURS.to_public()]))
    assert "no age_identity is stored" in box.take()[0].faults[0]


def test_an_identity_that_is_none_is_said_and_not_shown(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="age_identity of warehouse reno is none") as fault:
        sealed_box(tmp_path, {"age_identity": "AGE-SECRET-KEY-1WRONG"})
    assert "WRONG" not in str(fault.value)


@pytest.fixture
def keyring(tmp_path: Path) -> Path:
    """Somebody's keyring with a pair of keys."""
    home = tmp_path / "keyring"
    home.mkdir(mode=0o700)
    gpg(home, "--passphrase", "", "--quick-generate-key", "files@reno.example", "default", "default", "never")
    return home


def gpg(home: Path, *words: str, given: bytes = b"") -> bytes:
    assert GPG is not None
    command = [GPG, "--homedir", str(home), "--batch", "--pinentry-mode", "loopback", *words]
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout


@needs_gpg
def test_gpg_reads_a_file_with_the_warehouses_key(tmp_path: Path, keyring: Path) -> None:
    key = gpg(keyring, "--armor", "--export", "files@reno.example").decode()
    box = Box(tmp_path / "box", {"pgp_key": key}, encrypt="pgp")
    box.folder.submit(hand_over())
    (name,) = box.files("out")
    assert name.endswith(".csv.pgp")
    plain = gpg(keyring, "--decrypt", given=(tmp_path / "box" / "out" / name).read_bytes())
    assert b"Testperson Quillfeather" in plain
    assert readable(box) == []


@needs_gpg
def test_what_is_no_pgp_key_sends_nothing(tmp_path: Path) -> None:
    box = Box(tmp_path / "box", {"pgp_key": "no key"}, encrypt="pgp")
    with pytest.raises(WarehouseUnavailable, match="gpg cannot encrypt") as error:
        box.folder.submit(hand_over())
    assert error.value.__context__ is None
    assert box.files("out") == []
    assert readable(box) == []


def test_without_gpg_pgp_cannot_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SettingsFault, match="gpg is not installed here"):
        Box(tmp_path / "box", {"pgp_key": "any"}, encrypt="pgp")
