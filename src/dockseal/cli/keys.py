"""`dockseal keys`: the keys that personal data and credentials are sealed with."""

import typer
from rich.table import Table

from dockseal.bootstrap import create_keys
from dockseal.cli.opened import opened, person
from dockseal.cli.printing import printer
from dockseal.console.sign_in import metrics_key
from dockseal.settings import load

app = typer.Typer(help="The keys that personal data and credentials are sealed with.", no_args_is_help=True)


@app.command("create")
def create() -> None:
    """Makes the master key, once per installation, in DOCKSEAL_KEY_DIR."""
    settings = load()
    create_keys(settings, person())
    typer.echo(
        f"The master key is in {settings.key_dir}. Whoever has it and the vault can read personal data:"
    )
    typer.echo(
        "back it up apart from the data, and keep no such backup longer than DOCKSEAL_KEY_BACKUPS says."
    )


@app.command("metrics")
def show_metrics_key() -> None:
    """Prints the key that reads `/metrics` from elsewhere than this machine (Authorization: Bearer …)."""
    with opened() as dockseal:
        typer.echo(metrics_key(dockseal.keys).reveal())


@app.command("list")
def show() -> None:
    """Lists the epochs, and when the key of each is destroyed."""
    with opened() as dockseal:
        table = Table("epoch", "key is destroyed at (UTC)", "sealed records", box=None)
        for epoch in dockseal.keys.epochs():
            ends = dockseal.vault.retention.end_of(epoch)
            table.add_row(epoch, f"{ends:%Y-%m-%d %H:%M}", str(len(dockseal.storage.sealed.of_epoch(epoch))))
        printer().print(table)
