"""The evidence pack's page: one HTML file for a browser or a printer, with nothing outside it."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from dockseal.monitoring_audit.compliance import inventories
from dockseal.monitoring_audit.compliance.controls import COMPARE_FIRST, Verdict
from dockseal.monitoring_audit.compliance.facts import Facts
from dockseal.monitoring_audit.compliance.processing import processing
from dockseal.monitoring_audit.compliance.questionnaire import QUESTIONS
from dockseal.monitoring_audit.compliance.questions import Standing, answers
from dockseal.monitoring_audit.compliance.report import Finding, Report

_MARKS = {
    Verdict.MET.value: "met",
    Verdict.NOT_MET.value: "not-met",
    Verdict.ORGANISATIONAL.value: "people",
    Verdict.OVERDUE.value: "not-met",
    Standing.READY.value: "met",
    Standing.YOURS.value: "people",
}
Cell = str | int
_STYLE = Path(__file__).with_name("page.css")


def page(facts: Facts, report: Report) -> str:
    """Returns the whole page."""
    return "\n".join(
        (
            "<!DOCTYPE html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width">',
            "<title>Dockseal: evidence of compliance</title>",
            f"<style>{_STYLE.read_text(encoding='utf-8')}</style></head><body>",
            *_head(report, facts),
            *_controls(report),
            *_answers(facts, report),
            *_processing(facts),
            *_registers((*inventories.access(facts), *inventories.retention(facts))),
            *_registers((*inventories.keys(facts), *inventories.network(facts))),
            *_trail(facts),
            "</body></html>",
            "",
        )
    )


def _head(report: Report, facts: Facts) -> Iterable[str]:
    yield "<header><h1>Evidence of compliance</h1>"
    yield (
        f"<p>As the running installation was on {report.at:%Y-%m-%d at %H:%M} UTC. "
        f"Dockseal {escape(facts.version)}.</p>"
    )
    yield "<ul class='counts'>"
    for verdict in Verdict:
        yield f"<li><b>{report.count(verdict)}</b> {_mark(verdict.value)}</li>"
    yield "</ul>"
    yield f"<p class='note'>{escape(COMPARE_FIRST)}</p>"
    yield (
        "<p>MET: software enforces it and shows that now. ORGANISATIONAL: people see to it; what they put on "
        "record holds, or nothing is on record yet. OVERDUE: what they put on record has expired. Letters "
        "say how sure the wording is: A, on a page of Amazon's; S, two readers; s, one; U, unverified.</p>"
        "</header>"
    )


def _controls(report: Report) -> Iterable[str]:
    yield "<section><h2>Clauses</h2><table class='clauses'><thead><tr>"
    yield "<th>clause</th><th></th><th>what it asks for, and what was found</th></tr></thead><tbody>"
    for finding in report.findings:
        control = finding.control
        yield f"<tr><th scope='row'>{escape(control.id)}<br><small>{control.certainty.value}</small></th>"
        yield f"<td>{_mark(finding.verdict.value)}</td><td><b>{escape(control.title)}.</b> "
        yield f"{escape(finding.sentence)}{_details(finding)}</td></tr>"
    yield "</tbody></table></section>"


def _details(finding: Finding) -> str:
    control, told = finding.control, finding.attestation
    parts = [f"{name}: {value}" for name, value in finding.figures if str(value)]
    if told is not None:
        parts.append(f"document {told.document}, audit row {told.row}")
    lines = [" · ".join(parts)] if parts else []
    if control.enforced_by:
        lines.append(f"enforced by {', '.join(control.enforced_by)}")
    if control.proved_by:
        lines.append(f"proved by {', '.join(control.proved_by)}")
    return "".join(f"<br><small>{escape(line)}</small>" for line in lines)


def _answers(facts: Facts, report: Report) -> Iterable[str]:
    yield "<section><h2>Answers to Amazon's questions</h2><table class='answers'><tbody>"
    for each in answers(facts, report, QUESTIONS):
        yield f"<tr><th scope='row'>{escape(each.question.id)}</th><td>{_mark(each.standing.value)}</td>"
        yield f"<td><b>{escape(each.question.asks)}</b><br>{escape(each.text)}</td></tr>"
    yield "</tbody></table></section>"


def _processing(facts: Facts) -> Iterable[str]:
    yield "<section><h2>Record of processing</h2>"
    columns = ("field", "collected", "processed", "stored", "used", "shared", "disposed")
    rows = [tuple(str(getattr(each, column)) for column in columns) for each in processing(facts)]
    yield from _table(columns, rows)
    yield "</section>"


def _registers(registers: Iterable[inventories.Register]) -> Iterable[str]:
    for each in registers:
        yield f"<section><h2>{escape(each.title)}</h2>"
        yield from _table(each.columns, each.rows) if each.rows else ("<p>None.</p>",)
        yield "</section>"


def _trail(facts: Facts) -> Iterable[str]:
    trail = facts.trail
    told = f"It does not add up: {trail.fault}." if trail.fault else f"It adds up: {trail.rows} rows."
    yield f"<section><h2>Audit trail</h2><p>{escape(told)} Head <code>{escape(trail.head)}</code></p>"
    yield "</section>"


def _table(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterable[str]:
    yield f"<table><thead><tr>{''.join(f'<th>{escape(each)}</th>' for each in columns)}</tr></thead><tbody>"
    for first, *rest in rows:
        cells = "".join(f"<td>{escape(str(each))}</td>" for each in rest)
        yield f"<tr><th scope='row'>{escape(str(first))}</th>{cells}</tr>"
    yield "</tbody></table>"


def _mark(word: str) -> str:
    return f"<span class='mark {_MARKS[word]}'>{word}</span>"
