"""`dockseal sellers shadow` and `migrate`: from one generation of the Orders API to the next."""

from typing import Annotated

import typer
from rich.table import Table

from dockseal.cli.opened import opened, person
from dockseal.cli.printing import printer
from dockseal.domain.identifiers import SellerId
from dockseal.order_synchronization.migrating import ENOUGH, Migrating

_SHOWN = 50


def shadow(
    name: Annotated[str, typer.Argument(help="Your name of the seller.")],
    *,
    on: Annotated[
        bool | None, typer.Option("--on/--off", help="Switch it; without, what was found is shown.")
    ] = None,
) -> None:
    """Reads a seller's orders with both Orders APIs and compares them, at leisure; shows what differs."""
    seller = SellerId(name)
    with opened() as dockseal:
        migrating = Migrating(storage=dockseal.storage, trail=dockseal.trail)
        known = dockseal.storage.sellers.get(seller)
        if on is not None:
            migrating.shadow(seller, person(), on=on)
            known = dockseal.storage.sellers.get(seller)
        proof = migrating.proof(seller)
        console = printer()
        console.print(
            f"{name} is read with Orders {known.orders_api.value}; shadow is "
            f"{'on' if known.shadow else 'off'}; "
            f"{proof.compared} orders compared, {proof.differing} differences"
        )
        found = dockseal.storage.differences.of_seller(seller, _SHOWN)
        if found:
            table = Table("order", "field", "v0", "v2026-01-01", "found (UTC)", box=None)
            for each in found:
                at = f"{each.found_at:%Y-%m-%d %H:%M}"
                table.add_row(each.amazon_order_id, each.field, each.v0, each.v2026, at)
            console.print(table)


def migrate(
    name: Annotated[str, typer.Argument(help="Your name of the seller.")],
    *,
    at_least: Annotated[int, typer.Option(min=0, help="So many orders must have been compared.")] = ENOUGH,
    even_so: Annotated[
        bool, typer.Option("--even-so", help="Move it although too few were compared, or some differ.")
    ] = False,
) -> None:
    """Moves a seller to Orders v2026-01-01, once both Orders APIs were seen to tell its orders alike."""
    with opened() as dockseal:
        migrating = Migrating(storage=dockseal.storage, trail=dockseal.trail)
        proof = migrating.migrate(SellerId(name), person(), at_least=at_least, even_so=even_so)
    typer.echo(
        f"{name} is read with Orders v2026-01-01 from now on: {proof.compared} orders were compared, "
        f"{proof.differing} fields differ."
    )
