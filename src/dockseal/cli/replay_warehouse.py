"""`dockseal warehouses replay`: sends a warehouse again what it was sent before."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from dockseal.bootstrap import App
from dockseal.cli.opened import opened, person
from dockseal.cli.orders import find_order
from dockseal.domain.identifiers import WarehouseId
from dockseal.errors import BadInput
from dockseal.fulfillment_processing.replaying import Replayed, Replaying


def replay(
    name: Annotated[str, typer.Argument(help="As `dockseal warehouses list` names it.")],
    *,
    since: Annotated[
        datetime | None, typer.Option(help="All that was released since then, in UTC, and is not shipped.")
    ] = None,
    order: Annotated[str, typer.Option(help="One order, by Amazon's id or our reference.")] = "",
) -> None:
    """Sends releases again under their references; a warehouse that has them takes them for repeats."""
    if (since is None) == (not order):
        raise BadInput("say what is sent again: --since 2026-11-02T08:00:00, or --order with its id")
    with opened() as dockseal:
        for each in replayed(dockseal, name, since=since, order=order):
            result = f"not sent: {each.fault}" if each.fault else "sent again"
            typer.echo(f"{each.order.id}  {each.release.ref}  {result}")


def replayed(dockseal: App, name: str, *, since: datetime | None, order: str) -> list[Replayed]:
    """Sends again what was released to a warehouse since an instant, or of one order."""
    replaying = Replaying(
        storage=dockseal.storage,
        vault=dockseal.vault,
        grants=dockseal.grants,
        trail=dockseal.trail,
        adapters=dockseal.adapters,
        without_recipient=dockseal.adapters.without_recipient,
    )
    warehouse = dockseal.storage.warehouses.get(WarehouseId(name))
    if since is None:
        return replaying.order(warehouse, find_order(dockseal, order).ref, person())
    start = since.replace(tzinfo=UTC) if since.tzinfo is None else since
    return replaying.since(warehouse, start, person())
