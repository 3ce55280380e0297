"""`dockseal canaries`: invented orders among the real ones, which lock who opens them."""

from typing import Annotated

import typer
from rich.table import Table

from dockseal.cli.opened import opened, person
from dockseal.cli.printing import printer
from dockseal.domain.identifiers import SellerId

app = typer.Typer(help="Invented orders that lock whoever opens them.", no_args_is_help=True)
_Seller = Annotated[str, typer.Argument(metavar="SELLER", help="As `dockseal sellers list` names it.")]


@app.command("plant")
def plant(
    seller: _Seller,
    *,
    number: Annotated[int, typer.Option("--number", min=1, max=200, help="How many.")] = 5,
) -> None:
    """Plants canary orders, made like the seller's own that can be opened now.

    Nobody who works has a reason to open one. Whoever does is locked, and a case is opened. Each is retired
    by itself before it would be late; DOCKSEAL_CANARY_PERCENT keeps their number up.
    """
    with opened() as dockseal:
        name = dockseal.storage.sellers.get(SellerId(seller)).id
        dockseal.planting.want(name, number, person())
    typer.echo(
        f"{number} canary orders come among those of {seller} within an hour or so, while Dockseal serves."
    )
    typer.echo("Tell nobody which they are.")


@app.command("list")
def show() -> None:
    """Lists the canary orders that can be opened now; needs the keys. Keep what it prints to yourself."""
    with opened() as dockseal:
        table = Table("order", "our reference", "seller", "warehouse", "retired before (UTC)", box=None)
        for each in dockseal.planting.living():
            ends = f"{each.amazon.ship_by:%Y-%m-%d %H:%M}" if each.amazon.ship_by else ""
            table.add_row(each.id, each.ref, each.seller, each.warehouse or "", ends)
        printer().print(table)


@app.command("retire")
def retire(seller: _Seller) -> None:
    """Takes every canary order of a seller away, as orders go that their buyers cancel.

    Do it before a warehouse reads its orders again from the beginning: it would open them.
    """
    with opened() as dockseal:
        name = dockseal.storage.sellers.get(SellerId(seller)).id
        retired = dockseal.planting.retire(name, every=True)
    typer.echo(f"{retired} canary orders of {seller} are gone.")


@app.command("renew")
def renew() -> None:
    """Writes the register of canary orders anew, once `dockseal restored` names it among the credentials.

    Until then people and warehouses open nothing. Canaries that were planted after the copy was made are
    orders like any other then: Amazon does not know them, and the reconciliation finds them.
    """
    with opened() as dockseal:
        number = dockseal.planting.canaries.renew(person())
    typer.echo(f"The register names {number} orders.")
