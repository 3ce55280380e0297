"""The clauses of logs, of finding faults, and of bringing back what was lost."""

from dockseal.domain.policy import (
    LOGS_REVIEWED_WITHIN,
    PEN_TESTED_WITHIN,
    RESTORE_REHEARSED_WITHIN,
    RISK_ASSESSED_WITHIN,
    SCANNED_WITHIN,
)
from dockseal.monitoring_audit.compliance.controls import Certainty, Control, Evidence
from dockseal.monitoring_audit.compliance.facts import Facts

_RISKS = "docs/templates/risk-assessment.md"


def _true(facts: Facts) -> Evidence:
    trail = facts.trail
    first = "" if trail.first_at is None else f"{trail.first_at:%Y-%m-%d}"
    figures = (
        ("rows", trail.rows),
        ("head", trail.head),
        ("since", first),
        ("rows in segments up to", trail.segments.upto),
        ("segments kept", trail.segments.kept),
    )
    if trail.fault:
        sentence = f"The audit trail does not add up: {trail.fault}. Keep it as it is, and open a case"
        return Evidence(met=False, sentence=sentence, figures=figures)
    if not trail.guarded:
        sentence = (
            "The database no longer refuses to change the audit trail: somebody removed its triggers. Keep "
            "it as it is, and open a case"
        )
        return Evidence(met=False, sentence=sentence, figures=figures)
    if fault := _segment_fault(facts):
        return Evidence(met=False, sentence=fault, figures=figures)
    if trail.unanchored:
        return Evidence(met=False, sentence=trail.unanchored[0].rstrip("."), figures=figures)
    sentence = (
        f"The audit trail adds up: {trail.rows} rows, {_where(facts)}, each typed so that none can hold "
        f"personal data; the database refuses to change one, and {', '.join(trail.places)} would know"
    )
    return Evidence(met=True, sentence=sentence, figures=figures)


def _segment_fault(facts: Facts) -> str:
    """Says what is wrong with the rows that left the table; empty when nothing is."""
    segments = facts.trail.segments
    if segments.faults:
        return f"Not all rows are on record as kept: {segments.faults[0]}. Find the segment, and open a case"
    if segments.early:
        return (
            f"The segment up to row {segments.early[0]} was deleted before its rows were twelve months old: "
            "bring it back from a backup, and find out who deleted it"
        )
    return ""


def _where(facts: Facts) -> str:
    """Says where the rows are."""
    segments = facts.trail.segments
    if not segments.upto:
        return "all of them in their table"
    if segments.kept_until is None:
        return f"those up to {segments.upto} deleted with their segments once they were 18 months old"
    kept = "one segment" if segments.kept == 1 else f"{segments.kept} segments"
    return (
        f"those up to {segments.upto} taken out of their table ({kept} on record as kept outside, the next "
        f"to be deleted on {segments.kept_until:%Y-%m-%d})"
    )


def _restorable(facts: Facts) -> Evidence:
    old = facts.trail.old_stores
    figures = (("old stores", len(old)),)
    if old:
        sentence = f"Older than the other stores: {', '.join(old)}. Run `dockseal restored` before it serves"
        return Evidence(met=False, sentence=sentence, figures=figures)
    sentence = "No store is older than another knows; a backup serves nothing that was erased since"
    return Evidence(met=True, sentence=sentence, figures=figures)


CONTROLS = (
    Control(
        id="2.6",
        title="Data that turns up outside is noticed",
        certainty=Certainty.UNVERIFIED,
        every=RISK_ASSESSED_WITHIN,
        template=_RISKS,
    ),
    Control(
        id="2.6.1",
        title="Security events are on record for twelve months, unalterably, without personal data",
        certainty=Certainty.AMAZON,
        enforced_by=(
            "monitoring_audit/trail.py",
            "monitoring_audit/specs.py",
            "monitoring_audit/kinds.py",
            "monitoring_audit/anchoring.py",
        ),
        proved_by=(
            "tests/unit/monitoring_audit/test_tampering.py::test_tampering_with_any_row_is_found",
            "tests/faults/test_trail_attacks.py::test_it_is_found_and_the_first_bad_row_named",
            "tests/unit/monitoring_audit/test_tags.py::"
            "test_no_field_of_any_tag_takes_free_text_and_the_refusal_does_not_show_it",
            "tests/unit/storage/test_schema.py::test_the_database_itself_refuses_to_change_the_audit_trail",
        ),
        probe=_true,
    ),
    Control(
        id="2.6.1-review",
        title="Somebody reviews the logs every two weeks",
        certainty=Certainty.AMAZON,
        every=LOGS_REVIEWED_WITHIN,
        template="docs/templates/log-review.md",
    ),
    Control(
        id="2.7.1-scan",
        title="The systems are scanned for vulnerabilities every 30 days",
        certainty=Certainty.AMAZON,
        every=SCANNED_WITHIN,
        template=_RISKS,
    ),
    Control(
        id="2.7.1-pen-test",
        title="A penetration test every year",
        certainty=Certainty.AMAZON,
        every=PEN_TESTED_WITHIN,
        template=_RISKS,
    ),
    Control(
        id="2.7.2-changes",
        title="Code is scanned before each release; critical findings are mended in 7 days, high in 30",
        certainty=Certainty.AMAZON,
        every=SCANNED_WITHIN,
        template=_RISKS,
    ),
    Control(
        id="2.7.3",
        title="A restored backup obeys every deadline before it serves",
        certainty=Certainty.AMAZON,
        enforced_by=("pii_security/rollback.py", "pii_security/restoring.py"),
        proved_by=(
            "tests/unit/pii_security/test_restored.py::"
            "test_nothing_is_served_until_a_restore_was_made_up_for_and_then_nothing_erased_is_there",
            "tests/unit/cli/test_restore_drill.py::"
            "test_a_restored_backup_is_served_only_once_it_was_made_up_for",
        ),
        probe=_restorable,
    ),
    Control(
        id="2.7.3-drill",
        title="Backups lie in another place, and restoring is rehearsed every quarter",
        certainty=Certainty.AMAZON,
        every=RESTORE_REHEARSED_WITHIN,
        template=_RISKS,
    ),
)
