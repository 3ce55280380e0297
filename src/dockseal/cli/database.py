"""`dockseal database`: the roles and tables of PostgreSQL."""

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from dockseal.bootstrap import cut_trail, forget_orders, migrate_databases, roles_script
from dockseal.domain.clock import SystemClock
from dockseal.domain.secret import Secret
from dockseal.settings import load

app = typer.Typer(help="The roles and tables of PostgreSQL. SQLite needs neither.", no_args_is_help=True)

_FILE = "File with the password of the owner of the {} database; else it is asked for at a terminal."


@app.command("roles")
def roles() -> None:
    """Prints the statements that make both databases and their roles, for the server's administrator."""
    typer.echo(roles_script(load()))


@app.command("migrate")
def migrate(
    operations_password_file: Annotated[Path | None, typer.Option(help=_FILE.format("operations"))] = None,
    vault_password_file: Annotated[Path | None, typer.Option(help=_FILE.format("vault"))] = None,
) -> None:
    """Brings the tables up to date as their owners, and grants the roles that serve what they need.

    Stop `dockseal serve` before. It never runs as an owner, and tells when this is to be run.
    """
    migrate_databases(
        load(),
        operations_password=operations_password_file,
        vault_password=vault_password_file,
        ask=_asked,
    )
    typer.echo("The tables of both databases are up to date.")


@app.command("cut")
def cut(
    operations_password_file: Annotated[Path | None, typer.Option(help=_FILE.format("operations"))] = None,
) -> None:
    """Takes the rows that `dockseal audit archive` wrote into a segment out of the table, as its owner."""
    gone = cut_trail(load(), password=operations_password_file, ask=_asked)
    typer.echo(f"{gone} audit rows left the table.")


@app.command("forget")
def forget(
    operations_password_file: Annotated[Path | None, typer.Option(help=_FILE.format("operations"))] = None,
) -> None:
    """Deletes the orders that `dockseal orders forget` put on record, as the owner of their tables."""
    gone = forget_orders(load(), SystemClock(), password=operations_password_file, ask=_asked)
    typer.echo(f"{gone} orders are gone, with all that was kept for them.")


def _asked(role: str) -> Secret | None:
    if not sys.stdin.isatty():
        return None
    given = getpass.getpass(f"Password of {role} (nothing: libpq's own password file knows it): ")
    return Secret(given) if given else None
