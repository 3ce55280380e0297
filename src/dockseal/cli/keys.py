"""`dockseal keys`: the keys that personal data and credentials are sealed with."""

from dataclasses import replace
from typing import Annotated

import typer
from rich.table import Table

from dockseal.bootstrap import create_keys, guards_of
from dockseal.cli.asks import AskFile, given
from dockseal.cli.opened import asked_passphrase, opened, person
from dockseal.cli.printing import printer
from dockseal.console.sign_in import metrics_key
from dockseal.domain.secret import Secret
from dockseal.errors import BadInput
from dockseal.pii_security import transit
from dockseal.pii_security.guards import Kind
from dockseal.settings import load

app = typer.Typer(help="The keys that personal data and credentials are sealed with.", no_args_is_help=True)


@app.command("create")
def create(
    *,
    passphrase: Annotated[
        bool, typer.Option("--passphrase", help="Ask for a passphrase and put the key under it.")
    ] = False,
) -> None:
    """Makes the master key, once per installation, in DOCKSEAL_KEY_DIR.

    It lies under the passphrase in DOCKSEAL_KEY_PASSPHRASE_FILE or the secret in DOCKSEAL_KEY_SECRET_FILE, if
    either is set.
    """
    settings = load()
    if passphrase and (settings.key_passphrase_file or settings.key_secret_file):
        raise BadInput(
            "a file is set that the key shall lie under: leave out --passphrase, or unset the file"
        )
    given = (
        Secret(typer.prompt("New passphrase", hide_input=True, confirmation_prompt=True))
        if passphrase
        else None
    )
    create_keys(settings, person(), passphrase=given)
    typer.echo(
        f"The master key is in {settings.key_dir}. Whoever has it and the vault can read personal data:"
    )
    typer.echo(
        "back it up apart from the data, and keep no such backup longer than DOCKSEAL_KEY_BACKUPS says."
    )


@app.command("rotate")
def rotate() -> None:
    """Puts a new master key in the place of the one before, while `dockseal serve` goes on.

    Every epoch key and credential is put under the new one. After a crash, run it again: it finishes.
    """
    with opened() as dockseal:
        done = dockseal.rotate_keys(person())
    typer.echo(
        f"Master key {done.master} is in use: {done.epochs} epoch keys and {done.credentials} credentials "
        "were put under it, and the one before is destroyed."
    )
    typer.echo("Back the keys up anew, and destroy their earlier backups: these still open what they hold.")
    typer.echo("The key of the metrics is another one now: `dockseal keys metrics`.")


@app.command("passphrase")
def passphrase(
    *,
    remove: Annotated[
        bool,
        typer.Option("--remove", help="Put it under the secret in DOCKSEAL_KEY_SECRET_FILE, or nothing."),
    ] = False,
) -> None:
    """Puts the master key under a new passphrase, or under none, while `dockseal serve` goes on.

    It is another master key from then on, and all that lay under the one before is put under it. After a
    crash, run it again: it finishes.
    """
    settings = load()
    if settings.key_provider != "file":
        raise BadInput(f"DOCKSEAL_KEY_PROVIDER is {settings.key_provider}: its master key has no passphrase")
    guards = guards_of(settings, asked_passphrase())
    if remove:
        guards = replace(guards, under=Kind.SECRET_FILE if settings.key_secret_file else Kind.FOLDER)
    else:
        new = Secret(typer.prompt("New passphrase", hide_input=True, confirmation_prompt=True))
        guards = replace(guards, under=Kind.PASSPHRASE, renewed=lambda: new)
    with opened(guards) as dockseal:
        done = dockseal.move_keys(person(), guards)
    typer.echo(f"Master key {done.master} is in use, and the one before is destroyed.")
    if remove:
        typer.echo("Unset DOCKSEAL_KEY_PASSPHRASE_FILE if it is set.")
    else:
        typer.echo("Put the new passphrase into the file that DOCKSEAL_KEY_PASSPHRASE_FILE names, if that is")
        typer.echo(
            "set, and unset DOCKSEAL_KEY_SECRET_FILE: `dockseal serve` goes on, and starts with no other."
        )
    typer.echo("Back the keys up anew, and destroy their earlier backups: the passphrase before opens these.")


@app.command("policy")
def policy(
    *,
    rotate: Annotated[bool, typer.Option("--rotate", help="What rotating needs, besides the rest.")] = False,
) -> None:
    """Prints the least policy of the token for the transit engine; for AWS there is `dockseal aws policy`."""
    settings = load()
    if settings.key_provider != "transit":
        raise BadInput(f"DOCKSEAL_KEY_PROVIDER is {settings.key_provider}, which is no transit engine")
    typer.echo(transit.policy(settings.key_at, rotating=rotate), nl=False)


@app.command("destroy")
def destroy(
    epoch: Annotated[str, typer.Argument(metavar="EPOCH", help="As `dockseal keys list` names it.")],
    *,
    ask: AskFile = None,
) -> None:
    """Destroys the key of an epoch before its end, once two officers signed an ask for it.

    Nobody can read what lies under it any more. What no warehouse has yet is retrieved from Amazon again.
    """
    with opened() as dockseal:
        done = dockseal.destroy_key(epoch, given(ask), person())
    typer.echo(
        f"The key of epoch {epoch} is destroyed, and {done.records} records under it are deleted; of "
        f"{done.again} orders the address is retrieved again."
    )
    typer.echo("Destroy the backups of the keys that are older than this: they still hold it.")


@app.command("metrics")
def show_metrics_key() -> None:
    """Prints the key that reads `/metrics` from elsewhere than this machine (Authorization: Bearer …)."""
    with opened() as dockseal:
        typer.echo(metrics_key(dockseal.keys).reveal())


@app.command("list")
def show() -> None:
    """Lists the epochs, when the key of each is destroyed, and which master key it lies under."""
    with opened() as dockseal:
        newest = dockseal.keys.master()
        table = Table("epoch", "key is destroyed at (UTC)", "sealed records", "master key", box=None)
        for epoch, master in dockseal.keys.masters().items():
            ends = dockseal.vault.retention.end_of(epoch)
            records = str(dockseal.storage.sealed.count(epoch))
            table.add_row(epoch, f"{ends:%Y-%m-%d %H:%M}", records, master or "none opens it")
        typer.echo(f"New keys lie under master key {newest}.")
        printer().print(table)
