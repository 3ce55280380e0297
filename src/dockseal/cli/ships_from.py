"""`dockseal warehouses ships-from`: which place a warehouse is for Amazon."""

from typing import Annotated

import typer

from dockseal.cli.opened import opened, person
from dockseal.domain.identifiers import WarehouseId
from dockseal.errors import BadInput
from dockseal.shipment_confirmation.supply_sources import ship_from


def ships_from(
    name: Annotated[str, typer.Argument(metavar="WAREHOUSE", help="As `dockseal warehouses list` names it.")],
    supply_source: Annotated[
        str, typer.Argument(metavar="SUPPLY_SOURCE_ID", help="Amazon's id of the place; left out: show it.")
    ] = "",
    *,
    none: Annotated[bool, typer.Option("--none", help="It is no place that Amazon knows.")] = False,
) -> None:
    """Says which of Amazon's places a warehouse is: parcels that Amazon is told of name it from then on."""
    if supply_source and none:
        raise BadInput("say one of these: the id of a place, or --none")
    with opened() as dockseal:
        warehouse = dockseal.storage.warehouses.get(WarehouseId(name))
        if supply_source or none:
            warehouse = ship_from(
                dockseal.storage,
                dockseal.trail,
                warehouse=warehouse.id,
                supply_source=supply_source,
                actor=person(),
            )
    typer.echo(f"{name} is {warehouse.supply_source or 'no place that Amazon knows'}.")
