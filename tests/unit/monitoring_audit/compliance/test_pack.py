"""An evidence pack of a day with canaries: none is in it, and no byte of it can be changed unseen."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from day import Day
from dockseal.bootstrap import make_pack
from dockseal.cli import compliance_pack
from dockseal.cli.main import app
from dockseal.cli.opened import person
from dockseal.errors import BadInput, SignatureRefused
from dockseal.monitoring_audit.compliance.pack import MANIFEST, check, read_manifest
from dockseal.pii_security.notes import VerifierKey, public_of, verified, verifier_keys
from faults.canaried import MARK, place
from parcel_numbers import ups_of
from scanner import Scanner
from unit.monitoring_audit.compliance.put_on_record import CONTACT, put_all_on_record

ORDERS = 12
FILES = {"index.html", "report.json", "answers.json", "processing.json", "access.json", "retention.json"} | {
    "keys.json",
    "network.json",
    "trail.json",
    "trail/anchors.json",
    "trail/checkpoint.note",
}


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A day on which every field of every buyer is a canary."""
    day = Day(folder=tmp_path_factory.mktemp("day"), choices=CONTACT)
    orders = place(day, ORDERS)
    day.run(minutes=30)
    for order_id in orders[:5]:
        day.ship(order_id, tracking_number=ups_of(order_id))
    day.run(hours=1)
    put_all_on_record(day)
    yield day
    day.close()


@pytest.fixture(scope="module")
def made(day: Day, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack of that day; nobody changes it."""
    folder = tmp_path_factory.mktemp("pack") / "pack"
    make_pack(day.app, folder, person())
    return folder


@pytest.fixture(scope="module")
def key(day: Day, made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the public key, and nothing else of the installation."""
    file = tmp_path_factory.mktemp("key") / "key.txt"
    file.write_text("".join(f"{each.text}\n" for each in day.app.signing.public_keys()))
    return file


@pytest.fixture
def pack(made: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return Path(shutil.copytree(made, tmp_path / "copy"))


def verify(pack: Path, key: Path) -> None:
    """Verifies as somebody does who has the public key alone."""
    text, _ = verified((pack / MANIFEST).read_text(), verifier_keys(key.read_text()))
    check(pack, read_manifest(text))


def test_no_canary_is_in_it_in_any_form(day: Day, made: Path) -> None:
    handed_over = set(re.findall(rf"{MARK}\w+Zq", repr(day.warehouse.taken)))
    assert len(handed_over) > ORDERS * 5, "the canaries did not flow: this test proves nothing"
    assert Scanner(MARK).in_folder(made) == {}


def test_amazons_order_numbers_and_secrets_are_not_in_it(day: Day, made: Path) -> None:
    text = "".join(place.read_text() for place in made.rglob("*") if place.is_file())
    assert re.findall(r"\b\d{3}-\d{7}-\d{7}\b", text) == []
    assert day.application.client_secret not in text
    assert day.warehouse.secrets.api_key.reveal() not in text
    assert "Atzr|" not in text


def test_it_verifies_with_the_public_key_alone(made: Path, key: Path) -> None:
    files = {place.relative_to(made).as_posix() for place in made.rglob("*") if place.is_file()}
    assert files == FILES | {MANIFEST}
    told = CliRunner().invoke(app, ["compliance", "verify", str(made), "--key", str(key)], env={"HOME": "/"})
    assert told.exit_code == 0, told.output
    assert f"{len(FILES)} files are as" in told.output
    assert "compares them with Amazon's live text" in told.output


@pytest.mark.parametrize("name", sorted(FILES | {MANIFEST}))
def test_any_altered_byte_is_refused_with_the_files_name(pack: Path, key: Path, name: str) -> None:
    original = (pack / name).read_bytes()
    steps = max(1, len(original) // 40)
    for at in range(0, len(original), steps):
        for other in (original[at] ^ 1, original[at] ^ 0x20):
            (pack / name).write_bytes(original[:at] + bytes([other]) + original[at + 1 :])
            with pytest.raises((SignatureRefused, BadInput), match=name):
                compliance_pack.verify(pack, key=key)


def test_a_file_that_is_missing_or_was_put_there_is_named(pack: Path, key: Path) -> None:
    (pack / "trail" / "checkpoint.txt").write_text("invented")
    with pytest.raises(SignatureRefused, match=r"trail/checkpoint.txt was put into the pack"):
        verify(pack, key)
    (pack / "trail" / "checkpoint.txt").unlink()
    verify(pack, key)
    (pack / "answers.json").unlink()
    with pytest.raises(SignatureRefused, match=r"answers.json is missing"):
        verify(pack, key)


def test_a_link_to_a_folder_that_was_put_there_is_named(pack: Path, key: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (pack / "more").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SignatureRefused, match=r"more was put into the pack"):
        verify(pack, key)


def test_another_installations_key_did_not_sign_it(pack: Path, tmp_path: Path) -> None:
    other = tmp_path / "key.txt"
    other.write_text(VerifierKey(name="dockseal/another", public=public_of(bytes(32))).text)
    with pytest.raises(SignatureRefused, match="none of these keys"):
        verify(pack, other)


def test_something_else_that_was_signed_is_no_pack(day: Day, pack: Path, key: Path) -> None:
    (pack / MANIFEST).write_text(day.app.signing.sign("dockseal erasure 1\nfor somebody\n", person()))
    with pytest.raises(SignatureRefused, match="no manifest"):
        verify(pack, key)


def test_a_folder_that_holds_something_is_not_written_to(day: Day, pack: Path) -> None:
    with pytest.raises(BadInput, match="holds something already"):
        make_pack(day.app, pack, person())


def test_the_json_says_what_the_page_says_and_that_it_was_made_is_on_record(day: Day, made: Path) -> None:
    told = json.loads((made / "report.json").read_text())
    page = (made / "index.html").read_text()
    assert "live text" in told["note"]
    assert "live text" in page
    for control in told["controls"]:
        assert f">{control['control']}<" in page
    fields = [each["field"] for each in json.loads((made / "processing.json").read_text())["fields"]]
    assert "gift_message" in fields
    (row,) = day.app.storage.audit.search(tag="compliance:pack:made", limit=1)
    assert dict(row.fields)["not_met"] == "2"


def test_the_page_takes_nothing_from_elsewhere_and_runs_nothing(made: Path) -> None:
    page = (made / "index.html").read_text()
    assert re.findall(r"<script|<link|<img|src=|url\(|@import|https?://|\son[a-z]+=", page) == []
