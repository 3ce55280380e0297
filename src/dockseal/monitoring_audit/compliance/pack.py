"""The evidence pack: a folder of documents, and a manifest with the SHA-256 of each, signed as a C2SP note.

index.html      the page for people
*.json          the same for programs
trail/          the newest checkpoint of the audit trail and its anchors, where there are any
manifest.note   what it is, when it was made, and a line `<sha256>  <name>` for each file
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dockseal import __version__
from dockseal.domain.clock import instant_text
from dockseal.errors import BadInput, SignatureRefused
from dockseal.monitoring_audit.compliance import inventories
from dockseal.monitoring_audit.compliance.documents import (
    answers_document,
    as_json,
    processing_document,
    register_document,
    report_document,
    trail_document,
)
from dockseal.monitoring_audit.compliance.facts import Facts
from dockseal.monitoring_audit.compliance.page import page
from dockseal.monitoring_audit.compliance.report import Report

KIND = "dockseal evidence pack 1"
MANIFEST = "manifest.note"
_LINE = re.compile(r"([0-9a-f]{64})  ([a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)?)")
_LARGEST = 1 << 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a manifest says."""

    made_at: str
    files: Mapping[str, str]
    """SHA-256 (hex) of each file by its name."""


def contents(facts: Facts, report: Report, *, trail: Mapping[str, bytes]) -> dict[str, bytes]:
    """Returns every file of a pack but its manifest.

    Args:
        facts: What was found.
        report: The verdicts on it.
        trail: Files that prove the audit trail from outside, by name; they go into the folder `trail`.
    """
    documents = {
        "report": report_document(report),
        "answers": answers_document(facts, report),
        "processing": processing_document(facts),
        "access": register_document(inventories.access(facts)),
        "retention": register_document(inventories.retention(facts)),
        "keys": register_document(inventories.keys(facts)),
        "network": register_document(inventories.network(facts)),
        "trail": trail_document(facts),
    }
    files = {f"{name}.json": as_json(document).encode() for name, document in documents.items()}
    files["index.html"] = page(facts, report).encode()
    return files | {f"trail/{name}": content for name, content in trail.items()}


def manifest_of(files: Mapping[str, bytes], made_at: datetime) -> str:
    """Returns the text of a manifest, to be signed."""
    lines = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}" for name in sorted(files)]
    return "\n".join([KIND, f"made at {instant_text(made_at)} by dockseal {__version__}", *lines, ""])


def refuse_used(folder: Path) -> None:
    """Refuses a folder that holds something already.

    Raises:
        BadInput: it does, or is no folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(f"{folder} holds something already: give a new folder")


def write(folder: Path, files: Mapping[str, bytes], note: str) -> None:
    """Writes a pack into a folder.

    Raises:
        BadInput: it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in {**files, MANIFEST: note.encode()}.items():
            place = folder / name
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(content)
    except OSError as fault:
        raise BadInput(f"a pack cannot be written to {folder}: {fault.strerror}") from None


def read_manifest(text: str) -> Manifest:
    """Reads the text of a manifest whose signature was verified.

    Raises:
        SignatureRefused: it was signed, and is no manifest of a pack.
    """
    lines = text.split("\n")
    found = [_LINE.fullmatch(line) for line in lines[2:-1]]
    if lines[0] != KIND or lines[-1] or not found or not all(found):
        raise SignatureRefused(f"{MANIFEST} is signed, but no manifest of an evidence pack")
    files = {match[2]: match[1] for match in found if match is not None}
    return Manifest(made_at=lines[1].removeprefix("made at "), files=files)


def check(folder: Path, manifest: Manifest) -> None:
    """Compares every file of a folder with its manifest.

    Raises:
        SignatureRefused: names the first file that was altered, is missing, or was put there.
    """
    # A link to a folder is no folder of the pack, and whatever it leads to was not signed.
    places = (place for place in folder.rglob("*") if place.is_symlink() or not place.is_dir())
    there = {place.relative_to(folder).as_posix() for place in places}
    for name, digest in sorted(manifest.files.items()):
        if name not in there:
            raise SignatureRefused(f"{name} is missing from the pack")
        place = folder / name
        if place.is_symlink() or place.stat().st_size > _LARGEST:
            raise SignatureRefused(f"{name} is not a file as it was put into the pack")
        if hashlib.sha256(place.read_bytes()).hexdigest() != digest:
            raise SignatureRefused(f"{name} was altered after the pack was signed")
    for name in sorted(there - set(manifest.files) - {MANIFEST}):
        raise SignatureRefused(f"{name} was put into the pack after it was signed")
