"""`dockseal compliance access`, `retention` and `keys`: registers of what is there now."""

from collections.abc import Callable

import typer
from rich.table import Table

from dockseal.bootstrap import facts_of
from dockseal.cli.compliance import AsJson
from dockseal.cli.opened import opened
from dockseal.cli.printing import printer
from dockseal.monitoring_audit.compliance import inventories
from dockseal.monitoring_audit.compliance.controls import COMPARE_FIRST
from dockseal.monitoring_audit.compliance.documents import as_json, register_document
from dockseal.monitoring_audit.compliance.facts import Facts


def access(*, json: AsJson = False) -> None:
    """Prints the access register: who can sign in, which keys there are, who opened how much."""
    _show(inventories.access, json)


def retention(*, json: AsJson = False) -> None:
    """Prints how old what is kept is, what is past its end, and what was shredded."""
    _show(inventories.retention, json)


def keys(*, json: AsJson = False) -> None:
    """Prints the inventory of keys and secrets with their ages; never what they are."""
    _show(inventories.keys, json)


def _show(registers: Callable[[Facts], tuple[inventories.Register, ...]], json: bool) -> None:
    with opened() as dockseal:
        found = registers(facts_of(dockseal))
    if json:
        typer.echo(as_json(register_document(found)), nl=False)
        return
    console = printer()
    console.print(COMPARE_FIRST, style="yellow")
    for each in found:
        table = Table(title=each.title, title_justify="left", box=None)
        for column in each.columns:
            table.add_column(column, overflow="fold")
        for row in each.rows:
            table.add_row(*map(str, row))
        console.print(table)
