"""Evidence: frozen into files with a manifest that is signed, and compared with it whenever somebody asks.

    incidents/<case>/<number>/MANIFEST   a signed note: digest, size and name of each file, and what was there
    incidents/<case>/<number>/<file>     each as it was

Nothing in it is personal data: the trail names orders by our references, and logs are taken by their digests
alone. So keeping a case keeps no buyer's data, whose deadline goes on as ever.
"""

import contextlib
import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, timedelta
from pathlib import Path

from dockseal.domain.access import Actor
from dockseal.domain.audit import AuditRow
from dockseal.domain.incident import EntryKind, Incident
from dockseal.errors import BadInput, SignatureRefused
from dockseal.monitoring_audit.checks import Health
from dockseal.monitoring_audit.inventory import inventory
from dockseal.monitoring_audit.trail import line_of
from dockseal.pii_security.files import FOLDER_MODE, make_folder, usable, write_new
from dockseal.pii_security.incidents.custody import Custody, digest_of
from dockseal.pii_security.key_store import KeyStore
from dockseal.pii_security.notes import verified

MANIFEST = "MANIFEST"
BEFORE = timedelta(hours=24)
"""The trail is taken from so long before the first alarm on."""
MOST_ROWS = 100_000
"""So many rows at most: of the trail those around the first alarm, of the actor the newest."""
_BATCH = 2000
_TRIES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """One collection of evidence."""

    folder: Path
    digest: str
    """SHA-256 (hex) of its manifest, as it stands in the chain of custody."""
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Freezes evidence and verifies it.

    Attributes:
        folder: Where the cases' folders are.
        settings: What the installation chose, without who is named in it.
        health: Looks at everything.
    """

    custody: Custody
    keys: KeyStore
    folder: Path
    settings: Mapping[str, object]
    health: Callable[[], Health]

    def freeze(self, incident: Incident, by: Actor, logs: Sequence[Path] = ()) -> Frozen:
        """Writes what is known now into a new folder of the case, and that into its chain of custody.

        Args:
            incident: Which case.
            by: Who collects.
            logs: Further files; their digest and size are kept, not what they hold.

        Raises:
            BadInput: a further file cannot be read, or the case was closed meanwhile.
            StorageUnavailable: the folder cannot be written.
            MoveRefused: somebody else added an entry at the same moment; freeze again.
        """
        contents = self._contents(incident)
        lines = [_line(name, data) for name, data in contents.items()]
        lines += [_line_of_file(place) for place in logs]
        place = self._new_folder(incident)
        with usable(f"the evidence in {place} cannot be written"):
            for name, data in contents.items():
                write_new(place / name, data)
        now, (seq, head) = self.custody.clock.now(), self.custody.storage.audit.noted_head()
        text = (
            "dockseal evidence v1\n"
            f"incident: {incident.id}\n"
            f"collected at: {now.astimezone(UTC).isoformat()}\n"
            f"collector: {by}\n"
            f"newest audit row: {seq} {head}\n"
            f"\n{''.join(lines)}"
        )
        note = self.custody.signing.sign(text, by)
        with usable(f"the evidence in {place} cannot be written"):
            write_new(place / MANIFEST, note.encode())
        found = Frozen(folder=place, digest=digest_of(note), files=tuple(contents))
        with self.custody.storage.transaction():
            if not self.custody.storage.incidents.get(incident.id).open:
                raise BadInput(f"incident {incident.id} was closed meanwhile: {place} is no part of it")
            told = f"{len(lines)} artefacts in {place.name}, manifest {found.digest}"
            self.custody.add(incident, EntryKind.COLLECTED, told, by)
        return found

    def verify(self, incident: Incident) -> int:
        """Compares every collection of a case with its manifest and its chain; returns how many there are.

        Raises:
            SignatureRefused: the chain, a manifest or an artefact was altered or is missing; names it.
        """
        collected = [entry for entry in self.custody.verify(incident) if entry.kind is EntryKind.COLLECTED]
        for entry in collected:
            self._verify_one(self.folder / incident.id / entry.text.split()[3].rstrip(","), entry.text)
        return len(collected)

    def _verify_one(self, place: Path, told: str) -> None:
        note = _read(place / MANIFEST).decode("utf-8", "replace")
        if not told.endswith(digest_of(note)):
            raise SignatureRefused(f"{place / MANIFEST} is not the manifest that the chain of custody names")
        text, _ = verified(note, self.custody.signing.public_keys())
        for line in text.partition("\n\n")[2].splitlines():
            digest, size, name = line.split(" ", 2)
            if "/" in name:
                continue  # a log that was taken by its digest alone
            data = _read(place / name)
            if hashlib.sha256(data).hexdigest() != digest or len(data) != int(size):
                raise SignatureRefused(f"{place / name} is not what was collected: it was altered")

    def _new_folder(self, incident: Incident) -> Path:
        case = self.folder / incident.id
        with usable(f"the evidence in {case} cannot be written"):
            make_folder(self.folder, FOLDER_MODE)
            make_folder(case, FOLDER_MODE)
            there = [int(each.name) for each in case.iterdir() if each.name.isdigit()]
            for number in range(max(there, default=0) + 1, max(there, default=0) + _TRIES):
                with contextlib.suppress(FileExistsError):  # somebody else freezes at the same moment
                    (case / f"{number:02}").mkdir(mode=FOLDER_MODE)
                    break
        return case / f"{number:02}"

    def _contents(self, incident: Incident) -> dict[str, bytes]:
        storage = self.custody.storage
        rows = self._rows(incident)
        contents = {"trail.jsonl": as_lines(rows)}
        extent = {"trail": _extent(rows, storage.audit.noted_head()[0])}
        if incident.actor:
            own = storage.audit.search(actor=incident.actor, limit=MOST_ROWS)[::-1]
            contents["actor.jsonl"] = as_lines(own)
            extent["actor"] = {**_extent(own), "all": len(own) < MOST_ROWS}
        checks = [asdict(check) for check in self.health().checks]
        credentials = [asdict(each) for each in inventory(storage)]
        keys = {"master": self.keys.master(), "epochs": self.keys.masters(), "credentials": credentials}
        return contents | {
            "extent.json": _json(extent),
            "settings.json": _json(self.settings),
            "health.json": _json(checks),
            "keys.json": _json(keys),
            "version.json": _json(_version()),
            "locks.json": _json([asdict(lock) for lock in storage.locks.all()]),
        }

    def _rows(self, incident: Incident) -> list[AuditRow]:
        """Returns the trail from a day before the first alarm on; of a long one, its beginning."""
        audit, rows = self.custody.storage.audit, list[AuditRow]()
        after = audit.first_after(incident.detected_at - BEFORE) - 1
        while len(rows) < MOST_ROWS and (batch := audit.rows(after, min(_BATCH, MOST_ROWS - len(rows)))):
            rows.extend(batch)
            after = batch[-1].seq
        return rows


def _extent(rows: Sequence[AuditRow], newest: int | None = None) -> dict[str, object]:
    """Tells which rows a file holds, so that nobody takes a part for the whole."""
    told: dict[str, object] = {"rows": len(rows)}
    if rows:
        told |= {"first": rows[0].seq, "last": rows[-1].seq}
    return told if newest is None else told | {"newest_of_the_trail": newest}


def as_lines(rows: Iterable[AuditRow]) -> bytes:
    """Returns audit rows as lines, each of which has the row's hash for its SHA-256."""
    return b"".join(line_of(row) + b"\n" for row in rows)


def _version() -> dict[str, object]:
    installed = sorted(
        f"{each.metadata['Name'].lower()}=={each.version}" for each in importlib.metadata.distributions()
    )
    digest = hashlib.sha256("\n".join(installed).encode()).hexdigest()
    return {"python": platform.python_version(), "installed": installed, "sha256": digest}


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True, default=str) + "\n").encode()


def _line(name: str, data: bytes) -> str:
    return f"{hashlib.sha256(data).hexdigest()} {len(data)} {name}\n"


def _line_of_file(place: Path) -> str:
    if not str(place.absolute()).isprintable():
        raise BadInput("a further file has a name that no line of a manifest holds: give it another one")
    try:
        with place.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return f"{digest} {place.stat().st_size} {place.absolute()}\n"
    except OSError as fault:
        raise BadInput(f"{place} cannot be read: {fault.strerror}") from None


def _read(place: Path) -> bytes:
    try:
        return place.read_bytes()
    except OSError as fault:
        raise SignatureRefused(f"{place} is missing or cannot be read: {fault.strerror}") from None
