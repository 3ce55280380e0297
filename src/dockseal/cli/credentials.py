"""`dockseal credentials`: what is logged in and signed with, how old it is, and what rotates it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table

from dockseal.cli.opened import opened, person
from dockseal.cli.printing import printer
from dockseal.monitoring_audit.inventory import inventory

app = typer.Typer(help="Secrets and keys: their ages, and the installation's own.", no_args_is_help=True)


class Own(StrEnum):
    """What the installation has by itself."""

    SIGNING = "signing"


@app.command("list")
def show() -> None:
    """Lists every credential with its class, version, age and next date; never what it is."""
    with opened() as dockseal:
        now = dockseal.clock.now()
        found = inventory(dockseal.storage)
        table = Table(
            "credential", "class", "owner", "version", "stored", "rotated", "days", "due", "look", box=None
        )
        for each in found:
            table.add_row(
                each.name,
                each.kind,
                each.owner,
                str(each.version or ""),
                _day(each.stored_at),
                _day(each.rotated_at),
                str((now - each.since).days) if each.since else "",
                _day(each.due),
                each.stage(now),
            )
        console = printer()
        console.print(table)
        for each in found:
            if alarm := each.alarm(now):
                console.print(f"look  {alarm}.")


@app.command("rotate")
def rotate(
    what: Annotated[Own, typer.Argument(help="signing: the key that certificates are signed with.")],
) -> None:
    """Puts a new key in the place of one of the installation's own; the one before is deleted.

    What it signed is verified by its public key, which stays. Those of sellers, applications and warehouses
    are rotated by their own commands, which `dockseal credentials list` names.
    """
    with opened() as dockseal:
        key = dockseal.signing.rotate(person())
    typer.echo(f"A new {what} key is in use. Hand its public key to whoever verifies:")
    typer.echo(f"  {key.text}")


@app.command("public-keys")
def public_keys(
    *,
    pem: Annotated[bool, typer.Option("--pem", help="As PEM, in place of C2SP verifier keys.")] = False,
) -> None:
    """Prints the public keys that certificates are verified with, the newest last, of all times."""
    with opened() as dockseal:
        keys = dockseal.signing.public_keys()
    for key in keys:
        typer.echo(key.pem if pem else key.text, nl=not pem)
    if not keys:
        typer.echo("Nothing was signed yet: `dockseal credentials rotate signing` makes the key.", err=True)


def _day(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d}"
