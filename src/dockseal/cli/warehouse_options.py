"""`dockseal warehouses change`: other options for a warehouse, such as where its files lie."""

from typing import Annotated

import typer

from dockseal.bootstrap import App
from dockseal.cli.opened import opened, person
from dockseal.domain.identifiers import WarehouseId
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.causes import Cause, reexamine
from dockseal.monitoring_audit.tags import Tag
from dockseal.warehouses.personal_data import OPTION


def change(
    name: Annotated[str, typer.Argument(help="As `dockseal warehouses list` names it.")],
    *,
    option: Annotated[
        list[str], typer.Option(help="An option of its adapter, name=value; name= takes it away.")
    ],
) -> None:
    """Changes options of a warehouse. Orders that did not fit its system are examined again."""
    with opened() as dockseal:
        examined = change_options(dockseal, WarehouseId(name), option)
    typer.echo(f"{name} is changed; orders that are examined again: {examined}.")


def change_options(dockseal: App, warehouse: WarehouseId, given: list[str]) -> int:
    """Changes options, if the adapter can be built with them; returns how many orders are examined again.

    Raises:
        BadInput: one is not written `name=value`, or is the choice of personal data, which is made once.
        SettingsFault: the adapter cannot work with these; nothing was changed.
    """
    known = dockseal.storage.warehouses.get(warehouse)
    options = dict(known.options)
    for each in given:
        option, is_one, value = each.partition("=")
        if not is_one or not option:
            raise BadInput("an option is written name=value, such as --option root=/srv/exchange")
        if option == OPTION:
            raise BadInput("what a warehouse is handed of the buyer is chosen once: add another warehouse")
        options[option] = value
    kept = tuple(sorted((option, value) for option, value in options.items() if value))
    with dockseal.storage.transaction():
        changed = dockseal.storage.warehouses.change(known, options=kept)
        dockseal.adapters(changed)
        dockseal.trail.record(
            Tag.WAREHOUSE_OPTIONS_CHANGED, actor=person(), warehouse=warehouse, options=len(given)
        )
    return reexamine(dockseal.storage, dockseal.trail, Cause.OPTIONS, actor=person(), warehouse=warehouse)
