"""`dockseal health`: how the running Dockseal is."""

from typing import Annotated

import typer
from rich.table import Table

from dockseal.cli.opened import opened
from dockseal.cli.printing import printer
from dockseal.cli.serving import served, silent
from dockseal.monitoring_audit.checks import Condition


def health(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Also what is well.")] = False,
) -> None:
    """Asks the running `dockseal serve` how it is: lanes, databases, keys, sellers, Amazon's outages.

    Ends with 1 when it does not do its work, or does not answer.
    """
    with opened() as dockseal:
        console, told = printer(), served(dockseal)
        if told is None:
            console.print(silent(dockseal.settings))
        here = told or dockseal.health()
        console.print(f"verdict  {here.verdict}" if told else "verdict  not served")
        table = Table("", "", "", box=None, show_header=False)
        for check in here.checks:
            if everything or not check.ok:
                table.add_row("ok" if check.ok else "look", check.name, check.sentence)
        if table.row_count:
            console.print(table)
    if told is None or told.verdict is Condition.FAILING:
        raise typer.Exit(1)
