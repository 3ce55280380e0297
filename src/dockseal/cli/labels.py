"""`dockseal labels`: labels bought from Amazon for what a warehouse has packed."""

import os
import secrets
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from dockseal.bootstrap import App
from dockseal.cli.opened import opened, person
from dockseal.cli.orders import find_order
from dockseal.cli.printing import printer
from dockseal.domain.identifiers import ReleaseRef
from dockseal.domain.release import ReleaseState
from dockseal.domain.shipment import Content
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.measures import box_from
from dockseal.pii_security.files import FILE_MODE

app = typer.Typer(help="Labels bought from Amazon (Merchant Fulfillment).", no_args_is_help=True)

_Which = Annotated[str, typer.Argument(metavar="ORDER", help="Amazon's order id, or our reference.")]
_Size = Annotated[str, typer.Option(help="Length x width x height, such as 30x20x12cm or 12x8x5in.")]
_Weight = Annotated[str, typer.Option(help="Such as 450g, 1.2kg, 9oz or 2lb.")]
_Items = Annotated[
    list[str] | None,
    typer.Option("--item", help="ITEM_ID=QUANTITY in the parcel, once for each. None: all that is left."),
]
_LabelId = Annotated[str, typer.Argument(metavar="LABEL", help="As `dockseal labels list` shows it.")]


@app.command("rates")
def rates(which: _Which, *, size: _Size, weight: _Weight, item: _Items = None) -> None:
    """Shows what would carry a parcel of an order, the cheapest first."""
    with opened() as dockseal:
        found = dockseal.labelling.rates(
            _release(dockseal, which), box_from(size, weight), _contents(item or [])
        )
        table = Table("service", "", "price", "there by", box=None)
        for rate in found:
            there = f"{rate.latest_delivery:%a %d %b}" if rate.latest_delivery else ""
            table.add_row(
                rate.service_id, f"{rate.carrier}: {rate.service}", f"{rate.amount} {rate.currency}", there
            )
        printer().print(table if found else "No service carries such a parcel there.")


@app.command("buy")
def buy(
    which: _Which,
    *,
    size: _Size,
    weight: _Weight,
    service: Annotated[str, typer.Option(help="As `dockseal labels rates` shows it.")],
    parcel: Annotated[
        str,
        typer.Option(help="Your id of the parcel: again, it is the same label. None: a new one."),
    ] = "",
    item: _Items = None,
) -> None:
    """Buys a label; Amazon counts its parcel as shipped from then on."""
    with opened() as dockseal:
        label = dockseal.labelling.buy(
            _release(dockseal, which),
            box_from(size, weight),
            service,
            parcel_id=parcel or f"terminal-{secrets.token_hex(8)}",
            actor=person(),
            contents=_contents(item or []),
        )
        printer().print(
            f"label {label.id}: {label.carrier} {label.tracking_number}, {label.amount} {label.currency}; "
            f"print it with `dockseal labels print {label.id} --to FILE`"
        )


@app.command("print")
def show(
    label: _LabelId,
    *,
    to: Annotated[
        Path, typer.Option(help="File that is written, such as label.pdf; delete it once it is printed.")
    ],
) -> None:
    """Writes a label into a file that only you may read. It shows the buyer: each print is recorded."""
    with opened() as dockseal:
        file = dockseal.labelling.show(label, person())
        _write(to, file.disclose())
        printer().print(f"{to} holds the label ({file.media_type}); delete it once it is printed.")


@app.command("void")
def void(label: _LabelId) -> None:
    """Gives a label back to Amazon; its parcel did not leave."""
    with opened() as dockseal:
        voided = dockseal.labelling.void(label, person())
        printer().print(f"label {voided.id} is voided: send nothing with it.")


@app.command("list")
def show_all(which: _Which) -> None:
    """Lists the labels of an order."""
    with opened() as dockseal:
        table = Table("label", "", "tracking number", "price", "", box=None)
        for each in dockseal.storage.labels.of_order(find_order(dockseal, which).ref):
            carried = f"{each.carrier}: {each.service}"
            price = f"{each.amount} {each.currency}"
            table.add_row(each.id, carried, each.tracking_number, price, each.state)
        printer().print(table)


def _release(dockseal: App, which: str) -> ReleaseRef:
    """Returns the release of an order that a warehouse has."""
    order = find_order(dockseal, which)
    releases = dockseal.storage.releases.of_order(order.ref)
    taken = [each for each in releases if each.state is ReleaseState.ACCEPTED]
    if not taken:
        raise BadInput(f"order {order.id} is at no warehouse: a label is bought for what was packed")
    return taken[-1].ref


def _contents(items: list[str]) -> tuple[Content, ...]:
    contents = []
    for each in items:
        item, _, quantity = each.partition("=")
        if not item or not quantity.isdecimal():
            raise BadInput("write what lies in the parcel as --item ITEM_ID=QUANTITY")
        contents.append(Content(order_item_id=item, quantity=int(quantity)))
    return tuple(contents)


def _write(to: Path, content: bytes) -> None:
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, FILE_MODE)
    except OSError as fault:
        what = type(fault).__name__
    else:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        return
    raise BadInput(f"{to} cannot be written ({what}): name a new file in a folder of yours")
