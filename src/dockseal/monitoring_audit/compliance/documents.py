"""What is found, as JSON has it: for `--json`, and for the evidence pack."""

import json
from collections.abc import Iterable
from dataclasses import asdict

from dockseal.domain.clock import instant_text
from dockseal.monitoring_audit.compliance import inventories
from dockseal.monitoring_audit.compliance.controls import COMPARE_FIRST, Verdict
from dockseal.monitoring_audit.compliance.facts import Facts
from dockseal.monitoring_audit.compliance.processing import processing
from dockseal.monitoring_audit.compliance.questionnaire import QUESTIONS
from dockseal.monitoring_audit.compliance.questions import answers
from dockseal.monitoring_audit.compliance.report import Finding, Report

Document = dict[str, object]


def report_document(report: Report) -> Document:
    """Returns the verdict on every control."""
    return {
        "note": COMPARE_FIRST,
        "at": report.at,
        "counts": {verdict.value: report.count(verdict) for verdict in Verdict},
        "controls": [_finding(each) for each in report.findings],
    }


def _finding(finding: Finding) -> Document:
    control, told = finding.control, finding.attestation
    return {
        "control": control.id,
        "title": control.title,
        "certainty": control.certainty.value,
        "verdict": finding.verdict.value,
        "sentence": finding.sentence,
        "figures": dict(finding.figures),
        "enforced_by": control.enforced_by,
        "proved_by": control.proved_by,
        "template": control.template,
        "anew_after_days": control.every.days if control.every else None,
        "attestation": asdict(told) if told else None,
    }


def answers_document(facts: Facts, report: Report) -> Document:
    """Returns the answers to Amazon's questions."""
    return {
        "note": COMPARE_FIRST,
        "answers": [
            {
                "question": each.question.id,
                "asks": each.question.asks,
                "standing": each.standing.value,
                "answer": each.text,
                "rests_on": each.question.rests_on,
            }
            for each in answers(facts, report, QUESTIONS)
        ],
    }


def processing_document(facts: Facts) -> Document:
    """Returns the record of processing."""
    return {"note": COMPARE_FIRST, "fields": [asdict(each) for each in processing(facts)]}


def register_document(registers: Iterable[inventories.Register]) -> Document:
    """Returns registers."""
    return {"note": COMPARE_FIRST, **inventories.as_document(registers)}


def trail_document(facts: Facts) -> Document:
    """Returns how the audit trail stands. A checkpoint and its anchors come beside it in a pack."""
    trail = facts.trail
    return {
        "rows": trail.rows,
        "head": trail.head,
        "first_at": trail.first_at,
        "fault": trail.fault,
        "guarded": trail.guarded,
        "segments": asdict(trail.segments),
    }


def as_json(document: Document) -> str:
    """Returns a document as text."""
    return json.dumps(document, indent=2, ensure_ascii=False, default=instant_text) + "\n"
