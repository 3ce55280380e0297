"""Whether audit rows are where their age wants them: in the table, in a segment, or nowhere."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from dockseal.monitoring_audit.checks import Check
from dockseal.monitoring_audit.grown import beginning
from dockseal.monitoring_audit.kept_segments import kept_segments
from dockseal.storage.store import Storage

KEPT_IN_TABLE = timedelta(days=400)
"""Audit rows that are older belong into a segment, unless the caller knows better."""
REMINDED = timedelta(days=60)
"""So long after they could leave the table somebody is told."""


def look_at_segments(storage: Storage, keep: timedelta, now: datetime) -> Iterator[Check]:
    """Looks for rows that are older than they need be, and segments that are older than they may be."""
    first = next(iter(storage.audit.rows(beginning(storage).tree.size, 1)), None)
    if first is not None and now - first.at > keep + REMINDED:
        sentence = (
            f"Rows since {first.at:%Y-%m-%d} are still in the table: run `dockseal audit archive FOLDER`, "
            "which takes those out that are old enough."
        )
        yield Check(name="audit rows", ok=False, sentence=sentence)
    yield from _segments(storage, now)


def _segments(storage: Storage, now: datetime) -> Iterator[Check]:
    for each in kept_segments(storage):
        if not each.clear:
            sentence = (
                f"Audit row {each.recorded_by} does not say up to which row its segment goes, or until when "
                "it is kept: run `dockseal audit verify`, and look at the segments themselves."
            )
            yield Check(name=f"audit segment of row {each.recorded_by}", ok=False, sentence=sentence)
        elif each.overdue(now):
            sentence = (
                f"The segment up to row {each.last} was to be deleted on {each.until:%Y-%m-%d}: delete each "
                f"copy of it, and run `dockseal audit deleted {each.last}`."
            )
            yield Check(name=f"audit segment {each.last}", ok=False, sentence=sentence)
