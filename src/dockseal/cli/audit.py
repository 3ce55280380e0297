"""`dockseal audit`: whether the trail adds up, and what an assessor gets of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from dockseal.bootstrap.anchoring import signing_keys, verified
from dockseal.cli.opened import opened, person
from dockseal.errors import BadInput, TrailBroken
from dockseal.monitoring_audit.exporting import VERIFIER, export
from dockseal.monitoring_audit.kept_segments import kept_segments
from dockseal.monitoring_audit.segments import STANDING, archive
from dockseal.monitoring_audit.tags import Tag
from dockseal.monitoring_audit.verifier.assembled import assembled
from dockseal.monitoring_audit.verifier.entries import Entry, line_of_entry
from dockseal.monitoring_audit.verifier.tree import Broken
from dockseal.monitoring_audit.verifying import kept_by

app = typer.Typer(help="The audit trail.", no_args_is_help=True)


@app.command("verify")
def verify_trail() -> None:
    """Walks the whole trail and compares it with every anchor; exits 1 and names the first bad row."""
    with opened() as dockseal:
        places = kept_by(dockseal.anchoring.anchors)
        verdict = verified(dockseal.settings, dockseal.credentials, places)
    rows = f"rows {verdict.begun + 1} to {verdict.rows}"
    typer.echo(f"The audit trail adds up: {rows}, head {verdict.head}, root {verdict.root}")
    if verdict.begun:
        typer.echo(f"The rows up to {verdict.begun} are in segments: check these with {VERIFIER}.")
    for place, known in verdict.known.items():
        typer.echo(f"{place} knows the rows up to {known}.")
    if verdict.witnessed:
        typer.echo(f"A witness signed for the rows up to {verdict.witnessed}.")
    if not verdict.known and not verdict.witnessed:
        typer.echo("Nobody outside knows how far it is: rows that were cut off the end would not show.")
    if verdict.signed < verdict.rows:
        typer.echo(f"{verdict.rows - verdict.signed} of them are newer than the last checkpoint.")


@app.command("export")
def export_trail(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Is made.")],
) -> None:
    """Writes the whole trail, its checkpoints and what checks them into a folder, without personal data."""
    with opened() as dockseal:
        done = export(dockseal.storage, folder)
    typer.echo(
        f"{done.rows} rows, head {done.head}, are in {folder}. Whoever has the public keys checks them:"
    )
    typer.echo(f"python {folder / VERIFIER} {folder} --key KEYS --anchor ANCHORS")


@app.command("verifier")
def verifier(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Such as verify_trail.py.")],
) -> None:
    """Writes the program that checks an export: one file, which needs Python and nothing else."""
    try:
        file.write_text(assembled(), encoding="utf-8")
    except OSError as fault:
        raise BadInput(f"{file} cannot be written ({fault.strerror})") from None


@app.command("anchors")
def anchors(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Gets a folder for each place.")],
) -> None:
    """Fetches what the places outside keep of the trail, for the program that checks an export."""
    with opened() as dockseal:
        for number, (place, entries) in enumerate(kept_by(dockseal.anchoring.anchors).items(), 1):
            file = folder / f"place-{number}" / "anchors.jsonl"
            count = _fetched(entries, file)
            many = "1 checkpoint" if count == 1 else f"{count} checkpoints"
            typer.echo(f"{file.relative_to(folder)}: {many} of {place}")


@app.command("archive")
def archive_rows(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Is made; keep it among archives.")],
) -> None:
    """Writes rows that are older than DOCKSEAL_AUDIT_KEEP into a segment, and takes them out of the table."""
    with opened() as dockseal:
        cut = archive(
            dockseal.storage,
            dockseal.trail,
            folder,
            keep=dockseal.settings.audit_keep,
            clock=dockseal.clock,
            keys=signing_keys(dockseal.credentials),
            places=kept_by(dockseal.anchoring.anchors),
            actor=person(),
        )
        typer.echo(f"The rows up to {cut.tree.size} are in {folder}, and add up.")
        if dockseal.settings.operations_database:
            typer.echo("Now have the owner of the tables run `dockseal database cut`.")
            return
        gone = dockseal.storage.cut_trail(cut, [tag.value for tag in STANDING])
    typer.echo(f"{gone} rows left the table.")


@app.command("deleted")
def deleted(
    row: Annotated[int, typer.Argument(metavar="ROW", help="The last row of the segment.")],
) -> None:
    """Records that every copy of a segment was deleted, as is due 18 months after its rows."""
    with opened() as dockseal:
        known = [each.last for each in kept_segments(dockseal.storage) if each.deleted_at is None]
        if row not in known:
            names = ", ".join(map(str, known)) or "there is none"
            raise BadInput(f"no segment that is kept ends with row {row}: give the last row of one ({names})")
        with dockseal.storage.transaction():
            dockseal.trail.record(Tag.AUDIT_SEGMENT_DELETED, actor=person(), row=row)
    typer.echo(f"The segment up to row {row} is on record as deleted.")


@app.command("explain-clock")
def explain_clock(
    row: Annotated[int, typer.Argument(metavar="ROW", help="As `dockseal audit verify` names it.")],
) -> None:
    """Answers for a clock that was put back before a row, by a row of its own; find out first why it was."""
    with opened() as dockseal:
        found = next(iter(dockseal.storage.audit.rows(row - 1, 1)), None)
        if found is None or found.seq != row:
            raise BadInput(f"there is no audit row {row}: give the one that `dockseal audit verify` names")
        with dockseal.storage.transaction():
            dockseal.trail.record(Tag.AUDIT_CLOCK_EXPLAINED, actor=person(), row=row)
    typer.echo(f"You answer for the clock before row {row}.")


def _fetched(entries: Iterator[Entry], file: Path) -> int:
    """Writes entries into a file; returns how many."""
    count = 0
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as lines:
            for count, entry in enumerate(entries, 1):  # noqa: B007 - it is what is returned
                lines.write(line_of_entry(entry))
    except Broken as broken:
        raise TrailBroken(broken.seq, broken.what) from None
    except OSError as fault:
        raise BadInput(f"{file} cannot be written ({fault.strerror})") from None
    return count
