"""`dockseal warehouses test`: a marked test order through the real connection."""

from typing import Annotated

import typer
from rich.table import Table

from dockseal.cli.opened import opened, person
from dockseal.cli.printing import printer
from dockseal.domain.identifiers import WarehouseId


def test(
    name: Annotated[str, typer.Argument(help="As `dockseal warehouses list` names it.")],
) -> None:
    """Sends a clearly marked test order through the real connection, takes it back, and says what came back.

    It is no order: nothing of it is confirmed to Amazon, and its recipient is invented.
    """
    with opened() as dockseal:
        findings = dockseal.rehearsing().run(WarehouseId(name), person())
        table = Table("", "", "", box=None, show_header=False)
        for each in findings:
            table.add_row("fine" if each.fine else "fault", each.name, each.sentence)
        printer().print(table)
    if not all(each.fine for each in findings):
        raise typer.Exit(1)
