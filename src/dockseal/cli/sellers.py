"""`dockseal sellers`: which Amazon accounts are served."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from dockseal.bootstrap import App
from dockseal.cli.opened import opened, person
from dockseal.cli.printing import printer
from dockseal.domain.identifiers import SellerId, WarehouseId, slug
from dockseal.domain.order import OrdersApi
from dockseal.domain.secret import LwaCredentials, Secret
from dockseal.domain.seller import Region, Seller, v0_warning
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.causes import Cause, reexamine
from dockseal.monitoring_audit.looking.sellers import consent_reminder
from dockseal.monitoring_audit.tags import Tag

app = typer.Typer(help="Amazon accounts that are served.", no_args_is_help=True)
_SECRETS = ("client_id", "client_secret", "refresh_token")


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Your name for it, such as acme-us.")],
    *,
    region: Annotated[Region, typer.Option(help="Region of the Selling Partner API.")] = Region.NA,
    marketplace: Annotated[list[str], typer.Option(help="Marketplace id; give it once for each.")],
    partner_id: Annotated[str, typer.Option(help="Amazon's merchant token of the account.")],
    warehouse: Annotated[str, typer.Option(help="Warehouse its orders are released to.")],
    queue_url: Annotated[str, typer.Option(help="SQS queue of its ORDER_CHANGE notifications.")] = "",
    orders_api: Annotated[
        OrdersApi, typer.Option(help="Which Orders API it is read with.")
    ] = OrdersApi.V2026,
    secrets_file: Annotated[
        str,
        typer.Option(
            help="JSON with client_id, client_secret, refresh_token; - reads it from standard input."
        ),
    ] = "",
    again: Annotated[
        bool, typer.Option("--again", help="Replace what is kept of this seller, secrets too.")
    ] = False,
) -> None:
    """Adds a seller. Its secrets are asked for, or read from a file, and sealed; they are never arguments."""
    seller = Seller(
        id=SellerId(_slug(name)),
        region=region,
        marketplaces=tuple(marketplace),
        selling_partner_id=partner_id,
        orders_api=orders_api,
        queue_url=queue_url,
        warehouse=WarehouseId(warehouse),
    )
    with opened() as dockseal:
        dockseal.storage.warehouses.get(seller.warehouse)
        credentials = _credentials(secrets_file)
        add_seller(dockseal, seller, credentials, again=again)
    typer.echo(
        f"{name} is {'changed' if again else 'added'}; a running `dockseal serve` takes it up by itself."
    )


def add_seller(dockseal: App, seller: Seller, credentials: LwaCredentials, *, again: bool = False) -> None:
    """Keeps a seller and seals its credentials.

    Raises:
        BadInput: it is known and `again` was not said, or the other way round.
    """
    before = {each.id: each for each in dockseal.storage.sellers.all()}.get(seller.id)
    known = before is not None
    if known != again:
        hint = "say --again to replace it" if known else "leave out --again to add it"
        raise BadInput(f"seller {seller.id} is {'known already' if known else 'not known'}: {hint}")
    dockseal.credentials.store_lwa(seller.id, credentials, person())
    with dockseal.storage.transaction():
        if again:
            names = (
                "region",
                "marketplaces",
                "selling_partner_id",
                "orders_api",
                "queue_url",
                "warehouse",
                "rests_because",
            )
            now = dockseal.storage.sellers.change(
                seller, **{field: getattr(seller, field) for field in names}
            )
            if not now.rests_because:
                dockseal.trail.record(Tag.SELLER_ACCOUNT_RESUMED, actor=person(), seller=seller.id)
        else:
            dockseal.storage.sellers.add(seller)
            dockseal.trail.record(Tag.SELLER_ACCOUNT_ADDED, actor=person(), seller=seller.id)
    if before is not None and before.warehouse != seller.warehouse:
        reexamine(dockseal.storage, dockseal.trail, Cause.ROUTING, actor=person(), seller=seller.id)


@app.command("list")
def show() -> None:
    """Lists the sellers, and why one rests."""
    with opened() as dockseal:
        table = Table(
            "seller", "region", "marketplaces", "orders API", "warehouse", "queue", "state", box=None
        )
        for seller in dockseal.storage.sellers.all():
            state = f"rests: {seller.rests_because}" if seller.rests_because else "works"
            if reminder := consent_reminder(seller, dockseal.clock.now()):
                state = f"{state}. {reminder}"
            if seller.shadow:
                state = f"{state}; read with both Orders APIs"
            if ends := v0_warning(seller, dockseal.clock.now()):
                state = f"{state}. {ends}"
            queue = "yes" if seller.queue_url else "no: only the sweep"
            marketplaces = ", ".join(seller.marketplaces)
            table.add_row(
                seller.id, seller.region, marketplaces, seller.orders_api, seller.warehouse, queue, state
            )
        printer().print(table)


def _credentials(secrets_file: str) -> LwaCredentials:
    texts = _from_file(secrets_file) if secrets_file else _from_prompt()
    return LwaCredentials(
        client_id=texts["client_id"],
        client_secret=Secret(texts["client_secret"]),
        refresh_token=Secret(texts["refresh_token"]),
    )


def _from_prompt() -> dict[str, str]:
    typer.echo("Login with Amazon (Seller Central, Develop Apps). What you type is sealed, and never shown.")
    return {
        "client_id": typer.prompt("Client id"),
        "client_secret": typer.prompt("Client secret", hide_input=True),
        "refresh_token": typer.prompt("Refresh token", hide_input=True),
    }


def _from_file(place: str) -> dict[str, str]:
    try:
        texts = json.loads(sys.stdin.read() if place == "-" else Path(place).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BadInput(f"{place} cannot be read as JSON: it needs {', '.join(_SECRETS)}") from None
    missing = [
        name for name in _SECRETS if not isinstance(texts, dict) or not isinstance(texts.get(name), str)
    ]
    if missing:
        raise BadInput(f"{place} lacks {', '.join(missing)}: give each as a text")
    return {name: texts[name] for name in _SECRETS}


def _slug(text: str) -> str:
    try:
        return slug(text)
    except ValueError as error:
        raise BadInput(str(error)) from None
