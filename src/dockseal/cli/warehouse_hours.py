"""`dockseal warehouses hours`: when people work in a warehouse, and when its last parcel of a day leaves."""

from typing import Annotated

import typer
from rich.table import Table

from dockseal.bootstrap import App
from dockseal.cli.opened import opened, person
from dockseal.cli.printing import printer
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.working_hours import usual_hours
from dockseal.domain.working_hours_text import Wishes, changed, told
from dockseal.errors import BadInput
from dockseal.shipment_confirmation.calendars import set_hours

_USUAL_ZONE = "that of the marketplace"


def hours(
    name: Annotated[str, typer.Argument(help="As `dockseal warehouses list` names it.")],
    *,
    zone: Annotated[
        str | None, typer.Option(help="Its time zone by IANA name, such as Europe/Berlin.")
    ] = None,
    day: Annotated[
        list[str] | None,
        typer.Option(
            help="Days and their hours, once for each: 'mon-fri 08:00-17:00', 'sat 09:00-12:00,13:00-15:00', "
            "'2026-12-19 08:00-12:00', '2026-12-24 off'. In place of all days before, and of their cut-offs."
        ),
    ] = None,
    cut_off: Annotated[
        list[str] | None,
        typer.Option(
            help="When the last parcel of a day leaves: 'mon-fri 15:00'. In place of all cut-offs before; a "
            "day without one has it when work ends."
        ),
    ] = None,
    closed: Annotated[
        list[str] | None,
        typer.Option(help="A day off of its own, 2026-12-24; in place of all before, '' for none."),
    ] = None,
    holidays: Annotated[
        str | None,
        typer.Option(help="Whose public holidays it keeps, by ISO 3166: US, DE-BY; none for none."),
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Forget what it told of its hours.")] = False,
) -> None:
    """Shows when people work in a warehouse, or says it anew; whether orders make ship-by goes by it."""
    wishes = Wishes(zone=zone, days=day, cut_offs=cut_off, closed=closed, holidays=holidays)
    if clear and wishes != Wishes():
        raise BadInput("--clear stands alone: it forgets everything")
    with opened() as dockseal:
        warehouse = dockseal.storage.warehouses.get(WarehouseId(name)).id
        if clear or wishes != Wishes():
            _set(dockseal, warehouse, None if clear else wishes)
        _show(dockseal, warehouse)


def _set(dockseal: App, warehouse: WarehouseId, wishes: Wishes | None) -> None:
    known = dockseal.storage.working_hours.get(warehouse)
    try:
        wanted = None if wishes is None else changed(known, wishes)
    except ValueError as fault:
        raise BadInput(f"these hours cannot be kept: {fault}") from None
    set_hours(dockseal.storage, dockseal.trail, warehouse=warehouse, hours=wanted, actor=person())


def _show(dockseal: App, warehouse: WarehouseId) -> None:
    known, console = dockseal.storage.working_hours.get(warehouse), printer()
    if known is None:
        console.print(f"{warehouse} has told no hours; these are assumed:")
    table = Table(box=None, show_header=False)
    for about, words in told(known or usual_hours(_USUAL_ZONE)):
        table.add_row(about, words)
    console.print(table)
