"""`dockseal audit`: whether the trail adds up."""

import typer

from dockseal.cli.opened import opened
from dockseal.monitoring_audit.trail import verify

app = typer.Typer(help="The audit trail.", no_args_is_help=True)


@app.command("verify")
def verify_trail() -> None:
    """Walks the whole trail; exits 1 and names the first bad row if one was edited, removed or moved."""
    with opened() as dockseal:
        verdict = verify(dockseal.storage)
    typer.echo(f"The audit trail adds up: {verdict.rows} rows, head {verdict.head}")
