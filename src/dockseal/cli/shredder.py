"""`dockseal shredder`: makes and destroys keys as a user of its own, without the databases."""

import sys
from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.text import Text

from dockseal.bootstrap import build_shredder
from dockseal.cli.opened import asked_passphrase
from dockseal.cli.printing import printer
from dockseal.cli.signals import told_to_end
from dockseal.logs import configure_logging
from dockseal.pii_security.shredder import Round, Shredder
from dockseal.settings import load

LOOK_EVERY = timedelta(seconds=2)
"""So often it is looked what the service asks."""


def shredder(
    *,
    once: Annotated[bool, typer.Option("--once", help="Work one round and end, such as from cron.")] = False,
) -> None:
    """Makes the keys of epochs ahead and destroys each at its end, until Ctrl-C or SIGTERM.

    It is for DOCKSEAL_SHREDDER=apart, and runs as the user that owns DOCKSEAL_KEY_DIR.
    """
    stop = told_to_end()
    settings = load()
    configure_logging(settings)
    working = build_shredder(settings, ask_passphrase=asked_passphrase())
    done = _round(working, told=())
    if once:
        sys.exit(1 if done.faults else 0)
    typer.echo("The shredder works.")
    while not working.clock.wait(stop, _rest(done, working.clock.now())):
        done = _round(working, told=done.faults)


def _round(working: Shredder, *, told: tuple[str, ...]) -> Round:
    """Works a round and says what it did; a fault that was told after the round before is not repeated."""
    done = working.run()
    for sentence in done.said:
        typer.echo(sentence)
    for sentence in done.faults:
        if sentence not in told:
            printer(stderr=True).print(Text("fault  ", style="red"), sentence, sep="")
    return done


def _rest(done: Round, now: datetime) -> float:
    """Returns the seconds until the next round: at the next end of an epoch, if that is sooner."""
    until_end = LOOK_EVERY if done.next_end is None else done.next_end - now
    return (until_end if timedelta(0) < until_end < LOOK_EVERY else LOOK_EVERY).total_seconds()
