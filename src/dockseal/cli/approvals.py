"""`dockseal approvals`: asks for what nobody does alone, and the officers' signatures under them."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from dockseal.cli.asks import PassphraseFile, officer_key, text_of, write, write_over
from dockseal.cli.opened import opened
from dockseal.pii_security.asks import Act, Ask, SignedAsk

app = typer.Typer(help="Asks for what nobody does alone, signed by two officers.", no_args_is_help=True)
_File = Annotated[Path, typer.Argument(metavar="FILE", help="The file of the ask.")]


@app.command("ask")
def ask(
    what: Annotated[Act, typer.Argument(help="What shall be done.")],
    subject: Annotated[
        str, typer.Argument(metavar="SUBJECT", help="What to, in the words that the command itself names.")
    ],
    place: Annotated[Path, typer.Argument(metavar="FILE", help="Where the ask goes; a new file.")],
    *,
    hours: Annotated[int, typer.Option(min=1, max=24, help="For how many hours it is good.")] = 24,
) -> None:
    """Writes an ask. Run the command that needs it first: it says the words to put here."""
    with opened() as dockseal:
        made = Ask.made(
            what,
            subject,
            installation=dockseal.two.officers.installation,
            now=dockseal.clock.now(),
            valid=timedelta(hours=hours),
        )
    write(place, SignedAsk(ask=made).as_text())
    typer.echo(f"Have two officers run `dockseal approvals sign {place}`, each with a key of their own.")


@app.command("sign")
def sign(
    place: _File,
    *,
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="The officer's own key.")],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Adds an officer's signature, on any machine; nothing of Dockseal need be there."""
    signed = SignedAsk.read(text_of(place))
    typer.echo(signed.ask.as_text())
    officer = officer_key(key, passphrase_file)
    write_over(place, signed.with_signature(officer.sign(signed.ask)).as_text())
    typer.echo(f"{officer.name} has signed it.")


@app.command("show")
def show(place: _File) -> None:
    """Prints an ask, and whether it would be good now; it is not used up."""
    signed = SignedAsk.read(text_of(place))
    typer.echo(signed.as_text())
    with opened() as dockseal:
        now = dockseal.clock.now()
        names = dockseal.two.officers.check(signed, what=signed.ask.what, subject=signed.ask.subject, now=now)
    typer.echo(f"It is good: {' and '.join(names)} signed it.")
