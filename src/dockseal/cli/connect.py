"""`dockseal sellers connect`: from a seller's consent to the first notification."""

from typing import Annotated
from urllib.parse import parse_qs, urlsplit

import typer
from rich.table import Table

from dockseal.bootstrap import App
from dockseal.cli.applications import read_texts
from dockseal.cli.opened import opened, person
from dockseal.cli.printing import printer
from dockseal.domain.identifiers import SellerId, WarehouseId, slug
from dockseal.domain.marketplaces import MARKETPLACES
from dockseal.domain.secret import Secret
from dockseal.domain.seller import Region, Seller
from dockseal.errors import BadInput
from dockseal.order_synchronization.checklist import Checklist
from dockseal.order_synchronization.connecting import Wish

_STOPPED = 130
"""Exit code of what was stopped with Ctrl-C."""


def connect(
    name: Annotated[str, typer.Argument(help="Your name for the seller, such as acme-us.")],
    *,
    application: Annotated[str, typer.Option(help="What it consents to; needed for a new seller.")] = "",
    region: Annotated[
        Region | None, typer.Option(help="Region of its account; or give a marketplace.")
    ] = None,
    marketplace: Annotated[
        list[str] | None, typer.Option(help="Marketplace id; once for each. None: all it takes part in.")
    ] = None,
    warehouse: Annotated[
        str, typer.Option(help="Warehouse its orders are released to; needed for a new seller.")
    ] = "",
    queue_url: Annotated[str, typer.Option(help="SQS queue to use in place of the application's own.")] = "",
    self_authorised: Annotated[
        str,
        typer.Option(help="JSON with selling_partner_id, refresh_token, in place of a consent; - reads it."),
    ] = "",
    again: Annotated[
        bool, typer.Option("--again", help="Only look at what is missing, and make it; no new consent.")
    ] = False,
) -> None:
    """Connects a seller, or renews its consent, and tells what is missing. Safe to run again."""
    wanted = tuple(marketplace or ())
    with opened() as dockseal:
        seller = _seller(name)
        if again:
            checklist = dockseal.connecting.again(seller, person(), wanted=wanted, queue_url=queue_url)
        else:
            wish = wish_for(dockseal, seller, application, region, marketplaces=wanted, warehouse=warehouse)
            checklist = _connected(dockseal, wish, self_authorised, queue_url)
        _show(checklist)
    if not checklist.complete:
        raise typer.Exit(1)


def wish_for(
    dockseal: App,
    name: SellerId,
    application: str,
    region: Region | None,
    *,
    marketplaces: tuple[str, ...],
    warehouse: str,
) -> Wish:
    """Returns what is wanted; of a known seller everything that is not given stays as it is.

    Raises:
        BadInput: something is needed that was not given.
    """
    known = next((each for each in dockseal.storage.sellers.all() if each.id == name), None)
    where = _region(known, region, marketplaces)
    chosen = application or (known.application if known else "")
    to = warehouse or (known.warehouse if known else "")
    if not chosen or not to or where is None:
        raise BadInput(
            f"seller {name} is new here: give --application, --warehouse, and --marketplace or --region"
        )
    return Wish(
        seller=name, application=chosen, region=where, marketplaces=marketplaces, warehouse=WarehouseId(to)
    )


def returned(dockseal: App, address: str) -> Checklist:
    """Finishes with the address that Amazon sent a seller to.

    Raises:
        BadInput: it lacks a part, the seller declined, or its state cannot be used.
    """
    query = {name: values[0] for name, values in parse_qs(urlsplit(address.strip()).query).items()}
    state, partner = query.get("state", ""), query.get("selling_partner_id", "")
    code = query.get("spapi_oauth_code", "")
    if state and "error" in query:
        seller = dockseal.connecting.declined(state, person())
        raise BadInput(
            f"seller {seller} did not consent: run `dockseal sellers connect {seller}` when it wants to"
        )
    if not (state and partner and code):
        raise BadInput(
            "the address must carry state, selling_partner_id and spapi_oauth_code: paste it as a whole"
        )
    return dockseal.connecting.finish(state, partner, Secret(code), person())


def _connected(dockseal: App, wish: Wish, self_authorised: str, queue_url: str) -> Checklist:
    if self_authorised:
        texts = read_texts(self_authorised, ("selling_partner_id", "refresh_token"))
        token = Secret(texts["refresh_token"])
        checklist = dockseal.connecting.self_authorised(wish, texts["selling_partner_id"], token, person())
    else:
        checklist = _consented(dockseal, wish)
    if queue_url:
        return dockseal.connecting.again(wish.seller, person(), queue_url=queue_url)
    return checklist


def _consented(dockseal: App, wish: Wish) -> Checklist:
    typer.echo("Have the seller open this address within 15 minutes, signed in to Seller Central:\n")
    typer.echo(f"  {dockseal.connecting.start(wish, person())}\n")
    typer.echo("Where Dockseal's console is the redirect URI, finish there and press Enter here.")
    if address := _pasted(wish.seller):
        return returned(dockseal, address)
    if wish.seller not in {each.id for each in dockseal.storage.sellers.all()}:
        raise BadInput(
            f"seller {wish.seller} has not come back from Amazon: press Finish in the console first, or run "
            "this again and paste the address it was sent to"
        )
    return dockseal.connecting.again(wish.seller, person())


def _pasted(seller: SellerId) -> str:
    """Returns what was pasted; empty when only Enter was pressed."""
    try:
        return str(
            typer.prompt(
                "Otherwise paste the address the seller was sent to (it is not shown)",
                default="",
                hide_input=True,
                show_default=False,
            )
        )
    except typer.Abort:
        typer.echo(
            "\nStopped: nothing is connected. Who consents within the 15 minutes can still be finished in "
            f"the console; else run `dockseal sellers connect {seller}` again.",
            err=True,
        )
        raise typer.Exit(_STOPPED) from None


def _show(checklist: Checklist) -> None:
    table = Table("", "", "", box=None, show_header=False)
    for line in checklist.lines:
        table.add_row(line.standing.value, line.name, line.sentence)
    printer().print(table)
    rest = f"{checklist.missing} missing" if checklist.missing else "nothing is missing"
    typer.echo(f"{checklist.seller}: {rest}.")


def _region(known: Seller | None, region: Region | None, marketplaces: tuple[str, ...]) -> Region | None:
    if region is not None:
        return region
    if known is not None:
        return known.region
    first = MARKETPLACES.get(marketplaces[0]) if marketplaces else None
    return first.region if first else None


def _seller(name: str) -> SellerId:
    try:
        return SellerId(slug(name))
    except ValueError as error:
        raise BadInput(str(error)) from None
