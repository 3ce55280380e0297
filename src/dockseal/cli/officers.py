"""`dockseal officers`: the people of whom two decide together what nobody does alone."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from dockseal.bootstrap import open_officers
from dockseal.cli.asks import AskFile, PassphraseFile, given, passphrase, text_of, write
from dockseal.cli.opened import opened, person
from dockseal.cli.printing import printer
from dockseal.domain.clock import SystemClock
from dockseal.errors import BadInput
from dockseal.pii_security.officer_keys import OfficerKey, PublicOfficer
from dockseal.settings import load

app = typer.Typer(help="The people of whom two decide together what nobody does alone.", no_args_is_help=True)


@app.command("key")
def key(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The officer's name, such as casey.")],
    place: Annotated[Path, typer.Argument(metavar="FILE", help="Where the key goes; a new file.")],
    *,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Makes an officer's own key, on the officer's own machine; nothing of Dockseal need be there.

    Beside FILE goes FILE.pub, which is handed in to be registered. FILE itself stays with the officer.
    """
    public = place.with_name(f"{place.name}.pub")
    made = OfficerKey.made(name)
    if place.exists() or public.exists():
        raise BadInput(f"{place} or {public} is there already: name a new file")
    words = passphrase("New passphrase: ", passphrase_file)
    if passphrase_file is None and words != passphrase("Repeat for confirmation: ", None):
        raise BadInput("these are two passphrases: begin again")
    write(place, made.close(words))
    write(public, made.handed_in())
    typer.echo(f"The key of officer {made.name} is in {place}: keep it and its passphrase to yourself.")
    typer.echo(f"Hand in {public}, and compare its fingerprint when you are registered:")
    typer.echo(made.public().fingerprint)


@app.command("add")
def add(
    place: Annotated[
        Path, typer.Argument(metavar="FILE", help="What the officer handed in; it ends in .pub.")
    ],
    *,
    ask: AskFile = None,
) -> None:
    """Makes somebody an officer. The first two are made so freely; then two officers must ask for it.

    Where the shredder stands apart, its user runs this, and the officers' own file is the record of it.
    """
    officer, settings = PublicOfficer.read(text_of(place)), load()
    if settings.shredder == "apart":
        open_officers(settings).add(officer, now=SystemClock().now(), ask=given(ask))
    else:
        with opened() as dockseal:
            dockseal.two.add(officer, given(ask), person())
    typer.echo(f"{officer.name} is an officer, with the fingerprint {officer.fingerprint}")


@app.command("remove")
def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As `dockseal officers list` names them.")],
    *,
    ask: AskFile = None,
) -> None:
    """Ends that somebody is an officer, once two officers signed an ask for it; two must be left.

    Archives that were sealed to them stay so: make these anew, and delete the old files. Where the shredder
    stands apart, its user runs this.
    """
    settings = load()
    if settings.shredder == "apart":
        open_officers(settings).remove(name, now=SystemClock().now(), ask=given(ask))
    else:
        with opened() as dockseal:
            dockseal.two.remove(name, given(ask), person())
    typer.echo(f"{name} is no officer any more.")


@app.command("list")
def show() -> None:
    """Lists the officers with their fingerprints."""
    with opened() as dockseal:
        table = Table("officer", "fingerprint", box=None)
        for officer in dockseal.two.officers.all():
            table.add_row(officer.name, officer.fingerprint)
        printer().print(table)
