"""`dockseal warehouses skus`: which SKUs a warehouse knows."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from dockseal.bootstrap import App
from dockseal.cli.opened import opened, person
from dockseal.domain.identifiers import WarehouseId
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.known_skus import give_list, read_list


def skus(
    name: Annotated[str, typer.Argument(help="As `dockseal warehouses list` names it.")],
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="CSV in UTF-8 with one SKU in a line, in place of the list before; - reads it from standard "
            "input.",
        ),
    ] = "",
    *,
    clear: Annotated[bool, typer.Option("--clear", help="Drop the list: it knows all SKUs.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Print the list.")] = False,
) -> None:
    """Gives a list of the SKUs that a warehouse knows; orders with others are held till a list has them."""
    if (bool(file) + clear + show) != 1:
        raise BadInput("say one of these: a file with the list, --clear or --show")
    with opened() as dockseal:
        warehouse = dockseal.storage.warehouses.get(WarehouseId(name)).id
        if show:
            for sku in dockseal.storage.skus.of(warehouse):
                typer.echo(sku)
            return
        known = () if clear else read_list(_read(file))
        examined = _give(dockseal, warehouse, known)
    what = f"{name} knows {len(known)} SKUs" if known else f"{name} knows all SKUs"
    typer.echo(f"{what}; orders that are examined again: {examined}.")


def _give(dockseal: App, warehouse: WarehouseId, known: tuple[str, ...]) -> int:
    return give_list(dockseal.storage, dockseal.trail, warehouse=warehouse, skus=known, actor=person())


def _read(place: str) -> str:
    try:
        content = sys.stdin.buffer.read() if place == "-" else Path(place).read_bytes()
        return content.decode("utf-8-sig")
    except OSError as fault:
        why = f"it cannot be read ({type(fault).__name__})"
    except UnicodeDecodeError:
        why = "it is not written in UTF-8"
    raise BadInput(f"the list of SKUs cannot be used: {why}; give a CSV file with one SKU in a line")
