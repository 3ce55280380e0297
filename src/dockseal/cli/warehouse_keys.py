"""`dockseal warehouses key`: further keys of a warehouse for the machine API, each with what it may do."""

import secrets
import sys
from typing import Annotated

import typer
from rich.table import Table

from dockseal.bootstrap import App
from dockseal.cli.opened import opened, person
from dockseal.cli.printing import printer
from dockseal.cli.warehouses import hash_of
from dockseal.domain.api_key import ApiKey, ApiScope
from dockseal.domain.identifiers import WarehouseId
from dockseal.domain.release import Warehouse
from dockseal.domain.secret import Secret
from dockseal.errors import BadInput
from dockseal.monitoring_audit.tags import Tag
from dockseal.warehouses.personal_data import is_pulled
from dockseal.warehouses.registry import adapter

_OF_THE_SHELF = frozenset({ApiScope.ORDERS_READ, ApiScope.ADDRESSES_READ})

app = typer.Typer(help="Keys of a warehouse for the machine API, beside its first one.", no_args_is_help=True)


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="As `dockseal warehouses list` names it.")],
    *,
    scope: Annotated[list[ApiScope], typer.Option(help="What the key may do; once for each.")],
) -> None:
    """Gives a warehouse another key, and prints it once, on a terminal only, so that it stays in no log."""
    if not sys.stdout.isatty():
        raise BadInput("a new key is shown on a terminal only: run it there")
    key = Secret("dsk_" + secrets.token_urlsafe(32))
    with opened() as dockseal:
        warehouse = dockseal.storage.warehouses.get(WarehouseId(name))
        kept = add_key(dockseal, warehouse, key, frozenset(scope))
    typer.echo(f"Key {kept.id} of {name} may do {', '.join(sorted(kept.scopes))}. It is not shown again:")
    typer.echo(f"  {key.reveal()}   (Authorization: Bearer …)")


def add_key(dockseal: App, warehouse: Warehouse, key: Secret, scopes: frozenset[ApiScope]) -> ApiKey:
    """Keeps the hash of a warehouse's key, with what the key may do.

    Raises:
        BadInput: the key is in use, or its warehouse does not come and get orders.
    """
    if scopes & _OF_THE_SHELF and not is_pulled(adapter(warehouse.adapter)):
        raise BadInput(
            f"warehouse {warehouse.id} is sent its orders ({warehouse.adapter}) and gets none by a key: "
            f"leave out {' and '.join(sorted(scopes & _OF_THE_SHELF))}"
        )
    kept = ApiKey(
        id=f"k{secrets.token_hex(4)}",
        warehouse=warehouse.id,
        key_hash=hash_of(key),
        scopes=scopes,
        added_at=dockseal.clock.now(),
    )
    with dockseal.storage.transaction():
        if dockseal.storage.warehouses.by_api_key_hash(kept.key_hash, kept.added_at) is not None:
            raise BadInput("this API key is in use already: give another one")
        dockseal.storage.api_keys.add(kept)
        dockseal.trail.record(
            Tag.WAREHOUSE_KEY_ADDED,
            actor=person(),
            warehouse=warehouse.id,
            key=kept.id,
            orders_read=ApiScope.ORDERS_READ in scopes,
            addresses_read=ApiScope.ADDRESSES_READ in scopes,
            shipments_write=ApiScope.SHIPMENTS_WRITE in scopes,
        )
    return kept


@app.command("list")
def show(name: Annotated[str, typer.Argument(help="As `dockseal warehouses list` names it.")]) -> None:
    """Lists the keys of a warehouse beside its first one; what is kept of each is a hash."""
    with opened() as dockseal:
        warehouse = dockseal.storage.warehouses.get(WarehouseId(name))
        table = Table("key", "may do", "since", box=None)
        for key in dockseal.storage.api_keys.of_warehouse(warehouse.id):
            table.add_row(key.id, ", ".join(sorted(key.scopes)), f"{key.added_at:%Y-%m-%d %H:%M} UTC")
        printer().print(table)


@app.command("remove")
def remove(
    name: Annotated[str, typer.Argument(help="As `dockseal warehouses list` names it.")],
    key: Annotated[str, typer.Argument(help="As `dockseal warehouses key list` names it.")],
) -> None:
    """Ends a key at once."""
    with opened() as dockseal, dockseal.storage.transaction():
        warehouse = dockseal.storage.warehouses.get(WarehouseId(name))
        if not dockseal.storage.api_keys.remove(warehouse.id, key):
            raise BadInput(f"warehouse {name} has no key {key}: see `dockseal warehouses key list {name}`")
        dockseal.trail.record(Tag.WAREHOUSE_KEY_REMOVED, actor=person(), warehouse=warehouse.id, key=key)
    typer.echo(f"Key {key} of {name} has ended.")
