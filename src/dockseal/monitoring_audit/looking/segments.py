"""Whether audit rows are where their age wants them: in the table, in a segment, or nowhere."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from dockseal.domain.audit import AuditRow
from dockseal.monitoring_audit.checks import Check
from dockseal.monitoring_audit.grown import beginning
from dockseal.monitoring_audit.tags import Tag
from dockseal.storage.store import Storage

KEPT_IN_TABLE = timedelta(days=400)
"""Audit rows that are older belong into a segment, unless the caller knows better."""
REMINDED = timedelta(days=60)
"""So long after they could leave the table somebody is told."""
_MOST = 1000


def look_at_segments(storage: Storage, keep: timedelta, now: datetime) -> Iterator[Check]:
    """Looks for rows that are older than they need be, and segments that are older than they may be."""
    first = next(iter(storage.audit.rows(beginning(storage).tree.size, 1)), None)
    if first is not None and now - first.at > keep + REMINDED:
        sentence = (
            f"Rows since {first.at:%Y-%m-%d} are still in the table: run `dockseal audit archive FOLDER`, "
            "which takes those out that are old enough."
        )
        yield Check(name="audit rows", ok=False, sentence=sentence)
    gone = {dict(row.fields)["row"] for row in _rows(storage, Tag.AUDIT_SEGMENT_DELETED)}
    for row in _rows(storage, Tag.AUDIT_SEGMENT_ARCHIVED):
        told = dict(row.fields)
        if told["row"] not in gone and now >= datetime.fromisoformat(told["until"]):
            sentence = (
                f"The segment up to row {told['row']} was to be deleted on {told['until'][:10]}: delete each "
                f"copy of it, and run `dockseal audit deleted {told['row']}`."
            )
            yield Check(name=f"audit segment {told['row']}", ok=False, sentence=sentence)


def _rows(storage: Storage, tag: Tag) -> Iterator[AuditRow]:
    yield from storage.audit.search(tag=tag.value, limit=_MOST)
