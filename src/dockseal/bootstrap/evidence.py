"""Makes an evidence pack of a running Dockseal, signed by the installation, on record in the audit trail."""

import hashlib
import json
from pathlib import Path

from dockseal.bootstrap.app import App
from dockseal.bootstrap.facts import facts_of
from dockseal.domain.access import Actor
from dockseal.monitoring_audit.compliance.controls import Verdict
from dockseal.monitoring_audit.compliance.pack import contents, manifest_of, refuse_used, write
from dockseal.monitoring_audit.compliance.report import Report, report
from dockseal.monitoring_audit.tags import Tag


def make_pack(app: App, folder: Path, actor: Actor) -> Report:
    """Writes a pack into a new folder, and returns the report that is in it.

    Raises:
        BadInput: the folder holds something, or cannot be written.
        SealBroken: the signing key was altered, or the master key is another one.
        StorageError: a database or the key store cannot be used.
    """
    refuse_used(folder)
    facts = facts_of(app)
    found = report(facts)
    files = contents(facts, found, trail=_trail_files(app))
    text = manifest_of(files, facts.now)
    note = app.signing.sign(text, actor)
    with app.storage.transaction():
        app.trail.record(
            Tag.COMPLIANCE_PACK_MADE,
            actor=actor,
            pack=hashlib.sha256(text.encode()).hexdigest(),
            met=found.count(Verdict.MET),
            not_met=found.count(Verdict.NOT_MET),
        )
    write(folder, files, note)
    return found


def _trail_files(app: App) -> dict[str, bytes]:
    """Returns what proves the trail from outside: its newest checkpoint, and how far each place knows it."""
    newest = app.storage.checkpoints.newest()
    known = {each.place: each.tree.size for each in app.storage.checkpoints.places()}
    anchors = [{"place": each.place, "rows": known.get(each.place, 0)} for each in app.anchoring.anchors]
    files = {"anchors.json": f"{json.dumps(anchors, indent=2)}\n".encode()}
    return files | ({"checkpoint.note": newest.note.encode()} if newest else {})
