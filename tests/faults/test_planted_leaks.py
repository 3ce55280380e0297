"""The scanner that the canaries rely on finds every planted leak, each of another kind and elsewhere."""

import base64
import html
import json
import sys
import unicodedata
from pathlib import Path

import pytest

from faults.planted import LEAKS, Plant
from scanner import Scanner

NAME = "Zoë O'Canary-Öhrström <7>"
OTHER = "Zoë O'Somebody-Öhrström <7>"


@pytest.mark.parametrize("plant", LEAKS.values(), ids=list(LEAKS))
def test_a_planted_leak_is_found_where_it_is_and_no_other_name_is(plant: Plant, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    plant(tmp_path / "other", OTHER)
    assert Scanner(NAME).in_folder(tmp_path) == {}
    place = plant(tmp_path, NAME)
    assert list(Scanner(NAME).in_folder(tmp_path)) == [place.relative_to(tmp_path).as_posix()]


def test_thirty_leaks_and_six_more_are_found_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    planted = {plant(tmp_path, NAME).relative_to(tmp_path).as_posix() for plant in LEAKS.values()}
    found = Scanner(NAME).in_folder(tmp_path)
    with capsys.disabled():
        sys.stdout.write(f"\n{len(planted)} planted leaks, {len(found)} found\n")
    assert len(planted) == len(LEAKS) == 36
    assert set(found) == planted


FORMS = [
    NAME.upper().encode(),
    NAME.lower().encode(),
    NAME[::-1].encode(),
    unicodedata.normalize("NFD", NAME).encode(),
    NAME.encode("utf-32-le"),
    NAME.encode().hex(" ").encode(),
    b"".join(b"%%%02X" % byte for byte in NAME.encode()),
    "".join(f"\\u{ord(each):04X}" for each in NAME).encode(),
    json.dumps(json.dumps(json.dumps(NAME))).encode(),
    repr({"name": NAME.encode()}).encode(),
    ascii([NAME]).encode(),
    html.escape(NAME).encode(),
    html.escape(NAME)
    .encode("ascii", "xmlcharrefreplace")
    .replace(b"&#235;", b"&#xEB;")
    .replace(b"&#214;", b"&#xD6;")
    .replace(b"&#246;", b"&#xF6;"),
    *(
        base64.b64encode(b"?" * before + NAME.encode(encoding) + b"~")
        for encoding in ("utf-8", "utf-16-le")
        for before in range(3)
    ),
]


@pytest.mark.parametrize("form", FORMS)
def test_other_forms_of_a_name_are_found_between_other_bytes(form: bytes) -> None:
    data = b"\x00\xff before " + form + b" after"
    assert Scanner(NAME).found(data)
    assert Scanner(OTHER).found(data) == set()
