"""What the probes of compliance look at in the audit trail: incidents, and what left it for segments."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from dockseal.bootstrap.app import App
from dockseal.domain.incident import Incident
from dockseal.domain.policy import LEAST_TRAIL, LONGEST_IMPERSONAL
from dockseal.errors import DocksealError, SealBroken, SignatureRefused
from dockseal.monitoring_audit.archives import Archived, archives
from dockseal.monitoring_audit.compliance.facts import IncidentFacts, SegmentFacts
from dockseal.monitoring_audit.grown import beginning
from dockseal.monitoring_audit.kept_segments import Segment, kept_segments
from dockseal.monitoring_audit.tags import Tag

_MOST = 100_000


def incident_facts(app: App) -> IncidentFacts:
    """Returns how incidents are seen to; reads the chain of custody of every case.

    Raises:
        StorageError: a database cannot be used.
    """
    now, settings = app.clock.now(), app.settings
    cases = app.storage.incidents.all(limit=_MOST)
    return IncidentFacts(
        contact_named=bool(settings.impoc_name and settings.impoc_mail),
        contact_confirmed_at=_last(app, Tag.INCIDENT_CONTACT_CONFIRMED),
        plan_reviewed_at=_last(app, Tag.INCIDENT_RUNBOOK_REVIEWED),
        cases=len(cases),
        open_cases=sum(case.open for case in cases),
        untold=tuple(case.id for case in cases if case.told_at is None and now >= case.tell_by),
        told_late=sum(case.told_at is not None and case.told_at > case.tell_by for case in cases),
        faults=tuple(_faults(app, cases)),
    )


def kept_archives(app: App) -> list[Archived]:
    """Returns every archive that a law demands, as far as the audit trail tells.

    Raises:
        StorageError: the trail cannot be read.
    """
    try:
        return archives(app.storage)
    except (KeyError, ValueError):
        return []  # a row lacks what it should say: the fault of the trail says so


def segment_facts(app: App) -> SegmentFacts:
    """Returns what left the table of the audit trail, and what became of it.

    Raises:
        StorageError: a database cannot be used.
    """
    now, upto, segments = app.clock.now(), beginning(app.storage).tree.size, kept_segments(app.storage)
    clear = [each for each in segments if each.clear]
    kept = [each for each in clear if each.deleted_at is None]
    return SegmentFacts(
        upto=upto,
        since=_first_after(app, upto),
        kept=len(kept),
        kept_until=min((each.until for each in kept if each.until), default=None),
        overdue=tuple(each.last for each in kept if each.overdue(now)),
        early=tuple(each.last for each in clear if _early(each)),
        faults=tuple(_lost(upto, segments)),
    )


def _last(app: App, tag: Tag) -> datetime | None:
    """Returns when the newest row of a tag was written."""
    row = next(iter(app.storage.audit.search(tag=tag.value, limit=1)), None)
    return row.at if row else None


def _faults(app: App, cases: Sequence[Incident]) -> Iterator[str]:
    custody = app.incidents.custody
    for case in cases:
        try:
            custody.verify(case)
        except (SignatureRefused, SealBroken) as fault:
            yield str(fault)
        except KeyError:
            yield f"an audit row on the chain of custody of incident {case.id} lacks its digest"
        if not case.open and not (case.root_cause and case.remediation and case.corrective_control):
            yield f"incident {case.id} is closed without its cause, remediation or corrective control"
    known = {case.id for case in cases}
    for row in app.storage.audit.since(0, [Tag.INCIDENT_CASE_OPENED]):
        incident = dict(row.fields).get("incident", "")
        if incident not in known:
            yield f"audit row {row.seq} tells that incident {incident} was opened, and there is no such case"


def _first_after(app: App, upto: int) -> datetime | None:
    try:
        return next((row.at for row in app.storage.audit.rows(upto, 1)), None)
    except DocksealError:
        return None  # the fault of the trail says so


def _early(segment: Segment) -> bool:
    if segment.deleted_at is None or segment.until is None:
        return False
    return segment.deleted_at < segment.until - LONGEST_IMPERSONAL + LEAST_TRAIL


def _lost(upto: int, segments: Sequence[Segment]) -> Iterator[str]:
    for each in segments:
        if not each.clear:
            yield f"audit row {each.recorded_by} does not say what its segment holds, or until when"
    if upto and upto not in {each.last for each in segments}:
        yield f"the audit rows up to {upto} left their table, and no segment of them is on record"
