"""`dockseal tracking`: what warehouses reported that fits no order, and what to do with it."""

from typing import Annotated

import typer

from dockseal.cli.opened import opened, person
from dockseal.cli.printing import printer
from dockseal.domain.shipment import ShipmentReport
from dockseal.domain.unmatched import Unmatched
from dockseal.fulfillment_processing.matching import read_lines

app = typer.Typer(
    help="What warehouses reported that fits no order, and what to do with it.", no_args_is_help=True
)
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="As `dockseal tracking list` numbers it.")]


@app.command("list")
def show(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="List at most so many.")] = 100,
) -> None:
    """Lists what nobody has seen to yet, the oldest first, each with the reason why it is not used."""
    with opened() as dockseal:
        found = dockseal.storage.unmatched.open(limit)
    for each in found:
        printer().print(f"{each.number}  {each.received_at:%Y-%m-%d %H:%M} UTC  {summary(each)}")
        printer().print(f"    {each.reason}")
    if not found:
        typer.echo("Everything that warehouses reported fits an order, or was seen to.")


@app.command("match")
def match(
    number: Number,
    order: Annotated[
        str, typer.Argument(metavar="ORDER", help="The reference of its release, or the order's id.")
    ],
    line: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LINE=QUANTITY",
            help="What lies in it, where the report says it wrongly; repeatable.",
        ),
    ] = None,
) -> None:
    """Takes it in for an order, as if the warehouse had named it."""
    contents = read_lines(line or ())
    with opened() as dockseal:
        dockseal.matching.match(number, order, person(), contents=contents)
    typer.echo(f"Number {number} is taken in.")


@app.command("dismiss")
def dismiss(number: Number) -> None:
    """Takes note that nothing is to be done with it; reported again, it is not listed again."""
    with opened() as dockseal:
        dockseal.matching.dismiss(number, person())
    typer.echo(f"Number {number} is dismissed.")


def summary(unmatched: Unmatched) -> str:
    """Returns what something unmatched says, on one line."""
    message = unmatched.message
    what = f"{unmatched.warehouse}  {unmatched.kind}"
    if unmatched.delivery:
        what = f"{what}  in {unmatched.delivery}"
    if isinstance(message, ShipmentReport):
        named = message.release or message.order_id or "no reference"
        return f"{what}  {named}  {message.carrier} {message.tracking_number}"
    return what if message is None else f"{what}  {message.release or 'no reference'}"
