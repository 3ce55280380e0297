"""`dockseal packages`: what has left, how far Amazon knows of it, and corrections."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table

from dockseal.cli.opened import opened, person
from dockseal.cli.orders import find_order
from dockseal.cli.printing import printer
from dockseal.domain.clock import parse_utc
from dockseal.domain.shipment import Content, Package, PackageState
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.amending import Amendment
from dockseal.fulfillment_processing.matching import read_lines

app = typer.Typer(
    help="Parcels that have left, how far Amazon knows of them, and corrections.", no_args_is_help=True
)
Which = Annotated[str, typer.Argument(metavar="ORDER", help="Amazon's order id, or our reference.")]
Number = Annotated[
    int, typer.Argument(metavar="PACKAGE", min=1, help="Counts the parcels of the order from 1.")
]
_TO_SEE_TO = (PackageState.HELD, PackageState.REFUSED)
_WAITING = (PackageState.REPORTED, PackageState.INTENDED)


@app.command("list")
def show_all(
    *,
    held: Annotated[bool, typer.Option("--held", help="Those that are held before Amazon is told.")] = False,
    refused: Annotated[bool, typer.Option("--refused", help="Those that Amazon refused.")] = False,
    waiting: Annotated[bool, typer.Option("--waiting", help="Those Amazon is yet to be told of.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
) -> None:
    """Lists parcels that Amazon does not know of, those to ship first before the others.

    Without a choice: those that a person must see to, which are held or refused.
    """
    chosen = {
        *([PackageState.HELD] if held else []),
        *([PackageState.REFUSED] if refused else []),
        *(_WAITING if waiting else ()),
    }
    with opened() as dockseal:
        found = dockseal.storage.packages.in_states(chosen or _TO_SEE_TO, limit=limit)
        table = Table("order", "parcel", "carrier", "number", "state", "", box=None)
        for package in found:
            order = dockseal.storage.orders.get(package.order)
            table.add_row(
                order.id,
                str(package.reference_id),
                carried(package),
                package.tracking_number or "none",
                package.state,
                standing(package),
            )
    if found:
        printer().print(table)
    else:
        typer.echo("There is no such parcel.")


@app.command("show")
def show(which: Which) -> None:
    """Shows the parcels of an order, with what lies in them and what is to be done about them."""
    with opened() as dockseal:
        order = find_order(dockseal, which)
        packages = dockseal.storage.packages.of_order(order.ref)
    console = printer()
    for package in packages:
        number = package.tracking_number or "without a number"
        console.print(f"parcel {package.reference_id}: {carried(package)} {number}, {package.state}")
        console.print(f"  left {package.shipped_at:%Y-%m-%d %H:%M} UTC, report {package.report_id}")
        for content in package.contents:
            codes = len(content.transparency_codes)
            told = f", {codes} Transparency codes" if codes else ""
            console.print(f"  {content.quantity} of line {content.order_item_id}{told}")
        if standing(package):
            console.print(f"  {standing(package)}", style="yellow")
    if not packages:
        typer.echo(f"No parcel of {order.id} was reported.")


@app.command("correct")
def correct(
    which: Which,
    number: Number,
    *,
    carrier: Annotated[
        str | None, typer.Option(help="Who carries it; without --service it then has none.")
    ] = None,
    service: Annotated[str | None, typer.Option(help="The carrier's service, such as Ground.")] = None,
    tracking: Annotated[str | None, typer.Option(help="Its number; '' if the service has none.")] = None,
    shipped_at: Annotated[
        str | None, typer.Option(help="When it left, such as 2026-11-02T15:04; UTC unless it names a zone.")
    ] = None,
    line: Annotated[
        list[str] | None,
        typer.Option(metavar="LINE=QUANTITY", help="All that lies in it; once for each line."),
    ] = None,
    code: Annotated[
        list[str] | None,
        typer.Option(metavar="LINE=CODE", help="The Transparency code of one unit; once for each unit."),
    ] = None,
) -> None:
    """Corrects a parcel; Amazon is told again under the same id. What is left out stays as it is."""
    left = None if shipped_at is None else instant_of(shipped_at)
    with opened() as dockseal:
        order = find_order(dockseal, which)
        before = dockseal.storage.packages.get(order, number)
        contents = with_codes(read_lines(line or ()) or before.contents, code) if line or code else ()
        amendment = Amendment(
            carrier=carrier,
            service=service,
            tracking_number=tracking,
            shipped_at=left,
            contents=contents,
        )
        after = dockseal.amending.correct(order.ref, number, amendment, person())
    if after == before:
        typer.echo(f"Parcel {number} of {order.id} is so already.")
    else:
        typer.echo(f"Parcel {number} of {order.id} is corrected; the running `dockseal serve` tells Amazon.")


@app.command("clear")
def clear(
    which: Which,
    number: Number,
    *,
    carrier: Annotated[
        str, typer.Option(metavar="CODE", help="Amazon's code of who carries it, where that is unknown.")
    ] = "",
    name: Annotated[str, typer.Option(help="The carrier's name, with the code Other.")] = "",
) -> None:
    """Lets a held parcel go as it is, because you looked at it."""
    with opened() as dockseal:
        order = find_order(dockseal, which)
        chosen = dockseal.carriers.chosen(carrier, name) if carrier or name else None
        dockseal.clearing.clear(order.ref, number, person(), carrier=chosen)
    typer.echo(f"Parcel {number} of {order.id} is cleared; the running `dockseal serve` tells Amazon.")


def carried(package: Package) -> str:
    """Returns carrier and service on one line."""
    return f"{package.carrier} {package.service}".strip()


def standing(package: Package) -> str:
    """Returns why a parcel is held or refused, or until when it waits; empty for neither."""
    if package.hold is not None:
        return f"{package.hold.sentence} ({package.hold.code})"
    if package.state is PackageState.REFUSED:
        return f"Amazon: {package.refusal or 'no reason given'}"
    return f"tried again at {package.next_try:%Y-%m-%d %H:%M} UTC" if package.next_try else ""


def instant_of(text: str) -> datetime:
    """Reads when a parcel left; without a zone it is meant in UTC.

    Raises:
        BadInput: it is no instant.
    """
    try:
        return parse_utc(text)
    except ValueError:
        raise BadInput("when it left is no instant: write it such as 2026-11-02T15:04") from None


def with_codes(contents: Sequence[Content], texts: Sequence[str] | None) -> tuple[Content, ...]:
    """Returns contents with the Transparency codes that are typed as LINE=CODE.

    Raises:
        BadInput: one is not written so, or names a line that is not in the parcel.
    """
    codes: dict[str, list[str]] = {}
    for text in texts or ():
        item, is_one, code = text.partition("=")
        if not is_one or item not in {each.order_item_id for each in contents}:
            raise BadInput("a Transparency code is written LINE=CODE, with a line that is in the parcel")
        codes.setdefault(item, []).append(code)
    return tuple(
        Content(
            order_item_id=each.order_item_id,
            quantity=each.quantity,
            transparency_codes=tuple(codes.get(each.order_item_id, each.transparency_codes)),
        )
        for each in contents
    )
