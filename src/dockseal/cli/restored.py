"""`dockseal restored`: after a backup was put in the place of a database or of the keys."""

import typer

from dockseal.cli.opened import opened, person
from dockseal.pii_security.signing import NAME


def restored() -> None:
    """Says that a backup was restored: erases again what was erased since. Safe to run again.

    `dockseal serve` starts with no store that is older than what another one has seen. This shreds and erases
    anew, deletes what fits no order any more, and has all stores told, so that it starts again. A signing key
    that the vault does not have any more is made anew.
    """
    with opened() as dockseal:
        done = dockseal.restoring.run(person())
        key = dockseal.signing.rotate(person()) if NAME in done.credentials else None
    typer.echo(f"Older than the others: {', '.join(sorted(done.old)) or 'none'}.")
    typer.echo(f"Erased again: {done.erased}. Sealed records that fitted no order, deleted: {done.records}.")
    for name in done.credentials:
        if name != NAME:
            typer.echo(f"Store again: {name}. The one that was stored last is not in this vault.")
    if key is not None:
        typer.echo(f"A new key signs from now on; give it to witnesses and assessors: {key.text}")
    typer.echo("`dockseal serve` can be started.")
