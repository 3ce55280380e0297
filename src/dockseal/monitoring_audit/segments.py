"""Takes old rows of the audit trail into segments: folders that still verify, before they leave the table.

DPP 2.6.1: audit rows are kept for 12 months at least. They say nothing of a buyer; what belongs to an order
is under our own reference, and is kept no longer than 18 months.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path

from dockseal.domain.access import Actor
from dockseal.domain.checkpoint import Checkpoint, Cut
from dockseal.domain.clock import Clock
from dockseal.domain.policy import LONGEST_IMPERSONAL
from dockseal.errors import BadInput, TrailBroken
from dockseal.monitoring_audit.exporting import every_row, export
from dockseal.monitoring_audit.grown import beginning, grown_of, tree_of
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.trail import Trail
from dockseal.monitoring_audit.verifier.check import check
from dockseal.monitoring_audit.verifier.entries import Entry
from dockseal.monitoring_audit.verifier.signatures import Keys
from dockseal.monitoring_audit.verifier.tree import Broken
from dockseal.monitoring_audit.verifying import verify
from dockseal.storage.store import Storage

STANDING = frozenset(
    {
        Tag.OFFICER_REGISTRY_ADDED,
        Tag.OFFICER_REGISTRY_REMOVED,
        Tag.ARCHIVE_FILE_MADE,
        Tag.ARCHIVE_FILE_DELETED,
        Tag.DATA_ERASURE_INTENDED,
        Tag.DATA_ERASURE_DONE,
        Tag.KEY_MASTER_CREATED,
        Tag.KEY_MASTER_ROTATED,
        Tag.AUDIT_SEGMENT_ARCHIVED,
        Tag.AUDIT_SEGMENT_DELETED,
        Tag.AUDIT_CLOCK_EXPLAINED,
        Tag.INCIDENT_CASE_NOTED,
        Tag.COMPLIANCE_CONTROL_ATTESTED,
        Tag.INCIDENT_CONTACT_CONFIRMED,
        Tag.INCIDENT_RUNBOOK_REVIEWED,
        Tag.ACCESS_LOCK_PUT,
        Tag.ACCESS_LOCK_LIFTED,
        Tag.CANARY_REGISTER_CHANGED,
        Tag.KEY_EPOCH_SHREDDED,
        Tag.APPLICATION_SECRET_ROTATED,
        Tag.APPLICATION_CREDENTIAL_STORED,
    }
)
"""Rows that something is still read from; they stay in the table as well."""


def archive(
    storage: Storage,
    trail: Trail,
    folder: Path,
    *,
    keep: timedelta,
    clock: Clock,
    keys: Keys,
    places: Mapping[str, Iterable[Entry]],
    actor: Actor,
) -> Cut:
    """Writes the rows that are older than `keep` into a segment, and plans that they leave the table.

    Args:
        storage: Where the trail is.
        trail: Is told of it.
        folder: Is made.
        keep: How long rows stay in the table.
        clock: Tells the time.
        keys: The public keys that checkpoints are signed with.
        places: What places outside keep, by their names.
        actor: Who does it.

    Returns:
        Where the trail is to be cut.

    Raises:
        BadInput: no rows are that old, an incident is open, or the folder cannot be written.
        TrailBroken: the trail or the segment does not add up.
    """
    if cases := storage.incidents.all(open_only=True):
        raise BadInput(f"incident {cases[0].id} is open, and what it is about stays as it is: close it first")
    now, before = clock.now(), beginning(storage)
    last = storage.checkpoints.last_until(now - keep)
    if last is None or last.size <= before.tree.size:
        raise BadInput(f"no audit rows are older than {keep.days} days: there is nothing to archive")
    verify(storage, places=places, keys=keys)
    export(storage, folder, until=last.size)
    try:
        check([folder], [], keys, {})
    except Broken as broken:
        raise TrailBroken(broken.seq, broken.what) from None
    cut = _cut(storage, before, last)
    with storage.transaction():
        storage.checkpoints.plan_cut(cut)
        trail.record(
            Tag.AUDIT_SEGMENT_ARCHIVED,
            actor=actor,
            row=last.size,
            until=last.at + LONGEST_IMPERSONAL,
            head=cut.head,
            standing=cut.standing,
        )
    return cut


def _cut(storage: Storage, before: Cut, last: Checkpoint) -> Cut:
    tree, head = tree_of(before.tree), before.head
    for row in every_row(storage, before.tree.size):
        tree.add(bytes.fromhex(row.hash))
        head = row.hash
        if row.seq == last.size:
            break
    if tree.root().hex() != last.root:
        raise TrailBroken(before.tree.size + 1, "it, or a later one, is not what was signed")
    return Cut(tree=grown_of(tree), head=head, standing=_standing(storage, last.size))


def _standing(storage: Storage, size: int) -> str:
    """Returns the hash over those rows up to a size that stay in the table."""
    digest = hashlib.sha256()
    for row in storage.audit.since(0, [tag.value for tag in STANDING]):
        if row.seq <= size:
            digest.update(bytes.fromhex(row.hash))
    return digest.hexdigest()
