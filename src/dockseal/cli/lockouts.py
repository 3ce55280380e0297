"""`dockseal lockouts`: who failed too often in a row, and is refused for a while."""

from typing import Annotated

import typer
from rich.table import Table

from dockseal.cli.opened import opened, person
from dockseal.cli.printing import printer

app = typer.Typer(help="Who failed too often in a row, and is refused for a while.", no_args_is_help=True)


@app.command("list")
def show() -> None:
    """Lists who failed since they last succeeded, and until when they are locked out."""
    with opened() as dockseal:
        now = dockseal.clock.now()
        table = Table("source", "failures in a row", "last (UTC)", "locked out until (UTC)", box=None)
        for each in dockseal.vault.lockouts.all():
            until = f"{each.locked_until:%Y-%m-%d %H:%M:%S}" if each.locked(now) else ""
            table.add_row(each.source, str(each.failures), f"{each.last_at:%Y-%m-%d %H:%M:%S}", until)
        printer().print(table)


@app.command("clear")
def clear(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="As `dockseal lockouts list` names it.")],
) -> None:
    """Lets somebody try again at once. Find out first who failed, and why."""
    with opened() as dockseal:
        dockseal.vault.lockouts.clear(source, person())
    typer.echo(f"{source} may try again.")
