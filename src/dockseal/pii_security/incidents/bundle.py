"""The bundle of a case: one folder for Amazon or an assessor, signed, and free of personal data (DPP 1.6.4).

case.json, case.html   the case, its countdown, measures and chain of custody
chain.txt              the entries of the chain, each a signed note
evidence/…             the collections, as they were frozen
public-keys.txt        what the notes are verified with
BUNDLE                 a signed note: digest, size and name of each file
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from dockseal.domain.access import Actor
from dockseal.domain.incident import Entry, EntryKind, Incident
from dockseal.errors import BadInput
from dockseal.pii_security.incidents.casework import Casework
from dockseal.pii_security.incidents.exposure import Exposure

BUNDLE = "BUNDLE"
_COLUMNS = ("number", "at", "kind", "by", "text")
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
table {{ border-collapse: collapse; width: 100% }} td, th {{ border: 1px solid #999; padding: .3rem .5rem;
text-align: left; vertical-align: top }} th {{ background: #eee }}
</style></head><body><h1>{title}</h1><table>{facts}</table><h2>Chain of custody</h2>
<table><tr><th>Number</th><th>At</th><th>Kind</th><th>By</th><th>What</th></tr>{entries}</table>
<p>Compare this with Amazon's own text of the Data Protection Policy before anything is claimed.</p>
</body></html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundling:
    """Writes the bundle of a case."""

    casework: Casework

    def write(self, incident_id: str, place: Path, by: Actor) -> int:
        """Writes the bundle into a new folder; returns how many files it has. The hand-over is no part of it.

        Args:
            incident_id: Which case.
            place: The folder; it must not be there.
            by: Who wants it.

        Raises:
            BadInput: the folder is there, or cannot be written.
            SignatureRefused: the evidence or its chain was altered; nothing is written.
        """
        casework = self.casework
        incident = casework.cases.storage.incidents.get(incident_id)
        casework.evidence.verify(incident)
        files = self._files(incident)
        lines = (f"{hashlib.sha256(data).hexdigest()} {len(data)} {name}\n" for name, data in files.items())
        now = casework.cases.clock.now().astimezone(UTC).isoformat()
        head = f"dockseal incident bundle v1\nincident: {incident.id}\nwritten at: {now}\nby: {by}\n\n"
        note = casework.custody.signing.sign(head + "".join(lines), by)
        try:
            place.mkdir(mode=0o700)
            for name, data in {**files, BUNDLE: note.encode()}.items():
                target = place / name
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                target.write_bytes(data)
        except OSError as fault:
            raise BadInput(f"{place} cannot be written: {fault.strerror}; name a new folder") from None
        return len(files) + 1

    def _files(self, incident: Incident) -> dict[str, bytes]:
        casework = self.casework
        chain = casework.cases.storage.incidents.entries(incident.id)
        told = _told(incident, chain, casework.exposure(incident), casework.contact.text)
        keys = "".join(f"{key.text}\n" for key in casework.custody.signing.public_keys())
        files = {
            "case.json": (json.dumps(told, indent=1) + "\n").encode(),
            "case.html": _html(told).encode(),
            "chain.txt": "\n".join(entry.note for entry in chain).encode(),
            "notice.txt": casework.notice(incident).text.encode(),
            "public-keys.txt": keys.encode(),
        }
        folder = casework.evidence.folder / incident.id
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file():
                files[f"evidence/{path.relative_to(folder)}"] = path.read_bytes()
        return files


def _told(incident: Incident, chain: Sequence[Entry], exposed: Exposure, contact: str) -> dict[str, object]:
    facts = {name: _text(value) for name, value in asdict(incident).items() if value not in {"", None}}
    took = incident.told_at - incident.detected_at if incident.told_at else None
    return {
        **facts,
        "tell_by": _text(incident.tell_by),
        "told_after_hours": round(took.total_seconds() / 3600, 2) if took else None,
        "orders_opened_by_seller": dict(exposed.by_seller),
        "contact": contact,
        "measures": [entry.text for entry in chain if entry.kind is EntryKind.MEASURE],
        "chain": [{name: _text(getattr(entry, name)) for name in _COLUMNS} for entry in chain],
    }


def _html(told: Mapping[str, object]) -> str:
    chain = told["chain"]
    facts = "".join(
        f"<tr><th>{escape(name.replace('_', ' '))}</th><td>{escape(_shown(value))}</td></tr>"
        for name, value in told.items()
        if name != "chain" and value is not None
    )
    entries = "".join(
        "<tr>" + "".join(f"<td>{escape(str(entry[name]))}</td>" for name in _COLUMNS) + "</tr>"
        for entry in (chain if isinstance(chain, list) else [])
    )
    return _PAGE.format(title=escape(f"Incident {told['id']}"), facts=facts, entries=entries)


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {number}" for name, number in value.items()) or "none known"
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _text(value: object) -> object:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
