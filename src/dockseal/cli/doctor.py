"""`dockseal doctor`: looks at everything, also of a stopped installation, and says what to do next."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dockseal.bootstrap import diagnose
from dockseal.cli.opened import asked_passphrase
from dockseal.cli.printing import printer
from dockseal.cli.serving import answered
from dockseal.domain.clock import SystemClock
from dockseal.errors import SettingsFault
from dockseal.logs import configure_logging
from dockseal.monitoring_audit.checks import Check
from dockseal.settings import load


def doctor(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Also what is well.")] = False,
) -> None:
    """Looks at settings, versions, folders, disks, certificate, port, clock, databases, keys and health.

    Prints the next steps by number, what hinders most first. Ends with 2 if settings cannot work, with 1 if a
    step is left. It works while `dockseal serve` runs, and while it does not.
    """
    console = printer()
    try:
        settings = load()
    except SettingsFault as fault:
        _steps(
            console,
            [Check(name="settings", ok=False, sentence=f"{each}.", vital=True) for each in fault.faults],
        )
        raise typer.Exit(2) from None
    configure_logging(settings, quiet=True)
    checks = diagnose(
        settings,
        SystemClock(),
        served=answered(settings),
        lock=Path("requirements.lock"),
        ask_passphrase=asked_passphrase(),
    )
    if everything:
        for check in checks:
            if check.ok:
                console.print(f"ok  {check.name}: {check.sentence}")
    left = sorted((check for check in checks if not check.ok), key=lambda check: not check.vital)
    _steps(console, left)
    if left:
        raise typer.Exit(1)
    console.print(f"All is well: {len(checks)} things were looked at.", style="green")


def _steps(console: Console, checks: list[Check]) -> None:
    for number, check in enumerate(checks, start=1):
        style = "red" if check.vital else "yellow"
        console.print(f"{number:>3}. {check.name}: {check.sentence}", style=style)
