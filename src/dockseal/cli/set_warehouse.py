"""`dockseal warehouses set`: changes the options of a warehouse."""

from typing import Annotated

import typer

from dockseal.bootstrap import App
from dockseal.cli.opened import opened, person
from dockseal.cli.warehouses import options_of
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.release import Warehouse
from dockseal.monitoring_audit.tags import Tag
from dockseal.warehouses.personal_data import check_choice
from dockseal.warehouses.registry import adapter


def set_options(
    name: Annotated[str, typer.Argument(help="As `dockseal warehouses list` names it.")],
    *,
    option: Annotated[
        list[str], typer.Option(help="name=value, once for each; name= takes the option away.")
    ],
) -> None:
    """Changes options of a warehouse's adapter; those that are not named stay."""
    with opened() as dockseal:
        changed = changed_options(dockseal, WarehouseId(name), options_of(option))
        names = ", ".join(f"{key}={text}" for key, text in changed.options)
        typer.echo(f"{name} has {names or 'no options'}.")


def changed_options(dockseal: App, name: WarehouseId, given: dict[str, str]) -> Warehouse:
    """Keeps changed options of a warehouse; empty ones are taken away.

    Raises:
        BadInput: no such warehouse is kept, or its adapter leaves no such choice of personal data.
    """
    warehouse = dockseal.storage.warehouses.get(name)
    options = {key: text for key, text in {**dict(warehouse.options), **given}.items() if text}
    check_choice(warehouse.adapter, adapter(warehouse.adapter), options)
    with dockseal.storage.transaction():
        changed = dockseal.storage.warehouses.change(warehouse, options=tuple(sorted(options.items())))
        dockseal.trail.record(
            Tag.WAREHOUSE_OPTIONS_CHANGED, actor=person(), warehouse=name, options=len(given)
        )
    return changed
