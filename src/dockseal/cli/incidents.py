"""`dockseal incidents`: from the first alarm to the corrective control (DPP 1.6)."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from dockseal.cli.asks import AskFile, given
from dockseal.cli.opened import opened, person
from dockseal.cli.printing import printer
from dockseal.domain.clock import parse_instant
from dockseal.domain.identifiers import SellerId
from dockseal.domain.incident import EntryKind, Incident
from dockseal.errors import BadInput
from dockseal.pii_security.incidents.bundle import Bundling
from dockseal.pii_security.incidents.notice import AMAZON

app = typer.Typer(help="Incidents: cases, their countdown, evidence and measures.", no_args_is_help=True)
_Id = Annotated[str, typer.Argument(metavar="ID", help="As `dockseal incidents list` names it.")]


@app.command("open")
def open_case(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="What is suspected, without personal data.")],
    *,
    actor: Annotated[str, typer.Option(help="Whose deed it may be, such as warehouse:reno.")] = "",
    detected: Annotated[
        str, typer.Option(metavar="INSTANT", help="When it was first noticed, ISO 8601 with a zone; now.")
    ] = "",
) -> None:
    """Opens a case. Suspicion counts: the 24 hours run from the first alarm."""
    with opened() as dockseal:
        incident = dockseal.incidents.open(what, person(), actor=actor, detected_at=_instant(detected))
    typer.echo(f"Incident {incident.id} is open. Tell Amazon until {incident.tell_by:%Y-%m-%d %H:%M} UTC:")
    typer.echo(f"  dockseal incidents notice {incident.id}")


@app.command("list")
def show_all() -> None:
    """Lists the cases, and who is locked."""
    with opened() as dockseal:
        now = dockseal.clock.now()
        table = Table("incident", "first alarm (UTC)", "about", "opened by", "stands", box=None)
        for each in dockseal.storage.incidents.all():
            table.add_row(
                each.id, f"{each.detected_at:%Y-%m-%d %H:%M}", each.actor, each.source, standing(each, now)
            )
        console = printer()
        console.print(table)
        for lock in dockseal.storage.locks.all():
            console.print(
                f"{lock.subject} is locked since {lock.since:%Y-%m-%d %H:%M} UTC ({lock.incident})."
            )


@app.command("show")
def show(incident_id: _Id) -> None:
    """Shows a case with its chain of custody, and whether that is whole."""
    with opened() as dockseal:
        work, now = dockseal.incidents, dockseal.clock.now()
        incident = dockseal.storage.incidents.get(incident_id)
        typer.echo(f"{incident.id}: {incident.what} {standing(incident, now)}")
        typer.echo(
            f"First alarm {incident.detected_at:%Y-%m-%d %H:%M:%S} UTC; about {incident.actor or 'nobody'}"
        )
        for seller, number in work.exposure(incident).by_seller.items():
            typer.echo(f"Opened by it within 30 days: {number} orders of {seller}")
        table = Table("entry", "at (UTC)", "kind", "by", "what", box=None)
        for each in work.custody.verify(incident):
            table.add_row(str(each.number), f"{each.at:%Y-%m-%d %H:%M:%S}", each.kind, each.by, each.text)
        printer().print(table)
        for name in ("root_cause", "remediation", "corrective_control"):
            if getattr(incident, name):
                typer.echo(f"{name.replace('_', ' ').capitalize()}: {getattr(incident, name)}")


@app.command("note")
def note(
    incident_id: _Id,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What was found out, without personal data.")],
) -> None:
    """Adds a note to a case."""
    with opened() as dockseal:
        entry = dockseal.incidents.note(incident_id, text, person())
    typer.echo(f"It is entry {entry.number} of {incident_id}.")


@app.command("freeze")
def freeze(
    incident_id: _Id,
    *,
    log: Annotated[
        list[Path] | None,
        typer.Option("--log", metavar="FILE", help="A further file, taken by its digest; once for each."),
    ] = None,
) -> None:
    """Freezes evidence: the trail, settings, health, inventory of keys, versions; with a signed manifest."""
    with opened() as dockseal:
        found = dockseal.incidents.freeze(incident_id, person(), log or ())
    typer.echo(f"{len(found.files)} files are in {found.folder}; their manifest has SHA-256 {found.digest}.")


@app.command("verify")
def verify(incident_id: _Id) -> None:
    """Compares the evidence of a case with its manifests and its chain of custody; ends with 1 if altered."""
    with opened() as dockseal:
        number = dockseal.incidents.verify(incident_id, person())
    typer.echo(f"{number} collections of evidence are as they were collected, and the chain is whole.")


@app.command("pass-on")
def pass_on(
    incident_id: _Id,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What, and to or from whom, by their office.")],
    *,
    received: Annotated[bool, typer.Option("--received", help="It was received, not handed over.")] = False,
) -> None:
    """Adds to the chain of custody that evidence was handed over, or received."""
    with opened() as dockseal:
        how = EntryKind.RECEIVED if received else EntryKind.HANDED_OVER
        entry = dockseal.incidents.passed_on(incident_id, how, text, person())
    typer.echo(f"It is entry {entry.number} of {incident_id}.")


@app.command("revoke")
def revoke(
    incident_id: _Id,
    measure: Annotated[str, typer.Argument(metavar="[MEASURE]", help="Its code; none: lists them.")] = "",
    subject: Annotated[str, typer.Argument(metavar="[SUBJECT]", help="What it is done to, if it asks.")] = "",
) -> None:
    """Takes a measure; without one, lists what can be revoked, and what each does."""
    with opened() as dockseal:
        if measure:
            typer.echo(dockseal.incidents.take(incident_id, measure, subject, person()))
            return
        for each in dockseal.incidents.measures.all:
            choices = ", ".join(each.choices())
            typer.echo(f"{each.code}{f'  ({choices})' if choices else ''}\n    {each.does}")


@app.command("notice")
def notice(
    incident_id: _Id,
    *,
    sent: Annotated[bool, typer.Option("--sent", help="It was sent now: the countdown stops.")] = False,
    mailto: Annotated[bool, typer.Option("--mailto", help="Print a link for a mail program.")] = False,
) -> None:
    """Prints the notice to Amazon, filled in; a person reads and sends it."""
    with opened() as dockseal:
        work = dockseal.incidents
        if sent:
            told = work.told(incident_id, person())
            late = "" if told.told_at and told.told_at <= told.tell_by else ", later than 24 hours"
            typer.echo(f"Amazon was told of {incident_id}{late}. The countdown has stopped.")
            return
        made = work.notice(dockseal.storage.incidents.get(incident_id))
    if mailto:
        typer.echo(made.mailto)
        return
    typer.echo(f"To: {AMAZON}\nSubject: {made.subject}\n\n{made.text}")


@app.command("close")
def close(
    incident_id: _Id,
    *,
    root_cause: Annotated[str, typer.Option(help="Why it could happen.")],
    remediation: Annotated[str, typer.Option(help="What was done about it.")],
    corrective_control: Annotated[str, typer.Option(help="What keeps it from happening again.")],
) -> None:
    """Closes a case with what DPP 1.6.4 wants to be documented; Amazon was told before."""
    with opened() as dockseal:
        dockseal.incidents.close(
            incident_id,
            person(),
            root_cause=root_cause,
            remediation=remediation,
            corrective_control=corrective_control,
        )
    typer.echo(f"Incident {incident_id} is closed. Whoever is locked stays so until two officers unlock it.")


@app.command("export")
def export(
    incident_id: _Id,
    place: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder.")],
) -> None:
    """Writes the bundle of a case, signed and free of personal data, for Amazon or an assessor."""
    with opened() as dockseal:
        number = Bundling(casework=dockseal.incidents).write(incident_id, place, person())
    typer.echo(f"{number} files are in {place}. Say who got it with `dockseal incidents pass-on`.")


@app.command("unlock")
def unlock(
    subject: Annotated[str, typer.Argument(metavar="ACTOR", help="Who is locked, or everybody.")],
    *,
    ask: AskFile = None,
) -> None:
    """Lets a locked actor, or everybody, open again, once two officers signed an ask for it."""
    with opened() as dockseal:
        dockseal.incidents.unlock(subject, given(ask), person())
    typer.echo(f"{subject} may open again.")


@app.command("wake")
def wake(
    seller: Annotated[str, typer.Argument(metavar="SELLER", help="As `dockseal sellers list` names it.")],
) -> None:
    """Has the lanes of a seller run again that an incident stopped."""
    with opened() as dockseal:
        dockseal.incidents.wake(SellerId(seller), person())
    typer.echo(f"The lanes of {seller} run again.")


@app.command("contact")
def contact(
    *,
    confirm: Annotated[bool, typer.Option("--confirm", help="It is still right.")] = False,
) -> None:
    """Shows who Amazon reaches about incidents (IMPOC), or confirms that it is right; every 180 days."""
    with opened() as dockseal:
        typer.echo(dockseal.incidents.contact.text)
        if confirm:
            dockseal.incidents.confirm_contact(person())
            typer.echo("It is confirmed.")


@app.command("runbook")
def runbook(
    *,
    reviewed: Annotated[bool, typer.Option("--reviewed", help="You have read it through.")] = False,
) -> None:
    """Records that the incident plan was reviewed; it is every 180 days and after a big change."""
    if not reviewed:
        raise BadInput("read docs/incidents.md and your own plan, and then say --reviewed")
    with opened() as dockseal:
        dockseal.incidents.reviewed_runbook(person())
    typer.echo("It is on record.")


def standing(incident: Incident, now: datetime) -> str:
    """Returns how a case stands, in a few words."""
    if not incident.open:
        return f"closed on {incident.closed_at:%Y-%m-%d}"
    if incident.told_at is not None:
        return f"Amazon told on {incident.told_at:%Y-%m-%d %H:%M} UTC"
    seconds = int((incident.tell_by - now).total_seconds())
    if seconds < 0:
        return f"OVERDUE for {-seconds // 3600} h"
    return f"{seconds // 3600} h {seconds // 60 % 60} min left to tell Amazon"


def _instant(text: str) -> datetime | None:
    try:
        return parse_instant(text) if text else None
    except ValueError as fault:
        raise BadInput(f"--detected {text[:40]}: {fault}") from None
