"""`dockseal archive`: what a law demands to be kept of some orders, sealed to officers, in a file apart."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from dockseal.bootstrap import App
from dockseal.cli.asks import AskFile, given, officer_key, text_of, write
from dockseal.cli.erase import one_order
from dockseal.cli.opened import opened, person
from dockseal.cli.printing import printer
from dockseal.domain.access import FIELDS, Purpose
from dockseal.domain.fields import Field
from dockseal.errors import BadInput
from dockseal.pii_security.archive import Archive, Entry
from dockseal.pii_security.archiving import Terms

app = typer.Typer(help="What a law demands to be kept, sealed to two officers.", no_args_is_help=True)
_File = Annotated[Path, typer.Argument(metavar="FILE", help="The file of the archive.")]


@app.command("make")
def make(
    place: Annotated[Path, typer.Argument(metavar="FILE", help="Where the archive goes; a new file.")],
    orders: Annotated[list[str], typer.Argument(metavar="ORDER…", help="Order ids, or our references.")],
    *,
    basis: Annotated[str, typer.Option(help="The law that demands it, without spaces, such as AO-147.")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Its end, at 00:00 UTC of a day.")],
    field: Annotated[
        list[Field] | None, typer.Option(help="Keep this field; once for each. Left out: name and address.")
    ] = None,
    ask: AskFile = None,
) -> None:
    """Makes an archive of what is sealed of some orders, once two officers signed an ask for it.

    Any two officers of now open it later. The vault keeps its own deadlines.
    """
    with opened() as dockseal:
        _refuse_inside(dockseal, place)
        terms = Terms(
            orders=tuple(one_order(dockseal, which) for which in orders),
            basis=basis,
            until=until.replace(tzinfo=UTC),
            fields=frozenset(field or FIELDS[Purpose.LEGAL_RECORD]),
        )
        made = dockseal.archiving().make(terms, given(ask), place, person())
    typer.echo(f"Archive {made.id} with {made.orders} orders is in {place}, until {made.until:%Y-%m-%d}.")
    typer.echo("Keep it off this machine, and delete it and every copy at its end.")


@app.command("open")
def open_it(
    place: _File,
    *,
    key: Annotated[
        list[Path], typer.Option("--key", metavar="FILE", help="The key of an officer; give two.")
    ],
    passphrase_file: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Their passphrases, in the same order; else asked."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Write it there, in clear; a new file.")
    ] = None,
) -> None:
    """Opens an archive with the keys of two officers, and prints it to a terminal or into a new file."""
    archive = Archive.read(text_of(place))
    if len(key) != 2 or len(passphrase_file or key) != 2:
        raise BadInput("an archive is opened with the keys of two officers: give --key twice")
    if to is None and not sys.stdout.isatty():
        raise BadInput("personal data is printed to a terminal alone: sit at one, or name a file with --to")
    if to is not None and to.exists():
        raise BadInput(f"{to} is there already: name a new file")
    words: list[Path | None] = [*(passphrase_file or [])] or [None, None]
    one, other = (officer_key(each, given) for each, given in zip(key, words, strict=True))
    with opened() as dockseal:
        entries = dockseal.archiving().open(archive, one, other, person())
    text = json.dumps([_shown(entry) for entry in entries], indent=1, ensure_ascii=False) + "\n"
    if to is None:
        typer.echo(text)
    else:
        write(to, text)
        typer.echo(f"{len(entries)} orders are in {to}, in clear: delete it once it was read.")


@app.command("list")
def show() -> None:
    """Lists the archives that were made: for which law, until when, and which should be deleted by now."""
    with opened() as dockseal:
        now = dockseal.clock.now()
        table = Table("archive", "law", "orders", "until", "state", box=None)
        for each in dockseal.archiving().all():
            state = "deleted" if each.deleted_at else "TO BE DELETED" if each.overdue(now) else "kept"
            table.add_row(each.id, each.basis, str(each.orders), f"{each.until:%Y-%m-%d}", state)
        printer().print(table)


@app.command("delete")
def delete(place: _File, *, ask: AskFile = None) -> None:
    """Overwrites and deletes the file of an archive. Before its end two officers must ask for it."""
    archive = Archive.read(text_of(place))
    with opened() as dockseal:
        dockseal.archiving().delete(archive, place, given(ask), person())
    typer.echo(f"Archive {archive.head.id} is deleted. Delete every copy of {place} as well.")


def _shown(entry: Entry) -> dict[str, object]:
    return {
        "order": entry.order,
        "amazon_order_id": entry.amazon_order_id,
        "seller": entry.seller,
        **entry.recipient.disclose(),
    }


def _refuse_inside(dockseal: App, place: Path) -> None:
    """Keeps archives out of the folders whose backups are made for something else."""
    settings = dockseal.settings
    for folder in (settings.data_dir, settings.key_dir):
        if folder.resolve() in place.resolve().parents:
            raise BadInput(f"{place} lies in {folder}, whose backups live by other rules: put it elsewhere")
