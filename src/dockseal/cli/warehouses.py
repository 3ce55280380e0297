"""`dockseal warehouses`: where orders are released to."""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass, replace
from typing import Annotated

import typer
from rich.table import Table

from dockseal.bootstrap import App
from dockseal.cli.opened import opened, person
from dockseal.cli.printing import printer
from dockseal.domain.identifiers import WarehouseId, slug
from dockseal.domain.release import Warehouse
from dockseal.domain.secret import Secret
from dockseal.errors import BadInput
from dockseal.monitoring_audit.tags import Tag
from dockseal.warehouses.given_secrets import check_options, given_names, key_use, reports_by_api, signs
from dockseal.warehouses.personal_data import OPTION, PersonalData, check_choice
from dockseal.warehouses.registry import adapter

_OPTION = re.compile(r"[a-z][a-z0-9_]{0,39}")

app = typer.Typer(help="Warehouses that orders are released to.", no_args_is_help=True)


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Your name for it, such as reno.")],
    *,
    kind: Annotated[
        str,
        typer.Option(
            "--adapter",
            help="webhook, rest, folder, shipstation, edi, by_hand, or an installed one.",
        ),
    ],
    url: Annotated[str, typer.Option(help="Where webhooks are sent to (webhook).")] = "",
    option: Annotated[
        list[str] | None, typer.Option(help="Another option of its adapter, name=value; once for each.")
    ] = None,
    personal_data: Annotated[
        PersonalData | None,
        typer.Option(
            help="none: its orders go without the address, and none is retrieved for them. passed: it is "
            "retrieved, handed over and never stored. Else: sealed."
        ),
    ] = None,
) -> None:
    """Adds a warehouse, and prints once what is drawn for it: how it knows us, and how we know it."""
    keys = new_secrets()
    options = {**options_of(option or []), **({"url": url} if url else {})}
    if personal_data is not None:
        options[OPTION] = personal_data.value
    with opened() as dockseal:
        add_warehouse(dockseal, name, kind=kind, options=options, keys=keys)
    if kind == "by_hand":
        typer.echo(f"{name} is added; its orders are packed from the console.")
        return
    factory = adapter(kind)
    if signs(factory) or reports_by_api(factory):
        typer.echo(f"{name} is added. Give these to the warehouse now; they are not shown again.")
        show_once(keys, webhook=signs(factory), api_key=reports_by_api(factory), use=key_use(factory))
    else:
        typer.echo(f"{name} is added.")
    if given := given_names(factory):
        typer.echo(
            f"Store what it gave you, of {', '.join(given)}, with `dockseal warehouses secret {name} …`."
        )


def options_of(given: list[str]) -> dict[str, str]:
    """Returns options by name.

    Raises:
        BadInput: one is not written `name=value`.
    """
    found = {}
    for each in given:
        name, is_one, value = each.partition("=")
        if not is_one or not _OPTION.fullmatch(name):
            raise BadInput("an option is written name=value, such as --option root=/srv/exchange")
        found[name] = value
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class WarehouseSecrets:
    """How a warehouse knows us, and how we know it."""

    webhook: Secret
    api_key: Secret


def show_once(keys: WarehouseSecrets, *, webhook: bool, api_key: bool, use: str) -> None:
    """Prints a warehouse's secrets, or those of them that are new; `use` says what the API key is for."""
    if webhook:
        typer.echo(f"  webhook secret  {keys.webhook.reveal()}   (verifies our webhooks, Standard Webhooks)")
    if api_key:
        typer.echo(f"  API key         {keys.api_key.reveal()}   ({use})")


def hash_of(api_key: Secret) -> str:
    """Returns what is kept of an API key."""
    return hashlib.sha256(api_key.reveal().encode()).hexdigest()


def new_secrets() -> WarehouseSecrets:
    """Draws the two secrets of a warehouse, 256 bits each."""
    return WarehouseSecrets(
        webhook=Secret("whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()),
        api_key=Secret("dsk_" + secrets.token_urlsafe(32)),
    )


def add_warehouse(
    dockseal: App, name: str, *, kind: str, options: dict[str, str], keys: WarehouseSecrets
) -> None:
    """Keeps a warehouse and seals its webhook secret; of its API key only a hash is kept, each if it has one.

    Raises:
        BadInput: the name cannot be used or is known, no such adapter is installed, or it leaves no such
            choice of personal data.
        SettingsFault: its options cannot work.
    """
    factory = adapter(kind)
    check_choice(kind, factory, options)
    warehouse = Warehouse(id=_id(name), adapter=kind, options=tuple(sorted(options.items())))
    check_options(factory, warehouse)
    if reports_by_api(factory):
        warehouse = replace(warehouse, api_key_hash=hash_of(keys.api_key), api_key_at=dockseal.clock.now())
    if warehouse.id in {each.id for each in dockseal.storage.warehouses.all()}:
        raise BadInput(f"warehouse {warehouse.id} is known already: choose another name")
    if signs(factory):
        dockseal.credentials.store_warehouse(warehouse.id, keys.webhook, person())
    with dockseal.storage.transaction():
        dockseal.storage.warehouses.add(warehouse)
        dockseal.trail.record(Tag.WAREHOUSE_ACCOUNT_ADDED, actor=person(), warehouse=warehouse.id)


def _id(name: str) -> WarehouseId:
    try:
        return WarehouseId(slug(name))
    except ValueError as error:
        raise BadInput(str(error)) from None


@app.command("list")
def show() -> None:
    """Lists the warehouses."""
    with opened() as dockseal:
        table = Table("warehouse", "adapter", "options", box=None)
        for warehouse in dockseal.storage.warehouses.all():
            options = ", ".join(f"{key}={text}" for key, text in warehouse.options)
            table.add_row(warehouse.id, warehouse.adapter, options)
        printer().print(table)
