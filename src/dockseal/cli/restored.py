"""`dockseal restored`: after a backup was put in the place of a database or of the keys."""

import typer

from dockseal.cli.opened import opened, person


def restored() -> None:
    """Says that a backup was restored: erases again what was erased since. Safe to run again.

    `dockseal serve` starts with no store that is older than what another one has seen. This shreds and erases
    anew, deletes what fits no order any more, and has all stores told, so that it starts again.
    """
    with opened() as dockseal:
        done = dockseal.restoring.run(person())
    typer.echo(f"Older than the others: {', '.join(sorted(done.old)) or 'none'}.")
    typer.echo(f"Erased again: {done.erased}. Sealed records that fitted no order, deleted: {done.records}.")
    for name in done.credentials:
        typer.echo(f"Store again: {name}. The one that was stored last is not in this vault.")
    typer.echo("`dockseal serve` can be started.")
