"""`dockseal audit search` and `register`: who did what with which order, why and when."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from dockseal.cli.opened import opened
from dockseal.cli.printing import printer
from dockseal.domain.audit import AuditRow
from dockseal.domain.trail_query import Access
from dockseal.errors import BadInput
from dockseal.monitoring_audit.exports.asking import Wanted, query_of
from dockseal.monitoring_audit.exports.formats import Format, lines, register_csv, register_json
from dockseal.monitoring_audit.exports.register import register as register_of
from dockseal.monitoring_audit.exports.searching import found

_SHOWN = 50
_WHEN = "A day in UTC, or an instant with its zone"
Since = Annotated[str, typer.Option(help=f"Rows of this time or later. {_WHEN}.")]
Until = Annotated[str, typer.Option(help=f"Rows before this time. {_WHEN}.")]
Csv = Annotated[bool, typer.Option("--csv", help="Write CSV, for a spreadsheet.")]
Json = Annotated[bool, typer.Option("--json", help="Write JSON lines.")]
To = Annotated[Path | None, typer.Option(help="Write into this new file in place of the terminal.")]


def search(
    *,
    actor: Annotated[str, typer.Option(help="Who, such as service:release or person:terminal-sam.")] = "",
    order: Annotated[str, typer.Option(help="Which order: Amazon's id, or our reference.")] = "",
    purpose: Annotated[str, typer.Option(help="Why personal data was read, such as packing_slip.")] = "",
    tag: Annotated[
        str, typer.Option(help="What happened: a tag, or how it begins, such as order:data.")
    ] = "",
    seller: Annotated[str, typer.Option(help="Rows that name this seller.")] = "",
    warehouse: Annotated[str, typer.Option(help="Rows that name this warehouse.")] = "",
    since: Since = "",
    until: Until = "",
    limit: Annotated[
        int | None,
        typer.Option(min=1, help=f"At most so many. Else {_SHOWN}, and all where they are written."),
    ] = None,
    csv: Csv = False,
    json: Json = False,
    ocsf: Annotated[bool, typer.Option("--ocsf", help="Write OCSF events, one a line.")] = False,
    to: To = None,
) -> None:
    """Shows audit rows, the newest first, or writes them; all that is asked for must hold."""
    form = _form({Format.CSV: csv, Format.JSON: json, Format.OCSF: ocsf}, to)
    wanted = Wanted(
        actor=actor,
        order=order,
        purpose=purpose,
        tag=tag,
        seller=seller,
        warehouse=warehouse,
        since=since,
        until=until,
    )
    with opened() as dockseal:
        query = query_of(wanted, dockseal.storage)
        if form is not None:
            _write(lines(form, found(dockseal.storage, query, limit)), to)
            return
        most = limit or _SHOWN
        _print([*found(dockseal.storage, query, most + 1)], most)


def register(
    *, since: Since = "", until: Until = "", csv: Csv = False, json: Json = False, to: To = None
) -> None:
    """Shows who did what with personal data, for which purpose, how often, first and last."""
    form = _form({Format.CSV: csv, Format.JSON: json}, to)
    with opened() as dockseal:
        entries = register_of(dockseal.storage, since=since, until=until)
    if form is not None:
        _write((register_csv if form is Format.CSV else register_json)(entries), to)
        return
    table = Table("actor", "did", "purpose", "times", "orders", "first (UTC)", "last (UTC)", box=None)
    for each in entries:
        table.add_row(*_entry_cells(each))
    printer().print(table if entries else "Nobody did anything with personal data then.")


def _form(chosen: dict[Format, bool], to: Path | None) -> Format | None:
    forms = [form for form, wanted in chosen.items() if wanted]
    if len(forms) > 1:
        raise BadInput("an export has one form: give one of --csv, --json and --ocsf")
    if to is not None and not forms:
        raise BadInput("--to needs a form: give --csv, --json or --ocsf as well")
    return forms[0] if forms else None


def _write(texts: Iterable[str], to: Path | None) -> None:
    if to is None:
        sys.stdout.writelines(texts)
        return
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as fault:
        raise BadInput(f"{to} cannot be written: {fault.strerror}; name a new file") from None
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.writelines(texts)


def _print(rows: list[AuditRow], most: int) -> None:
    console = printer()
    if not rows:
        console.print("The audit trail has no such row.")
        return
    table = Table("row", "at (UTC)", "actor", "tag", "order", "fields", box=None)
    for row in rows[:most]:
        fields = " ".join(f"{name}={text}" for name, text in row.fields)
        table.add_row(f"{row.seq}", f"{row.at:%Y-%m-%d %H:%M:%S}", row.actor, row.tag, row.order, fields)
    console.print(table)
    if len(rows) > most:
        console.print(f"the newest {most}; raise --limit, or write all with --csv, --json or --ocsf")


def _entry_cells(each: Access) -> tuple[str, ...]:
    first, last = (f"{instant:%Y-%m-%d %H:%M}" for instant in (each.first, each.last))
    return each.actor, each.tag, each.purpose, f"{each.times}", f"{each.orders}", first, last
