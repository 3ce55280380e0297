"""`dockseal carriers`: what warehouses mean by carriers' names."""

from typing import Annotated

import typer
from rich.table import Table

from dockseal.cli.opened import opened, person
from dockseal.cli.printing import printer
from dockseal.domain.identifiers import WarehouseId

app = typer.Typer(help="What warehouses mean by carriers' names.", no_args_is_help=True)
Warehouse = Annotated[
    str, typer.Argument(metavar="WAREHOUSE", help="As `dockseal warehouses list` names it.")
]
Name = Annotated[
    str, typer.Argument(metavar="NAME", help="As the warehouse writes it, or only how that begins.")
]


@app.command("list")
def show(
    warehouse: Annotated[
        str, typer.Argument(metavar="WAREHOUSE", help="Only the names of this one; left out: of all.")
    ] = "",
) -> None:
    """Lists the names that were taught."""
    with opened() as dockseal:
        known = [each.id for each in dockseal.storage.warehouses.all()]
        chosen = [dockseal.storage.warehouses.get(WarehouseId(warehouse)).id] if warehouse else known
        table = Table("warehouse", "says", "means", box=None)
        for each in chosen:
            for named, carrier in dockseal.storage.carrier_names.of(each).items():
                table.add_row(each, named, f"{carrier.code} {carrier.name}".strip())
    if table.row_count:
        printer().print(table)
    else:
        typer.echo("No name was taught: what warehouses write is understood by itself, or held.")


@app.command("codes")
def codes() -> None:
    """Lists Amazon's codes of carriers."""
    with opened() as dockseal:
        for code in sorted(dockseal.carriers.codes(), key=str.casefold):
            typer.echo(code)


@app.command("teach")
def teach(
    warehouse: Warehouse,
    name: Name,
    code: Annotated[
        str,
        typer.Argument(metavar="CODE", help="Amazon's code of the carrier, or Other with --name."),
    ],
    *,
    other: Annotated[str, typer.Option("--name", help="The carrier's name, with the code Other.")] = "",
) -> None:
    """Says what a warehouse means by a carrier's name; parcels that are held for it go on."""
    with opened() as dockseal:
        carrier = dockseal.carriers.chosen(code, other)
        freed = dockseal.teaching.teach(WarehouseId(warehouse), name, carrier, person())
    typer.echo(f"{warehouse} means {carrier.name or carrier.code} by it; parcels that go on: {freed}.")


@app.command("forget")
def forget(warehouse: Warehouse, name: Name) -> None:
    """Forgets a name that was taught; what Amazon was told by it stays."""
    with opened() as dockseal:
        dockseal.teaching.forget(WarehouseId(warehouse), name, person())
    typer.echo(f"That name of {warehouse} is forgotten.")
