"""`dockseal warehouses secret`: stores what a warehouse gave us, such as a key for its server."""

from typing import Annotated

import typer

from dockseal.bootstrap import App
from dockseal.cli.opened import opened, person
from dockseal.cli.reading import read_secret
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.release import Warehouse
from dockseal.domain.secret import Secret
from dockseal.errors import BadInput, SettingsFault
from dockseal.warehouses.given_secrets import given_names, with_given
from dockseal.warehouses.port import AdapterParts
from dockseal.warehouses.registry import adapter


def secret(
    name: Annotated[str, typer.Argument(help="As `dockseal warehouses list` names it.")],
    what: Annotated[str, typer.Argument(help="Which secret, such as sftp_key, sftp_password, age_identity.")],
    *,
    file: Annotated[
        str,
        typer.Option(help="Where it is read from; - reads standard input. Else you are asked for it."),
    ] = "",
    forget: Annotated[bool, typer.Option("--forget", help="Forgets it instead.")] = False,
) -> None:
    """Stores a secret that a warehouse gave you, in place of the one before. It is sealed, and never shown.

    It is never given as an argument, where every user of the machine and the shell's history could read it.
    """
    with opened() as dockseal:
        warehouse = dockseal.storage.warehouses.get(WarehouseId(name))
        _check_name(warehouse, what)
        text = None if forget else read_secret(file, what)
        fault = store_given(dockseal, warehouse, what, text)
    typer.echo(f"{what} of {name} is {'forgotten' if forget else 'stored'}.")
    if fault:
        typer.echo(f"look  {fault}.")


def store_given(dockseal: App, warehouse: Warehouse, what: str, text: Secret | None) -> str:
    """Seals a secret that a warehouse gave us, or forgets it; returns what is still missing, as a sentence.

    Raises:
        SettingsFault: the warehouse has secrets of another kind.
        MoveRefused: somebody else stored one at the same moment; store it again.
    """
    kept = with_given(dockseal.credentials.warehouse(warehouse.id), warehouse.id, what, text)
    dockseal.credentials.store_warehouse(warehouse.id, kept, person())
    parts = AdapterParts(warehouse=warehouse, secret=kept, transport=None, clock=dockseal.clock)
    try:
        adapter(warehouse.adapter)(parts)
    except SettingsFault as fault:
        return str(fault)
    return ""


def _check_name(warehouse: Warehouse, what: str) -> None:
    names = given_names(adapter(warehouse.adapter))
    if not names:
        raise BadInput(f"the adapter {warehouse.adapter} takes no secret of the warehouse's own making")
    if what not in names:
        raise BadInput(
            f"a warehouse with the adapter {warehouse.adapter} gives {', '.join(names)}; choose one"
        )
