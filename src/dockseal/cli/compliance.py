"""`dockseal compliance`: how every clause of Amazon's policy stands, from the running system."""

from datetime import UTC, datetime
from enum import Enum
from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from dockseal.bootstrap import facts_of
from dockseal.cli.opened import opened, person
from dockseal.cli.printing import printer
from dockseal.monitoring_audit.compliance.attestations import attest, known
from dockseal.monitoring_audit.compliance.controls import COMPARE_FIRST, Verdict
from dockseal.monitoring_audit.compliance.documents import (
    answers_document,
    as_json,
    processing_document,
    report_document,
)
from dockseal.monitoring_audit.compliance.processing import processing
from dockseal.monitoring_audit.compliance.questionnaire import QUESTIONS
from dockseal.monitoring_audit.compliance.questions import Standing, answers
from dockseal.monitoring_audit.compliance.registry import CONTROLS
from dockseal.monitoring_audit.compliance.report import BAD, report

app = typer.Typer(help="How every clause of Amazon's policy stands.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]
_STYLES: dict[Enum, str] = {
    Verdict.MET: "green",
    Verdict.NOT_MET: "bold red",
    Verdict.OVERDUE: "bold red",
    Verdict.ORGANISATIONAL: "cyan",
    Standing.READY: "green",
    Standing.NOT_MET: "bold red",
    Standing.YOURS: "cyan",
}


@app.command("report")
def show_report(*, json: AsJson = False) -> None:
    """Prints MET, NOT MET, ORGANISATIONAL or OVERDUE for every clause, as the running system shows it now.

    Reads the whole audit trail. Ends with 1 if a clause is not met or overdue.
    """
    with opened() as dockseal:
        found = report(facts_of(dockseal))
    if json:
        typer.echo(as_json(report_document(found)), nl=False)
    else:
        console = printer()
        console.print(COMPARE_FIRST, style="yellow")
        for each in found.findings:
            head = f"{each.control.id} [{each.control.certainty.value}] {each.control.title}"
            _print(console, each.verdict, head, each.sentence)
        counts = ", ".join(f"{found.count(verdict)} {verdict.value}" for verdict in Verdict)
        console.print(f"{len(found.findings)} clauses and parts of clauses: {counts}.")
    if any(each.verdict in BAD for each in found.findings):
        raise typer.Exit(1)


@app.command("answers")
def show_answers(*, json: AsJson = False) -> None:
    """Prints the answers to Amazon's questionnaire, 500 letters each at most, made of what is so now.

    An answer of which anything is not shown or not on record is printed as NOT MET, with what is missing.
    """
    with opened() as dockseal:
        facts = facts_of(dockseal)
    found = report(facts)
    if json:
        typer.echo(as_json(answers_document(facts, found)), nl=False)
        return
    console = printer()
    console.print(COMPARE_FIRST, style="yellow")
    for each in answers(facts, found, QUESTIONS):
        _print(console, each.standing, f"{each.question.id} {each.question.asks}", each.text)


@app.command("processing")
def show_processing(*, json: AsJson = False) -> None:
    """Prints the record of processing: what becomes of each field of personal data, from the code itself."""
    with opened() as dockseal:
        facts = facts_of(dockseal)
    if json:
        typer.echo(as_json(processing_document(facts)), nl=False)
        return
    console = printer()
    console.print(COMPARE_FIRST, style="yellow")
    for each in processing(facts):
        console.print(each.field.value, style="bold")
        for name in ("collected", "processed", "stored", "used", "shared", "disposed"):
            console.print(f"  {name:<10} {getattr(each, name)}")


@app.command("attest")
def put_on_record(
    control: Annotated[str, typer.Argument(metavar="CLAUSE", help="As the report names it.")],
    *,
    by: Annotated[str, typer.Option(metavar="WHO", help="Who answers for it: a role, without spaces.")],
    document: Annotated[str, typer.Option(metavar="SHA256", help="SHA-256 or address of what was written.")],
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="When it was done. None: today."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="Until when it holds. None: as long as the policy allows.",
        ),
    ] = None,
) -> None:
    """Puts on record that people did what a clause asks of them, until it is to be done again.

    It cannot be taken back: a newer word takes its place, and both stay in the audit trail.
    """
    clause = known(control, CONTROLS)
    with opened() as dockseal:
        now = dockseal.clock.now()
        told = attest(
            dockseal.storage,
            dockseal.trail,
            clause,
            on=_utc(on) or now,
            until=_utc(until),
            by=by,
            document=document,
            actor=person(),
            now=now,
        )
    typer.echo(f"{clause.id} is on record as done on {told.on:%Y-%m-%d}, until {told.until:%Y-%m-%d}.")


def _print(console: Console, verdict: Verdict | Standing, head: str, text: str) -> None:
    console.print(Text(f"{verdict.value:<15}", style=_STYLES[verdict]), Text(head, style="bold"), sep="")
    console.print(Padding(text, (0, 0, 0, 15)), soft_wrap=False)


def _utc(day: datetime | None) -> datetime | None:
    return None if day is None else day.replace(tzinfo=UTC)
